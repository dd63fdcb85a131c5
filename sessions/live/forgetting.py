"""The end of who asked and who voted: what was asked and how often it was supported stays, of whom it was nothing."""

from django.db import transaction
from django.db.models import F, Q

from sessions.models import AudienceQuestion, CockpitNote, PollBallot, QuestionVote, StageSignal
from summit import live
from summit.models import Summit

# Days after a summit for which it is known that somebody has asked or voted already.
KEPT_FOR = 30


def forget_summit(summit: Summit) -> int:
    """Drop the keys of whoever took part, and their names where no answer stays that was given to them; notes to the team
    and signals go along. Returns how many rows said something of somebody."""
    kept = Q(state=AudienceQuestion.State.ANSWERED, session__keeps_answers=True) & ~Q(answer={})
    with transaction.atomic():
        mine = AudienceQuestion.objects.filter(session__summit=summit)
        count = mine.exclude(asker="").update(asker="")
        named = list(mine.exclude(name="").exclude(kept).values_list("pk", flat=True))
        count += AudienceQuestion.objects.filter(pk__in=named).update(name="")
        count += QuestionVote.objects.filter(question__session__summit=summit).delete()[0]
        count += PollBallot.objects.filter(poll__session__summit=summit).delete()[0]
        count += CockpitNote.objects.filter(session__summit=summit).delete()[0]
        StageSignal.objects.filter(session__summit=summit).delete()
        if named:
            live.raise_revision(summit.pk)
    return count


def forget_person(summit: Summit, key: str) -> None:
    """Somebody is erased: nothing says any more what they asked, supported or voted in; what is counted stays."""
    unname(summit, key)
    AudienceQuestion.objects.filter(session__summit=summit, asker=key).update(asker="")
    QuestionVote.objects.filter(question__session__summit=summit, voter=key).delete()
    PollBallot.objects.filter(poll__session__summit=summit, voter=key).delete()


def unname(summit: Summit, key: str) -> None:
    """Take somebody's name off what they asked, as of whoever is at risk from now on. Call it in a transaction."""
    rows = AudienceQuestion.objects.filter(session__summit=summit, asker=key).exclude(name="")
    kept = rows.filter(session__keeps_answers=True, state=AudienceQuestion.State.ANSWERED).exists()
    if rows.update(name=""):
        if kept:
            summit.raise_revision()
        live.raise_revision(summit.pk)


def hand_over(summit: Summit, former: str, kept: str) -> None:
    """Two were one person: what both supported counts once. Call it in a transaction."""
    AudienceQuestion.objects.filter(session__summit=summit, asker=former).update(asker=kept)
    votes = QuestionVote.objects.filter(question__session__summit=summit)
    mine = votes.filter(voter=kept).values("question")
    own = AudienceQuestion.objects.filter(session__summit=summit, asker=kept).values("pk")
    for row in votes.filter(Q(voter=former, question__in=mine) | Q(voter__in=[former, kept], question__in=own)):
        if row.delete()[0]:
            AudienceQuestion.objects.filter(pk=row.question_id, votes__gt=0).update(votes=F("votes") - 1)
    votes.filter(voter=former).update(voter=kept)
    ballots = PollBallot.objects.filter(poll__session__summit=summit)
    ballots.filter(voter=former, poll__in=ballots.filter(voter=kept).values("poll")).delete()
    ballots.filter(voter=former).update(voter=kept)
