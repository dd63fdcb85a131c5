from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from itertools import count
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.utils import timezone
from PIL import Image

from registration.models import (
    AccessCode,
    Category,
    Delegation,
    DelegationHead,
    DelegationPlaces,
    Desk,
    Invitation,
    Question,
    Quota,
    Zone,
)
from registration.registering import access_codes, inviting, lifecycle, welcoming
from registration.registering.making import Person
from sessions.models import Appearance, Session, SessionHost, Track
from speakers.models import Organisation, Speaker
from summit.models import Membership, Page, Room, Summit, User, Venue

SEOUL = ZoneInfo("Asia/Seoul")
# Beyond what tests name themselves.
_number = count(10_001)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in December 2021, wall time in Seoul."""
    return datetime(2021, 12, day, hour, minute, tzinfo=SEOUL)


def make_summit(code: str = "ogp2021", **values) -> Summit:
    """A public hybrid summit in Seoul, so that local days and UTC never coincide by luck; registration is open."""
    defaults = {
        "name": {"ko": "2021 OGP 글로벌서밋", "en": "2021 OGP Global Summit"},
        "short_name": {"ko": "OGP 서밋", "en": "OGP Summit"},
        "slogan": {"ko": "열린회복", "en": "Open Renewal"},
        "summary": {"ko": "열린정부의 경험을 나눕니다.", "en": "Sharing what open government has learnt."},
        "starts_on": date(2021, 12, 15),
        "ends_on": date(2021, 12, 17),
        "time_zone": "Asia/Seoul",
        "registration_opens_at": datetime(2021, 10, 1, tzinfo=UTC),
        "registration_closes_at": datetime(2098, 12, 31, tzinfo=UTC),
        "agenda_published_at": datetime(2021, 10, 1, tzinfo=UTC),
        "contact_email": "contact@ogp2021.example",
    }
    summit = Summit.objects.create(code=code, **{**defaults, **values})
    for slug in ("privacy", "accessibility"):
        make_page(summit, slug, section="site")
    return summit


def make_page(summit: Summit, slug: str, **values) -> Page:
    defaults = {"title": {"ko": f"쪽 {slug}", "en": f"Page {slug}"}, "body": {"ko": "본문입니다.", "en": "The text."}}
    return Page.objects.create(summit=summit, slug=slug, **{**defaults, **values})


def make_venue(summit: Summit, code: str = "coex", **values) -> Venue:
    defaults = {
        "name": {"ko": "서울 코엑스", "en": "COEX, Seoul"},
        "address": {"ko": "서울 강남구 영동대로 513", "en": "513 Yeongdong-daero, Gangnam-gu, Seoul"},
        "city": {"ko": "서울", "en": "Seoul"},
        "country": "KR",
    }
    return Venue.objects.create(summit=summit, code=code, **{**defaults, **values})


def make_room(summit: Summit, code: str = "grand-101", **values) -> Room:
    values.setdefault("venue", summit.venues.first() or make_venue(summit))
    values.setdefault("name", {"ko": "그랜드볼룸 101", "en": "Grand Ballroom 101"})
    return Room.objects.create(summit=summit, code=code, **values)


def make_track(summit: Summit, slug: str = "civic-space", **values) -> Track:
    values.setdefault("name", {"ko": "시민영역", "en": "Civic space"})
    values.setdefault("colour", "#0b6b62")
    return Track.objects.create(summit=summit, slug=slug, **values)


def make_organisation(summit: Summit, code: str = "moi", **values) -> Organisation:
    values.setdefault("name", {"ko": "행정안전부", "en": "Ministry of the Interior and Safety"})
    return Organisation.objects.create(summit=summit, code=code, **values)


def make_speaker(summit: Summit, name: str = "박수정", *, formerly: str = "", **values) -> Speaker:
    """``formerly`` is the code of a profile that was merged into this one."""
    values.setdefault("code", f"p{next(_number):05}")
    speaker = Speaker.objects.create(summit=summit, name=name, **values)
    if formerly:
        speaker.former_codes.create(summit=summit, code=formerly)
    return speaker


def make_session(
    summit: Summit, code: str = "CIV001", *, hosts: list[Organisation] = (), people: list[Speaker] = (), **values
) -> Session:
    """A published session on the first morning, unless said otherwise."""
    defaults = {
        "title": {"ko": f"열린정부 세션 {code}", "en": f"Open government session {code}"},
        "abstract": {"ko": "시민과 정부가 함께 논의합니다.", "en": "Citizens and government discuss together."},
        "starts_at": at(15, 10),
        "published_at": timezone.now(),
        "updated_at": datetime(2021, 11, 1, tzinfo=UTC),
    }
    values = {**defaults, **values}
    if "ends_at" not in values:
        values["ends_at"] = values["starts_at"] + timedelta(minutes=90) if values["starts_at"] else None
    session = Session.objects.create(summit=summit, code=code, **values)
    for order, organisation in enumerate(hosts, 1):
        SessionHost.objects.create(session=session, organisation=organisation, order=order)
    for order, speaker in enumerate(people, 1):
        Appearance.objects.create(
            session=session,
            speaker=speaker,
            order=order,
            affiliation={"ko": "행정개혁시민연합", "en": "Citizens' Coalition"},
            job_title={"ko": "사무총장", "en": "Secretary General"},
        )
    return session


def make_user(
    email: str = "somebody@people.example", *, summit: Summit | None = None, role: str = "", **values
) -> User:
    """A user whose address is proven; with ``role`` a team member of the summit."""
    user = User.objects.create_user(email, values.pop("password", None), **values)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    if role:
        Membership.objects.create(summit=summit, user=user, role=role)
    return user


def make_category(summit: Summit, code: str = "delegate", **values) -> Category:
    values.setdefault("name", {"ko": "정부 대표", "en": "Government delegate"})
    return Category.objects.create(summit=summit, code=code, **values)


def make_places(summit: Summit, capacity: int | None, attendance: str = "in_person") -> Quota:
    return Quota.objects.create(summit=summit, attendance=attendance, capacity=capacity)


def make_desk(summit: Summit, code: str = "main", **values) -> Desk:
    values.setdefault("name", {"ko": "정문 안내 데스크", "en": "Main entrance"})
    return Desk.objects.create(summit=summit, code=code, **values)


def person(summit: Summit, **values) -> Person:
    """What somebody fills in, complete and valid."""
    number = next(_number)
    values.setdefault("category", summit.categories.first() or make_category(summit))
    defaults = {
        "name": "홍길동",
        "name_romanised": "Hong Gildong",
        "email": f"person{number}@people.example",
        "country": "KR",
        "attendance": "in_person",
        "organisation": "한빛시민연대",
        "job_title": "사무국장",
        "language": "ko",
        "consents": {"privacy": "2021-10-01"},
    }
    return Person(**{**defaults, **values})


def make_registration(summit: Summit, **values):
    """A confirmed registration, made by the verb people's forms call, of somebody with an account; of the mail nothing
    is drawn before the worker comes."""
    made = lifecycle.register(summit, person(summit, **values))
    welcoming.give_account(made)
    return made


def make_invitation(summit: Summit, *, sent: bool = True, **values) -> Invitation:
    """An invitation that was prepared, and sent unless said otherwise; valid until long after the summit."""
    terms = {
        "category": values.pop("category", None) or summit.categories.first() or make_category(summit),
        "expires_at": timezone.now() + timedelta(days=30),
    }
    terms |= {
        name: values.pop(name) for name in ("attendance", "reserves", "skips_approval", "expires_at") if name in values
    }
    guest = inviting.Guest(**{"email": f"guest{next(_number)}@people.example", "name": "이도", **values})
    [made] = inviting.prepare(summit, [guest], inviting.Terms(**terms), by=None).done
    if sent:
        inviting.send(summit, [made], by=None)
        made.refresh_from_db()
    return made


def make_access_code(summit: Summit, code: str = "", *, categories: list[Category] = (), **values) -> AccessCode:
    categories = categories or [summit.categories.first() or make_category(summit)]
    [made] = access_codes.make(summit, access_codes.Terms(categories, **values), code=code, by=None)
    made.refresh_from_db()
    return made


def make_zone(summit: Summit, code: str = "A", **values) -> Zone:
    values.setdefault("name", {"ko": f"{code} 구역", "en": f"Zone {code}"})
    return Zone.objects.create(summit=summit, code=code, **values)


def make_picture(width: int = 600, height: int = 800, kind: str = "JPEG", **saved) -> bytes:
    """A plain picture of this size, as somebody might send it."""
    out = BytesIO()
    Image.new("RGB", (width, height), "#c0c8d0").save(out, kind, **saved)
    return out.getvalue()


def make_question(summit: Summit, *, choices: Iterable[str] = (), **values) -> Question:
    made = Question.objects.create(
        summit=summit, **{"words": {"ko": "어느 도시입니까?", "en": "Which city?"}, **values}
    )
    for order, words in enumerate(choices, 1):
        made.choices.create(words={"ko": words, "en": words}, order=order)
    return made


def make_delegation(summit: Summit, code: str = "korea", *, places: int = 0, **values) -> Delegation:
    """A delegation, with ``places`` in the summit's first category where there are some."""
    defaults = {
        "name": {"ko": "대한민국", "en": "Republic of Korea"},
        "official_name": {"ko": "대한민국 정부", "en": "Government of the Republic of Korea"},
        "country": "KR",
    }
    made = Delegation.objects.create(summit=summit, code=code, **{**defaults, **values})
    if places:
        DelegationPlaces.objects.create(
            delegation=made, category=summit.categories.first() or make_category(summit), places=places
        )
    return made


def make_head(delegation: Delegation, **values) -> DelegationHead:
    defaults = {"name": "김대표", "email": f"head@{delegation.code}.example", "language": "ko"}
    return DelegationHead.objects.create(delegation=delegation, **{**defaults, **values})
