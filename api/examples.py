"""One example per answer, as the schema shows it. A test holds each against its component."""

from typing import Any

SITE = "https://summit.example"
BELOW = f"{SITE}/api/v1/summits/ogp2021"

ERRORS = {
    400: {"error": {"code": "unknown_value", "message": "The parameter “track” has no value “x”."}},
    404: {"error": {"code": "not_found", "message": "There is nothing public at this address."}},
    429: {"error": {"code": "too_many_requests", "message": "That was too many tries in a short time."}},
}

_SUMMIT = {
    "code": "ogp2021",
    "guid": "5b0f6b1e-6c1c-4a55-9a57-0e7d0a5d3a11",
    "name": {
        "ko": "2021 열린정부파트너십(OGP) 글로벌서밋",
        "en": "2021 Open Government Partnership (OGP) Global Summit",
    },
    "short_name": {"ko": "2021 OGP 글로벌서밋", "en": "2021 OGP Global Summit"},
    "slogan": {"ko": "열린회복, 열린도약", "en": "Open Renewal"},
    "summary": {"ko": "사흘 동안 서울 코엑스와 온라인에서 열립니다.", "en": "Three days at COEX in Seoul and online."},
    "organisers": {"ko": "대한민국정부", "en": "Government of the Republic of Korea"},
    "audience": {},
    "starts_on": "2021-12-15",
    "ends_on": "2021-12-17",
    "time_zone": "Asia/Seoul",
    "languages": ["ko", "en"],
    "mode": "hybrid",
    "texts_note": {},
    "timetable_note": {},
    "agenda_published_at": "2021-11-20T09:00:00+09:00",
    "agenda_revision": 12,
    "registration_opens_at": "2021-11-01T09:00:00+09:00",
    "registration_closes_at": None,
    "updated_at": "2021-12-14T18:20:05+09:00",
    "url": f"{SITE}/ko/ogp2021/",
    "api_url": f"{BELOW}/",
    "links": {
        **{
            word: f"{BELOW}/{word}/"
            for word in ("tracks", "sessions", "speakers", "organisations", "rooms", "pages", "civic")
        },
        "calendar": f"{SITE}/ogp2021/schedule.ics",
    },
}
_TRACK = {
    "slug": "anti-corruption",
    "name": {"ko": "반부패", "en": "Anti-corruption"},
    "theme": {},
    "summary": {},
    "colour": "#0b3d91",
    "session_count": 6,
    "url": f"{SITE}/ko/ogp2021/tracks/anti-corruption/",
    "api_url": f"{BELOW}/tracks/anti-corruption/",
}
_BILL = {
    "role": "panellist",
    "affiliation": {"ko": "열린정부포럼", "en": "Open Government Forum"},
    "job_title": {"ko": "대표", "en": "Chair"},
}
_SESSION = {
    "code": "AC7Q2M",
    "guid": "0d3c8a52-0f52-4a0e-9c5e-6d6f3f0f9a21",
    "number": 7,
    "title": {"ko": "열린 계약", "en": "Open contracting"},
    "abstract": {"ko": "", "en": "How open data changes public buying."},
    "track": "anti-corruption",
    "kind": "breakout",
    "mode": "hybrid",
    "language": "ko",
    "interpretation": ["en"],
    "day": "2021-12-15",
    "starts_at": "2021-12-15T14:00:00+09:00",
    "ends_at": "2021-12-15T15:30:00+09:00",
    "room": {"code": "grand-101", "name": {"ko": "그랜드볼룸 101", "en": "Grand Ballroom 101"}},
    "cancelled": False,
    "hosts": [{"code": "acrc", "name": {"ko": "국민권익위원회", "en": "Anti-Corruption and Civil Rights Commission"}}],
    "appearances": [{"speaker": "K7QM3F", "name": "홍길동", "name_romanised": "Hong Gildong", **_BILL}],
    "materials": [
        {
            "kind": "recording",
            "title": {"ko": "다시 보기", "en": "Recording"},
            "url": "https://video.example/w/abc123",
            "language": None,
            "confirmed": False,
            "quality": "1080p",
            "licence": "CC-BY-4.0",
        }
    ],
    "sequence": 1,
    "updated_at": "2021-12-01T10:00:00+09:00",
    "url": f"{SITE}/ko/ogp2021/sessions/AC7Q2M/",
    "api_url": f"{BELOW}/sessions/AC7Q2M/",
}
_SPEAKER: dict[str, Any] = {
    "code": "K7QM3F",
    "guid": "9f6f3c1b-7a51-4b39-8a4c-4c8f4f5a0b77",
    "name": "홍길동",
    "name_romanised": "Hong Gildong",
    "country": "KR",
    "biography": {},
    "portrait": None,
    "appearances": [{"session": "AC7Q2M", "title": {"ko": "열린 계약", "en": "Open contracting"}, **_BILL}],
    "updated_at": "2021-12-01T10:00:00+09:00",
    "url": f"{SITE}/ko/ogp2021/speakers/K7QM3F/",
    "api_url": f"{BELOW}/speakers/K7QM3F/",
}
_ORGANISATION = {
    "code": "acrc",
    "guid": "c2d5b2b8-2d0a-4b0f-8f62-0d1ac5c8f301",
    "name": {"ko": "국민권익위원회", "en": "Anti-Corruption and Civil Rights Commission"},
    "kind": "government",
    "country": "KR",
    "website": "https://www.acrc.go.kr/",
    "description": {},
    "sessions": [{"code": "AC7Q2M", "title": {"ko": "열린 계약", "en": "Open contracting"}}],
    "url": f"{SITE}/ko/ogp2021/hosts/acrc/",
    "api_url": f"{BELOW}/organisations/acrc/",
}
_ROOM = {
    "code": "grand-101",
    "name": {"ko": "그랜드볼룸 101", "en": "Grand Ballroom 101"},
    "capacity": 300,
    "description": {},
    "venue": {
        "code": "coex",
        "name": {"ko": "서울 코엑스", "en": "COEX, Seoul"},
        "address": {"ko": "서울특별시 강남구 영동대로 513", "en": "513 Yeongdong-daero, Gangnam-gu, Seoul"},
        "city": {"ko": "서울", "en": "Seoul"},
        "country": "KR",
        "map_url": None,
        "access": {},
    },
    "api_url": f"{BELOW}/rooms/grand-101/",
}
_PAGE = {
    "slug": "about-ogp",
    "section": "ogp",
    "title": {"ko": "열린정부파트너십(OGP)이란", "en": "What is the Open Government Partnership?"},
    "summary": {},
    "body": {"ko": "## 어떻게 시작되었나", "en": "## How it began"},
    "updated_at": "2021-11-02T10:00:00+09:00",
    "url": f"{SITE}/ko/ogp2021/pages/about-ogp/",
    "api_url": f"{BELOW}/pages/about-ogp/",
}
_CIVIC = {
    "membership_figures": [{"year": 2021, "national": 77, "local": 76, "note": {}}],
    "member_countries": [{"country": "NO", "name": {"ko": "노르웨이", "en": "Norway"}, "founding": True}],
    "members": [
        {
            "level": "national",
            "country": "NO",
            "local_code": None,
            "name": {"ko": "노르웨이", "en": "Norway"},
            "founding": True,
            "joined": 2011,
            "left": None,
            "standing": "active",
        }
    ],
    "chairs": [{"order": 2, "country": "BR", "name": {"ko": "브라질", "en": "Brazil"}, "note": {}}],
    "committee": [
        {
            "term": 1,
            "members": [
                {
                    "name": "홍길동",
                    "name_romanised": None,
                    "job_title": {"ko": "대표"},
                    "affiliation": {"ko": "열린정부포럼"},
                    "past_terms": [],
                    "note": {},
                }
            ],
        }
    ],
    "action_plans": [
        {
            "number": 5,
            "name": {"ko": "제5차 국가실행계획", "en": "Fifth national action plan"},
            "document": None,
            "steps": [{"order": 1, "period": {"ko": "2021년 1월"}, "title": {"ko": "의견 수렴"}, "detail": {}}],
            "commitments": [
                {
                    "number": 1,
                    "vision": {"ko": "청렴", "en": "Integrity"},
                    "title": {"ko": "공익신고 확대", "en": "Wider whistle-blowing"},
                    "ministries": [{"ko": "국민권익위원회", "en": "Anti-Corruption and Civil Rights Commission"}],
                    "note": {},
                }
            ],
        }
    ],
}

EXAMPLES: dict[str, dict[str, Any]] = {
    "Summit": _SUMMIT,
    "Track": _TRACK,
    "Session": _SESSION,
    "Speaker": _SPEAKER,
    "Organisation": _ORGANISATION,
    "Room": _ROOM,
    "Page": _PAGE,
    "CivicRegister": _CIVIC,
}
