
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registration', '0019_merging'),
        ('summit', '0026_shared_views'),
    ]

    operations = [
        migrations.CreateModel(
            name='FormOpening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('opened', models.PositiveIntegerField(default=0, verbose_name='opened')),
                ('begun', models.PositiveIntegerField(default=0, verbose_name='begun')),
                ('summit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='form_openings', to='summit.summit')),
            ],
            options={
                'verbose_name': 'openings of the form',
                'verbose_name_plural': 'openings of the form',
                'ordering': ('day',),
                'constraints': [models.UniqueConstraint(fields=('summit', 'day'), name='opening_once')],
            },
        ),
    ]
