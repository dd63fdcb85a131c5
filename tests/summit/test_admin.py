"""What operators do in the admin is in the history: who, what, each field before and after."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group

from summit.admin import Recorded
from summit.models import HistoryEntry, Membership, Role, User
from tests.factories import make_desk, make_room, make_session, make_speaker, make_track, make_user


@pytest.fixture
def operator(db):
    return make_user("operator@team.example", is_staff=True, is_superuser=True, name="Operator")


@pytest.fixture
def client(operator, as_user):
    return as_user(operator)


def only_line(action: str) -> HistoryEntry:
    [line] = HistoryEntry.objects.filter(action=action)
    return line


def send(client, address: str, **changed) -> None:
    """The form of the page with what it holds, and ``changed``."""
    page = client.get(address)
    assert page.status_code == 200, address
    form = page.context["adminform"].form
    data = {}
    for each in (
        form,
        *(
            f
            for s in page.context["inline_admin_formsets"]
            for f in (s.formset.management_form, *s.formset.initial_forms)
        ),
    ):
        for bound in each:
            value = bound.value()
            widget = bound.field.widget
            if hasattr(widget, "decompress"):
                parts = value if isinstance(value, list) else widget.decompress(value)
                data |= {
                    bound.html_name + end: part or "" for end, part in zip(widget.widgets_names, parts, strict=True)
                }
            elif value is not None and value is not False:
                data[bound.html_name] = value
    answer = client.post(address, {**data, **changed})
    assert answer.status_code == 302, answer.context["adminform"].form.errors


def test_every_page_that_changes_something_records():
    """Whoever registers a model finds out here."""
    unrecorded = [
        type(one).__name__
        for one in admin.site._registry.values()
        if not isinstance(one, Recorded) and type(one).has_change_permission is admin.ModelAdmin.has_change_permission
    ]
    assert unrecorded == []


def test_a_field_is_told_before_and_after(summit, client, operator):
    track = make_track(summit)
    before = summit.agenda_revision
    send(client, f"/admin/agenda/track/{track.pk}/change/", colour="#12705b")
    line = only_line("track.edit")
    assert (line.by, line.summit, line.place.split()[0]) == (operator, summit, "admin")
    assert line.changes == {"colour": ["#0b6b62", "#12705b"]}
    summit.refresh_from_db()
    assert summit.agenda_revision == before + 1


def test_a_form_saved_as_it_was_is_no_change(summit, client):
    desk = make_desk(summit)
    send(client, f"/admin/registration/desk/{desk.pk}/change/")
    assert not HistoryEntry.objects.exists()


def test_desks_are_recorded(summit, client):
    desk = make_desk(summit)
    send(client, f"/admin/registration/desk/{desk.pk}/change/", name_en="South entrance")
    assert only_line("desk.edit").changes["name"][1]["en"] == "South entrance"


def test_becoming_an_owner_by_an_operators_hand_is_recorded(summit, client, operator):
    user = make_user("new@people.example", name="새 주인")
    sent = {
        "summit": summit.pk,
        "user": user.pk,
        "role": "owner",
        "accepted_at_0": "2021-10-01",
        "accepted_at_1": "10:00:00",
    }
    assert client.post("/admin/summit/membership/add/", sent).status_code == 302
    line = only_line("membership.create")
    assert (line.summit, line.by) == (summit, operator)
    assert line.changes["role"] == [None, "owner"]
    assert line.changes["user"] == [None, "새 주인"]
    row = Membership.objects.get()
    send(client, f"/admin/summit/membership/{row.pk}/change/", role="viewer")
    assert only_line("membership.edit").changes == {"role": ["owner", "viewer"]}
    client.post("/admin/summit/membership/", {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert only_line("membership.delete").changes["role"] == ["viewer", None]


def test_rights_of_accounts_are_recorded_without_a_summit(client):
    user = make_user("staff@team.example")
    group = Group.objects.create(name="Helpers")
    send(client, f"/admin/summit/user/{user.pk}/change/", is_staff="on", groups=[group.pk],
         last_login_0="", last_login_1="", date_joined_0="2021-10-01", date_joined_1="10:00:00")  # fmt: skip
    line = only_line("user.edit")
    assert line.summit is None
    assert line.changes["is_staff"] == [False, True]
    assert line.changes["groups"] == [[], ["Helpers"]]
    assert "password" not in line.changes
    page = client.get("/admin/summit/historyentry/").content.decode()
    assert "user.edit" in page


def test_a_password_is_told_as_changed_and_never_shown(client):
    user = make_user("staff@team.example", password="a long enough pass phrase")
    new = "another long enough phrase"
    answer = client.post(
        f"/admin/summit/user/{user.pk}/password/", {"password1": new, "password2": new, "usable_password": "true"}
    )
    assert answer.status_code == 302
    assert only_line("user.edit").changes == {"password": ["•••", "•••"]}


def test_an_account_made_here_is_recorded_without_its_password(client):
    new = "another long enough phrase"
    sent = {"email": "made@team.example", "password1": new, "password2": new, "usable_password": "true"}
    assert client.post("/admin/summit/user/add/", sent).status_code == 302
    line = only_line("user.create")
    assert line.changes["email"] == [None, "made@team.example"]
    assert line.changes["password"] == ["•••", "•••"]


def test_whoever_is_deleted_leaves_the_team_in_its_history(summit, client):
    user = make_user("owner@team.example", summit=summit, role=Role.OWNER, name="주인")
    client.post(f"/admin/summit/user/{user.pk}/delete/", {"post": "yes"})
    assert not User.objects.filter(pk=user.pk).exists()
    assert only_line("user.delete").summit is None
    line = only_line("membership.delete")
    assert (line.summit, line.changes) == (summit, {"role": ["owner", None]})


def test_an_address_made_proven_is_recorded(client):
    address = EmailAddress.objects.get(user=make_user("x@people.example"))
    EmailAddress.objects.update(verified=False)
    send(client, f"/admin/account/emailaddress/{address.pk}/change/", verified="on")
    assert only_line("emailaddress.edit").changes == {"verified": [False, True]}


def test_rows_below_a_session_are_told_field_by_field(summit, client):
    session = make_session(
        summit, people=[make_speaker(summit, "박수정")], track=make_track(summit), room=make_room(summit)
    )
    address = f"/admin/agenda/session/{session.pk}/change/"
    page = client.get(address)
    [prefix] = [s.formset.prefix for s in page.context["inline_admin_formsets"] if "appearance" in s.formset.prefix]
    send(client, address, **{f"{prefix}-0-role": "moderator"})
    changes = only_line("session.edit").changes
    assert len(changes) == 1, changes
    [(name, (before, after))] = changes.items()
    assert "박수정" in name
    assert (before["role"], after["role"]) == ("speaker", "moderator")


def test_a_summit_that_is_deleted_leaves_a_line_for_operators(summit, client):
    code = summit.code
    client.post(f"/admin/summit/summit/{summit.pk}/delete/", {"post": "yes"})
    line = only_line("summit.delete")
    assert line.summit is None and line.changes["code"] == [code, None]
