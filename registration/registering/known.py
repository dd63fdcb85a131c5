"""Who is there already when a form is sent."""

from django.db.models import Q, Value

from registration.models import Registration
from registration.models.registration import ENDED
from registration.registering.making import Person
from summit.models import SealedAddress, Summit


def there(summit: Summit, person: Person, nonce: str) -> tuple[Registration | None, bool]:
    """Who is registered under the address, and whether a form with this nonce has been sent. One query where nobody is."""
    of_form = Q(form_nonce=nonce) if nonce else Q(pk__in=[])
    standing = ~Q(state__in=ENDED) & Q(companion_of=None)
    address = Q(email__address=person.email) & standing
    sealed = Q(email__in=SealedAddress.objects.of(person.email).values("stand_in")) & standing
    # Each by an index of its own; with OR the database would read all of the summit.
    one, two, three = (
        Registration.objects.filter(each, summit=summit).order_by().values_list("pk", "form_nonce", Value(theirs))
        for each, theirs in ((of_form, False), (address, True), (sealed, True))
    )
    rows = list(one.union(two, three, all=True).order_by())
    same = [key for key, _nonce, is_theirs in rows if is_theirs]
    known = summit.registrations.filter(pk=same[0]).first() if same else None
    return known, any(nonce and sent == nonce for _key, sent, _is_theirs in rows)
