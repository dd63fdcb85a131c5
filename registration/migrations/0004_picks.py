import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """The rows of choices become a model: what somebody chose is not deleted with the choice."""

    dependencies = [("registration", "0003_questions")]

    operations = [
        migrations.CreateModel(
            name="Pick",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "answer",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="picks", to="registration.answer"),
                ),
                (
                    "choice",
                    models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name="picks", to="registration.choice"),
                ),
            ],
            options={"verbose_name": "choice", "verbose_name_plural": "choices"},
        ),
        migrations.AddConstraint(
            model_name="pick", constraint=models.UniqueConstraint(fields=("answer", "choice"), name="pick_once")
        ),
        migrations.RunSQL(
            "INSERT INTO registration_pick (answer_id, choice_id) SELECT answer_id, choice_id FROM registration_answer_choices",
            "INSERT INTO registration_answer_choices (answer_id, choice_id) SELECT answer_id, choice_id FROM registration_pick",
        ),
        migrations.RemoveField(model_name="answer", name="choices"),
        migrations.AddField(
            model_name="answer",
            name="choices",
            field=models.ManyToManyField(blank=True, related_name="answers", through="registration.Pick", to="registration.choice"),
        ),
    ]
