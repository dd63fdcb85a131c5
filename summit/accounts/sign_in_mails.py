"""What our mails about signing in say: which site they are from, why somebody gets one, and what to do if it was not them.

One frame for all (``templates/account/email/mail.html`` and ``.txt``); here are the words, by the name that allauth gives
a mail. A name that is missing here fails loudly in a test, and is sent in allauth's own words meanwhile.
"""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.tasks import task
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from summit.lib.sealed import unseal
from summit.lib.text import clean_line
from summit.lib.translated import active_language
from summit.mailing import outbox
from summit.models import Message, Summit

# The summit in an address of ours: ``/ko/ogp2021/…``.
IN_PATH = re.compile(r"\A/[a-z]{2}/([a-z0-9_]{4,32})/")


@dataclass(frozen=True, slots=True)
class Words:
    """Of one mail. ``subject`` and ``why`` may name the ``%(site)s``; ``button`` is what leads to ``link``, a name in
    the context."""

    subject: Any
    why: Any
    otherwise: Any
    button: Any = ""
    link: str = ""


IGNORE = _("If it was not you, ignore this mail: without the code nobody gets in. Never give the code to anybody.")
NOTHING = _("If it was not you, ignore this mail: nothing changes.")
ACT = _("If it was not you, choose a new password at once and tell the organisers: somebody else is in your account.")
CODE = _("Somebody, probably you, wants to sign in to %(site)s with this address. Type this code into the page that asks for it; it is good for ten minutes.")  # fmt: skip
PROVE = _("Somebody, probably you, uses this address on %(site)s. Type this code into the page that asks for it, so that we know it is yours; it is good for ten minutes.")  # fmt: skip
MAILS = {
    "account/email/login_code": Words(_("Sign-in code for %(site)s"), CODE, IGNORE),
    "account/email/email_confirmation": Words(_("Confirm your address for %(site)s"), PROVE, IGNORE),
    "account/email/email_confirmation_signup": Words(_("Confirm your address for %(site)s"), PROVE, IGNORE),
    "account/email/email_confirm": Words(
        _("Your address is confirmed on %(site)s"), _("Your address is confirmed on %(site)s."), ACT
    ),
    "account/email/email_changed": Words(
        _("Your address on %(site)s was changed"),
        _("Your account on %(site)s has another e-mail address now."),
        ACT,
    ),
    "account/email/email_deleted": Words(
        _("An address of yours was removed from %(site)s"),
        _("An e-mail address was removed from your account on %(site)s."),
        ACT,
    ),
    "account/email/password_reset_key": Words(
        _("A new password for %(site)s"),
        _("Somebody, probably you, asked for a new password on %(site)s. Choose it here:"),
        NOTHING,
        _("Choose a new password"),
        "password_reset_url",
    ),
    "account/email/password_reset_code": Words(
        _("A new password for %(site)s"),
        _(
            "Somebody, probably you, asked for a new password on %(site)s. Type this code into the page that asks for it."
        ),
        IGNORE,
    ),
    "account/email/password_reset": Words(
        _("Your password on %(site)s was reset"), _("Your account on %(site)s has a new password."), ACT
    ),
    "account/email/password_changed": Words(
        _("Your password on %(site)s was changed"), _("Your account on %(site)s has a new password."), ACT
    ),
    "account/email/password_set": Words(
        _("Your account on %(site)s has a password"),
        _("Your account on %(site)s has a password now. A mailed code signs you in as before."),
        ACT,
    ),
    "account/email/unknown_account": Words(
        _("No account on %(site)s"),
        _(
            "Somebody, probably you, wanted to sign in to %(site)s with this address, but no account belongs to it. Try the address you registered with."
        ),
        NOTHING,
    ),
    "account/email/account_already_exists": Words(
        _("You have an account on %(site)s"),
        _(
            "Somebody, probably you, wanted to make an account on %(site)s with this address, but there is one already. Sign in with a mailed code, or choose a new password:"
        ),
        NOTHING,
        _("Choose a new password"),
        "password_reset_url",
    ),
    "account/email/wrong_passwords": Words(
        _("Many wrong passwords for your account on %(site)s"),
        _(
            "Somebody typed wrong passwords for your account on %(site)s many times. They did not get in, and nothing keeps you from signing in."
        ),
        _(
            "If it was you, sign in with a mailed code or a passkey, or choose a new password. If it was not you, nothing needs to be done as long as your password is long and used nowhere else; a second factor protects you even then."
        ),
        _("Choose a new password"),
        "password_reset_url",
    ),
    "account/email/new_place": Words(
        _("Signed in to %(site)s from a new place"),
        _(
            "Your account on %(site)s was signed in to with a browser or from a network that it was not used with before."
        ),
        _(
            "If it was you, nothing needs to be done. If it was not you, choose a new password at once, which signs out all browsers, and tell the organisers: somebody else is in your account."
        ),
        _("Choose a new password"),
        "password_reset_url",
    ),
    "account/email/used_code": Words(
        _("A code of yours was used twice on %(site)s"),
        _(
            "A code with which your account on %(site)s was signed in to was typed once more. The second time it was refused."
        ),
        _(
            "If you sent it twice yourself, nothing needs to be done. If not, somebody knows your password and has seen your code: choose a new password at once."
        ),
        _("Choose a new password"),
        "password_reset_url",
    ),
    "mfa/email/totp_activated": Words(
        _("Authenticator app added on %(site)s"),
        _("An authenticator app was added to your account on %(site)s. It is asked for when you sign in."),
        ACT,
    ),
    "mfa/email/totp_deactivated": Words(
        _("Authenticator app removed on %(site)s"),
        _("The authenticator app was removed from your account on %(site)s."),
        ACT,
    ),
    "mfa/email/recovery_codes_generated": Words(
        _("New recovery codes on %(site)s"),
        _("New recovery codes were made for your account on %(site)s. Those from before no longer work."),
        ACT,
    ),
    "mfa/email/webauthn_added": Words(
        _("Passkey added on %(site)s"), _("A passkey was added to your account on %(site)s."), ACT
    ),
    "mfa/email/webauthn_removed": Words(
        _("Passkey removed on %(site)s"), _("A passkey was removed from your account on %(site)s."), ACT
    ),
}


