"""Files that want to cost time and memory. Each is made here and small to look at."""

import io
import zipfile

import openpyxl

from tests.sessions.imports.spreadsheets import ods_row, opendocument, repeated

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def entity_bomb() -> bytes:
    """A billion laughs."""
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a0 "ha">{levels}]><schedule><title>&a9;</title></schedule>'.encode()


def external_entity() -> bytes:
    return b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><schedule><url>&x;</url></schedule>'


def many_elements() -> bytes:
    return b"<schedule>" + b"<a/>" * 4_900_000 + b"</schedule>"


def many_elements_in_events() -> bytes:
    return b"<schedule>" + b"<event>" + b"<a/>" * 4_900_000 + b"</event></schedule>"


def one_tag_of_many_attributes() -> bytes:
    return b"<schedule " + b" ".join(b'a%d=""' % n for n in range(1_700_000)) + b"/>"


def deep_xml() -> bytes:
    return b"<a>" * 3_000_000


def deep_json() -> bytes:
    return b"[" * 19_000_000


def many_objects() -> bytes:
    return b"[" + b"{}," * 6_000_000 + b"{}]"


def many_keys() -> bytes:
    return b'{"schedule":{' + b",".join(b'"k%d":0' % n for n in range(1_200_000)) + b"}}"


def many_cells() -> bytes:
    return b"title\n" + b"," * 19_000_000


def one_emoji_in_a_long_text() -> bytes:
    return b'{"a": "' + b"a" * 19_000_000 + '😀"}'.encode()


def large_file() -> bytes:
    return b" " * (21 * 1024 * 1024) + b"<"


def utf16_with_another_declaration() -> bytes:
    return '<?xml version="1.0" encoding="utf-8"?><schedule/>'.encode("utf-16")


def utf8_with_another_declaration() -> bytes:
    return b'<?xml version="1.0" encoding="utf-16"?>\n<schedule/>'


def invalid_utf8(head: bytes = b"<schedule>\n\n<title>") -> bytes:
    return head + b"caf\xe9"


def workbook(sheet: bytes, *, extra: dict[str, bytes] | None = None) -> bytes:
    """A workbook of openpyxl's whose first sheet is replaced by ``sheet``."""
    made, out = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else old.read(name))
        for name, content in (extra or {}).items():
            new.writestr(name, content)
    return out.getvalue()


def rows(count: int, *, cell: str = '<c t="inlineStr"><is><t>title</t></is></c>') -> bytes:
    body = f"<row>{cell}</row>" * count
    return f'{HEAD}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{body}</sheetData></worksheet>'.encode()


def million_rows() -> bytes:
    return workbook(rows(1_000_000, cell=""))


def sheet_with_doctype() -> bytes:
    return workbook(rows(3).replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet', 1))


def zip_bomb() -> bytes:
    """200 MB of noughts in 200 kB; its directory says so."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _mega in range(200):
            part.write(b"0" * 1_000_000)
    return out.getvalue()


def zip_bomb_that_lies() -> bytes:
    """As much again, and the directory calls it small."""
    content = bytearray(zip_bomb())
    place = content.rfind(b"PK\x01\x02")
    content[place + 24 : place + 28] = (1_000).to_bytes(4, "little")
    return bytes(content)


def many_small_parts() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(40_000):
            archive.writestr(f"{number}.xml", b"")
    return out.getvalue()


def just_below_the_limits_of_json() -> bytes:
    pairs = ",".join(f'"key{n}":{{"k":"{n}"}}' for n in range(190_000))
    return f'{{"a":{{{pairs}}}, broken'.encode()


def just_below_the_limits_of_xml() -> bytes:
    text = "a" * 20 + "\U0001f600"
    event = "<event>" + f"<a>{text}</a>" * 4_900 + "</event>"
    return ("<schedule>" + event * 75 + "<broken").encode()


def long_texts_in_xml() -> bytes:
    text = "a" * 100_000
    event = f"<event><title>{text}</title><abstract>{text}</abstract></event>"
    return ("<schedule>" + event * 95 + "<broken").encode()


BOMBS = [
    ("a.xml", entity_bomb, "DOCTYPE"),
    ("a.xml", external_entity, "DOCTYPE"),
    ("a.xml", many_elements, "more elements"),
    ("a.xml", many_elements_in_events, "too many elements"),
    ("a.xml", one_tag_of_many_attributes, "500,000 characters"),
    ("a.xml", deep_xml, "too deep"),
    ("a.xml", large_file, "larger than 20 MB"),
    ("a.xml", utf16_with_another_declaration, "UTF-16"),
    ("a.xml", utf8_with_another_declaration, "says the file is utf-16"),
    ("a.xml", invalid_utf8, "Line 3 is not UTF-8"),
    ("a.json", deep_json, "more values"),
    ("a.json", many_objects, "more values"),
    ("a.json", many_keys, "more values"),
    ("a.json", one_emoji_in_a_long_text, "too large"),
    ("a.json", just_below_the_limits_of_json, "not valid JSON"),
    ("a.xml", just_below_the_limits_of_xml, "this is not XML"),
    ("a.xml", long_texts_in_xml, "this is not XML"),
    ("a.csv", many_cells, "far too many cells"),
    ("a.csv", lambda: invalid_utf8(b"title\n\n"), "Line 3 is not UTF-8"),
    ("a.csv", lambda: "title\nOuvert à tous".encode("latin-1"), "Line 2 is not UTF-8"),
    ("a.ics", lambda: b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nEND:VEVENT\n" * 700_000, "entries"),
    ("a.xlsx", million_rows, "more than 20000 rows"),
    ("a.xlsx", lambda: workbook(rows(3), extra={"xl/sheet.bin": rows(100_000, cell="")}), "more than 20000 rows"),
    ("a.xlsx", sheet_with_doctype, "DOCTYPE"),
    ("a.xlsx", zip_bomb, "64 MB"),
    ("a.xlsx", zip_bomb_that_lies, "damaged"),
    ("a.xlsx", many_small_parts, "too many parts"),
    ("a.ods", lambda: opendocument(repeated("title", rows=1_000_000)), "more than 20000 rows"),
    ("a.ods", lambda: opendocument(repeated("title", rows=19_000, columns=16_384)), "too many cells"),
    ("a.ods", lambda: opendocument(repeated("title", rows=2, columns=16_384)), "more than 100 columns"),
    ("a.ods", lambda: opendocument(ods_row("a" * 40_000)), "row 1: a cell has more than 32767 characters"),
    ("a.ods", lambda: opendocument("<table:table-row>" * 1_000), "damaged"),
    ("a.ods", lambda: opendocument(ods_row("title"), head='<!DOCTYPE x [<!ENTITY a "b">]>'), "DOCTYPE"),
    ("a.ods", lambda: opendocument("0" * 70_000_000), "64 MB"),
    ("a.ods", lambda: opendocument(ods_row("title"), manifest="<manifest:encryption-data/>"), "password"),
    ("a.ods", lambda: opendocument(ods_row("title"))[:-40], "damaged"),
]
