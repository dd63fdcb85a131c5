"""What we export, another Summit reads back: the second export says the same."""

from datetime import timedelta

import pytest
from django.utils import translation

from sessions.models import AgendaVersion, Appearance, Material, Session, SessionHost
from sessions.planning.publishing import publish
from speakers.models import Speaker
from tests import factories as make
from tests.sessions.imports.schedules.trips import but_for_exceptions, emptied, export, seeded, take_in


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def there_and_back(summit, format, language):
    before = export(summit, format, language)
    new = emptied(summit)
    report = take_in(new, before, f"schedule.{format}")
    assert report.refused == []
    publish(new)
    after = export(new, format, language)
    assert but_for_exceptions(after, format).split("\n") == but_for_exceptions(before, format).split("\n")
    return report


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("format", ["xml", "json"])
def test_the_summit_of_2021_comes_back_the_same(db, format, language):
    report = there_and_back(seeded(), format, language)
    assert report.new["sessions"] == 17
    assert report.new["appearances"] == 120
    assert report.notes == []


@pytest.mark.parametrize("format", ["xml", "json"])
def test_a_larger_agenda_comes_back_the_same(summit, format):
    """120 sessions that begin together in many rooms, over midnight, with texts that look like markup."""
    rooms = [
        make.make_room(summit, f"hall-{n:02}", order=20 - n, name={"ko": f"홀 {n}", "en": f"Hall {n}"})
        for n in range(12)
    ]
    tracks = [
        make.make_track(summit, f"line-{n}", order=n, colour=f"#A0{n}B{n}0", name={"ko": f"길 {n}"}) for n in range(4)
    ]
    hosts = [make.make_organisation(summit, f"org-{n}", name={"ko": f"기관 {n}, 산하 <b>"}) for n in range(5)]
    people = [make.make_speaker(summit, f"연사 {n % 30}", name_romanised=f"Speaker & {n}") for n in range(40)]
    for n in range(120):
        start = make.at(15 + n % 3, 9) + timedelta(minutes=30 * (n // 36 * 9))
        session = make.make_session(
            summit, f"S{n:05}", starts_at=start, ends_at=start + timedelta(minutes=45 + n % 2), room=rooms[n % 12] if n % 7 else None,
            track=tracks[n % 4] if n % 5 else None, hosts=[hosts[n % 5]] if n % 3 else [], people=[people[n % 40], people[(n * 7 + 3) % 40]] if n % 4 else [],
            title={"ko": f'세션 <b>{n}</b> & 따옴표 "', "en": f"Session {n}"}, abstract={"ko": f"**굵게** {n}\n\n[링크](https://a.example)\n- 하나"},
            language="en" if n % 2 else "ko", do_not_record=n % 6 == 0, kind=("plenary", "break", "workshop")[n % 3],
        )  # fmt: skip
        if n % 8 == 0:
            Material.objects.create(session=session, kind="slides", url="/media/slides.pdf", title={"ko": "발표 자료"})
            Material.objects.create(session=session, kind="recording", url="https://youtu.be/dQw4w9WgXcQ", order=1)
    publish(summit)
    assert there_and_back(summit, format, "ko").new["sessions"] == 120


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("format", ["xml", "json"])
def test_our_own_export_changes_nothing_where_it_came_from(db, format, language):
    """Although it holds one language, plain text for Markdown, and no roles, billing or speakers' other names."""
    summit = seeded()
    AgendaVersion.objects.all().delete()

    def state():
        tables = (Session, Appearance, SessionHost, Material, Speaker)
        return [list(rows.objects.order_by("pk").values()) for rows in tables], summit.agenda_revision

    before = state()
    report = take_in(summit, export(summit, format, language), f"schedule.{format}")
    assert (report.writes, report.refused, report.gone, report.notes) == (0, [], [], [])
    summit.refresh_from_db()
    assert state() == before


def test_a_copy_in_another_summit_gets_guids_of_its_own_and_is_found_again(db):
    summit = seeded()
    content = export(summit, "json", "ko")
    copy = make.make_summit("copy2027")
    assert take_in(copy, content, "schedule.json").new["sessions"] == 17
    assert not set(copy.sessions.values_list("guid")) & set(summit.sessions.values_list("guid"))
    again = take_in(copy, content, "schedule.json")
    assert again.writes == 0
    assert summit.sessions.count() == 17
