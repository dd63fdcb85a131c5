import pytest

from sessions.models import Appearance
from speakers.editing import inline_edits
from speakers.models import Organisation, OrganisationMember, ProfileClaim, Speaker
from summit.models import Message
from tests.factories import at, make_organisation, make_session, make_speaker, make_summit, make_track, make_user

PEOPLE, HOSTS = "/en/ogp2021/organiser/people/", "/en/ogp2021/organiser/organisations/"
SPANS = {"spans-TOTAL_FORMS": 2, "spans-INITIAL_FORMS": 0}


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


@pytest.fixture
def speaker(summit):
    return make_speaker(
        summit, "박수정", code="PARK01", email="park@people.example", notes="speaks softly", gender="woman"
    )


def person(**values):
    data = {"version": 1, "name": "박수정", "name_romanised": "Park Sujeong", "country": "KR", "email": "park@people.example",
            "biography_ko": "약력", "biography_en": "", "notes": ""}  # fmt: skip
    return {**data, **SPANS, **values}


def test_a_profile_is_edited_with_the_times_the_person_can_come(summit, speaker, office):
    session = make_session(summit, people=[speaker])
    before = session.updated_at
    spans = {"spans-0-starts_at": "2021-12-15T09:00", "spans-0-ends_at": "2021-12-15T12:00",
             "spans-1-starts_at": "2021-12-15T11:00", "spans-1-ends_at": "2021-12-15T13:00"}  # fmt: skip
    assert office.post(f"{PEOPLE}PARK01/", person(**spans)).status_code == 302
    held = Speaker.objects.get()
    assert (held.name_romanised, held.biography["ko"], held.version) == ("Park Sujeong", "약력", 3)
    # Spans that overlap are one.
    assert list(held.availabilities.values_list("starts_at", "ends_at")) == [(at(15, 9), at(15, 13))]
    session.refresh_from_db()
    assert session.updated_at > before
    page = office.get(f"{PEOPLE}PARK01/").content.decode()
    assert 'value="2021-12-15T09:00"' in page
    # What people said about themselves is counted, and shown to nobody with their name.
    assert "Woman" not in page
    assert 'name="gender"' not in page


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "x" * 201}, {"email": "no"}, {"country": "XX"}, {"spans-0-starts_at": "2021-12-15T09:00"},
     {"spans-0-starts_at": "2021-12-15T09:00", "spans-0-ends_at": "2021-12-15T08:00"}, {"spans-0-starts_at": "soon"}],
    ids=str,
)  # fmt: skip
def test_bad_input_is_refused_and_what_was_typed_stays(speaker, office, wrong):
    response = office.post(f"{PEOPLE}PARK01/", person(**{"biography_en": "typed", **wrong}))
    assert response.status_code == 422
    assert "typed" in response.content.decode()
    assert Speaker.objects.get().version == 1


def test_a_stale_form_is_answered_with_what_changed(speaker, office, organiser):
    inline_edits.edit_speaker(speaker, {"country": "EE"}, version=1, by=organiser)
    response = office.post(f"{PEOPLE}PARK01/", person(name_romanised="Mine"))
    assert response.status_code == 409
    assert 'value="Mine"' in response.content.decode()
    assert office.post(f"{PEOPLE}PARK01/", person(name_romanised="Mine", version=2)).status_code == 302


def test_private_things_are_for_those_with_the_right(summit, speaker, as_user):
    viewer = as_user(make_user("viewer@team.example", summit=summit, role="viewer"))
    page = viewer.get(f"{PEOPLE}PARK01/").content.decode()
    assert "park@people.example" not in page
    assert "speaks softly" not in page
    assert viewer.post(f"{PEOPLE}PARK01/", person()).status_code == 403
    moderator = as_user(make_user("moderator@team.example", summit=summit, role="moderator"))
    page = moderator.get(f"{PEOPLE}PARK01/").content.decode()
    assert "speaks softly" in page and "park@people.example" not in page


def test_what_one_may_not_read_is_not_in_the_history_either(summit, speaker, office, organiser, as_user):
    inline_edits.edit_speaker(
        speaker, {"email": "hidden@people.example", "notes": "whispers", "gender": "man"}, version=1, by=organiser
    )
    viewer = as_user(make_user("viewer@team.example", summit=summit, role="viewer"))
    page = viewer.get(f"{PEOPLE}PARK01/").content.decode()
    assert "Person edited" in page
    assert not any(word in page for word in ("hidden@people.example", "whispers", "Woman"))
    page = office.get(f"{PEOPLE}PARK01/").content.decode()
    assert "hidden@people.example" in page and "whispers" in page and "Woman" not in page


