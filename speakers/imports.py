"""Loaders for organisations and speakers. A speaker's ``key`` in a file becomes their public code."""

from speakers.models import Organisation, Speaker
from summit.imports.table_format import Loader, Report, Row, fitting, text, upsert
from summit.lib.text import clean_line
from summit.models import Summit


def loaders_for(summit: Summit) -> dict[str, Loader]:
    def organisation(report: Report, row: Row) -> None:
        values = {"name": text(row.need("name")), "description": text(row.get("description", {}))}
        upsert(report, "organisations", Organisation.objects.all(), {"summit": summit, "code": row.need("code")},
               {**values, **{n: row.get(n) for n in ("kind", "country", "website")}})  # fmt: skip

    def speaker(report: Report, row: Row) -> None:
        values = {"name": clean_line(row.need("name")), "name_romanised": clean_line(row.get("name_romanised")),
                  "country": row.get("country"), "biography": text(row.get("biography", {}))}  # fmt: skip
        # A file without e-mail addresses does not take known ones away.
        if row.get("email"):
            values["email"] = row.get("email")
        code = fitting(Speaker, "code", row.need("key"))
        known = summit.speakers.of_code(code).first()
        if known and known.code != code:
            values = known.lacking(values)
        key = {"summit": summit, "code": known.code if known else code}
        upsert(report, "speakers", Speaker.objects.all(), key, values)

    return {"organisations": organisation, "speakers": speaker}
