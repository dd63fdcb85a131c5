import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registration', '0018_tags'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='registration',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='merged_from', to='registration.registration', verbose_name='merged into'),
        ),
        migrations.CreateModel(
            name='NotTheSame',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('one', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='told_from', to='registration.registration')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='told_apart', to='registration.registration')),
            ],
            options={
                'verbose_name': 'two people who look alike',
                'verbose_name_plural': 'people who look alike',
                'ordering': ('-at', '-pk'),
                'constraints': [models.UniqueConstraint(fields=('one', 'other'), name='apart_once'), models.CheckConstraint(condition=models.Q(('one__lt', models.F('other'))), name='apart_in_order')],
            },
        ),
    ]
