"""What belongs to the installation as a whole."""

from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from summit.lib.sealed import Unreadable, seal, unseal


class InstallationKey(models.Model):
    """A key that was printed for whoever sets the installation up, kept as its SHA-256 alone.

    Every key that was printed is good until there is an operator; then all rows go. In the database, so that each
    process and container knows what another one printed.
    """

    fingerprint = models.CharField(_("fingerprint"), max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("installation key")
        verbose_name_plural = _("installation keys")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.fingerprint[:8]


class PushKeyManager(models.Manager["PushKey"]):
    def own(self) -> ec.EllipticCurvePrivateKey:
        """The key of this installation, made when it is first asked for. Raises :class:`summit.lib.sealed.Unreadable`."""
        found = self.first()
        if found is None:
            made = ec.generate_private_key(ec.SECP256R1())
            # Two at once: the second finds the first one's.
            found, _is_new = self.get_or_create(pk=1, defaults={"kept": seal(_pem(made))})
        key: Any = serialization.load_pem_private_key(unseal(found.kept).encode(), password=None)
        return key

    def rotate(self) -> tuple[int, list[str]]:
        """Encrypt it anew with the newest key of the environment: how many, and what no key opens."""
        done, unreadable = 0, []
        for row in self.all():
            with transaction.atomic():
                try:
                    self.filter(pk=row.pk).update(kept=seal(unseal(row.kept)))
                    done += 1
                except Unreadable:
                    unreadable.append(str(row))
        return done, unreadable


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


class PushKey(models.Model):
    """By which push services know this installation (RFC 8292), encrypted. There is one: with another one every browser
    would have to ask again."""

    # PEM under :func:`summit.lib.sealed.seal`.
    kept = models.TextField()
    made_at = models.DateTimeField(auto_now_add=True)

    objects = PushKeyManager()

    class Meta:
        verbose_name = _("key of notifications")
        verbose_name_plural = _("keys of notifications")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"key of notifications {self.pk}"
