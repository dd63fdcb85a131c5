from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("registration", "0011_admission"),
    ]

    operations = [
        # The table keeps its name: the release that still runs counts places in it.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("Places", "Quota"),
                migrations.AlterModelTable("quota", "registration_places"),
                migrations.AlterField(
                    model_name="quota",
                    name="summit",
                    field=models.ForeignKey(on_delete=models.deletion.CASCADE, related_name="quotas", to="summit.summit"),
                ),
            ],
        ),
        migrations.RemoveConstraint(model_name="quota", name="places_once"),
        migrations.RemoveConstraint(model_name="quota", name="places_never_oversold"),
    ]
