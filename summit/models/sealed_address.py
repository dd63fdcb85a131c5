"""Addresses that nobody of the team reads: rows hold a stand-in, and only the mail engine knows what it stands for."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from django.conf import settings
from django.db import models, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from summit.lib.codes import token
from summit.lib.sealed import Unreadable, seal, unseal
from summit.models.summit import Summit

# No host of this name can exist (RFC 2606): what is sent to a stand-in past the mail engine reaches nobody.
DOMAIN = "@sealed.invalid"
PURPOSE = "summit sealed address"


def digests(address: str) -> list[str]:
    """What an address is known by without being readable: keyed, the newest key first."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    plain = address.strip().lower()
    return [salted_hmac(PURPOSE, plain, secret=key, algorithm="sha256").hexdigest() for key in keys]


def is_stand_in(address: str) -> bool:
    return address.endswith(DOMAIN)


class SealedAddressQuerySet(models.QuerySet["SealedAddress"]):
    def of(self, address: str) -> "SealedAddressQuerySet":
        return self.filter(digest__in=digests(address))

    def protect(self, summit: Summit, address: str) -> str:
        """The stand-in by which an address is known at a summit from now on, or is already."""
        if is_stand_in(address):
            return address
        if known := self.of(address).filter(summit=summit).order_by("pk").first():
            return known.stand_in
        made = self.create(
            summit=summit,
            stand_in=f"{token().lower().strip('-_')}{DOMAIN}",
            digest=digests(address)[0],
            address=seal(address),
        )
        return made.stand_in

    def real(self, address: str) -> str:
        """What a stand-in stands for; any other address as it is. Raises ``Unreadable``, also for one that is not known
        any more."""
        if not is_stand_in(address):
            return address
        row = self.filter(stand_in=address).first()
        if row is None:
            raise Unreadable("nobody is known by this stand-in any more")
        return unseal(row.address)

    def behind(self, summit: Summit) -> dict[str, str]:
        """Of all stand-ins of a summit the address (lower case); without those that no key opens. One query."""
        found: dict[str, str] = {}
        for row in self.filter(summit=summit).iterator():
            with suppress(Unreadable):
                found[row.stand_in] = unseal(row.address).lower()
        return found

    def by_digest(self, summit: Summit) -> dict[str, str]:
        """All stand-ins of a summit by the digest of their address. One query; nothing is opened."""
        return dict(self.filter(summit=summit).order_by("-pk").values_list("digest", "stand_in"))

    def stand_ins(self, pairs: Iterable[tuple[int | None, str]]) -> dict[tuple[int | None, str], str]:
        """Of pairs of a summit's key and an address those that are sealed there, each with its stand-in. One query for
        some hundred pairs, none where nothing is asked."""
        asked = {(summit, digest): (summit, to) for summit, to in pairs if summit and not is_stand_in(to) for digest in digests(to)}  # fmt: skip
        found: dict[tuple[int | None, str], str] = {}
        keys = sorted({digest for _summit, digest in asked})
        for start in range(0, len(keys), 500):
            rows = self.filter(digest__in=keys[start : start + 500]).order_by("pk")
            for summit, digest, stand_in in rows.values_list("summit_id", "digest", "stand_in"):
                if pair := asked.get((summit, digest)):
                    found[pair] = stand_in
        return found

    def rotate(self) -> tuple[int, list[str]]:
        """Encrypt every address anew with the newest key: how many, and the stand-ins of those that no key opens."""
        done, unreadable = 0, []
        for row in self._each():
            with transaction.atomic():
                try:
                    address = unseal(row.address)
                except Unreadable:
                    unreadable.append(row.stand_in)
                    continue
                self.filter(pk=row.pk).update(address=seal(address), digest=digests(address)[0])
                done += 1
        return done, unreadable

    def _each(self) -> Iterator["SealedAddress"]:
        return self.order_by("pk").iterator(chunk_size=500)


class SealedAddress(models.Model):
    """``stand_in`` is random and says nothing; ``digest`` finds the row again for whoever gives the address."""

    summit = models.ForeignKey(Summit, on_delete=models.CASCADE, related_name="sealed_addresses")
    stand_in = models.EmailField(unique=True, max_length=254)
    digest = models.CharField(max_length=64, db_index=True)
    address = models.TextField()

    objects = SealedAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("sealed address")
        verbose_name_plural = _("sealed addresses")

    def __str__(self) -> str:
        return self.stand_in
