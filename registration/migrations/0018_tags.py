import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registration', '0017_delegations'),
        ('summit', '0025_history_forgets'),
    ]

    operations = [
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('key', models.CharField(editable=False, max_length=200)),
                ('tone', models.CharField(choices=[('grey', 'Grey'), ('blue', 'Blue'), ('green', 'Green'), ('amber', 'Amber'), ('red', 'Red'), ('purple', 'Purple')], default='grey', max_length=6, verbose_name='colour')),
                ('summit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tags', to='summit.summit')),
            ],
            options={
                'verbose_name': 'tag',
                'verbose_name_plural': 'tags',
                'ordering': ('name', 'pk'),
                'constraints': [models.UniqueConstraint(fields=('summit', 'key'), name='tag_once')],
            },
        ),
        migrations.AddField(
            model_name='registration',
            name='tags',
            field=models.ManyToManyField(blank=True, related_name='registrations', to='registration.tag', verbose_name='tags'),
        ),
    ]
