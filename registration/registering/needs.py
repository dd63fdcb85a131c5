"""What people said they need or answered, erased after the days that :mod:`registration.privacy` tells them."""

from django.db import transaction
from django.db.models import Q

from registration.models import Answer, Photo, Pick, Registration
from registration.models.consent import needs_are_gone
from registration.places import picks
from registration.registering import moving, sealed_answers
from summit import history
from summit.models import Summit, User
from summit.storage import delete_files


@transaction.atomic
def forget_needs(summit: Summit, *, by: User | None = None) -> int:
    """Erase access and dietary needs and photos of a summit, and the answers to questions, where their days are over;
    returns how many people had any. Seven queries however many they are."""
    erased = [question.pk for question in summit.questions.all() if question.is_erased()]
    answers = Answer.objects.filter(registration__summit=summit, question__in=erased)
    had_any = Q(pk__in=answers.values("registration"))
    photos = Photo.objects.filter(registration__summit=summit)
    if gone := needs_are_gone(summit):
        had_any |= ~Q(access_needs="", dietary_needs="") | Q(photo__isnull=False)
    # In the order of everybody else: first the registration, then its answers.
    rows = summit.registrations.select_for_update(of=("self",)).filter(had_any).order_by("pk")
    had = list(rows.values_list("pk", flat=True))
    count = len(had)
    if count:
        delete_files(answers.exclude(file=""))
        answers.delete()
        sealed_answers.forget(had, erased)
        if gone:
            delete_files(photos.exclude(file=""))
            photos.delete()
            summit.registrations.exclude(access_needs="", dietary_needs="").update(access_needs="", dietary_needs="")
        history.record("registration.forget_needs", summit, by=by, summit=summit, changes={"people": (count, 0)})
    return count


def forget_of(registration: Registration) -> None:
    """Erase needs and sensitive answers of one person, whose row is held; places of choices go to who waits for them."""
    sensitive = registration.answers.filter(question__sensitive=True)
    before = moving.Stood.of(registration) if registration.holds_place else None
    picks.let_go(list(Pick.objects.filter(answer__in=sensitive)))
    delete_files(sensitive.exclude(file=""))
    sealed_answers.forget([registration.pk], list(sensitive.values_list("question", flat=True)))
    sensitive.delete()
    moving.move_places(registration, before=before, by_team=True)
    registration.access_needs = registration.dietary_needs = ""
    registration.save(update_fields=["access_needs", "dietary_needs"])
