"""Whether an address is known shows in no answer, and not in the time it takes: both ways ask and write the same.

What differs at once is hidden by doing the other way's work as well; what may take its time, the mail, is written by the
worker, who alone looks whether there is anybody.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    ConfirmEmailVerificationCodeForm,
    ConfirmLoginCodeForm,
    RequestLoginCodeForm,
    ResetPasswordForm,
)
from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from allauth.core import context, ratelimit
from django.db import connection, transaction
from django.http import HttpRequest

from summit.accounts import security_events
from summit.accounts.mailed_codes import FromMark
from summit.accounts.sign_in_mails import offer_new_password, summit_in
from summit.history import network
from summit.lib.codes import token
from summit.lib.translated import active_language
from summit.models import User
from summit.ratelimit import client_address


def nobody() -> str:
    """An address that nobody has (RFC 2606), for rows that are taken back before anybody sees them."""
    return f"{token().lower()}@nobody.invalid"


class _Back(Exception):
    """Ends a transaction that shall leave nothing."""


@contextmanager
def taken_back() -> Iterator[None]:
    """What is written inside is written, and undone."""
    with suppress(_Back), transaction.atomic():
        yield
        raise _Back


def make_account(email: str, name: str, language: str) -> User:
    """An account without a password and without a proven address."""
    user = User.objects.create_user(email, name=name, language=language)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    return user


@contextmanager
def as_many_queries(number: int, ask: Callable[[], object]) -> Iterator[None]:
    """What takes fewer queries inside is made to take so many: ``ask`` asks one."""
    asked = 0

    def count(execute: Any, sql: str, params: Any, many: bool, more: Any) -> Any:
        nonlocal asked
        asked += 1
        return execute(sql, params, many, more)

    with connection.execute_wrapper(count):
        yield
    for _ in range(asked, number):
        ask()


class CodeForm(RequestLoginCodeForm):
    def clean_email(self) -> str:
        """As the library's, which looks among accounts as well where an address is not proven, or not there; and which
        counts codes by address alone: a stranger who asks for many must not keep hers from somebody. Counted is by
        address and network."""
        email: str = self.cleaned_data["email"]
        with as_many_queries(2, lambda: list(User.objects.filter(email=email.lower()).iterator(2000))):
            users = filter_users_by_email(email, is_active=True, prefer_verified=True, for_login=True)
        key = f"{email.lower()} {network(client_address(context.request))}"
        if not ratelimit.consume(context.request, action="request_login_code", key=key):
            raise get_adapter().validation_error("too_many_login_attempts")
        self._user = users[0] if users else None
        return email


class TypedCodeForm(security_events.NotedMailedCode, FromMark, ConfirmLoginCodeForm):
    """Where a code was sent, its account was read for this page; where none was, somebody who is not there is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not kwargs.get("code"):
            User.objects.filter(pk=0).first()
        super().__init__(*args, **kwargs)


class TypedProofForm(security_events.NotedMailedCode, FromMark, ConfirmEmailVerificationCodeForm):
    """The code that proves an address."""


class ResetForm(ResetPasswordForm):
    """Asks nothing: the worker looks whose address it is."""

    def clean_email(self) -> str:
        return str(get_adapter().clean_email(self.cleaned_data["email"].lower()))

    def save(self, request: HttpRequest, **_kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        offer_new_password.enqueue(email, active_language(), summit_in(request))
        return email
