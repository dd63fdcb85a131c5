"""Who is there already when a form is sent."""

from django.db.models import Q, Value

from registration.models import Registration
from registration.models.registration import ENDED
from registration.registering.making import Person
from summit.models import SealedAddress, Summit

# What is read of them at once; all else of a registration is read when it is asked for.
READ = ("summit", "form_nonce", "email", "reference", "state", "attendance", "becomes", "proof_ends_at", "companion_of")


def there(summit: Summit, person: Person, nonce: str) -> tuple[Registration | None, bool]:
    """Who is registered under the address, and whether a form with this nonce has been sent. One query, whoever is."""
    of_form = Q(form_nonce=nonce) if nonce else Q(pk__in=[])
    standing = ~Q(state__in=ENDED) & Q(companion_of=None)
    address = Q(email__address=person.email) & standing
    sealed = Q(email__in=SealedAddress.objects.of(person.email).values("stand_in")) & standing
    # Each by an index of its own; with OR the database would read all of the summit.
    one, two, three = (
        summit.registrations.filter(each).order_by().only(*READ).annotate(is_theirs=Value(theirs))
        for each, theirs in ((of_form, False), (address, True), (sealed, True))
    )
    rows = list(one.union(two, three, all=True).order_by())
    same = (row for row in rows if row.is_theirs)
    return next(same, None), any(nonce and row.form_nonce == nonce for row in rows)
