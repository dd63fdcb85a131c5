"""The logical structure of a file of badges (ISO 32000-1, 14.7 and 14.8): of each the text, and the code as a figure."""

from collections.abc import Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from pikepdf import Array, Dictionary, Name, Object, Page, Pdf, String

from registration.badges.face import Face

# A badge at its place on the page: the background and what is stamped onto it are one text, the code is a figure.
# The photo says nothing that the name does not.
BADGE = (
    b"q 1 0 0 1 %.3f %.3f cm\n/P <</MCID %d>> BDC\nq %b Do Q\n%bEMC\n/Figure <</MCID %d>> BDC\n%bEMC\n"
    b"/Artifact BMC\n%bEMC\nQ\n"
)
# Where to cut is for scissors, not for readers.
MARKS = b"/Artifact BMC\n%b\nEMC\n"


class Tags:
    """Collects the structure elements of a document, page by page, and hangs them into it."""

    def __init__(self, out: Pdf, language: str) -> None:
        self.out, self.language = out, language
        self.root = out.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        self.document = out.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=self.root))
        self.elements: list[Object] = []
        self.numbers: list[Any] = []

    def add_page(self, page: Page, faces: Sequence[Face]) -> None:
        """``faces`` in the order their content has on the page: two marks for each, the text and the code."""
        elements = []
        for place, face in enumerate(faces):
            elements.append(self.element(page, Name.P, 2 * place, face))
            elements.append(self.element(page, Name.Figure, 2 * place + 1, face, alt=described(face)))
        page.obj.StructParents = len(self.numbers) // 2
        self.numbers += [len(self.numbers) // 2, self.out.make_indirect(Array(elements))]
        self.elements += elements

    def element(self, page: Page, kind: Object, mark: int, face: Face, *, alt: str = "") -> Object:
        element = Dictionary(Type=Name.StructElem, S=kind, P=self.document, Pg=page.obj, K=mark)
        if face.language != self.language:
            element.Lang = String(face.language)
        if alt:
            element.Alt = String(alt)
        return self.out.make_indirect(element)

    def finish(self) -> None:
        self.document.K = Array(self.elements)
        self.root.K = self.document
        self.root.ParentTree = self.out.make_indirect(Dictionary(Nums=Array(self.numbers)))
        self.root.ParentTreeNextKey = len(self.numbers) // 2
        self.out.Root.StructTreeRoot = self.root
        self.out.Root.MarkInfo = Dictionary(Marked=True)


def described(face: Face) -> str:
    with translation.override(face.language):
        return _("Ticket %(reference)s") % {"reference": face.reference}
