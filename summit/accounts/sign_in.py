"""How people sign in: allauth, with its mails going through our outbox."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.contrib.sites.shortcuts import get_current_site
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string

from summit.lib.text import clean_line
from summit.lib.translated import active_language
from summit.mailing import outbox
from summit.models import Message, User
from summit.ratelimit import client_address


class Adapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        context = {**context, "email": email, "request": self.request, "current_site": get_current_site(self.request)}
        subject = clean_line(render_to_string(f"{template_prefix}_subject.txt", context))
        text = render_to_string(f"{template_prefix}_message.txt", context)
        try:
            html: str = render_to_string(f"{template_prefix}_message.html", context)
        except TemplateDoesNotExist:
            html = ""
        message = Message(kind="account", to=email, subject=subject[:300], text=text, html=html)
        message.language = active_language()
        outbox.queue(message)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Behind a proxy everybody would else share one limit."""
        return client_address(request)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come with a registration, a profile or an invitation; nobody makes an empty one."""
        return False


def account_for(email: str, *, name: str = "", language: str = "ko") -> User:
    """The account of an address, made without a password where there is none. Signing in by mailed code proves it."""
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        try:
            with transaction.atomic():
                user = User.objects.create_user(email, name=name, language=language)
        except IntegrityError:  # another request made it since the question above
            return User.objects.get(email__iexact=email)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    return user
