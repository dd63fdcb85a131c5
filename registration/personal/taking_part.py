"""Who takes part in the questions and polls of a session: whoever is confirmed, known by the registration; and whoever sits
in the hall or follows an open session, known by a key in their browser that is made with the first question or vote."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse

from registration import standing
from registration.personal.visitors import Visitor
from sessions.live import participants
from sessions.live.participants import Participant
from sessions.models import Session
from summit import ratelimit
from summit.lib.codes import token
from summit.models import Mode, Summit

KEPT_FOR = timedelta(days=2)
SALT = "registration.personal.taking_part"
# In ten minutes from one network, by whoever is known by their browser alone: a full hall has one address.
WINDOW, NEW_KEYS, QUESTIONS, VOTES = 600, 2000, 200, 8000
# In as long by one person, whoever they are: nobody presses as often.
PRESSED = 240


def cookie_name(summit: Summit) -> str:
    return f"taking_part_{summit.code}"


def is_open_to_browsers(session: Session) -> bool:
    """Whether somebody may take part whom nobody knows: in a hall, or where everybody may follow online."""
    return session.mode != Mode.ONLINE or session.open_online


def participant(request: HttpRequest, session: Session, visitor: Visitor) -> Participant | None:
    """Who takes part, or has until now; None: nobody that is known. Makes nothing."""
    if found := _registered(session, visitor):
        return found
    secret = _secret(request, session.summit)
    return _of_browser(session, secret) if secret and is_open_to_browsers(session) else None


def joining_in(request: HttpRequest, session: Session, visitor: Visitor, what: str) -> tuple[Participant | None, str]:
    """Whoever asks or votes (``what``: ``questions`` or ``votes``), with the secret of a browser that has to be kept, ""
    where none was made. None where the session is for those who are registered. Raises :class:`summit.ratelimit.TooMany`."""
    if found := _registered(session, visitor):
        ratelimit.take("taking-part", found.key, limit=PRESSED, seconds=WINDOW)
        return found, ""
    if not is_open_to_browsers(session):
        return None, ""
    network = ratelimit.client_address(request)
    limit = QUESTIONS if what == "questions" else VOTES
    ratelimit.take(f"taking-part-{what}", network, limit=limit, seconds=WINDOW)
    if secret := _secret(request, session.summit):
        ratelimit.take("taking-part", secret, limit=PRESSED, seconds=WINDOW)
        return _of_browser(session, secret), ""
    ratelimit.take("taking-part-new", network, limit=NEW_KEYS, seconds=WINDOW)
    made = token()
    return _of_browser(session, made), made


def keep(request: HttpRequest, response: HttpResponse, summit: Summit, secret: str) -> None:
    """Have the browser keep its secret, where scripts do not read it."""
    if secret:
        response.set_signed_cookie(
            cookie_name(summit), secret, salt=SALT, max_age=KEPT_FOR, httponly=True, samesite="Lax",
            secure=request.is_secure(),
        )  # fmt: skip


def _registered(session: Session, visitor: Visitor) -> Participant | None:
    registration = visitor.registration
    if registration is None or not standing.of_registration(registration).joins:
        return None
    at_risk = registration.at_risk or session.at_risk
    return Participant(
        participants.of_registration(registration.guid),
        name="" if at_risk else registration.names[0],
        in_hall=registration.is_in_person and session.mode != Mode.ONLINE,
        at_risk=at_risk,
    )


def _of_browser(session: Session, secret: str) -> Participant:
    return Participant(participants.of_browser(secret), in_hall=session.mode != Mode.ONLINE, at_risk=session.at_risk)


def _secret(request: HttpRequest, summit: Summit) -> str:
    found = request.get_signed_cookie(cookie_name(summit), default="", salt=SALT, max_age=KEPT_FOR)
    return str(found or "")
