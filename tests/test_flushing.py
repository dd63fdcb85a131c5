"""What a test over several connections leaves behind is gone before the next, and the database is as strict as before."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import IntegrityError, connection

from tests import factories as make
from tests.databases import FROM_MIGRATING


def full_tables() -> set[str]:
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return {model._meta.db_table for model in models if model._default_manager.exists()}


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_but_what_migrating_makes_for_every_database():
    known = ContentType.objects.count(), Permission.objects.count()
    make.make_registration(make.make_summit())
    assert len(full_tables()) > 5
    call_command("flush", verbosity=0, interactive=False)
    assert full_tables() == FROM_MIGRATING
    assert (ContentType.objects.count(), Permission.objects.count()) == known
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("INSERT INTO auth_permission (name, content_type_id, codename) VALUES ('a', 987654, 'a')")
