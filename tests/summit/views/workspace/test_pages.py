"""Standing pages in the workspace: made, edited in both languages, taken away; and what readers see of it."""

import json

import pytest

from summit.editing import pages
from summit.editing.inline_edits import value_versions
from summit.models import HistoryEntry, Page
from tests.factories import make_page, make_summit, make_user

PAGE = "/en/ogp2021/organiser/pages/"


@pytest.fixture
def office(as_user, organiser):
    return as_user(organiser)


def filled(page=None, **values):
    data = {"title_ko": "새 소식", "title_en": "What is new", "summary_ko": "", "summary_en": "", "body_ko": "**본문**",
            "body_en": "", "section": "summit", "order": ""}  # fmt: skip
    known = {"form_versions": json.dumps(value_versions(page, pages.EDITABLE))} if page else {}
    return {**data, **known, **values}


def test_a_page_is_added_and_readers_find_it_at_once(summit, office, client):
    assert client.get("/ko/ogp2021/pages/what-is-new/").status_code == 404
    assert office.post(f"{PAGE}new/", filled())["Location"] == f"{PAGE}what-is-new/"
    assert "<strong>본문</strong>" in client.get("/ko/ogp2021/pages/what-is-new/").content.decode()
    entry = HistoryEntry.objects.get(action="page.create")
    assert (entry.subject_name, entry.changes["title"][1]["ko"]) == ("What is new", "새 소식")


def test_a_page_is_edited_and_the_languages_say_how_they_stand(summit, office, client):
    page = make_page(summit, "about")
    assert office.post(f"{PAGE}about/", filled(page, body_ko="고친 글")).status_code == 302
    page.refresh_from_db()
    assert (page.title["ko"], page.body.words()) == ("새 소식", {"ko": "고친 글"})
    shown = office.get(f"{PAGE}about/").content.decode()
    assert "missing" in shown and "Page edited" in shown
    assert "고친 글" in client.get("/ko/ogp2021/pages/about/").content.decode()
    # The same once more changes nothing and is no line of history.
    office.post(f"{PAGE}about/", filled(page, body_ko="고친 글"))
    assert HistoryEntry.objects.filter(action="page.edit").count() == 1


def test_two_at_once_do_not_overwrite_each_other(summit, office):
    page = make_page(summit, "about")
    early = filled(page)
    office.post(f"{PAGE}about/", {**early, "title_en": "First"})
    response = office.post(f"{PAGE}about/", {**early, "title_en": "Second"})
    assert response.status_code == 409
    shown = response.content.decode()
    assert "Somebody else has changed this in the meantime" in shown and 'value="Second"' in shown
    page.refresh_from_db()
    assert page.title["en"] == "First"


def test_a_preview_saves_nothing_and_runs_nothing(summit, office):
    page = make_page(summit, "about")
    response = office.post(f"{PAGE}about/", filled(page, action="preview", body_en="# Head <script>alert(1)</script>"))
    shown = response.content.decode().split('id="preview"')[1].split("</form>")[0]
    assert response.status_code == 200
    assert "<strong>본문</strong>" in shown and "<script" not in shown
    assert "<strong>본문" in office.post(f"{PAGE}new/", filled(action="preview")).content.decode()
    page.refresh_from_db()
    assert (page.body["en"], Page.objects.count()) == ("The text.", 3)


@pytest.mark.parametrize(
    "wrong",
    [{"title_ko": "", "title_en": ""}, {"slug": "About us"}, {"slug": "privacy"}, {"slug": "new"}, {"section": "attic"},
     {"title_en": ""}, {"body_en": "x" * 30_001}, {"order": "-1"}, {"order": "soon"}],
    ids=["no title", "bad address", "taken", "ours", "section", "no address can be made", "long", "negative", "no number"],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_kept(summit, office, wrong):
    response = office.post(f"{PAGE}new/", filled(**wrong))
    assert response.status_code == 422
    assert "**본문**" in response.content.decode()
    assert Page.objects.count() == 2


def test_a_page_is_deleted_but_not_one_every_page_leads_to(summit, office, client):
    make_page(summit, "about")
    office.post(f"{PAGE}about/deletion/")
    assert client.get("/en/ogp2021/pages/about/").status_code == 404
    response = office.post(f"{PAGE}privacy/deletion/", follow=True)
    assert "Every page of the site leads to this one." in response.content.decode()
    assert summit.pages.filter(slug="privacy").exists()
    assert "Delete the page" not in office.get(f"{PAGE}privacy/").content.decode()


def test_pages_of_another_summit_are_not_there(summit, office):
    make_page(make_summit("ogp2023"), "elsewhere")
    assert office.get(f"{PAGE}elsewhere/").status_code == 404
    assert office.post(f"{PAGE}elsewhere/deletion/").status_code == 404


def test_the_list_finds_edits_and_exports(summit, office, as_user):
    make_page(summit, "about", title={"ko": "소개", "en": "About"}, section="ogp")
    assert "organiser/pages/about/" in office.get(f"{PAGE}?q=소개").content.decode()
    assert "organiser/pages/about/" not in office.get(f"{PAGE}?section=site").content.decode()
    assert "about" in office.get("/en/ogp2021/organiser/lists/pages.csv?section=ogp").content.decode()
    viewer = as_user(make_user(summit=summit, role="viewer"))
    assert "Add a page" not in viewer.get(PAGE).content.decode()
    assert viewer.post(f"{PAGE}about/", filled()).status_code == 403
