import pytest

from sessions.models import with_details
from sessions.reading import neighbours
from tests import factories as make


@pytest.fixture
def agenda(summit):
    civic, digital = make.make_track(summit), make.make_track(summit, "digital")
    host = make.make_organisation(summit)
    for code, start, track, hosts in (
        ("AAA001", make.at(15, 10), civic, [host]),
        ("BBB001", make.at(15, 10, 30), digital, []),
        ("CCC001", make.at(15, 13), civic, [host]),
        ("DDD001", make.at(16, 10), civic, []),
        ("EEE001", None, None, []),
    ):
        make.make_session(summit, code, starts_at=start, track=track, hosts=hosts, title={"ko": code, "en": code})
    make.make_session(summit, "SECRET", starts_at=make.at(15, 10), track=civic, hosts=[host], published_at=None)
    return summit


def around(agenda, code):
    found = neighbours.around(with_details(agenda.sessions).get(code=code))
    names = [[other.title for other in group] for group in (found.same_time, found.same_host, found.same_track)]
    return (found.previous and found.previous.title, found.next and found.next.title, *names)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("AAA001", (None, "BBB001", ["BBB001"], ["CCC001"], ["CCC001", "DDD001"])),
        ("BBB001", ("AAA001", "CCC001", ["AAA001"], [], [])),
        ("CCC001", ("BBB001", "DDD001", [], ["AAA001"], ["DDD001", "AAA001"])),
        ("EEE001", ("DDD001", None, [], [], [])),
    ],
)
def test_neighbours_are_before_after_beside_and_of_the_same_host_and_track(agenda, code, expected):
    assert around(agenda, code) == expected


@pytest.mark.parametrize("sessions", [3, 30])
def test_neighbours_take_four_queries(summit, django_assert_num_queries, sessions):
    track, host, person = make.make_track(summit), make.make_organisation(summit), make.make_speaker(summit)
    for number in range(sessions):
        make.make_session(summit, f"S{number:05}", track=track, hosts=[host], people=[person])
    session = with_details(summit.sessions).first()
    with django_assert_num_queries(4):
        neighbours.around(session)


def test_the_page_links_its_neighbours(agenda, client):
    page = client.get("/en/ogp2021/sessions/CCC001/").content.decode()
    assert '<a class="plain-tile" href="/en/ogp2021/sessions/BBB001/" rel="prev">' in page
    assert "SECRET" not in page


def test_sessions_with_the_same_people_are_linked_unless_they_declined(summit):
    one, two = make.make_speaker(summit), make.make_speaker(summit, "김지은")
    make.make_session(summit, "AAA001", people=[one, two])
    make.make_session(summit, "BBB001", people=[one])
    declined = make.make_session(summit, "CCC001", people=[two])
    declined.appearances.update(state="declined")
    found = neighbours.around(with_details(summit.sessions).get(code="AAA001"))
    assert [other.title for other in found.same_speaker] == ["열린정부 세션 BBB001"]
