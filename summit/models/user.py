"""People who sign in. The e-mail address is the log-in; attendees need no password."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """A user who can sign in by mailed code, and by password only where one is given."""
        user = self.model(email=email.strip().lower(), **extra)
        if password is None:
            user.set_unusable_password()
        else:
            user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str, **extra: Any) -> "User":
        return self.create_user(email, password, **{**extra, "is_staff": True, "is_superuser": True})


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=10, default="ko")
    is_staff = models.BooleanField(_("operator (may use the admin)"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    # The columns somebody wants to see of each list of the workspace, by the list's name.
    columns = models.JSONField(default=dict, blank=True, editable=False)
    # How the workspace shall look; see ``summit.accounts.preferences``.
    preferences = models.JSONField(default=dict, blank=True, editable=False)
    # Counts how often all sessions of the person were ended; part of what each session is checked against.
    session_generation = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_once"),)

    def __str__(self) -> str:
        return self.name or self.email

    def get_session_auth_hash(self) -> str:
        """As Django's, over the generation as well: a session of an earlier one is nobody's."""
        return self._session_hash(None)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        yield from map(self._session_hash, settings.SECRET_KEY_FALLBACKS)

    def _session_hash(self, secret: str | None) -> str:
        # The first generation is what Django makes: sessions from before there were any stay.
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        value = f"{self.password}.{self.session_generation}" if self.session_generation else self.password
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()
