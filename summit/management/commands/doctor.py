"""One screen that says what is right with the installation and what is not."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from summit.operating import findings
from summit.operating.findings import Finding, State


class Command(BaseCommand):
    help = "Check what the installation stands on, one line each with a remedy. Ends with 1 where something fails."
    # They are among what is told.
    requires_system_checks = ()

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--mail-to", metavar="ADDRESS", help="send one mail there; else the server is only asked")
        parser.add_argument("--json", action="store_true", help="an array of {what, state, told, remedy}")

    def handle(self, *, mail_to: str | None, json: bool, **_options: Any) -> None:
        checks = dict(findings.CHECKS)
        if mail_to:
            checks["mail"] = findings.mail_to(mail_to)
        found = findings.all_findings(checks.items())
        if json:
            self.stdout.write(self.as_json(found))
        else:
            for finding in found:
                self.tell(finding)
        failing = sum(finding.state == State.FAIL for finding in found)
        if failing:
            raise CommandError(f"{failing} of {len(found)} fail.")

    @staticmethod
    def as_json(found: list[Finding]) -> str:
        return json.dumps([asdict(finding) for finding in found], indent=1, ensure_ascii=False)

    def tell(self, finding: Finding) -> None:
        styles = {State.OK: self.style.SUCCESS, State.WARN: self.style.WARNING, State.FAIL: self.style.ERROR}
        self.stdout.write(f"{styles[finding.state](f'{finding.state:<4}')}  {finding.what:<13} {finding.told}")
        if finding.remedy:
            self.stdout.write(f"{'':<20}-> {finding.remedy}")
