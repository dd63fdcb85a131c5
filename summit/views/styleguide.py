"""Every part of the design language on one page. Only where DEBUG is on."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

TOKENS = ["ink", "ink-2", "ink-3", "line", "line-strong", "paper", "ground", "sunk", "brand", "brand-2", "link", "button", "good",
          "good-tint", "warn", "warn-tint", "bad", "bad-tint", "note-tint"]  # fmt: skip


class SampleForm(forms.Form):
    name = forms.CharField(label="Name as written", help_text="As on your passport or staff card.")
    email = forms.EmailField(label="E-mail address", required=False)
    attendance = forms.ChoiceField(label="Attendance", choices=[("in_person", "In person"), ("online", "Online")],
                                   widget=forms.RadioSelect)  # fmt: skip
    needs = forms.CharField(label="Access needs", required=False, widget=forms.Textarea(attrs={"rows": 3}))


def styleguide(request: HttpRequest) -> HttpResponse:
    return render(
        request, "summit/styleguide.html", {"tokens": TOKENS, "form": SampleForm(), "wrong": SampleForm({"email": "x"})}
    )
