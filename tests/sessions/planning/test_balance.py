from sessions.planning import balance
from summit.lib.colour import checks, contrast, hue, proposals
from tests.factories import make_session, make_speaker, make_track


def spread(track):
    return {one.name: one for one in balance.of_track(track)}


def test_shares_are_of_those_who_said_something(summit):
    track = make_track(summit, target_women=50, target_civil_society=40, target_regions=3)
    genders = ["woman", "woman", "man", "other", "woman", ""]
    people = [
        make_speaker(summit, f"사람{n}", gender=g, sector="civil_society" if n < 2 else "government")
        for n, g in enumerate(genders)
    ]
    make_session(summit, track=track, people=people)
    found = spread(track)
    assert (found["gender"].declared, found["gender"].people) == (5, 6)
    assert {part.value: part.percent for part in found["gender"].parts} == {"woman": 60, "man": 20, "other": 20}
    assert (found["gender"].met, found["sector"].met) == (True, False)
    assert (found["region"].declared, found["region"].parts, found["region"].met) == (0, (), None)


def test_fewer_than_five_answers_show_no_shares(summit):
    track = make_track(summit, target_women=10)
    make_session(summit, track=track, people=[make_speaker(summit, f"사람{n}", gender="woman") for n in range(4)])
    found = spread(track)["gender"]
    assert (found.declared, found.parts, found.met) == (4, (), None)


def test_whoever_has_declined_and_other_tracks_do_not_count_and_nobody_twice(summit):
    track, speaker = make_track(summit), make_speaker(summit, gender="man")
    make_session(summit, track=track, people=[speaker])
    make_session(summit, "CIV002", track=track, people=[speaker])
    gone = make_session(summit, "CIV003", track=track, people=[make_speaker(summit, "이도", gender="man")])
    gone.appearances.update(state="declined")
    make_session(summit, "DIG001", track=make_track(summit, "digital"), people=[make_speaker(summit, "김하나")])
    assert spread(track)["gender"].people == 1


def test_proposed_colours_are_readable_and_unlike_the_others():
    taken = ["#0b6b62", "#8f3d00"]
    found = proposals(taken)
    assert len(set(found)) == 6
    for colour in found:
        assert contrast(colour, "#f5f6f8") >= 4.5
        assert all(ratio >= 4.5 for _where, _ink, _ground, ratio in checks(colour))
    apart = [min(abs(hue(found[0]) - hue(other)), 1 - abs(hue(found[0]) - hue(other))) for other in taken]
    assert min(apart) > 0.2
