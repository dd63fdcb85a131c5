"""Sets a summit to a stage: what is public, whether registration is open, who has arrived. The demonstration's own summit
gets log-ins as well, as long as nobody else works on it."""

import secrets
from datetime import datetime, time, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from registration.door import checkin
from registration.models import CheckIn
from sessions.planning import publishing
from speakers.models import OrganisationMember, Speaker
from summit.accounts import demonstration
from summit.lib import own_files
from summit.models import Membership, Role, Summit, User

STAGES = ("planning", "open", "running", "over")
DEMO = {
    Role.OWNER: "organiser",
    Role.TRACK_LEAD: "tracklead",
    Role.REGISTRATIONS: "registrations",
    Role.TRANSLATOR: "translator",
    Role.DESK: "desk",
}
TRIED_OUT = timedelta(days=365)


class Command(BaseCommand):
    help = "Set a summit to a stage; on the demonstration's own also make its accounts and print their log-ins."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--summit", required=True)
        parser.add_argument("--stage", choices=STAGES, default="open")

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        summit = Summit.objects.filter(code=options["summit"]).first()
        if summit is None:
            raise CommandError(f"There is no summit {options['summit']!r}.")
        self.log_ins: list[str] = []
        if demonstration.owns(summit):
            by: User | None = self.accounts(summit)
        else:
            owners = summit.memberships.accepted().filter(role=Role.OWNER).select_related("user").order_by("pk")
            first = owners.first()
            by = first.user if first else None
        if self.log_ins:
            # Made at random, only for this installation; the start command shows them again.
            settings.VAR.mkdir(parents=True, exist_ok=True)
            own_files.write(settings.VAR / "demo-log-ins.txt", "".join(self.log_ins).encode())
        stage = options["stage"]
        opens = datetime.combine(summit.starts_on - timedelta(days=60), time(9), tzinfo=summit.tz)
        closed = datetime.combine(summit.ends_on, time(18), tzinfo=summit.tz)
        summit.registration_opens_at = None if stage == "planning" else opens
        summit.registration_closes_at = summit.changes_until = closed if stage == "over" else None
        if stage in ("open", "running") and closed <= timezone.now():
            # While they are tried out, the calendar of 2021 shall not close the door.
            summit.registration_closes_at = timezone.now() + TRIED_OUT
        summit.save(update_fields=["registration_opens_at", "registration_closes_at", "changes_until"])
        if stage != "planning":
            publishing.publish(summit, by=by)
        if stage in ("running", "over") and by is not None:
            self.arrivals(summit, by, everybody=stage == "over")
        summit.raise_revision()

    def accounts(self, summit: Summit) -> User:
        """Somebody for each way of working, each with a password of its own that is printed once."""
        owner = None
        for role, name in DEMO.items():
            user = self.account(f"{name}@{summit.code}.example", name.capitalize())
            member, _made = Membership.objects.get_or_create(summit=summit, user=user, role=role)
            if role == Role.TRACK_LEAD and (track := summit.tracks.first()):
                track.leads.add(member)
            owner = owner or user
        host = summit.organisations.filter(hostings__isnull=False).order_by("code").first()
        if host is not None:
            user = self.account(f"host@{summit.code}.example", "Host")
            OrganisationMember.objects.get_or_create(organisation=host, user=user)
        speaker = (
            Speaker.objects.filter(summit=summit, name="박수정").first()
            or Speaker.objects.filter(summit=summit).first()
        )
        if speaker is not None and speaker.user is None:
            speaker.user = self.account(f"speaker@{summit.code}.example", speaker.name)
            speaker.save(update_fields=["user"])
        if owner is None:
            raise CommandError("No account was made.")
        return owner

    def account(self, email: str, name: str) -> User:
        user = User.objects.filter(email=email).first()
        if user is None:
            password = secrets.token_urlsafe(12)
            user = User.objects.create_user(email, password, name=name)
            EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
            self.stdout.write(f"{email}  {password}")
            self.log_ins.append(f"{email}  {password}\n")
        return user

    def arrivals(self, summit: Summit, by: User, *, everybody: bool) -> None:
        desk = summit.desks.first()
        people = summit.registrations.active().filter(attendance="in_person").order_by("pk")
        if desk is None:
            return
        for registration in people if everybody else people[: people.count() // 2]:
            if not CheckIn.objects.standing().filter(registration=registration).exists():
                checkin.check_in(registration, desk=desk, by=by, nonce=f"seed-{registration.guid.hex}")
