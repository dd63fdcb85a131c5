"""People at risk: sealed addresses, summits that protect everybody, and the end of lists of participants.

A line of the history may be masked, once: who it is about and what changed are taken out where somebody must not be known
any more, and the line says when that was done. Who did it may go with that. Beside it a line may still be emptied, masked or
not, and nothing else is changed."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

before = import_module("summit.migrations.0025_history_forgets")


def allowed(same):
    """When a change is allowed; ``same`` compares two values of which either may be NULL."""
    kept = " AND ".join(f"OLD.{name} {same} NEW.{name}" for name in (*before.SAME, "place"))
    return (
        f"OLD.masked_at {same} NEW.masked_at AND ({before.allowed(same)}) "
        f"OR OLD.masked_at IS NULL AND NEW.masked_at IS NOT NULL AND {kept} "
        f"AND (NEW.by_id IS NULL OR OLD.by_id {same} NEW.by_id)"
    )


def sqlite():
    return [
        "DROP TRIGGER IF EXISTS history_stays",
        f"CREATE TRIGGER history_stays BEFORE UPDATE ON summit_historyentry WHEN NOT ({allowed('IS')}) "
        "BEGIN SELECT RAISE(ABORT, 'history cannot be edited'); END",
    ]


def postgresql():
    return [
        "CREATE OR REPLACE FUNCTION summit_history_stays() RETURNS trigger AS $$ "
        f"BEGIN IF NOT ({allowed('IS NOT DISTINCT FROM')}) "
        "THEN RAISE EXCEPTION 'history cannot be edited' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "RETURN NEW; END $$ LANGUAGE plpgsql",
    ]


make = before.guard(sqlite, postgresql)
undo = before.guard(before.sqlite, before.postgresql)


class Migration(migrations.Migration):

    dependencies = [
        ('summit', '0028_registers_groups'),
    ]

    operations = [
        # Backwards, operations run in the opposite order: without the column there must be nothing that names it.
        migrations.RunPython(migrations.RunPython.noop, undo),
        migrations.AddField(
            model_name='historyentry',
            name='masked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='masked'),
        ),
        migrations.AddField(
            model_name='summit',
            name='at_risk',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='everybody is protected'),
        ),
        migrations.AddField(
            model_name='summit',
            name='participants_until',
            field=models.DateField(blank=True, help_text='Whoever is confirmed can then read, on their own page, who of the others wants to be found. Empty: there is no list.', null=True, verbose_name='list of participants until'),
        ),
        migrations.CreateModel(
            name='SealedAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stand_in', models.EmailField(max_length=254, unique=True)),
                ('digest', models.CharField(db_index=True, max_length=64)),
                ('address', models.TextField()),
                ('summit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sealed_addresses', to='summit.summit')),
            ],
            options={
                'verbose_name': 'sealed address',
                'verbose_name_plural': 'sealed addresses',
            },
        ),
        migrations.RunPython(make, undo),
    ]
