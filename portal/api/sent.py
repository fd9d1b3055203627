"""How strictly what is sent is read: types as JSON has them, words as they are written, nothing more."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers as s
from rest_framework.exceptions import ErrorDetail

from portal.api.refusing import Flaw

# The framework's codes in words of ours: its own Swedish is not loaded (docs/decisions/0024).
WORDS = {
    "unknown": _("Det finns inget sådant fält."),
    "required": _("Fältet saknas."),
    "null": _("Fältet får inte vara null."),
    "blank": _("Fältet får inte vara tomt."),
    "empty": _("Listan får inte vara tom."),
    "max_length": _("För långt."),
    "min_length": _("För kort."),
    "invalid_choice": _("Inte ett av de värden som får stå här."),
    "not_a_list": _("Ska vara en lista."),
    "null_characters_not_allowed": _("Får inte innehålla tecknet NUL."),
    "surrogate_characters_not_allowed": _("Innehåller ett halvt tecken."),
}
WRONG = _("Fel slag av värde.")


class Strict(s.Serializer):
    """A field that nobody asked for is refused: what was meant may not be lost."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(set(data) - set(self.fields)) if isinstance(data, Mapping) else []
        if unknown:
            raise s.ValidationError({name: [ErrorDetail("", "unknown")] for name in unknown})
        return super().to_internal_value(data)


class Text(s.CharField):
    """A string is a string, and no number."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Word(s.ChoiceField):
    """One of a closed set."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_choice", input="")
        return super().to_internal_value(data)


class YesNo(s.BooleanField):
    """true or false, as JSON has them."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input="")
        return data


class Day(s.DateField):
    """YYYY-MM-DD, a day in Sweden."""

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str) or len(value) != 10:
            self.fail("invalid", format="YYYY-MM-DD")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise s.ValidationError("", code="invalid") from None


class Texts(s.ListField):
    """Strings, each within bounds."""

    def __init__(self, *, longest: int, most: int, **more: Any) -> None:
        super().__init__(child=Text(max_length=longest), max_length=most, **more)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, list):
            self.fail("not_a_list", input_type="")
        return super().to_internal_value(data)


def flaws_in(errors: Any, under: str = "") -> tuple[Flaw, ...]:
    """Field by field, as a caller finds them in what she sent: ``who.units[2]``."""
    return tuple(_flaws(errors, under))


def _flaws(errors: Any, under: str) -> Iterator[Flaw]:
    if isinstance(errors, Mapping):
        for name, inner in errors.items():
            place = f"[{name}]" if isinstance(name, int) else f".{name}"
            yield from _flaws(inner, (under + place).lstrip("."))
    elif isinstance(errors, Sequence) and not isinstance(errors, str):
        for inner in errors:
            yield from _flaws(inner, under)
    else:
        code = str(getattr(errors, "code", "invalid"))
        yield Flaw(under[:120], code, str(WORDS.get(code, WRONG)))
