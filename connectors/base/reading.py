"""Strict reading of a reply's body: bounded decompression, UTF-8, JSON without surprises.

Python's own parser keeps the last of two duplicate keys, accepts NaN and turns 1e999 into infinity;
each could change what a record says without anybody noticing. Every flaw is SourceFault(FORMAT).
"""

import json
import re
import zlib
from collections.abc import AsyncIterator
from typing import Any, NoReturn

from connectors.base.contract import Fault, SourceFault

MAX_DECODED_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 64
_CHUNK_BYTES = 64 * 1024
_JSON_TYPE = re.compile(r"(?:application|text)/(?:[\w.!#$&^-]+\+)?json")
# What tells members of objects from all else in a JSON text, once strings have been cut out of it.
_NOT_TELLING = bytes(set(range(256)) - set(b'":\\'))


async def read_decoded(chunks: AsyncIterator[bytes], encoding: str, max_bytes: int) -> bytes:
    """The body, decompressed piece by piece and given up as soon as it grows past ``max_bytes``.

    Raises SourceFault: TOO_LARGE, TRUNCATED (ends early), FORMAT (unknown or broken encoding).
    """
    if encoding in ("", "identity"):
        return await _read_plain(chunks, max_bytes)
    if encoding not in ("gzip", "x-gzip"):
        raise SourceFault(Fault.FORMAT)
    return await _read_gzip(chunks, max_bytes)


async def _read_plain(chunks: AsyncIterator[bytes], max_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > max_bytes:
            raise SourceFault(Fault.TOO_LARGE)
    return bytes(body)


async def _read_gzip(chunks: AsyncIterator[bytes], max_bytes: int) -> bytes:
    inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    body = bytearray()
    async for chunk in chunks:
        pending = chunk
        while pending and not inflate.eof:
            try:
                body += inflate.decompress(pending, _CHUNK_BYTES)
            except zlib.error:
                raise SourceFault(Fault.FORMAT) from None
            if len(body) > max_bytes:
                raise SourceFault(Fault.TOO_LARGE)
            pending = inflate.unconsumed_tail
        if pending or inflate.unused_data:
            raise SourceFault(Fault.FORMAT)
    while not inflate.eof:
        more = inflate.decompress(inflate.unconsumed_tail, _CHUNK_BYTES)
        if not more:
            raise SourceFault(Fault.TRUNCATED)
        body += more
        if len(body) > max_bytes:
            raise SourceFault(Fault.TOO_LARGE)
    return bytes(body)


def read_json(body: bytes, content_type: str) -> dict[str, Any]:
    """The object in a JSON reply. Anything but one object, read without doubt, raises SourceFault(FORMAT)."""
    _check_content_type(content_type)
    try:
        value = _DECODER.decode(body.removeprefix(b"\xef\xbb\xbf").decode("utf-8"))
        if b"\\" in body and rb"\ud" in body.lower():
            # Half a surrogate pair is text that no page could ever be encoded with.
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise SourceFault(Fault.FORMAT) from None
    if not isinstance(value, dict) or _count_members(value) != _count_colons(body):
        raise SourceFault(Fault.FORMAT)
    return value


def _check_content_type(content_type: str) -> None:
    if not _JSON_TYPE.fullmatch(content_type.partition(";")[0].strip().lower()):
        raise SourceFault(Fault.FORMAT)
    check_charset(content_type)


def check_charset(content_type: str) -> None:
    """Refuse a content type that names another charset than UTF-8; none named is UTF-8."""
    for parameter in content_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip(" \"'").lower() not in ("utf-8", "utf8"):
            raise SourceFault(Fault.FORMAT)


def _count_members(value: Any) -> int:
    """How many members all objects in a value have. Raises SourceFault(FORMAT) where it nests too deep."""
    members, level = 0, [value]
    for _ in range(MAX_DEPTH):
        inner: list[Any] = []
        for each in level:
            if type(each) is dict:
                members += len(each)
                inner += each.values()
            else:
                inner += each
        level = [each for each in inner if type(each) is dict or type(each) is list]
        if not level:
            return members
    raise SourceFault(Fault.FORMAT)


def _count_colons(body: bytes) -> int:
    """How many members stand in a JSON text that could be read: each has one colon outside of strings. Of two
    with the same name only one is left in the value, and the counts differ."""
    telling = body.translate(None, _NOT_TELLING)
    if b"\\" in telling:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
        telling = body.translate(None, _NOT_TELLING)
    return b"".join(telling.split(b'"')[::2]).count(b":")


def _refuse(_constant: str) -> NoReturn:
    raise ValueError("not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError("number out of range")
    return number


# One for all replies: to make one costs as much as to read a short reply.
_DECODER = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
