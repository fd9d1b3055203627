"""Rows of the log as lines, and as they come to the batches that hold them."""

import json
import re
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice

Row = tuple[int, bytes]  # its number, its line
# So many rows are in memory at a time, however large a batch is.
AT_ONCE = 1000
# Columns of a line: when, and what is bytes (docs/access-log.md).
AT, BYTES = 2, (15, 16)
_ESCAPED = re.compile(r"\\(.)")
_MEANT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def number_of(line: bytes) -> int:
    """Raises ValueError where it is no row's line."""
    if line.startswith(b"["):
        return int(line[2 : line.index(b'"', 2)])
    return int(line[: line.index(b"\t")])


def in_first_format(line: bytes) -> bytes:
    """The same row as format 1 has it: a JSON array of texts, times with microseconds, bytes hexadecimal."""
    if line.startswith(b"["):
        return line.rstrip(b"\n")
    words = line.decode(errors="surrogateescape")
    texts = [None if text == "\\N" else _meant(text) for text in words[:-1].split("\t")]
    if len(texts) <= BYTES[-1]:
        return line  # no row of ours; nor is its hash
    moment = str(texts[AT])
    if moment.endswith("+00"):
        day, _, fraction = moment[:-3].partition(".")
        texts[AT] = f"{day}.{fraction:<06}"
    for place in BYTES:
        texts[place] = texts[place] and str(texts[place])[2:]
    return json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogateescape")


def _meant(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPED.sub(lambda found: _MEANT.get(found[1], found[1]), text)


class Rows:
    """Rows in the order of their numbers, batch by batch. What a batch passes over waits for a later one."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self._ahead, self._waiting = deque[bytes](), list[Row]()

    def between(self, first: int, last: int) -> Iterator[list[bytes]]:
        """The lines from one number to another, some at a time."""
        for begin in range(first, last + 1, AT_ONCE):
            end = min(last, begin + AT_ONCE - 1)
            yield self._take_all(begin, end) or [line for _, line in self._pick(begin, end)]

    def rest(self) -> Iterator[Row]:
        """All that no batch has taken."""
        yield from self._waiting
        while self._fill(1):
            line = self._ahead.popleft()
            yield number_of(line), line

    def _take_all(self, first: int, last: int) -> list[bytes] | None:
        """So many lines as there are numbers, where they begin and end as they should: the common case, in
        which no line between has to be looked into. What they are their hash tells."""
        count = last - first + 1
        if self._waiting and self._is_waiting(first, last):
            return None
        if not self._fill(count) or number_of(self._ahead[0]) != first:
            return None
        if number_of(self._ahead[count - 1]) != last:
            return None
        return [self._ahead.popleft() for _ in range(count)]

    def _pick(self, first: int, last: int) -> Iterator[Row]:
        start, stop = (bisect_left(self._waiting, (number,)) for number in (first, last + 1))
        yield from self._waiting[start:stop]
        del self._waiting[start:stop]
        while self._fill(1) and (number := number_of(self._ahead[0])) <= last:
            row = (number, self._ahead.popleft())
            if number >= first:
                yield row
            else:
                self._waiting.append(row)

    def _is_waiting(self, first: int, last: int) -> bool:
        return bisect_left(self._waiting, (first,)) < bisect_left(self._waiting, (last + 1,))

    def _fill(self, count: int) -> bool:
        """So many lines ahead; False where there are not so many."""
        missing = count - len(self._ahead)
        if missing > 0:
            self._ahead.extend(islice(self._lines, missing))
        return len(self._ahead) >= count
