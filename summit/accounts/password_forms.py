"""The pages where a password is chosen say how strong the new one is, also to whoever has no scripts."""

from typing import Any

from allauth.account import forms
from allauth.core import context
from django.contrib import messages

from summit.accounts.password_strength import WORDS, strength


def tell_strength(request: Any, password: str) -> None:
    messages.info(request, WORDS[strength(password)])


class _Tells:
    cleaned_data: dict[str, Any]

    def save(self) -> None:
        super().save()  # type: ignore[misc]
        tell_strength(context.request, self.cleaned_data["password1"])


class ChangePasswordForm(_Tells, forms.ChangePasswordForm):
    pass


class SetPasswordForm(_Tells, forms.SetPasswordForm):
    pass


class ResetPasswordKeyForm(_Tells, forms.ResetPasswordKeyForm):
    pass
