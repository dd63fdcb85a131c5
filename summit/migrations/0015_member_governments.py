import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import summit.lib.translated
import summit.lib.weblinks


class Migration(migrations.Migration):
    """Members are national and local governments, with their years and how they stand."""

    dependencies = [
        ('summit', '0014_labels'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='membercountry',
            name='member_country_once',
        ),
        migrations.RenameModel('MemberCountry', 'MemberGovernment'),
        migrations.AlterField(
            model_name='membergovernment',
            name='summit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='member_governments', to='summit.summit'),
        ),
        migrations.AddField(
            model_name='membergovernment',
            name='local_code',
            field=models.CharField(blank=True, default='', max_length=40, validators=[django.core.validators.RegexValidator('\\A[a-z][a-z0-9-]{1,49}\\Z', 'Small letters, digits and hyphens, beginning with a letter.')], verbose_name='code of the local government'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='membergovernment',
            name='joined',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='joined in'),
        ),
        migrations.AddField(
            model_name='membergovernment',
            name='left',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='left in'),
        ),
        migrations.AddField(
            model_name='membergovernment',
            name='standing',
            field=models.CharField(blank=True, choices=[('active', 'Active'), ('inactive', 'Inactive'), ('withdrawn', 'Withdrawn')], default='', max_length=10, verbose_name='standing'),
            preserve_default=False,
        ),
        migrations.AlterModelOptions(
            name='membergovernment',
            options={'ordering': ('order', 'country', 'local_code'), 'verbose_name': 'member', 'verbose_name_plural': 'members'},
        ),
        migrations.AddConstraint(
            model_name='membergovernment',
            constraint=models.UniqueConstraint(fields=('summit', 'country', 'local_code'), name='member_government_once'),
        ),
        migrations.AddConstraint(
            model_name='membergovernment',
            constraint=models.CheckConstraint(condition=models.Q(('left__isnull', True), ('joined__isnull', True), ('left__gte', models.F('joined')), _connector='OR'), name='member_left_after_joining'),
        ),
        migrations.AddField(
            model_name='actionplan',
            name='document',
            field=models.URLField(blank=True, default='', max_length=500, validators=[summit.lib.weblinks.validate_web_link], verbose_name='address of the document'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='committeemember',
            name='note',
            field=summit.lib.translated.TranslatedField(blank=True, default=dict, max_length=600, verbose_name='note'),
        ),
        migrations.AddField(
            model_name='summit',
            name='texts_note',
            field=summit.lib.translated.TranslatedField(blank=True, default=dict, long=True, max_length=600, verbose_name='note on the texts of sessions'),
        ),
    ]
