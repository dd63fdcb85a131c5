import pytest
from django.utils import translation

from registration.forms.person import EntryForm, RegistrationForm
from registration.places import capacity
from tests.factories import make_category, make_registration

RUNES = "\U00016b00"


@pytest.fixture
def sent(summit):
    category = make_category(summit)

    def fill(**changes) -> dict:
        return {"attendance": "in_person", "category": str(category.pk), "name": "홍길동", "email": "hong@people.example",
                "country": "KR", "language": "ko", "privacy": "on", **changes}  # fmt: skip

    return fill


def form_of(summit, data, kind=RegistrationForm):
    return kind(data, summit=summit, quotas=capacity.quotas(summit))


def test_a_spelling_is_proposed_once_and_kept_only_when_it_was_seen(summit, sent):
    form = form_of(summit, sent())
    assert not form.is_valid()
    assert list(form.errors) == ["name_romanised"]
    assert (form["name_romanised"].value(), form["proposed_for"].value()) == ("Hong Gildong", "홍길동")
    for kept in ("Hong Gildong", "Hong Kildong", ""):
        again = form_of(summit, sent(proposed_for="홍길동", name_romanised=kept))
        assert again.is_valid(), again.errors
        assert again.person().name_romanised == kept


def test_another_name_gets_another_proposal(summit, sent):
    form = form_of(summit, sent(name="남궁민", proposed_for="홍길동"))
    assert not form.is_valid()
    assert form["name_romanised"].value() == "Namgung Min"


@pytest.mark.parametrize("name", ["Marie Tamm", "포 마치체", "محمد علي"])
def test_nothing_is_proposed_for_names_from_elsewhere(summit, sent, name):
    assert form_of(summit, sent(name=name)).is_valid()


def test_the_team_enters_people_without_a_proposal(summit, sent):
    form = form_of(summit, sent(), EntryForm)
    assert form.is_valid(), form.errors


def test_letters_that_cannot_be_printed_ask_for_the_latin_name(summit, sent):
    with translation.override("en"):
        form = form_of(summit, sent(name=f"Xy{RUNES}"))
        told = form.errors["name_romanised"]
    assert told == [f"Our fonts cannot print these letters: {RUNES} Write your name in Latin letters as well."]
    assert form_of(summit, sent(name=f"Xy{RUNES}", name_romanised="Xyooj")).is_valid()


def ask(client, name, language="en"):
    return client.post(f"/{language}/ogp2021/register/name/", {"name": name})


@pytest.mark.parametrize(
    ("language", "name", "proposal", "told"),
    [
        ("en", " 홍\u200b길동 ", "Hong Gildong", "Proposed, as passports have it: Hong Gildong"),
        ("en", f"x{RUNES}", "", f"Our fonts cannot print these letters: {RUNES} Write your name in Latin letters as well."),
        ("en", "Marie Tamm", "", ""),
        ("en", "", "", ""),
        ("en", "가" * 5_000, "", ""),
    ],
)  # fmt: skip
def test_the_name_is_looked_at_while_it_is_typed(client, summit, language, name, proposal, told):
    answer = ask(client, name, language)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert answer.json() == {"proposal": proposal, "told": told, "use": "Use this spelling" if proposal else ""}


def test_only_public_summits_answer_and_only_what_is_sent(client, summit):
    assert client.get("/en/ogp2021/register/name/").status_code == 405
    summit.is_public = False
    summit.save()
    assert ask(client, "홍길동").status_code == 404


def test_a_form_names_where_to_ask_and_suggests_titles(client, summit, sent):
    page = client.get("/ko/ogp2021/register/").content.decode()
    assert 'data-name-asked-at="/ko/ogp2021/register/name/"' in page
    assert page.index('value="장관"') < page.index('value="H.E."')
    assert 'list="title-suggested"' in page


def test_title_and_family_name_stand_on_the_own_page_and_in_everything(client, summit):
    made = make_registration(summit, title="장관", family_name="홍", language="ko")
    assert "홍길동 장관" in client.get(f"/ko/ogp2021/registrations/{made.token}/").content.decode()
    told = client.get(f"/ko/ogp2021/registrations/{made.token}/everything.json").json()["registration"][0]
    assert (told["title"], told["family_name"]) == ("장관", "홍")