def test_a_track_lead_edits_the_people_of_that_track_alone(summit, speaker, as_user):
    track, lead = make_track(summit), make_user(summit=summit, role="track_lead")
    track.leads.add(summit.memberships.get(user=lead))
    client = as_user(lead)
    assert client.post(f"{PEOPLE}PARK01/", person()).status_code == 403
    make_session(summit, track=track, people=[speaker])
    assert client.post(f"{PEOPLE}PARK01/", person()).status_code == 302
    assert Speaker.objects.get().email == "park@people.example"


def test_nobody_is_a_track_leads_because_they_wrote_the_name_down(summit, speaker, as_user):
    track, lead = make_track(summit), make_user(summit=summit, role="track_lead")
    track.leads.add(summit.memberships.get(user=lead))
    client = as_user(lead)
    make_session(summit, "DIG001", people=[speaker])
    asked = Appearance.objects.create(session=make_session(summit, track=track), speaker=speaker, state="invited")
    assert client.post(f"{PEOPLE}PARK01/", person()).status_code == 403
    Appearance.objects.filter(pk=asked.pk).update(state="confirmed")
    assert client.post(f"{PEOPLE}PARK01/", person()).status_code == 302
    # Somebody new, who appears nowhere else, can be written about while they have not answered.
    new = make_speaker(summit, "새 사람", code="NEW001")
    Appearance.objects.create(session=asked.session, speaker=new, state="invited")
    assert client.post(f"{PEOPLE}NEW001/", person()).status_code == 302


@pytest.fixture
def translator(summit, as_user):
    return as_user(make_user("translator@team.example", summit=summit, role="translator"))


def test_names_without_their_own_spelling_are_listed_and_the_form_says_what_readers_see(summit, speaker, office):
    make_speaker(summit, "김민서", name_romanised="Minnie Kim")
    make_speaker(summit, "Angela Kemper")
    listed = office.get(f"{PEOPLE}?latin=without").content.decode()
    assert "박수정" in listed and "김민서" not in listed and "Angela" not in listed
    known = office.get(f"{PEOPLE}?latin=with").content.decode()
    assert "박수정" not in known and "Minnie Kim" in known
    words = "pages in other languages show “Park Su-jeong”, marked as romanised by us"
    assert words in office.get(f"{PEOPLE}PARK01/").content.decode()
    Speaker.objects.filter(code="PARK01").update(name_romanised="Soojung Park")
    assert words not in office.get(f"{PEOPLE}PARK01/").content.decode()


def test_a_translator_writes_a_biography_and_the_name_in_latin_letters(summit, speaker, translator, client):
    make_session(summit, people=[speaker])
    page = translator.get(f"{PEOPLE}PARK01/").content.decode()
    assert all(f'name="{name}"' in page for name in ("name_romanised", "biography_ko", "biography_en"))
    assert not any(f'name="{name}"' in page for name in ("name", "country", "email", "notes", "spans-0-starts_at"))
    assert "park@people.example" not in page and "speaks softly" not in page
    sent = person(name="남", biography_en="A life", **{"spans-0-starts_at": "2021-12-15T09:00", "spans-0-ends_at": "2021-12-15T12:00"})  # fmt: skip
    assert translator.post(f"{PEOPLE}PARK01/", sent).status_code == 302
    held = Speaker.objects.get()
    assert (held.name, held.name_romanised, held.biography["en"]) == ("박수정", "Park Sujeong", "A life")
    assert held.availabilities.count() == 0
    assert "A life" in client.get("/en/ogp2021/speakers/PARK01/").content.decode()
    response = translator.post(f"{PEOPLE}PARK01/", sent)
    assert response.status_code == 409
    assert "A life" in response.content.decode()


def test_a_translator_describes_an_organisation_and_sees_no_contact(summit, translator):
    made = make_organisation(summit, contact_email="desk@people.example")
    OrganisationMember.objects.create(organisation=made, user=make_user("ada@people.example"))
    page = translator.get(f"{HOSTS}moi/").content.decode()
    assert 'name="description_en"' in page and ">Save<" in page
    assert not any(f'name="{name}"' in page for name in ("kind", "country", "website", "contact_email", "email"))
    assert "@people.example" not in page and "Delete the organisation" not in page
    assert translator.post(f"{HOSTS}moi/", host(name_en="Interior", kind="academia")).status_code == 302
    held = Organisation.objects.get()
    assert (held.name["en"], held.kind, held.contact_email) == ("Interior", made.kind, "desk@people.example")