# Anybody can have these sent, or not, to any address.
UNKNOWN, NEW_PASSWORD = "account/email/unknown_account", "account/email/password_reset_key"
TO_WHOEVER_ASKS = {"account/email/login_code", UNKNOWN}


def summit_in(request: HttpRequest) -> str:
    """The code of the summit somebody comes from, by where they go after signing in; "" for none."""
    stashed = request.session.get("account_login") or {}
    wanted = (request.POST.get("next"), request.GET.get("next"), stashed.get("redirect_url"), request.path)
    found = next(filter(None, (IN_PATH.match(str(path or "")) for path in wanted)), None)
    return found[1] if found else ""


def summit_of(code: str, email: str) -> Summit | None:
    """The summit of a code; a closed one only for those invited to it."""
    known = Q(is_public=True) | Q(memberships__user__email__address=email)
    return Summit.objects.filter(known, code=code).distinct().first() if code else None


@task(priority=10)
def write_mail(kind: str, email: str, language: str, code: str, secrets: str) -> bool:
    """The worker's way to :func:`write`, which decides that strangers get none; returns whether there is a mail.

    ``secrets`` is the part of the context that nobody may read here, sealed JSON."""
    if kind != UNKNOWN:
        write(kind, email, language, code, json.loads(unseal(secrets)))
    return kind != UNKNOWN


@task(priority=10)
def offer_new_password(email: str, language: str, code: str) -> int:
    """Mail the link for a new password to whoever has an account with this address; returns to how many."""
    people = filter_users_by_email(email, is_active=True, prefer_verified=True, for_login=True)
    for user in people:
        key = f"{user_pk_to_url_str(user)}-{PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)}"
        with translation.override(language):
            path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        link = settings.SITE_URL + path.replace("UID-KEY", quote(key))
        write(NEW_PASSWORD, email, language, code, {"password_reset_url": link})
    return len(people)


def write(name: str, email: str, language: str, code: str, context: dict[str, Any]) -> Message:
    """Write one mail about signing in, and queue it; ``code`` is that of the summit somebody comes from, or ""."""
    with translation.override(language):
        return outbox.queue(message(name, email, summit_of(code, email), context))


def message(name: str, email: str, summit: Summit | None, context: dict[str, Any], kind: str = "account") -> Message:
    """The mail of this name in the active language; not written yet."""
    language = active_language()
    words, site = MAILS[name], str(summit.name) if summit else settings.SITE_HOST
    context = {
        **context,
        "email": email,
        "language": language,
        "summit": summit,
        "site": site,
        "subject": str(words.subject) % {"site": site},
        "why": str(words.why) % {"site": site},
        "otherwise": words.otherwise,
        "button": words.button,
        "link": context.get(words.link, ""),
        "host": settings.SITE_HOST,
    }
    return Message(
        kind=kind,
        to=email,
        language=language,
        subject=clean_line(context["subject"])[:300],
        text=render_to_string("account/email/mail.txt", context).strip() + "\n",
        html=render_to_string("account/email/mail.html", context),
    )
