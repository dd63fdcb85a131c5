import pytest
from django.db import IntegrityError, transaction

from summit.models import User


def test_the_address_is_kept_in_small_letters_and_the_password_is_optional(db):
    user = User.objects.create_user(" Hong@People.Example ")
    assert user.email == "hong@people.example"
    assert not user.has_usable_password()
    assert not user.is_staff
    assert str(user) == "hong@people.example"


def test_one_account_an_address_whatever_its_case(db):
    User.objects.create_user("hong@people.example")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="HONG@people.example")


def test_an_operator_has_all_rights_and_a_password(db):
    user = User.objects.create_superuser("root@team.example", "a long enough pass phrase")
    assert user.is_staff and user.is_superuser
    assert user.check_password("a long enough pass phrase")
