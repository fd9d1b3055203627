"""Which words of a sentence are a source's own: Swedish whatever the page's language (WCAG 2.2, 3.1.2)."""

import re
from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import get_language

from connectors.base.records import Record
from portal.aggregation.legible import texts_in


class Quoted(str):
    """Text as any other; ``parts`` tells it apart: (words, whether they are the source's), in order."""

    __slots__ = ("parts",)
    parts: tuple[tuple[str, bool], ...]


def quoted(words: str, records: Iterable[Record]) -> str:
    """The same words, told apart where the page is not in the sources' language. What stands word for word in
    a record is the source's; everything else we have said."""
    if not words or (get_language() or settings.LANGUAGE_CODE) == settings.LANGUAGE_CODE:
        return words
    told = {text for record in records for text in texts_in(record) if text in words and has_letters(text)}
    if not told:
        return words
    longest_first = sorted(told, key=lambda text: (-len(text), text))
    found = re.split(rf"(?<!\w)({'|'.join(map(re.escape, longest_first))})(?!\w)", words)
    made = Quoted(words)
    made.parts = tuple((part, place % 2 == 1) for place, part in enumerate(found) if part)
    return made


def has_letters(text: str) -> bool:
    """A number or a date is the same in every language."""
    return any(letter.isalpha() for letter in text)
