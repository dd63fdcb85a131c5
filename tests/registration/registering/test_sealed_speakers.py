"""Speakers at risk: the profile carries an alias at once, everywhere, and comes back whole."""

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command

from registration.models import Registration, SealedSpeaker, SealKeeper
from registration.registering import lifecycle, refusals, sealed_speakers, sealing
from sessions.editing import merging
from sessions.models import Appearance
from speakers.editing import inline_edits, invitations, portraits
from speakers.editing.protected import ProfileProtected
from speakers.imports import loaders_for
from speakers.models import Speaker
from summit.imports.table_format import Report, Row
from summit.lib.sealed import MARK
from summit.models import HistoryEntry, SealedAddress
from tests.factories import make_registration, make_session, make_speaker, make_track, make_user
from tests.speakers.editing.test_portraits import picture

NAME, LATIN, ADDRESS = "나영희", "Na Yeonghui", "yeonghui@people.example"


@pytest.fixture
def keeper(summit, organiser):
    SealKeeper.objects.create(summit=summit, membership=summit.memberships.get(user=organiser))
    return organiser


@pytest.fixture
def speaker(summit):
    made = make_speaker(
        summit, NAME, name_romanised=LATIN, code="NAYEONG", formerly="FORMER1", email=ADDRESS, country="KR", biography={"en": "Lives in Busan."}
    )  # fmt: skip
    session = make_session(
        summit, track=make_track(summit), people=[made], title={"ko": f"{NAME}과 함께", "en": f"With {LATIN}"}
    )
    Appearance.objects.filter(session=session).update(affiliation={"en": "Hanbit"})
    return portraits.set_portrait(made, picture(), by=None)


def again(speaker) -> Speaker:
    return Speaker.objects.get(pk=speaker.pk)


def test_the_row_says_an_alias_and_nothing_true(speaker, keeper, django_capture_on_commit_callbacks):
    name = speaker.portrait.name
    with django_capture_on_commit_callbacks(execute=True):
        sealed_speakers.protect(speaker, by=keeper)
    now = again(speaker)
    assert now.at_risk and now.name not in {NAME, ""} and now.name_romanised.startswith("Guest ")
    assert (now.country, dict(now.biography), now.portrait.name) == ("", {}, "")
    assert now.code != "NAYEONG" and now.guid != speaker.guid and not now.former_codes.exists()
    assert now.email.endswith("@sealed.invalid") and now.user.email == ADDRESS
    assert not default_storage.exists(name) and not default_storage.exists(portraits.small(name))
    assert SealedSpeaker.objects.get().kept.startswith(MARK)
    session = now.appearances.get().session
    assert (
        NAME not in str(dict(session.title))
        and LATIN not in str(dict(session.title))
        and not now.appearances.get().affiliation
    )


def test_whoever_keeps_the_former_address_finds_nothing_and_the_search_neither(client, speaker, keeper):
    for code in ("NAYEONG", "FORMER1"):
        assert client.get(f"/en/ogp2021/speakers/{code}/").status_code in {200, 301, 302}
    sealed_speakers.protect(speaker, by=keeper)
    now = again(speaker)
    for code in ("NAYEONG", "FORMER1"):
        assert client.get(f"/en/ogp2021/speakers/{code}/").status_code == 404
    page = client.get(f"/en/ogp2021/speakers/{now.code}/").content.decode()
    assert now.name_romanised in page and LATIN not in page and "Busan" not in page
    found = client.get("/en/ogp2021/search/", {"q": now.name_romanised.split()[1]}).content.decode()
    assert f"/speakers/{now.code}/" not in found


def test_it_ends_and_everything_stands_as_it_did(speaker, keeper):
    before = Speaker.objects.filter(pk=speaker.pk).values().get()
    size = speaker.portrait.size
    sealed_speakers.protect(speaker, by=keeper)
    sealed_speakers.end(again(speaker), by=keeper)
    after = Speaker.objects.filter(pk=speaker.pk).values().get()
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"version", "updated_at", "portrait", "user_id"}
    assert again(speaker).portrait.size == size and default_storage.exists(
        portraits.small(again(speaker).portrait.name)
    )
    bill = speaker.appearances.get()
    assert (
        bill.affiliation["en"] == "Hanbit" and bill.session.title["en"] == f"With {LATIN}"
    ) or NAME in bill.session.title["en"]
    assert again(speaker).former_codes.get().code == "FORMER1"
    assert not SealedSpeaker.objects.exists() and not SealedAddress.objects.exists()


def test_the_registration_of_the_same_person_is_sealed_under_the_same_alias(summit, speaker, keeper, work):
    made = make_registration(summit, name=NAME, email=ADDRESS.upper(), language="en")
    sealed_speakers.protect(speaker, by=keeper)
    found = Registration.objects.get(pk=made.pk)
    assert found.at_risk and found.name == again(speaker).name_romanised
    assert SealedAddress.objects.count() == 1 and found.email == again(speaker).email


