"""Fields the public data is made of."""

from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from rest_framework import serializers

from api.links import address
from summit.lib import times
from summit.lib.translated import Text
from summit.lib.weblinks import absolute
from summit.models import Summit


def summit_of(field: serializers.Field[Any, Any, Any, Any], instance: Any) -> Summit:
    """The summit a row belongs to: the row itself, or the one the view put into the context."""
    found: Summit = instance if isinstance(instance, Summit) else field.context["summit"]
    return found


class EmptyIsNull:
    """What nobody has stated is null, not an empty string. For use in front of a field class."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, allow_null=True, **kwargs)  # type: ignore[call-arg]

    def get_attribute(self, instance: Any) -> Any:
        return super().get_attribute(instance) or None  # type: ignore[misc]


class TranslatedText(serializers.Field[Any, Any, dict[str, str], Any]):
    """One text as an object with a string per language."""

    def to_representation(self, value: Any) -> dict[str, str]:
        return (value if isinstance(value, Text) else Text(value)).public()


class Choice(serializers.Field[Any, Any, str, Any]):
    """A value out of a fixed set that the schema knows by the name ``component``."""

    def __init__(self, choices: type[TextChoices], *, component: str, **kwargs: Any) -> None:
        self.options, self.component = choices, component
        super().__init__(**kwargs)

    def to_representation(self, value: Any) -> str:
        return str(value)


class MaybeText(EmptyIsNull, serializers.CharField):
    pass


class MaybeChoice(EmptyIsNull, Choice):
    pass


class MaybeAddress(EmptyIsNull, serializers.URLField):
    """A web address or null; a path of this site becomes absolute."""

    def to_representation(self, value: str) -> Any:
        return super().to_representation(absolute(value))


class Address(serializers.URLField):
    """A web address; a path of this site becomes absolute."""

    def to_representation(self, value: str) -> str:
        return absolute(value)


class Moment(serializers.DateTimeField):
    """ISO 8601 to the second, in the summit's zone, with offset."""

    def get_attribute(self, instance: Any) -> datetime | None:
        value = super().get_attribute(instance)
        return value.astimezone(summit_of(self, instance).tz) if value else None

    def to_representation(self, value: datetime) -> str:
        return value.isoformat(timespec="seconds")


class SummitDay(serializers.DateField):
    """The day of the summit a moment belongs to."""

    def get_attribute(self, instance: Any) -> Any:
        value: Any = super().get_attribute(instance)
        return times.day_of(value, summit_of(self, instance).tz) if value else None


class Link(serializers.URLField):
    """The absolute address of ``view`` for this row, found by its attribute ``key`` ("": the summit is key enough)."""

    def __init__(self, view: str, key: str = "", **kwargs: Any) -> None:
        self.view, self.key = view, key
        super().__init__(source="*", **kwargs)

    def to_representation(self, value: Any) -> str:
        keys = [str(getattr(value, self.key))] if self.key else []
        return address(summit_of(self, value), self.view, *keys)
