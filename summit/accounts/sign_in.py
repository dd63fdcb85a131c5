"""How people sign in: allauth, with its mails going through our outbox."""

import json
from collections.abc import Mapping
from itertools import batched
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from summit import refusals
from summit.accounts import (
    account_alerts,
    mailed_codes,
    password_guessing,
    second_factor,
    security_events,
    sign_in_mails,
    user_sessions,
)
from summit.accounts.known_addresses import make_account, nobody, taken_back
from summit.accounts.leaked_passwords import is_leaked
from summit.errors import Refusal
from summit.lib.sealed import seal
from summit.lib.translated import active_language
from summit.models import User
from summit.ratelimit import client_address

# The mails that tell of a new password.
NEW_PASSWORD = frozenset(
    {"account/email/password_changed", "account/email/password_set", "account/email/password_reset"}
)


class Adapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Every mail in the words of :mod:`summit.accounts.sign_in_mails`, through the outbox. Those that anybody can
        ask for by an address are written by the worker: the answer is the same whether the address is known."""
        words = sign_in_mails.MAILS.get(template_prefix)
        if template_prefix in mailed_codes.MAILS and "code" in context:
            context = {**context, "code": mailed_codes.code_of(context["code"])}
        language, code = active_language(), sign_in_mails.summit_in(self.request)
        context = {name: at_site(value) for name, value in context.items()}
        if words is None:  # a release of allauth later than ours knows a mail we do not
            super().send_mail(template_prefix, email, context)
        elif template_prefix in sign_in_mails.TO_WHOEVER_ASKS:
            secrets = seal(json.dumps({name: context[name] for name in ("code", words.link) if context.get(name)}))
            sign_in_mails.write_mail.enqueue(template_prefix, email, language, code, secrets)
        else:
            sign_in_mails.write(template_prefix, email, language, code, context)

    def generate_login_code(self) -> str:
        """What the session keeps; :meth:`send_mail` makes the code of it."""
        return mailed_codes.new_mark()

    generate_email_verification_code = generate_login_code

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Ours in place of the library's, which locks an address for everybody when a stranger types wrong passwords."""
        try:
            self._guess = password_guessing.begin(str(credentials.get("email", "")), client_address(request))
        except Refusal as refusal:
            refusals.note(refusals.SIGN_IN, request)
            raise ValidationError(str(refusal), code=refusal.code) from refusal

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        self._guess.was_wrong()
        security_events.note_failure(security_events.FAILED, request, self._guess.email)

    def _rollback_login_failed_rl_usage(self) -> None:
        self._guess.was_right()

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        password_guessing.forget(str(credentials.get("email", "")), client_address(request))

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """A mailed code has proven the address it was sent to. allauth notes that on a row it knows; an account made
        without one (a superuser from the command line, one from the admin) would be sent a second code otherwise."""
        records = get_authentication_records(request, user)
        if records and records[-1]["method"] == "password" and is_leaked(request.POST.get("password", "")):
            messages.warning(
                request, _("Your password is known from a leak: somebody may try it here. Choose a new one.")
            )
        codes = [each for each in records if each["method"] == "code"]
        if codes and str(codes[-1].get("email", "")).lower() == user.email.lower():
            EmailAddress.objects.get_or_create(
                user=user, email=user.email, defaults={"primary": True, "verified": True}
            )
        found: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return found

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **kwargs: Any) -> None:
        """The library tells people of each change of how they sign in, and so tells us."""
        super().send_notification_mail(template_prefix, user, *args, **kwargs)
        security_events.told_by(template_prefix, self.request, user)
        if template_prefix in second_factor.CHANGES:
            second_factor.changed(self.request, user, template_prefix)
        elif template_prefix in NEW_PASSWORD:
            # Django has ended the other sessions already; now nothing is left of them.
            user_sessions.end_others(self.request, user)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        if security_events.is_new_place(request, user):
            account_alerts.queue(account_alerts.NEW_PLACE, request, user, security_events.device_of(request))
        security_events.signed_in(request, user)
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        return answer

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Whoever has a second factor proves themselves with it, not with the password, until the session has shown it."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if second_factor.is_owed(self.request):
            return [each for each in methods if each["id"].startswith("mfa_")]
        return methods

    def get_client_ip(self, request: HttpRequest) -> str:
        """Behind a proxy everybody would else share one limit."""
        return client_address(request)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come with a registration, a profile or an invitation; nobody makes an empty one."""
        return False


def at_site(value: Any) -> Any:
    """An absolute address at the address of the installation: allauth makes them from the request's ``Host``, which is
    what whoever asks for a mail to somebody else says it is. Anything else stays."""
    if not isinstance(value, str) or not value.startswith(("https://", "http://")):
        return value
    parts = urlsplit(value)
    return settings.SITE_URL + urlunsplit(("", "", parts.path, parts.query, parts.fragment))


def account_for(email: str, *, name: str = "", language: str = "ko") -> User:
    """The account of an address, made without a password where there is none. Signing in by mailed code proves it.
    Takes the same work in both cases (:mod:`summit.accounts.known_addresses`)."""
    user = User.objects.filter(email__address=email).first()
    if user is not None:
        with taken_back():
            make_account(nobody(), name, language)
        return user
    try:
        with transaction.atomic():
            return make_account(email, name, language)
    except IntegrityError:  # another request made it since the question above
        return User.objects.get(email__address=email)


def accounts_for(people: Mapping[str, tuple[str, str]]) -> dict[str, User]:
    """The accounts of many addresses, made where there are none, as :func:`account_for` does for one; by address in
    lower case. ``people`` maps such an address to a name and a language. Two queries for every 500.

    Call it in a transaction; raises ``IntegrityError`` where another request makes one of them at that moment.
    """
    found: dict[str, User] = {}
    for chunk in batched(people, 500, strict=False):
        rows = User.objects.alias(address=Lower("email")).filter(address__in=chunk)
        found |= {user.email.lower(): user for user in rows}
    new = [
        User(email=email, name=name, language=language)
        for email, (name, language) in people.items()
        if email not in found
    ]
    for user in new:
        user.set_unusable_password()
    User.objects.bulk_create(new, batch_size=500)
    EmailAddress.objects.bulk_create(
        (EmailAddress(user=user, email=user.email, primary=True, verified=False) for user in new), batch_size=500
    )
    return found | {user.email: user for user in new}