def test_a_profile_is_offered_to_its_person_and_taken_over_once(summit, speaker, office, as_user):
    office.post(f"{PEOPLE}PARK01/invitation/", {"email": "Park@New.example"})
    claim = ProfileClaim.objects.get()
    assert Speaker.objects.get().email == "park@new.example"
    assert f"/profile-claims/{claim.token}/" in Message.objects.get().text
    link = f"/en/ogp2021/profile-claims/{claim.token}/"
    assert as_user(make_user("eve@people.example")).post(link).status_code == 403
    client = as_user(claim.user)
    assert "Take over your speaker profile" in client.get(link).content.decode()
    assert client.post(link)["Location"] == "/en/ogp2021/my-sessions/"
    assert Speaker.objects.get().user == claim.user
    response = office.post(f"{PEOPLE}PARK01/invitation/", {"email": "again@people.example"}, follow=True)
    assert "belongs to somebody already" in response.content.decode()


def test_people_are_added_and_deleted_while_they_are_in_no_session(summit, speaker, office):
    office.post(f"{PEOPLE}new/", {"name": "이도", "biography_ko": "", "biography_en": ""})
    made = Speaker.objects.get(name="이도")
    office.post(f"{PEOPLE}{made.code}/deletion/")
    assert not Speaker.objects.filter(name="이도").exists()
    make_session(summit, people=[speaker])
    response = office.post(f"{PEOPLE}PARK01/deletion/", follow=True)
    assert "Take it out of them first" in response.content.decode()
    assert Speaker.objects.filter(code="PARK01").exists()


def host(**values):
    data = {"version": 1, "name_ko": "행정안전부", "name_en": "Ministry", "kind": "government", "country": "KR", "website": "",
            "description_ko": "", "description_en": "", "contact_name": "", "contact_email": "desk@people.example"}  # fmt: skip
    return {**data, **values}


def test_an_organisation_renamed_keeps_its_address_and_pages_follow(summit, office, client):
    make_session(summit, hosts=[make_organisation(summit)])
    assert office.post(f"{HOSTS}moi/", host(name_en="Renamed Ministry")).status_code == 302
    assert "Renamed Ministry" in client.get("/en/ogp2021/hosts/moi/").content.decode()
    response = office.post(f"{HOSTS}moi/", host(name_en="Stale"))
    assert response.status_code == 409
    assert office.post(f"{HOSTS}moi/", host(version=2, website="javascript:x")).status_code == 422
    response = office.post(f"{HOSTS}moi/deletion/", follow=True)
    assert "Take it out of them first" in response.content.decode()


def test_an_organisation_is_added_with_an_address_of_its_name(summit, office):
    office.post(f"{HOSTS}new/", host(name_en="Open Society"))
    office.post(f"{HOSTS}new/", host(name_en="Open Society"))
    codes = sorted(Organisation.objects.values_list("code", flat=True))
    assert codes[0] == "open-society" and codes[1].startswith("org-")
    office.post(f"{HOSTS}open-society/deletion/")
    assert Organisation.objects.count() == 1


def test_contacts_are_invited_and_removed_by_organisers(summit, office):
    made = make_organisation(summit)
    office.post(f"{HOSTS}moi/members/", {"email": "ada@people.example", "name": "Ada"})
    row = OrganisationMember.objects.get()
    assert (row.user.name, row.is_accepted) == ("Ada", False)
    assert "ada@people.example" in office.get(f"{HOSTS}moi/").content.decode()
    other = OrganisationMember.objects.create(organisation=make_organisation(summit, "beta"), user=row.user)
    assert office.post(f"{HOSTS}moi/members/", {"member": other.pk}).status_code == 404
    office.post(f"{HOSTS}moi/members/", {"member": row.pk})
    assert made.members.count() == 0
    office.post(f"{HOSTS}moi/members/", {"email": "no"})
    assert made.members.count() == 0


def test_things_of_other_summits_are_not_there(office):
    other = make_summit("ogp2023")
    make_speaker(other, code="PARK01"), make_organisation(other)
    assert office.get(f"{PEOPLE}PARK01/").status_code == 404
    assert office.get(f"{HOSTS}moi/").status_code == 404
