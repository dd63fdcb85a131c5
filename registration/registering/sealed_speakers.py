"""Speakers at risk: the profile carries an alias, and so does whatever reads it: agenda, pages, feeds, files, the API, papers.

What is true is sealed as of whoever registers (:mod:`registration.registering.sealing`), and the same circle opens it. Public
code, GUID and picture are replaced: an address somebody has kept leads nowhere.
"""

from base64 import b64decode, b64encode
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext

from registration.models import Registration, SealedSpeaker
from registration.registering import programme_texts, refusals, sealed_seats, sealing
from sessions.models import Appearance, Session
from speakers.editing import portraits
from speakers.models import FormerCode, ProfileClaim, Speaker
from speakers.models.speaker import SEALED
from summit import history
from summit.accounts.sign_in import account_for
from summit.lib.codes import session_code
from summit.lib.finding import fold
from summit.lib.sealed import Unreadable
from summit.lib.translated import Text
from summit.models import Message, SealedAddress, Summit, User

# What is read as a word of its own, and told to whoever opens the seal.
TOLD = ("name", "name_romanised", "email", "country")


def _locked(speaker: Speaker) -> Speaker:
    return Speaker.objects.select_for_update(of=("self",)).select_related("summit", "user").get(pk=speaker.pk)


def _aliases(summit: Summit, alias: str) -> tuple[str, str]:
    """As written and in Latin letters; one that nobody else of the summit has."""
    while not alias:
        code = session_code(4)
        with translation.override("ko"):
            written = gettext("Guest %(code)s") % {"code": code}
        with translation.override("en"):
            latin = gettext("Guest %(code)s") % {"code": code}
        if not summit.speakers.filter(name=written).exists():
            return written, latin if latin != written else ""
    return alias, ""


@transaction.atomic
def protect(speaker: Speaker, *, alias: str = "", by: User) -> Speaker:
    """Seal a profile at once, and the registration of the same person, who is told. Twice is once.

    Raises :class:`refusals.NotInCircle` and :class:`refusals.AliasTellsName`.
    """
    locked = _locked(speaker)
    if not sealing.in_circle(by, locked.summit):
        raise refusals.NotInCircle
    if not locked.at_risk:
        _protect(locked, alias, by=by)
    return locked


def protect_one(speaker: Speaker, *, by: User | None) -> None:
    """As :func:`protect`, of somebody who is protected for another reason, as whoever stands on a protected stage; also a
    registration that came later. Whoever calls it has asked who may. Call it in a transaction."""
    locked = _locked(speaker)
    if not locked.at_risk:
        _protect(locked, "", by=by)
        return
    addresses = _addresses(locked)
    with suppress(Unreadable):
        addresses.append(SealedAddress.objects.real(locked.email).lower())
    _seal_registrations(locked, addresses, by=by)


@transaction.atomic
def protect_oneself(registration: Registration, *, alias: str = "") -> Registration:
    """Protect somebody who asks for it on their own page, and their profiles in the programme under the same alias.

    Raises :class:`refusals.AliasTellsName`; then nothing was written.
    """
    profiles = [_locked(each) for each in own_profiles(registration)]
    alias = registration.name if registration.at_risk else alias
    name, latin = _aliases(registration.summit, alias) if profiles else (alias, "")
    done = sealing.seal(registration, alias=_in_language(registration, name, latin))
    for each in profiles:
        if not each.at_risk:
            _protect(each, name, latin, by=None)
    return done


def own_profiles(registration: Registration) -> list[Speaker]:
    """The profiles that are a registered person's own, and stand in the open. Companions come under the address of whoever
    brings them, which makes nothing theirs."""
    if registration.companion_of_id:
        return []
    rows = Speaker.objects.filter(summit=registration.summit_id).in_the_open()
    same = Q(user=registration.user_id) if registration.user_id else Q(pk__in=[])
    with suppress(Unreadable):
        if address := SealedAddress.objects.real(registration.email):
            same |= Q(user=None, email__address=address)
    return list(rows.filter(same).order_by("pk"))


def _protect(locked: Speaker, name: str, latin: str = "", *, by: User | None) -> None:
    """Under an alias as written and in Latin letters; without one it is made."""
    summit, addresses = locked.summit, _addresses(locked)
    names = [word for word in (locked.name, locked.name_romanised) if word]
    if any(fold(word) in fold(f"{name} {latin}") for word in names):
        raise refusals.AliasTellsName
    if not name:
        name, latin = _aliases(summit, "")
    if locked.user is None and locked.email:
        locked.user = account_for(locked.email, name=name)
    row = SealedSpeaker(speaker=locked)
    row.keep(_truth(locked))
    row.save(force_insert=True)
    stand_ins = [SealedAddress.objects.protect(summit, address) for address in addresses]
    blank = Speaker()
    written = {field: getattr(blank, field) for field in SEALED if field != "portrait"}
    written |= {
        "portrait": "",
        "name": name,
        "name_romanised": latin,
        "email": next(iter(stand_ins), ""),
        "code": session_code(),
    }
    Speaker.objects.filter(pk=locked.pk).update(
        **written, guid=uuid4(), user=locked.user, at_risk=True, version=locked.version + 1, updated_at=timezone.now()
    )
    portraits.forget(locked.portrait.name)
    FormerCode.objects.filter(speaker=locked).delete()
    ProfileClaim.objects.filter(speaker=locked).delete()
    Appearance.objects.filter(speaker=locked).update(affiliation=Text(), job_title=Text())
    _follow(locked)
    programme_texts.hide(locked, names, addresses)
    history.record("speaker.seal", locked, by=by, summit=summit)
    _seal_registrations(locked, addresses, by=by)


