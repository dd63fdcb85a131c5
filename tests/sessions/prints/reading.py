"""What a reader of PDF finds in a print: text, bookmarks, tags."""

from collections import Counter
from io import BytesIO

import pikepdf
import pypdfium2
import zxingcpp


def texts(pdf):
    """The text of every page."""
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_bounded() for page in document]


def codes(pdf, page=0):
    """What the QR codes on a page say."""
    picture = pypdfium2.PdfDocument(pdf)[page].render(scale=4).to_pil()
    return {found.text for found in zxingcpp.read_barcodes(picture)}


def structure(pdf):
    """Every structure element in order, as (type, language or "", alternative text or "")."""
    found = []

    def walk(node):
        if isinstance(node, pikepdf.Array):
            for kid in node:
                walk(kid)
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            found.append((str(node.S)[1:], str(node.get("/Lang", "")), str(node.get("/Alt", ""))))
            if "/K" in node:
                walk(node.K)

    with pikepdf.open(BytesIO(pdf)) as document:
        walk(document.Root.StructTreeRoot.K)
    return found


def kinds(pdf):
    return Counter(kind for kind, _language, _alt in structure(pdf))


def bookmarks(pdf):
    """Titles with the titles below them."""
    with pikepdf.open(BytesIO(pdf)) as document, document.open_outline() as outline:
        return [(str(item.title), [str(child.title) for child in item.children]) for item in outline.root]
