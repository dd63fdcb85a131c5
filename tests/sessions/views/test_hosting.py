import pytest
from django.test import Client
from django.utils import timezone, translation

from sessions.editing import session_edits
from sessions.models import Session
from sessions.planning import scheduling
from speakers.editing.invitations import invite_host, invite_speaker
from speakers.models import OrganisationMember, Speaker
from summit.models import Message, User
from tests.factories import at, make_organisation, make_session, make_speaker, make_summit, make_user

HOME = "/en/ogp2021/hosting/"
PAGE = f"{HOME}sessions/CIV001/"


@pytest.fixture
def host(summit):
    return make_organisation(summit, "alpha", name={"ko": "알파", "en": "Alpha"})


@pytest.fixture
def contact(host):
    user = make_user("host@people.example", name="Ada")
    OrganisationMember.objects.create(organisation=host, user=user)
    return user


@pytest.fixture
def session(summit, host):
    make_session(summit, "DIG001", hosts=[make_organisation(summit, "beta")])
    return make_session(summit, hosts=[host], notes="difficult partner")


def filled(session, **values):
    data = {"version": session.version, "title_ko": session.title["ko"], "title_en": session.title["en"], "abstract_ko": "가",
            "abstract_en": "a", "plain_summary_ko": "", "plain_summary_en": "", "language": "ko", "technical_sheet": "", "access_needs": "",
            "time_wishes": "", "run_of_show": "", "action": "save"}  # fmt: skip
    return {**data, **values}


def test_a_host_sees_and_edits_the_own_sessions_alone(summit, session, contact, as_user):
    client = as_user(contact)
    page = client.get(HOME).content.decode()
    assert "CIV001" in page
    assert "DIG001" not in page
    assert client.get(f"{HOME}sessions/DIG001/").status_code == 404
    data = filled(
        session, title_en="Ours", technical_sheet="2 microphones", interpretation=["fr"], time_wishes="not Friday"
    )
    assert client.post(PAGE, data).status_code == 302
    held = Session.objects.get(code="CIV001")
    assert (held.title["en"], held.technical_sheet, held.interpretation, held.time_wishes) == (
        "Ours", "2 microphones", ["fr"], "not Friday",
    )  # fmt: skip


def test_time_room_track_notes_and_hosts_are_out_of_a_hosts_reach(summit, session, contact, as_user):
    client = as_user(contact)
    page = client.get(PAGE).content.decode()
    assert "difficult partner" not in page
    assert 'name="hosts"' not in page
    sent = filled(
        session,
        starts_at="2021-12-16T09:00",
        kind="plenary",
        notes="x",
        mode="online",
        hosts=["1"],
        seats="5",
        featured="on",
    )
    client.post(PAGE, sent)
    held = Session.objects.get(code="CIV001")
    assert (held.starts_at, held.kind, held.notes, held.mode, held.featured) == (
        session.starts_at, "breakout", "difficult partner", "hybrid", False,
    )  # fmt: skip


def test_a_plan_nobody_has_published_is_not_told(summit, session, contact, organiser, as_user):
    scheduling.place(session, starts_at=at(16, 15), ends_at=at(16, 16), room=None, by=organiser)
    page = as_user(contact).get(HOME).content.decode()
    assert "10:00–11:30" in page
    assert "15:00" not in page


def test_once_editing_is_closed_everything_can_be_read_and_nothing_changed(summit, session, contact, as_user):
    summit.editing_frozen_at = timezone.now()
    summit.save()
    client = as_user(contact)
    response = client.post(PAGE, filled(session, title_en="Late"))
    assert response.status_code == 403
    assert 'value="Late"' in response.content.decode()
    assert client.post(f"{PAGE}people/", rows()).status_code == 403
    assert client.post(f"{PAGE}links/", {"kind": "link", "url": "https://example.org/"}).status_code == 403
    held = Session.objects.get(code="CIV001")
    assert (held.version, held.materials.count()) == (1, 0)
    assert client.get(PAGE).status_code == 200


def test_a_stale_form_keeps_what_was_written(session, contact, organiser, as_user):
    session_edits.edit(session, {"number": 7}, version=1, by=organiser)
    response = as_user(contact).post(PAGE, filled(session, title_en="Mine"))
    assert response.status_code == 409
    assert 'value="Mine"' in response.content.decode()


