"""Whoever has an address is found by it, also where it is sealed."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from summit.models import SealedAddress


class ByAddress(models.QuerySet[Any]):
    """Of rows with an ``email`` that is an address or a stand-in."""

    def first_under(self, address: str) -> Any:
        """The first of those made with an address, also where it is sealed. Two queries whether it is known or not, and
        one more where it is sealed.

        In this order nobody is missed whose address is sealed meanwhile: who is not found by the first is by the second.
        """
        found = self.filter(email__address=address).first()
        stand_ins = list(SealedAddress.objects.of(address).values_list("stand_in", flat=True))
        return found or (self.filter(email__in=stand_ins).first() if stand_ins else None)

    def under(self, address: str) -> Self:
        """Those made with an address, also where it is sealed."""
        stand_ins = SealedAddress.objects.of(address).values("stand_in")
        return self.filter(Q(email__address=address) | Q(email__in=stand_ins))
