"""Views of a list that people keep for themselves, or for the team."""

import pytest

from summit.lists import saved_views
from summit.models import SavedView
from tests.factories import make_room, make_summit, make_user

LIST = "/en/ogp2021/organiser/rooms/"
VIEWS = "/en/ogp2021/organiser/lists/rooms/views/"


@pytest.fixture
def office(as_user, organiser, summit):
    make_room(summit)
    return as_user(organiser)


def tabs(client, query=""):
    return {tab["label"]: tab for tab in client.get(f"{LIST}?{query}").context["tabs"]}


def test_a_view_keeps_search_filters_order_and_columns(office, organiser):
    response = office.post(f"{VIEWS}?q=hall&use=unused&sort=-capacity&show=code", {"name": "Empty halls"})
    assert response["Location"] == f"{LIST}?q=hall&use=unused&sort=-capacity&show=code"
    view = SavedView.objects.get()
    assert (view.user, view.list_name, view.name) == (organiser, "rooms", "Empty halls")
    assert (view.query, view.columns) == ("q=hall&use=unused&sort=-capacity", ["code"])
    tab = tabs(office, "q=hall&use=unused&sort=-capacity&show=code")["Empty halls"]
    assert tab["current"]
    assert not tabs(office)["Empty halls"]["current"]


def test_a_view_of_the_usual_columns_names_none(office):
    office.post(f"{VIEWS}?use=used", {"name": "Used"})
    assert SavedView.objects.get().columns == []
    assert tabs(office, "use=used")["Used"]["current"]


def test_the_same_name_replaces_what_was_kept(office):
    for query in ("use=used", "use=unused"):
        office.post(f"{VIEWS}?{query}", {"name": "  Mine "})
    assert [(view.name, view.query) for view in SavedView.objects.all()] == [("Mine", "use=unused")]


def test_a_view_is_its_makers_alone(office, as_user, summit):
    office.post(f"{VIEWS}?use=used", {"name": "Mine"})
    view = SavedView.objects.get()
    other = as_user(make_user("other@team.example", summit=summit, role="organiser"))
    assert "Mine" not in tabs(other)
    other.post(VIEWS, {"delete": view.pk})
    assert SavedView.objects.count() == 1
    office.post(VIEWS, {"delete": view.pk})
    assert SavedView.objects.count() == 0


def test_a_shared_view_is_the_teams_and_goes_by_its_maker_or_who_sets_the_summit_up(office, as_user, summit):
    told = office.post(f"{VIEWS}?use=used", {"name": "Ours", "shared": "on"}, follow=True)
    assert "The view was saved; the team sees it, too." in told.content.decode()
    view = SavedView.objects.get()
    viewer = as_user(make_user("viewer@team.example", summit=summit, role="viewer"))
    tab = tabs(viewer, "use=used")["Ours"]
    assert (tab["current"], tab["pk"], tab["by"]) == (True, "", "Organiser")
    viewer.post(VIEWS, {"delete": view.pk})
    assert SavedView.objects.count() == 1
    other = as_user(make_user("other@team.example", summit=summit, role="organiser"))
    assert tabs(other)["Ours"]["pk"] == str(view.pk)
    other.post(VIEWS, {"delete": view.pk})
    assert SavedView.objects.count() == 0


def test_a_shared_view_kept_again_without_the_team_is_ones_own(office, as_user, summit):
    office.post(f"{VIEWS}?use=used", {"name": "Ours", "shared": "on"})
    office.post(f"{VIEWS}?use=used", {"name": "Ours"})
    viewer = as_user(make_user("viewer@team.example", summit=summit, role="viewer"))
    assert "Ours" not in tabs(viewer)


def test_the_team_keeps_so_many(office, as_user, summit, monkeypatch):
    monkeypatch.setattr(saved_views, "MOST_SHARED", 1)
    office.post(f"{VIEWS}?use=used", {"name": "Ours", "shared": "on"})
    other = as_user(make_user("viewer@team.example", summit=summit, role="viewer"))
    refused = other.post(f"{VIEWS}?use=unused", {"name": "Second", "shared": "on"}, follow=True)
    assert str(saved_views.TooManyShared.message) in refused.content.decode()
    assert SavedView.objects.count() == 1


def test_a_view_of_one_summit_is_not_one_of_another(office, organiser):
    organiser.memberships.create(summit=make_summit("ogp2023"), role="organiser")
    office.post(f"{VIEWS}?use=used", {"name": "Mine"})
    page = office.get("/en/ogp2023/organiser/rooms/")
    assert "Mine" not in [tab["label"] for tab in page.context["tabs"]]


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_view_needs_a_name_that_fits(office, name):
    response = office.post(f"{VIEWS}?use=used", {"name": name}, follow=True)
    assert str(saved_views.CannotSave.message) in response.content.decode()
    assert SavedView.objects.count() == 0


@pytest.mark.parametrize("name", ["<b>x</b>", "🎈 view", "\u202eright to left"])
def test_a_name_is_shown_as_words(office, name):
    office.post(f"{VIEWS}?use=used", {"name": name})
    assert "<b>x</b>" not in office.get(LIST).content.decode()
    assert SavedView.objects.count() == 1


def test_a_search_too_long_to_keep_is_refused(office):
    response = office.post(f"{VIEWS}?q={'%ED%95%9C' * 200}&use=used", {"name": "Long"}, follow=True)
    kept = SavedView.objects.count()
    assert kept == 1 or str(saved_views.TooLongView.message) in response.content.decode()


def test_nobody_has_more_than_twenty_of_one_list(office):
    for number in range(saved_views.MOST):
        office.post(f"{VIEWS}?use=used", {"name": f"View {number}"})
    response = office.post(f"{VIEWS}?use=used", {"name": "One more"}, follow=True)
    assert str(saved_views.TooManyViews.message) in response.content.decode()
    assert SavedView.objects.count() == saved_views.MOST


@pytest.mark.parametrize("pk", ["x", "-1", "9" * 30, "²"])
def test_deleting_what_is_not_there_does_nothing(office, pk):
    assert office.post(VIEWS, {"delete": pk}).status_code == 302


def test_suggested_views_are_current_where_their_query_is(office):
    assert tabs(office, "use=unused")["Without sessions"]["current"]
    assert tabs(office)["All"]["current"]
