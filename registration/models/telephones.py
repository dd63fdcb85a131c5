"""Finding people by the telephone number that they answered."""

from django.apps import apps
from django.db.models import Q

from summit.lib.finding import fold

# A kind of question, how many digits at the end find somebody, and how many a number has at least that is typed in groups.
TELEPHONE, LAST_DIGITS, WHOLE_NUMBER = "phone", 4, 7


def with_telephone(word: str) -> Q | None:
    """Whoever answered a question for a telephone with a number that ends so (folded). What is kept begins with the country
    (E.164): zeros in front, by which it is dialled at home or from abroad, are in no number but those few that keep them."""
    if not (word.isascii() and word.isdigit() and len(word) >= LAST_DIGITS):
        return None
    answers = apps.get_model("registration", "Answer")._default_manager.filter(question__kind=TELEPHONE)
    ends, bare = Q(words__endswith=word), word.lstrip("0")
    if len(bare) >= WHOLE_NUMBER:
        ends |= Q(words__endswith=bare)
    return Q(pk__in=answers.filter(ends).values("registration"))


def with_whole_number(words: str) -> Q:
    """As :func:`with_telephone`, of a number typed in groups: "+82 10 1234 5678"."""
    number = fold(words)
    return (with_telephone(number) if len(number) >= WHOLE_NUMBER else None) or Q(pk__in=[])
