from django.db import migrations


def without_local_ones(apps, schema_editor):
    """The table before held one government of each country: local ones cannot go back with it."""
    apps.get_model('summit', 'MemberGovernment').objects.exclude(local_code='').delete()


class Migration(migrations.Migration):
    """A step of its own, so that PostgreSQL has no deletions pending when the table changes."""

    dependencies = [
        ('summit', '0015_member_governments'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, without_local_ones),
    ]
