from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from sessions.editing import merging
from sessions.models import Appearance
from speakers.editing import claims
from speakers.models import FormerCode, ProfileClaim, Speaker
from summit.models import HistoryEntry
from tests.factories import at, make_session, make_speaker, make_summit, make_user
from tests.html import flat


@pytest.fixture
def two(summit):
    keep = make_speaker(summit, "박수정", code="KEEP01", calendar_token="k" * 20)
    gone = make_speaker(
        summit, "박 수정", code="GONE01", email="park@people.example", country="KR", calendar_token="g" * 20
    )
    both = make_session(summit, people=[keep, gone])
    other = make_session(summit, "DIG001", people=[gone], starts_at=at(16, 10))
    both.appearances.filter(speaker=keep).update(state="confirmed")
    both.appearances.filter(speaker=gone).update(state="declined")
    gone.availabilities.create(starts_at=at(15, 9), ends_at=at(15, 18))
    return keep, gone, both, other


@pytest.fixture
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_nothing_of_either_is_lost(summit, two, organiser):
    keep, gone, both, other = two
    merging.merge(keep, gone, {"email": gone.email, "user": organiser, "country": "KR"}, by=organiser)
    held = Speaker.objects.get()
    assert (held.code, held.name, held.email, held.country, held.user) == (
        "KEEP01",
        "박수정",
        "park@people.example",
        "KR",
        None,
    )
    assert {(a.session_id, a.state) for a in Appearance.objects.all()} == {
        (both.pk, "confirmed"),
        (other.pk, "confirmed"),
    }
    assert held.availabilities.count() == 1
    assert held.version == keep.version + 1
    assert HistoryEntry.objects.filter(action="speaker.merge").count() == 2


def test_the_old_address_leads_to_whoever_stays_also_after_another_merge(summit, two, organiser):
    keep, gone, *_rest = two
    merging.merge(keep, gone, {}, by=organiser)
    third = make_speaker(summit, "박수정", code="LAST01")
    make_session(summit, "CIV009", people=[third], starts_at=at(17, 10))
    merging.merge(third, Speaker.objects.get(code="KEEP01"), {}, by=organiser)
    assert set(FormerCode.objects.values_list("code", "speaker__code")) == {("GONE01", "LAST01"), ("KEEP01", "LAST01")}
    response = Client().get("/en/ogp2021/speakers/GONE01/")
    assert (response.status_code, response["Location"]) == (301, "/en/ogp2021/speakers/LAST01/")
    assert Client().get("/ogp2021/my-sessions/" + "g" * 20 + ".ics").status_code == 404


def test_an_account_and_an_open_claim_come_along(summit, two, organiser):
    keep, gone, *_rest = two
    gone.user = make_user("park@people.example")
    gone.save()
    ProfileClaim.objects.create(speaker=gone, user=gone.user)
    merging.merge(keep, gone, {}, by=organiser)
    held = Speaker.objects.get()
    assert held.user.email == "park@people.example"
    assert held.claim.user == held.user


def pictured(speaker, name):
    """The speaker with a portrait of two files; returns their names."""
    files = [f"portraits/{name}.webp", f"portraits/{name}-160.webp"]
    for each in files:
        default_storage.save(each, ContentFile(b"picture"))
    speaker.portrait.name = files[0]
    speaker.save()
    return files


def there(files):
    return [default_storage.exists(each) for each in files]


def test_the_portrait_of_the_gone_profile_goes_once_nobody_can_go_back(
    summit, two, organiser, own_media, django_capture_on_commit_callbacks
):
    keep, gone, *_rest = two
    kept, left = pictured(keep, "keep"), pictured(gone, "gone")
    with django_capture_on_commit_callbacks(execute=True):
        merging.merge(keep, gone, {}, by=organiser)
        assert there(left) == [True, True]
    assert Speaker.objects.get().portrait.name == kept[0]
    assert (there(kept), there(left)) == ([True, True], [False, False])


def test_a_profile_without_a_portrait_takes_over_the_other_one(
    summit, two, organiser, own_media, django_capture_on_commit_callbacks
):
    keep, gone, *_rest = two
    taken = pictured(gone, "gone")
    with django_capture_on_commit_callbacks(execute=True):
        merging.merge(keep, gone, {}, by=organiser)
    assert Speaker.objects.get().portrait.name == taken[0]
    assert there(taken) == [True, True]


def test_a_refused_merge_deletes_no_portrait(summit, two, organiser, own_media, django_capture_on_commit_callbacks):
    keep, gone, *_rest = two
    files = pictured(keep, "keep") + pictured(gone, "gone")
    keep.user, gone.user = make_user("a@people.example"), make_user("b@people.example")
    keep.save(), gone.save()
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(merging.TwoAccounts):
        merging.merge(keep, gone, {}, by=organiser)
    assert all(there(files))


