"""No form speaks English to readers of Korean."""

import importlib
import pkgutil
import re

import pytest
from django import forms
from django.utils import translation

APPS = ("registration", "sessions", "speakers", "summit")


def forms_of_ours():
    for app in APPS:
        package = importlib.import_module(f"{app}.forms")
        for module in pkgutil.iter_modules(getattr(package, "__path__", [])):
            importlib.import_module(f"{app}.forms.{module.name}")
    found, waiting = set(), [forms.BaseForm]
    while waiting:
        below = waiting.pop().__subclasses__()
        waiting += below
        found.update(each for each in below if each.__module__.split(".")[:2] in [[app, "forms"] for app in APPS])
    return sorted(found, key=lambda each: (each.__module__, each.__qualname__))


@pytest.mark.parametrize("form", forms_of_ours(), ids=lambda form: form.__name__)
def test_every_label_of_a_form_is_korean_in_korean(form):
    with translation.override("ko"):
        labels = [str(field.label) for field in form.base_fields.values() if field.label]
    assert not [label for label in labels if re.fullmatch(r"[ -~]+", label)]