def test_nobody_else_finds_the_pages(summit, session, contact, desk_staff, as_user):
    for client in (as_user(desk_staff), as_user(make_user("eve@people.example"))):
        assert [client.get(path).status_code for path in (HOME, PAGE, f"{PAGE}people/", f"{PAGE}links/")] == [404] * 4
    assert Client().get(HOME).status_code == 302
    OrganisationMember.objects.update(accepted_at=None)
    assert as_user(contact).get(HOME).status_code == 404


def rows(*people, version=1):
    data = {"version": version, "people-TOTAL_FORMS": len(people), "people-INITIAL_FORMS": 0}
    for n, person in enumerate(people):
        data |= {f"people-{n}-{name}": value for name, value in {"role": "speaker", "ORDER": n + 1, **person}.items()}
    return data


def test_people_are_chosen_made_ordered_and_taken_off(summit, session, contact, as_user):
    park = make_speaker(summit, "박수정", code="PARK01")
    client = as_user(contact)
    sent = rows(
        {"person": "박수정 · PARK01", "ORDER": 2, "affiliation_ko": "시민연합"},
        {"person": "New Person", "email": "new@people.example", "role": "moderator", "ORDER": 1},
        {"person": "Nobody", "DELETE": "on"},
        {},
    )
    assert client.post(f"{PAGE}people/", sent).status_code == 302
    appearances = list(session.appearances.order_by("order"))
    assert [(a.speaker.name, a.role, a.state) for a in appearances] == [
        ("New Person", "moderator", "invited"),
        ("박수정", "speaker", "invited"),
    ]
    assert (appearances[1].speaker, appearances[1].affiliation["ko"]) == (park, "시민연합")
    assert not Speaker.objects.filter(name="Nobody").exists()
    page = client.get(f"{PAGE}people/").content.decode()
    assert page.count('class="panel form pairs person-row"') == 5


@pytest.mark.parametrize(
    ("places", "order"),
    [((1, 2, 1), "CAB"), ((1, 1, 3), "BAC"), ((3, 2, 3), "BCA"), ((2, 2, 3), "BAC"), (("", 2, 3), "BCA")],
)
def test_whoever_is_moved_to_a_taken_place_stands_there(session, contact, as_user, places, order):
    sent = rows(*({"person": name, "ORDER": place} for name, place in zip("ABC", places, strict=True)))
    assert as_user(contact).post(f"{PAGE}people/", sent).status_code == 302
    assert "".join(row.speaker.name for row in session.appearances.order_by("order")) == order


@pytest.mark.parametrize(("language", "name", "spoken"), [("en", "김연사", "ko"), ("ko", "Grace Hopper", "en")])
def test_who_is_invited_without_an_account_reads_what_can_be_guessed(summit, organiser, language, name, spoken):
    with translation.override(language):
        invite_host(make_organisation(summit, "new-host"), "colleague@people.example", "Somebody", by=organiser)
        invite_speaker(make_speaker(summit, name), "speaker@people.example", by=organiser)
    assert User.objects.get(email="colleague@people.example").language == language
    assert User.objects.get(email="speaker@people.example").language == spoken


def test_rows_that_cannot_be_understood_make_nobody(summit, session, contact, as_user):
    make_speaker(summit, "김하나", code="KIM001")
    make_speaker(summit, "김하나", code="KIM002")
    client = as_user(contact)
    for person in ({"person": "김하나"}, {"person": "누구 · NONE99"}, {"email": "x@people.example"}, {"person": "A", "role": "king"},
                   {"person": "A", "email": "no"}, {"person": "x" * 221}):  # fmt: skip
        assert client.post(f"{PAGE}people/", rows({"person": "Fresh"}, person)).status_code == 422, person
    assert not Speaker.objects.filter(name="Fresh").exists()
    assert session.appearances.count() == 0


def test_stale_people_make_no_new_profiles_either(summit, session, contact, organiser, as_user):
    session_edits.edit(session, {"number": 7}, version=1, by=organiser)
    assert as_user(contact).post(f"{PAGE}people/", rows({"person": "Fresh"})).status_code == 409
    assert not Speaker.objects.filter(name="Fresh").exists()


