from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("summit", "0016_local_governments_on_the_way_back")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="session_generation",
            field=models.PositiveIntegerField(default=0, editable=False, db_default=0),
        ),
    ]
