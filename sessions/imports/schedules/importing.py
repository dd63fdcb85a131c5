"""Bringing a schedule into a summit: all or nothing, and the second time nothing at all.

Times and rooms become public at once where a session is public already, as with our own import format; new sessions wait
to be published. What the summit has and the file has not is reported as gone and left alone, unless asked otherwise.
"""

from collections import defaultdict
from collections.abc import Callable
from copy import copy
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from sessions.imports.loaders import follow
from sessions.imports.schedules import dates, parsing
from sessions.imports.schedules.lengths import ABSTRACT, BIOGRAPHY, TITLE, note_cut
from sessions.imports.schedules.matching import Match, language_of, match_people, match_sessions
from sessions.imports.schedules.report import ScheduleReport
from sessions.imports.schedules.rooms_and_tracks import Places, merged
from sessions.imports.schedules.schedule import OWN, Human, Item, Line, Schedule, folded
from sessions.models import Appearance, Material, Session, SessionHost
from sessions.models.session import LONGEST
from speakers.models import Speaker
from summit import history
from summit.imports.staging import UNFIT, identity, import_rows, unkept
from summit.imports.table_format import Refused, put
from summit.lib.weblinks import encoded
from summit.models import Summit, User

Progress = Callable[[int, int], None]
TOLD = ("title", "abstract", "starts_at", "ends_at", "room", "track", "kind", "mode", "language", "interpretation",
        "do_not_record", "cancelled_at")  # fmt: skip


def import_schedule(
    summit: Summit,
    schedule: Schedule,
    *,
    dry_run: bool = False,
    cancel_gone: bool = False,
    language: str = "",
    by: User | None = None,
    progress: Progress | None = None,
) -> ScheduleReport:
    """Write the schedule, or with ``dry_run`` or a single refusal nothing of it. ``language`` is that of the file's
    texts where the file does not say, or says it wrongly."""
    if language:
        schedule.language = language
    known_of_file = list(schedule.notes)

    def prepare() -> ScheduleReport:
        schedule.notes = list(known_of_file)
        report = ScheduleReport(refused=list(schedule.refused))
        _Work(summit, schedule, report).all(progress or (lambda _done, _all: None), cancel_gone=cancel_gone)
        return report

    def finish(report: ScheduleReport) -> None:
        if report.writes or report.cancelled:
            history.record("agenda.import", summit, by=by, summit=summit, changes={
                "new": (0, len(report.new_sessions)), "changed": (0, len(report.changed_sessions)),
                "cancelled": (0, report.cancelled)})  # fmt: skip
            summit.raise_revision()

    report = import_rows(prepare, finish, summit=summit, dry_run=dry_run)
    report.notes = [*schedule.notes, *report.notes]
    for name in ("refused", "notes"):
        pairs = getattr(report, name)
        setattr(
            report, name, [(f"{schedule.file}, {place}" if schedule.file else place, text) for place, text in pairs]
        )
    return report


