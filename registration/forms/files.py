"""A file as an answer: sent, kept while the rest of the form is corrected, replaced or taken away."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from registration.models import Question, Upload
from registration.registering import uploads
from summit.errors import Refusal

ACCEPT = {Question.Kind.FILE: ".pdf,.png,.jpg,.jpeg", Question.Kind.PICTURE: "image/jpeg,image/png,image/webp"}


class AnswerFileInput(forms.FileInput):
    """Beside the file itself ``<name>_kept`` names what was sent before, and ``<name>_gone`` takes the answer away."""

    template_name = "registration/forms/file.html"
    # What is there already: an upload, or the name of the answer's file.
    upload: Upload | None = None
    answered = ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, Any]:
        return {"file": files.get(name), "kept": data.get(f"{name}_kept", ""), "gone": bool(data.get(f"{name}_gone"))}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        there = self.upload.name if self.upload else self.answered
        context["widget"] |= {
            "there": there,
            "upload": self.upload,
            "may_go": bool(self.answered) and not self.is_required,
        }
        return context


class AnswerFileField(forms.Field):
    """Cleaned to what :func:`registration.registering.answering.answer` takes: an upload, the name of the file that
    stays, or "" for none."""

    widget: AnswerFileInput

    def __init__(self, question: Question, answered: str, **options: Any) -> None:
        super().__init__(widget=AnswerFileInput(attrs={"accept": ACCEPT[Question.Kind(question.kind)]}), **options)
        self.question, self.widget.answered = question, answered

    def clean(self, value: dict[str, Any]) -> str:
        sent: UploadedFile | None = value["file"]
        try:
            self.widget.upload = (
                uploads.receive(self.question, sent.name or "", sent, sent.size or 0)  # type: ignore[arg-type]
                if sent
                else uploads.find(self.question, value["kept"])
            )
        except Refusal as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal
        if self.widget.upload:
            return self.widget.upload.given
        there = "" if value["gone"] else self.widget.answered
        if self.required and not there:
            raise ValidationError(_("Choose a file."), code="required")
        return there

    def bound_data(self, data: Any, initial: Any) -> Any:
        return None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return True