def test_nobody_but_the_circle_protects_opens_or_ends(summit, speaker, organiser):
    with pytest.raises(refusals.NotInCircle):
        sealed_speakers.protect(speaker, by=organiser)
    keeper = make_user("keeper@team.example", summit=summit, role="owner")
    SealKeeper.objects.create(summit=summit, membership=keeper.memberships.get())
    with pytest.raises(refusals.NotProtected):
        sealed_speakers.end(speaker, by=keeper)
    sealed_speakers.protect(speaker, by=keeper)
    for verb in (lambda: sealed_speakers.end(again(speaker), by=organiser),
                 lambda: sealed_speakers.open_seal(again(speaker), reason="x", by=organiser)):  # fmt: skip
        with pytest.raises(refusals.NotInCircle):
            verb()
    with pytest.raises(refusals.SealReasonMissing):
        sealed_speakers.open_seal(again(speaker), reason=" ", by=keeper)
    told = sealed_speakers.open_seal(again(speaker), reason="The embassy asked", by=keeper)
    assert (told["name"], told["email"], told["country"]) == (NAME, ADDRESS, "KR")
    line = HistoryEntry.objects.get(action="speaker.open_seal")
    assert line.by == keeper and NAME not in str(line.changes) and line.subject_name != NAME


def test_an_alias_that_tells_the_name_is_refused_and_nothing_written(speaker, keeper):
    with pytest.raises(refusals.AliasTellsName):
        sealed_speakers.protect(speaker, alias=f"Dr. {LATIN.upper()}", by=keeper)
    assert again(speaker).name == NAME and not SealedSpeaker.objects.exists()


def test_what_is_true_is_not_written_over_the_alias_by_any_way_of_editing(summit, speaker, keeper):
    sealed_speakers.protect(speaker, by=keeper)
    now = again(speaker)
    alias = now.name
    inline_edits.edit_speaker(now, {"name": NAME, "email": ADDRESS, "notes": "late"}, version=None, by=keeper)
    now = again(speaker)
    assert (now.name, now.country, now.notes) == (alias, "", "late")
    assert NAME not in str(list(HistoryEntry.objects.values("changes", "subject_name")))
    other = make_speaker(summit, "다른 사람", code="OTHER01")
    for refused in (lambda: portraits.set_portrait(now, picture(), by=keeper), lambda: merging.merge(other, now, {}, by=keeper),
                    lambda: merging.merge(now, other, {}, by=keeper), lambda: invitations.invite_speaker(now, ADDRESS, by=keeper)):  # fmt: skip
        with pytest.raises(ProfileProtected):
            refused()


def test_a_name_within_another_word_is_left_alone(summit, speaker, keeper):
    other = make_session(summit, code="ANT001", title={"ko": f"하{NAME}님과", "en": f"x{LATIN}x"})
    sealed_speakers.protect(speaker, by=keeper)
    other.refresh_from_db()
    assert other.title["ko"] == f"하{NAME}님과" and other.title["en"] == f"x{LATIN}x"


def test_the_sealed_profile_outlives_a_change_of_the_key_and_tidying(speaker, keeper, settings):
    sealed_speakers.protect(speaker, by=keeper)
    sealing.forget_stand_ins()
    assert SealedAddress.objects.real(again(speaker).email) == ADDRESS
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = (
        [settings.SECRET_KEY],
        "another key of fifty letters, to be long enough: ok",
    )
    call_command("rotate_secrets")
    settings.SECRET_KEY_FALLBACKS = []
    assert sealed_speakers.open_seal(again(speaker), reason="x", by=keeper)["name"] == NAME


def test_the_page_protects_shows_and_ends(speaker, keeper, as_user):
    client, page = as_user(keeper), "/en/ogp2021/organiser/people/{}/protection/"
    assert client.get(page.format("NAYEONG")).status_code == 200
    assert client.post(page.format("NAYEONG"), {"action": "protect", "alias": "123"}).status_code == 422
    assert client.post(page.format("NAYEONG"), {"action": "protect", "alias": LATIN}).status_code == 422
    assert client.post(page.format("NAYEONG"), {"action": "protect", "alias": "Blue"}).status_code == 302
    now = again(speaker)
    assert now.name == "Blue"
    assert client.post(page.format(now.code), {"action": "look", "reason": ""}).status_code == 422
    shown = client.post(page.format(now.code), {"action": "look", "reason": "Asked"})
    assert NAME in shown.content.decode() and "no-store" in shown["Cache-Control"]
    assert NAME not in client.get(page.format(now.code)).content.decode()
    assert client.post(page.format(now.code), {"action": "end"}).status_code == 302
    assert again(speaker).name == NAME


def test_who_is_sealed_registers_once(summit, speaker, keeper):
    made = make_registration(summit, email=ADDRESS)
    sealed_speakers.protect(speaker, by=keeper)
    assert summit.registrations.first_with_address(ADDRESS) == made
    lifecycle.resend(Registration.objects.get(pk=made.pk))


def test_a_file_that_names_the_new_code_does_not_bring_the_true_name_back(summit, speaker, keeper):
    sealed_speakers.protect(speaker, by=keeper)
    now = again(speaker)
    told = {"name": NAME, "name_romanised": LATIN, "email": ADDRESS, "biography": {"en": "Busan"}}
    report = Report()
    loaders_for(summit)["speakers"](report, Row("line 2", {"key": now.code, **told}))
    report.staging.write()
    after = again(speaker)
    assert (after.name, after.email, dict(after.biography)) == (now.name, now.email, {})
