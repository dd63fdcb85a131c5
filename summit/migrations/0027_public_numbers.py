from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('summit', '0026_shared_views'),
    ]

    operations = [
        migrations.AddField(
            model_name='summit',
            name='numbers_are_public',
            field=models.BooleanField(db_default=False, default=False, help_text='A public page, and a table in the open data. No group of fewer than five is shown.', verbose_name='numbers of registrations for everybody'),
        ),
    ]
