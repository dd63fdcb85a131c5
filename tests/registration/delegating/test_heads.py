"""Heads and deputies: their link, and the reminder."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from registration.delegating import delegations, heads, nominating
from registration.models import Delegation, DelegationHead, Quota
from summit.models import HistoryEntry, Message
from tests.factories import make_category, make_delegation, make_head, person

HEAD = {"role": "head", "name": "김대표", "email": "head@korea.example", "language": "ko"}


@pytest.fixture
def korea(summit):
    make_category(summit)
    return make_delegation(summit, places=3)


class TestTheLink:
    def test_is_mailed_renewed_and_taken_away(self, korea, organiser, work):
        head = heads.invite(korea, HEAD, by=organiser)
        first = head.token
        renewed = heads.renew_link(head, by=organiser)
        work()
        assert [first in letter.body for letter in mail.outbox] == [True, False]
        assert renewed.token in mail.outbox[1].body and "/ko/ogp2021/delegations/" in mail.outbox[1].body
        heads.remove(renewed, by=organiser)
        assert not DelegationHead.objects.exists()
        assert HistoryEntry.objects.filter(action__startswith="delegation.").count() == 3

    def test_there_is_one_head_and_nobody_twice(self, korea, organiser):
        heads.invite(korea, HEAD, by=organiser)
        with pytest.raises(heads.AlreadyHead):
            heads.invite(korea, {**HEAD, "role": "deputy", "email": "HEAD@korea.example"}, by=organiser)
        with pytest.raises(heads.HasHead):
            heads.invite(korea, {**HEAD, "email": "other@korea.example"}, by=organiser)
        heads.invite(korea, {**HEAD, "role": "deputy", "email": "other@korea.example"}, by=organiser)


class TestReminding:
    def test_tells_in_numbers_and_no_more_than_once_a_day(self, summit, korea, organiser, work):
        head = make_head(korea, language="en")
        nominating.nominate(korea, person(summit, name="김하나", name_romanised=""))
        assert heads.remind(korea, by=organiser) == 1
        with pytest.raises(heads.RemindedToday):
            heads.remind(korea, by=organiser)
        assert heads.remind(korea, by=organiser, now=timezone.now() + timedelta(days=1, minutes=1)) == 1
        work()
        told = [letter for letter in mail.outbox if letter.to == [head.email]]
        assert len(told) == 2
        assert "Places without a name: 2" in told[0].body and "Name in Latin letters: 1" in told[0].body
        assert "김하나" not in told[0].body

    @pytest.mark.parametrize(
        ("hours", "told"), [(-1, "Names could be given freely until"), (1, "Names can be given and replaced until")]
    )
    def test_does_not_promise_a_moment_that_has_passed(self, korea, organiser, hours, told):
        make_head(korea, language="en")
        korea.names_until = timezone.now() + timedelta(hours=hours)
        korea.save()
        heads.remind(korea, by=organiser)
        letter = Message.objects.get()
        assert [word in letter.text for word in ("could be given", "can be given")] == [hours < 0, hours > 0]
        assert told in letter.text and told in letter.html

    def test_says_nothing_where_nothing_is_missing_or_nobody_is_there(self, summit, korea, organiser):
        with pytest.raises(heads.NobodyToRemind):
            heads.remind(korea, by=organiser)
        make_head(korea)
        korea.places.update(places=1)
        nominating.nominate(korea, person(summit))
        with pytest.raises(heads.NothingMissing):
            heads.remind(korea, by=organiser)


class TestDelegations:
    VALUES = {
        "code": "busan",
        "name": {"ko": "부산", "en": "Busan"},
        "kind": "local_government",
        "country": "KR",
        "precedence": 5,
    }

    def test_are_made_with_places_and_edited(self, summit, organiser):
        category = make_category(summit)
        made = delegations.create(summit, self.VALUES, {category: 4}, by=organiser)
        assert list(made.places.values_list("category", "places")) == [(category.pk, 4)]
        delegations.set_places(made, {category: 0}, by=organiser)
        assert not made.places.exists()
        assert delegations.edit(made, {"precedence": 1}, by=organiser).precedence == 1

    def test_are_deleted_as_long_as_nothing_names_them(self, summit, korea, organiser):
        quota = Quota.objects.create(summit=summit, is_basic=False, name={"en": "Korea"})
        quota.delegations.add(korea)
        with pytest.raises(delegations.DelegationUsed):
            delegations.delete(korea, by=organiser)
        quota.delete()
        nominated = nominating.nominate(korea, person(summit))
        with pytest.raises(delegations.DelegationUsed):
            delegations.delete(korea, by=organiser)
        nominated.delete()
        delegations.delete(korea, by=organiser)
        assert not Delegation.objects.exists()
