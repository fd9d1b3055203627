"""Finding words in records. Pure; presence of words and nothing else: no scoring, no guessing at meaning.

Upper and lower case are one. So are accents and rings, as a convenience for who writes without them:
"hjartsvikt" finds "hjärtsvikt". In Swedish å, ä and ö are letters of their own, so what is spelled as asked
comes first.
Characters that nobody sees (zero-width, soft hyphens, marks of direction) hide no word.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from connectors.base.kinds import is_personal
from connectors.base.records import Record
from portal.aggregation.buttons.declaration import Button
from portal.aggregation.lamps import Judged
from portal.aggregation.states import Reading

FEWEST_SIGNS, MOST_SIGNS = 2, 100
INVISIBLE = frozenset({"Mn", "Me", "Cf"})


class _Folding(dict[int, str]):
    """What each character is compared as; found out once for each that is met."""

    def __init__(self, *, keeps_accents: bool) -> None:
        super().__init__()
        self.keeps_accents = keeps_accents

    def __missing__(self, code: int) -> str:
        character = chr(code)
        parts = character if self.keeps_accents else unicodedata.normalize("NFKD", character)
        dropped = {"Cf"} if self.keeps_accents else INVISIBLE
        folded = "".join(part for part in parts if unicodedata.category(part) not in dropped).casefold()
        self[code] = " " if folded.isspace() else folded
        return self[code]


_LOOSE, _EXACT = _Folding(keeps_accents=False), _Folding(keeps_accents=True)


def fold(text: str) -> str:
    """As compared without accents."""
    return text.translate(_LOOSE)


def spell(text: str) -> str:
    """As compared with them; composed, whichever way the source writes its accents."""
    return unicodedata.normalize("NFC", text).translate(_EXACT)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words asked for: all must be there, in any order and any field. ``typed``: as written."""

    typed: str
    exact: tuple[str, ...]
    loose: tuple[str, ...]


def read_wanted(text: str) -> Wanted | None:
    """None where there is too little to look for."""
    words = text.split()
    pairs = [(spell(word), loose) for word in words if (loose := fold(word))]
    if sum(len(loose) for _, loose in pairs) < FEWEST_SIGNS:
        return None
    return Wanted(text, tuple(exact for exact, _ in pairs), tuple(loose for _, loose in pairs))


@dataclass(frozen=True, slots=True)
class Finds:
    """What one button's records hold of it: spelled as asked first, within that in the order of the list."""

    reading: Reading
    found: tuple[Judged, ...]


def find(readings: Iterable[Reading], wanted: Wanted) -> tuple[Finds, ...]:
    """The buttons with anything, in the order of the page."""
    made = (Finds(reading, find_in(reading, wanted)) for reading in readings)
    return tuple(one for one in made if one.found)


def find_in(reading: Reading, wanted: Wanted) -> tuple[Judged, ...]:
    exact: list[Judged] = []
    loose: list[Judged] = []
    for one in reading.judged:
        if not is_personal(one.record):
            continue
        text = "\n".join(words_of(reading.button, one))
        if has_all(fold(text), wanted.loose):
            (exact if has_all(spell(text), wanted.exact) else loose).append(one)
    return (*exact, *loose)


def has_all(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)


def words_of(button: Button, one: Judged) -> Iterable[str]:
    """Everything of a record that its list shows in words of the source's: also as other sources tell it."""
    for record in (one.record, *one.also):
        yield from (record.title, record.text, record.author.name, record.author.role)
        yield "" if record.origin.unit_is_assumed else record.origin.unit_name
        yield from (str(column.read(record) or "") for column in button.columns)
        yield from coded_words(record)


def coded_words(record: Record) -> Iterable[str]:
    for coded in record.codes:
        yield from (coded.display, coded.code)


def spans(text: str, wanted: Wanted) -> list[tuple[int, int]]:
    """Where the words stand in a text, as start and end; merged where they overlap. Marks of an accent and
    what cannot be seen stay with the letter before them."""
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for part in fold(character):
            folded.append(part)
            places.append(place)
    whole, found = "".join(folded), []
    for word in wanted.loose:
        start = whole.find(word)
        while start >= 0:
            after = start + len(word)
            end = places[after - 1] + 1
            while end < len(text) and not fold(text[end]):
                end += 1
            found.append((places[start], end))
            start = whole.find(word, after)
    return merge(sorted(found))


def merge(found: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in found:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