class _Work:
    """One import. Everything the summit has is read once, before the first row is written."""

    def __init__(self, summit: Summit, schedule: Schedule, report: ScheduleReport) -> None:
        self.summit, self.schedule, self.report = summit, schedule, report
        self.tz = parsing.zone(schedule.zone) or summit.tz
        if schedule.zone and parsing.zone(schedule.zone) is None:
            schedule.note(schedule.zone, _("There is no such time zone; the summit's was taken."))
        rows = Session.objects.select_related("room", "track")
        rows = rows.prefetch_related("hostings__organisation", "appearances__speaker", "materials")
        self.sessions = report.staging.all_of(rows, summit=summit)
        self.staging = report.staging
        self.people: dict[tuple[str, str], Speaker] = {}
        self.places = Places(summit, schedule, report, self._language_of_the_file())

    def _language_of_the_file(self) -> str:
        """That of most of its sessions; rooms, tracks and people are named in it."""
        counted: dict[str, int] = defaultdict(int)
        for item in self.schedule.items:
            counted[language_of(item, self.schedule, self.summit)] += 1
        return max(counted, key=lambda name: counted[name], default=self.summit.languages[0])

    def all(self, progress: Progress, *, cancel_gone: bool) -> None:
        self._kept(_("rooms and tracks"), self.places.find_or_make)
        if self.report.refused:
            return
        for match in match_people(self.summit, self.schedule).values():
            self._kept(_("person “%(name)s”") % {"name": match.human.name}, self._person, match)
        if self.report.refused:
            return
        matches = match_sessions(self.summit, self.schedule, self.sessions)
        for done, match in enumerate(matches, 1):
            self._kept(match.item.place, self._session, match)
            progress(done, len(matches))
        self._gone({match.guid for match in matches}, cancel=cancel_gone)

    def _kept(self, place: str, verb: Callable[..., None], *args: Any) -> None:
        """Stage it whole; where it is refused nothing of it, and the report says why."""
        try:
            with self.staging.row(place):
                verb(*args)
        except Refused as refused:
            self.report.refused.append((place, str(refused)))
        except UNFIT:
            self.report.refused.append((place, unkept()))

    def _gone(self, there: set[Any], *, cancel: bool) -> None:
        """Sessions with a time that the file does not have. Drafts without one are in no export."""
        now = timezone.now()
        for session in self.sessions:
            if session.guid in there or session.is_cancelled or session.starts_at is None:
                continue
            self.report.gone.append((session.code, str(session.title)))
            if cancel:
                before = copy(session)
                self.staging.change(session, {"cancelled_at": now})
                follow(self.staging, before, session)
                self.report.cancelled += 1

    def _person(self, match: Match) -> None:
        human, found = match.human, match.found
        language = self.places.language
        values: dict[str, Any] = {}
        if found is None:
            values |= {"code": match.code, "name": human.name}
        elif human.name not in (found.name, found.name_romanised):
            values |= self._renamed(human, found, language)
        if human.biography:
            note_cut(self.schedule, _("person “%(name)s”") % {"name": human.name}, human.biography, BIOGRAPHY)
            values["biography"] = merged(
                found.biography if found else None, human.biography, language, BIOGRAPHY, line=False
            )
        values = found.open_to_change(values) if found else values
        self.people[human.identity] = put(
            self.report, "speakers", Speaker, found, {"summit": self.summit, "guid": match.guid}, values
        )

    def _renamed(self, human: Human, found: Speaker, language: str) -> dict[str, str]:
        """The name of the file where it is another one, which is noted; case, accents and spacing stay as they are."""
        if folded(human.name) in {folded(found.name), folded(found.name_romanised)}:
            return {}
        text = _("This person was called “%(before)s” until now; the file has the same id for both names.")
        self.schedule.note(_("person “%(name)s”") % {"name": human.name}, text % {"before": found.name})
        return {"name" if language == "ko" or not found.name_romanised else "name_romanised": human.name}

    def _session(self, match: Match) -> None:
        item, found = match.item, match.found
        before, writes = copy(found), self.report.writes
        values = self._values(item, found)
        if found is None:
            values["code"] = match.code
        made: Session = put(
            self.report, "sessions", Session, found, {"summit": self.summit, "guid": match.guid}, values
        )
        gone = self._hosts(made, item, new=found is None) + self._persons(made, item, new=found is None)
        self._links(made, item, new=found is None)
        if found is None:
            self.report.new_sessions.append((made.code, str(made.title)))
        elif gone or self.report.writes > writes:
            follow(self.staging, before, made)
            what = [name for name in TOLD if getattr(before, name) != getattr(made, name)]
            self.report.changed_sessions.append((made.code, str(made.title), what or [_("people, hosts or links")]))

    def _values(self, item: Item, found: Session | None) -> dict[str, Any]:
        """What the file says of a session; what it does not speak of is not in it."""
        language = language_of(item, self.schedule, self.summit)
        title, abstract, hosts = dict(item.title), dict(item.abstract), item.hosts
        if self.schedule.is_ours:
            other = next((code for code in self.summit.languages if code != language), "")
            title |= {other: item.subtitle} if other and item.subtitle else {}
        else:
            own = abstract.get(OWN, "")
            parts = [
                f"**{item.subtitle}**" if item.subtitle else "",
                own,
                item.description if item.description not in own else "",
            ]
            abstract[OWN] = "\n\n".join(part for part in parts if part)
        if item.abstract_is_rough and found is not None and found.abstract:
            abstract = {}
        note_cut(self.schedule, item.place, title, TITLE)
        note_cut(self.schedule, item.place, abstract, ABSTRACT)
        values: dict[str, Any] = {
            "title": merged(found.title if found else None, title, language, TITLE),
            "abstract": merged(found.abstract if found else None, abstract, language, ABSTRACT, line=False),
            **self._times(item),
            **self._facts(item, found, language),
        }
        if not values["title"]:
            raise Refused(_("It has no title. Give it one in the file."))
        if self.schedule.is_ours and self.schedule.format != "ical" and hosts is None:
            item.hosts = self.places.hosts_in(item.description)
        return values

    def _facts(self, item: Item, found: Session | None, language: str) -> dict[str, Any]:
        values: dict[str, Any] = {}
        if item.track is not None:
            values["track"] = self.places.track(Line(item.track))
        if item.has_room:
            values["room"] = self.places.room(item.room) if item.room else None
        if item.kind and (kind := parsing.kind(item.kind)):
            values["kind"] = kind
        if item.mode and (mode := parsing.mode(item.mode)):
            values["mode"] = mode
        spoken = parsing.languages(item.language)
        if spoken:
            values["language"] = spoken[0]
        elif found is None:
            values["language"] = language
        if item.language and len(spoken) != 1:
            text = _("“%(language)s” was read as: %(read)s.")
            self.schedule.note(item.place, text % {"language": item.language, "read": (spoken or [language])[0]})
        if item.interpretation is not None:
            values["interpretation"] = item.interpretation
        if item.do_not_record is not None:
            values["do_not_record"] = item.do_not_record
        if item.cancelled is not None and item.cancelled != bool(found and found.is_cancelled):
            values["cancelled_at"] = timezone.now() if item.cancelled else None
        return values

    def _times(self, item: Item) -> dict[str, Any]:
        if item.starts_at is None:
            if item.ends_at or item.duration:
                self.schedule.note(item.place, _("It has no beginning, so its time stays open."))
            return {}
        starts_at: datetime = parsing.settled(item.starts_at, self.tz)
        ends_at = parsing.settled(item.ends_at, self.tz) if item.ends_at else None
        ends_at = ends_at or starts_at + min(item.duration or timedelta(), timedelta(days=366))
        if ends_at <= starts_at:
            ends_at = starts_at + self.schedule.shortest
            text = _("It ends when it begins; %(minutes)d minutes were taken.")
            self.schedule.note(item.place, text % {"minutes": self.schedule.shortest.total_seconds() // 60})
        if ends_at - starts_at > LONGEST:
            ends_at = starts_at + LONGEST
            self.schedule.note(item.place, _("It lasts longer than 24 hours; it was cut to that."))
        if words := dates.outside(starts_at, self.summit.days, self.summit.tz):
            self.schedule.note(item.place, words)
            self.report.outside += 1
        return {"starts_at": starts_at, "ends_at": ends_at}

    def _hosts(self, session: Session, item: Item, *, new: bool) -> int:
        """Set the hosts where the file speaks of them; returns how many went."""
        if item.hosts is None:
            return 0
        there = {} if new else {identity(hosting.organisation): hosting for hosting in session.hostings.all()}
        kept = set()
        for order, name in enumerate(item.hosts, 1):
            organisation = self.places.host(name)
            if identity(organisation) not in kept:
                put(self.report, "hostings", SessionHost, there.get(identity(organisation)),
                    {"session": session, "organisation": organisation}, {"order": order})  # fmt: skip
            kept.add(identity(organisation))
        return self.staging.remove(hosting for number, hosting in there.items() if number not in kept)

    def _persons(self, session: Session, item: Item, *, new: bool) -> int:
        """Set who appears where the file speaks of it; who declined stays so. Returns how many went."""
        if item.persons is None:
            return 0
        there: dict[Any, list[Appearance]] = defaultdict(list)
        for appearance in () if new else session.appearances.all():
            there[identity(appearance.speaker)].append(appearance)
        kept: dict[Any, int] = defaultdict(int)
        for order, human in enumerate(item.persons, 1):
            speaker = self.people.get(human.identity)
            if speaker is None:
                self.schedule.note(item.place, _("A person without a name was left out."))
                continue
            who = identity(speaker)
            known, again = there[who], kept[who]
            if again and again >= len(known):
                self.schedule.note(item.place, _("“%(name)s” stands in one session twice.") % {"name": human.name})
                continue
            kept[who] += 1
            found = known[again] if again < len(known) else None
            role = found.role if found else human.role or Appearance.Role.SPEAKER
            put(self.report, "appearances", Appearance, found, {"session": session, "speaker": speaker, "role": role},
                {"order": order})  # fmt: skip
        gone = [a for number, all_of_one in there.items() for a in all_of_one[kept[number] :]
                if a.state != Appearance.State.DECLINED]  # fmt: skip
        return self.staging.remove(gone)

    def _links(self, session: Session, item: Item, *, new: bool) -> None:
        """Add and retitle links; none is taken away, they may have been added here."""
        there = {} if new else {encoded(material.url): material for material in session.materials.all()}
        language, done = language_of(item, self.schedule, self.summit), set()
        for order, link in enumerate(item.links, 1):
            url = parsing.link(link.url, self.schedule.base_url, own=self.summit.origin)
            if not url:
                self.schedule.note(
                    item.place, _("“%(url)s” is no web address; it was left out.") % {"url": link.url[:80]}
                )
            if not url or url in done:
                continue
            done.add(url)
            found = there.get(encoded(url))
            untitled = link.title in (url, link.url, f"{settings.SITE_URL}{url}", f"{self.summit.origin}{url}")
            words = {OWN: "" if untitled else link.title}
            values: dict[str, Any] = {"title": merged(found.title if found else None, words, language, 200)}
            if found is None:
                kind = parsing.link_kind(link, url)
                # What a file of ours calls a recording was confirmed where it was written.
                sure = self.schedule.is_ours and link.kind == Material.Kind.RECORDING
                values |= {"kind": kind, "order": order, "confirmed": sure}
            put(self.report, "materials", Material, found, {"session": session, "url": url}, values)