def test_two_people_with_accounts_oneself_and_other_summits_are_refused(summit, two, organiser):
    keep, gone, *_rest = two
    with pytest.raises(merging.CannotMerge):
        merging.merge(keep, keep, {}, by=organiser)
    with pytest.raises(merging.CannotMerge):
        merging.merge(keep, make_speaker(make_summit("ogp2023")), {}, by=organiser)
    keep.user, gone.user = make_user("a@people.example"), make_user("b@people.example")
    keep.save(), gone.save()
    with pytest.raises(merging.TwoAccounts):
        merging.merge(keep, gone, {}, by=organiser)
    assert Speaker.objects.filter(summit=summit).count() == 2


def test_profiles_of_one_name_are_told_apart_by_bill_sessions_and_portrait(summit, two, as_user, organiser):
    _keep, gone, *_rest = two
    stranger = make_speaker(summit, "이민호", code="OTHER1")
    make_session(summit, "CIV010", people=[stranger])
    gone.portrait.name = "portraits/gone-one.webp"
    gone.save()
    client, page = as_user(organiser), "/en/ogp2021/organiser/people/KEEP01/merge/"
    offered = flat(client.get(page).content.decode())
    assert '<a class="who" href="?other=GONE01" lang="ko">박 수정 · GONE01</a>' in offered
    assert "Secretary General · Citizens&#x27; Coalition" in offered
    assert "South Korea · 2 sessions" in offered
    assert "portraits/gone-one-160.webp" in offered
    assert "?other=OTHER1" not in offered
    compared = client.get(page, {"other": "GONE01"}).content.decode()
    assert compared.count("Secretary General · Citizens&#x27; Coalition") == 2
    assert compared.count("Open government session CIV001") == 2
    assert compared.count("Open government session DIG001") == 1
    assert "portraits/gone-one-160.webp" in compared


def test_a_name_that_several_have_offers_them(summit, two, as_user, organiser):
    for code in ("MIN001", "MIN002"):
        make_speaker(summit, "이민호", code=code)
    answer = as_user(organiser).get("/en/ogp2021/organiser/people/KEEP01/merge/", {"other": "이민호"})
    assert answer.status_code == 422
    offered = answer.content.decode()
    assert "?other=MIN001" in offered and "?other=MIN002" in offered and "?other=GONE01" not in offered


@pytest.mark.parametrize("number", [1, 3])
def test_telling_profiles_apart_costs_one_query_however_many(summit, organiser, django_assert_num_queries, number):
    people = [make_speaker(summit) for _each in range(number)]
    for code in ("CIV001", "CIV002"):
        make_session(summit, code, people=people)
    with django_assert_num_queries(1):
        told = merging.distinguished(people)
    assert [len(one.sessions) for one in told] == [2] * number


def test_a_page_from_before_another_merge_takes_nobody_else(summit, two, as_user, organiser):
    keep, gone, *_rest = two
    third = make_speaker(summit, "박수정", code="LAST01")
    merging.merge(third, gone, {}, by=organiser)
    answer = as_user(organiser).post("/en/ogp2021/organiser/people/KEEP01/merge/", {"other": "GONE01"})
    assert answer.status_code == 422
    assert set(Speaker.objects.all()) == {keep, third}


def test_the_page_shows_both_and_takes_what_was_chosen(summit, two, as_user, organiser):
    client, page = as_user(organiser), "/en/ogp2021/organiser/people/KEEP01/merge/"
    assert client.get(page).status_code == 200
    assert client.get(page, {"other": "nobody"}).status_code == 422
    assert client.get(page, {"other": "KEEP01"}).status_code == 422
    shown = client.get(page, {"other": "박 수정 · GONE01"}).content.decode()
    assert "park@people.example" in shown
    client.post(page, {"other": "GONE01", "name": "mine", "email": "other", "country": "mine"})
    held = Speaker.objects.get()
    assert (held.name, held.email, held.country) == ("박수정", "park@people.example", "")
    assert client.post(page, {"other": "GONE01"}).status_code == 422


def test_an_open_invitation_to_a_profile_that_has_its_person_is_no_way_in(summit, organiser):
    keep, gone = make_speaker(summit, "박수정"), make_speaker(summit, "박수정", user=make_user("park@people.example"))
    stranger = make_user("stranger@people.example")
    claim = ProfileClaim.objects.create(
        speaker=keep, user=stranger, token="t", accepted_at=None, expires_at=timezone.now() + timedelta(days=1)
    )
    Speaker.objects.filter(pk=keep.pk).update(user=gone.user)
    with pytest.raises(claims.OfAnother):
        claims.claim(claim, stranger, summit=summit)
    Speaker.objects.filter(pk=keep.pk).update(user=None)
    keep.refresh_from_db()
    merging.merge(keep, gone, {"name": "박수정"}, by=organiser)
    assert not ProfileClaim.objects.exists()
    assert Speaker.objects.get().user == gone.user
