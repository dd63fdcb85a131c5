"""Loaders for organisations and speakers. A speaker's ``key`` in a file becomes their public code."""

from speakers.models import FormerCode, Organisation, Speaker
from summit.imports.staging import Staging
from summit.imports.table_format import Loader, Report, Row, fitting, put, text, upsert
from summit.lib.text import clean_line
from summit.models import SealedAddress, Summit
from summit.models.sealed_address import digests, is_stand_in


def of_code(staging: Staging, summit: Summit, code: str) -> Speaker | None:
    """As :meth:`speakers.models.speaker.SpeakerQuerySet.of_code`, for an import: those of earlier rows are found, too."""
    found: Speaker | None = staging.find(Speaker.objects, {"summit": summit, "code": code})
    former: FormerCode | None = staging.find(FormerCode.objects, {"summit": summit, "code": code})
    if found is not None or former is None:
        return found
    return next(row for row in staging.all_of(Speaker.objects, summit=summit) if row.pk == former.speaker_id)


def known_by(staging: Staging, summit: Summit, address: str) -> str:
    """What an address of a file stands under in the summit: the stand-in of whoever is at risk, else itself."""
    sealed: dict[str, str] = staging.once(SealedAddress.objects.by_digest, summit)
    return next((sealed[digest] for digest in digests(address) if digest in sealed), address) if sealed else address


def sealed_at(staging: Staging, summit: Summit, address: str) -> Speaker | None:
    """The protected profile of whoever has this address. A file brings the true name, and must not make a second profile
    in the open."""
    stand_in = known_by(staging, summit, address) if address else ""
    rows = staging.all_of(Speaker.objects, summit=summit) if is_stand_in(stand_in) else []
    return next((row for row in rows if row.at_risk and row.email == stand_in), None)


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
        known = of_code(report.staging, summit, code)
        if known is None:
            known = sealed_at(report.staging, summit, str(row.get("email") or ""))
        if known and known.code != code:
            values = known.lacking(values)
        values = known.open_to_change(values) if known else values
        put(report, "speakers", Speaker, known, {"summit": summit, "code": code}, values)

    return {"organisations": organisation, "speakers": speaker}