def _seal_registrations(locked: Speaker, addresses: list[str], *, by: User | None) -> None:
    for found in _registrations(locked, addresses):
        sealing.seal_one(found, alias=_in_language(found, locked.name, locked.name_romanised), by=by)


def _in_language(registration: Registration, name: str, latin: str) -> str:
    return latin if latin and registration.language != "ko" else name


def _addresses(speaker: Speaker) -> list[str]:
    """The one of the account first: mails go there."""
    found = [speaker.user.email if speaker.user else "", speaker.email]
    return list(dict.fromkeys(each.lower() for each in found if each))


def _registrations(speaker: Speaker, addresses: list[str]) -> list[Registration]:
    here = Registration.objects.filter(summit=speaker.summit_id, companion_of=None, erased_at=None).in_the_open()
    rows = here.filter(user=speaker.user_id) if speaker.user_id else here.none()
    for address in addresses:
        rows |= here.filter(email__address=address)
    return list(rows.order_by("pk"))


def _truth(speaker: Speaker) -> dict[str, Any]:
    plain = {name: getattr(speaker, name) for name in SEALED if name not in {"biography", "portrait"}}
    bills = Appearance.objects.filter(speaker=speaker).values_list("pk", "affiliation", "job_title")
    return {
        **plain,
        "biography": dict(speaker.biography),
        "portrait": _picture(speaker.portrait.name or ""),
        "guid": str(speaker.guid),
        "code": speaker.code,
        "former": list(FormerCode.objects.filter(speaker=speaker).values_list("code", flat=True)),
        "bills": {str(pk): [dict(body), dict(title)] for pk, body, title in bills},
    }


def _picture(name: str) -> list[str]:
    """[name, the picture, the small one] or [] where there is none, or none any more."""
    found = [name]
    with suppress(FileNotFoundError):
        for each in (name, portraits.small(name)) if name else ():
            with default_storage.open(each) as file:
                found.append(b64encode(file.read()).decode())
    return found if len(found) == 3 else []


def _follow(locked: Speaker) -> None:
    """Public pages and feeds are drawn anew; ``locked`` is read anew, too."""
    Session.objects.filter(appearances__speaker=locked, published_at__isnull=False).update(updated_at=timezone.now())
    locked.summit.raise_revision()
    locked.refresh_from_db()


def _opened(locked: Speaker) -> dict[str, Any]:
    """Raises :class:`refusals.NotProtected` and :class:`refusals.SealUnreadable`."""
    row = SealedSpeaker.objects.filter(speaker=locked).first()
    if row is None:
        raise refusals.NotProtected
    try:
        return row.truth()
    except Unreadable as error:
        raise refusals.SealUnreadable from error


@transaction.atomic
def end(speaker: Speaker, *, by: User) -> Speaker:
    """End the protection of a profile: what was sealed stands in the open again, under the address it had. A registration
    stays sealed until its own protection is ended.

    Raises :class:`refusals.NotInCircle`, :class:`refusals.NotProtected`, :class:`refusals.SealUnreadable`, and
    :class:`sealed_seats.InProtectedSession` while the profile appears in one.
    """
    locked = _locked(speaker)
    if not sealing.in_circle(by, locked.summit):
        raise refusals.NotInCircle
    sealed_seats.keep_on_stage(locked)
    truth, aliases, stand_in = _opened(locked), [locked.name, locked.name_romanised], locked.email
    _put_back(locked, truth)
    for pk, (body, title) in truth["bills"].items():
        rows = Appearance.objects.filter(pk=pk, speaker=locked)
        rows.filter(affiliation=Text(), job_title=Text()).update(affiliation=Text(body), job_title=Text(title))
    for code in truth["former"]:
        FormerCode.objects.create(summit=locked.summit, speaker=locked, code=code)
    SealedSpeaker.objects.filter(speaker=locked).delete()
    if stand_in and not Registration.objects.filter(email=stand_in).exists():
        Message.objects.filter(summit=locked.summit, to=stand_in).update(to=truth["email"])
        SealedAddress.objects.filter(stand_in=stand_in).delete()
    _follow(locked)
    programme_texts.show(locked, aliases)
    history.record("speaker.unseal", locked, by=by, summit=locked.summit)
    return locked


def _put_back(locked: Speaker, truth: dict[str, Any]) -> None:
    written = {name: truth[name] for name in SEALED if name not in {"biography", "portrait"}}
    code, summit = truth["code"], locked.summit
    taken = summit.speakers.filter(code=code).exists() or FormerCode.objects.filter(summit=summit, code=code).exists()
    if not taken:
        written["code"] = code
    if truth["portrait"]:
        name, large, small = truth["portrait"]
        written["portrait"] = default_storage.save(name, ContentFile(b64decode(large)))
        default_storage.save(portraits.small(written["portrait"]), ContentFile(b64decode(small)))
    Speaker.objects.filter(pk=locked.pk).update(
        **written, biography=Text(truth["biography"]), guid=UUID(truth["guid"]), at_risk=False,
        version=locked.version + 1, updated_at=timezone.now(),
    )  # fmt: skip


@transaction.atomic
def open_seal(speaker: Speaker, *, reason: str, by: User) -> dict[str, Any]:
    """Who a protected speaker is, told to one member of the circle and kept in the history with the reason: a value for each
    name of ``TOLD``, and "biography". Raises what :func:`registration.registering.sealing.open_seal` raises."""
    if not sealing.in_circle(by, speaker.summit):
        raise refusals.NotInCircle
    if not reason.strip():
        raise refusals.SealReasonMissing
    truth = _opened(speaker)
    changes: history.Changes = {"reason": ("", reason.strip()[:300])}
    history.record("speaker.open_seal", speaker, by=by, summit=speaker.summit, changes=changes)
    return {**{name: truth[name] for name in TOLD}, "biography": str(Text(truth["biography"]))}