def test_links_are_added_unconfirmed_and_removed_and_lead_to_the_web_only(session, contact, as_user):
    client = as_user(contact)
    good = {"kind": "slides", "url": "https://example.org/slides", "title_ko": "발표자료"}
    assert client.post(f"{PAGE}links/", good).status_code == 302
    [material] = session.materials.all()
    assert (material.confirmed, material.title["ko"]) == (False, "발표자료")
    assert client.post(f"{PAGE}links/", good).status_code == 409
    for url in ("javascript:alert(1)", "ftp://example.org", "example.org", "https://"):
        assert client.post(f"{PAGE}links/", {**good, "url": url}).status_code == 422, url
    # Confirming is the team's.
    client.post(f"{PAGE}links/", {"material": material.pk, "action": "confirm"})
    assert not session.materials.get().confirmed
    client.post(f"{PAGE}links/", {"material": material.pk, "action": "remove"})
    assert session.materials.count() == 0


def test_somebody_elses_link_is_not_there(summit, session, contact, as_user):
    other = Session.objects.get(code="DIG001").materials.create(kind="link", url="https://example.org/")
    response = as_user(contact).post(f"{PAGE}links/", {"material": other.pk, "action": "remove"})
    assert response.status_code == 404


def test_colleagues_are_invited_and_removed(summit, host, session, contact, as_user):
    client = as_user(contact)
    page = f"{HOME}organisations/alpha/colleagues/"
    client.post(page, {"email": "grace@people.example"})
    row = OrganisationMember.objects.get(user__email="grace@people.example")
    assert not row.is_accepted
    assert f"/host-invitations/{row.token}/" in Message.objects.get().text
    as_user(row.user).post(f"/en/ogp2021/host-invitations/{row.token}/")
    assert as_user(row.user).get(PAGE).status_code == 200
    client.post(page, {"member": row.pk})
    assert as_user(row.user).get(PAGE).status_code == 404
    # Nobody removes themselves, and nobody reaches another organisation.
    mine = OrganisationMember.objects.get(user=contact)
    assert client.post(page, {"member": mine.pk}).status_code == 404
    assert client.post(page.replace("alpha", "beta"), {"email": "eve@people.example"}).status_code == 404


def test_an_organisation_of_another_summit_gives_nothing_here(summit, session, as_user):
    other = make_organisation(make_summit("ogp2023"), "gamma")
    user = make_user("gamma@people.example")
    OrganisationMember.objects.create(organisation=other, user=user)
    assert as_user(user).get(HOME).status_code == 404


def test_an_invitation_of_a_host_is_written_in_the_summits_language(host, organiser):
    invite_host(host, "new@people.example", "Grace", by=organiser)
    mail = Message.objects.get()
    assert mail.language == "ko"
    assert "알파" in mail.text


def test_an_answer_to_a_stale_form_tells_nothing_of_the_plan(session, contact, organiser, as_user):
    scheduling.place(session, starts_at=at(16, 17, 45), ends_at=at(16, 18), room=None, by=organiser)
    client = as_user(contact)
    rows = {"people-TOTAL_FORMS": 0, "people-INITIAL_FORMS": 0, "form-TOTAL_FORMS": 0, "form-INITIAL_FORMS": 0}
    for answer in (
        client.post(PAGE, filled(session, version=0)),
        client.post(f"{PAGE}people/", {"version": 0, **rows}),
    ):
        assert answer.status_code == 409
        assert "08:45" not in answer.content.decode() and "17:45" not in answer.content.decode()


def test_a_host_decides_whether_answers_stay_and_nothing_else_of_questions(summit, session, contact, as_user):
    client = as_user(contact)
    page = client.get(PAGE).content.decode()
    assert 'name="keeps_answers"' in page and 'name="takes_questions"' not in page
    client.post(PAGE, filled(session, keeps_answers="on", asks_first=""))
    held = Session.objects.get(code="CIV001")
    assert (held.keeps_answers, held.takes_questions, held.asks_first) == (True, True, True)
