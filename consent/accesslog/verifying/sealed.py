"""What a seal is made of: checkpoints, the leaf of a row, the root of a batch."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .rows import in_first_format

# How a checkpoint's rows were written down before they were hashed. 1: a JSON array of texts. 2: a line of
# PostgreSQL's text format, its line feed among what is hashed.
FIRST, FORMAT = 1, 2
NO_HASH = "0" * 64
CLOCK = "%Y-%m-%d %H:%M:%S.%f"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One sealed batch: its signed text, the signature, what the text says, and its runs of row numbers."""

    body: str
    signature: bytes
    said: dict[str, Any]
    ranges: list[tuple[int, int]]

    @classmethod
    def read(cls, line: str) -> "Checkpoint | None":
        """From its line; None where that is none. What it says is believed only where it is signed."""
        try:
            sealed = json.loads(line)
            said = json.loads(sealed["body"])
            pairs = [part.partition("-") for part in said["ranges"].split()]
            ranges = [(int(first), int(last or first)) for first, _, last in pairs]
            is_one = said["format"] in (FIRST, FORMAT) and type(said["number"]) is type(said["top"]) is int
            return cls(sealed["body"], bytes.fromhex(sealed["signature"]), said, ranges) if is_one else None
        except (AttributeError, KeyError, TypeError, ValueError):
            return None

    def is_signed(self, keys: dict[str, bytes]) -> bool:
        try:
            key = Ed25519PublicKey.from_public_bytes(keys[self.said["key"]])
            key.verify(self.signature, self.body.encode())
        except (InvalidSignature, KeyError, TypeError, ValueError):
            return False
        return True

    def leaves_of(self, lines: Iterable[bytes]) -> list[bytes]:
        """The leaves of rows, as this checkpoint's format has them."""
        if self.said["format"] == FIRST:
            lines = map(in_first_format, lines)
        return leaves_of(lines)


def leaves_of(lines: Iterable[bytes]) -> list[bytes]:
    sha256 = hashlib.sha256
    return [sha256(b"\0" + line).digest() for line in lines]


def leaf_of(line: bytes) -> bytes:
    return hashlib.sha256(b"\0" + line).digest()


def root_of(leaves: Sequence[bytes]) -> str:
    """The root of a Merkle tree (RFC 6962)."""
    sha256 = hashlib.sha256
    nodes = leaves or [sha256(b"").digest()]
    while len(nodes) > 1:
        odd = nodes[-1:] if len(nodes) % 2 else []
        pairs = zip(nodes[::2], nodes[1::2], strict=False)
        nodes = [sha256(b"\1" + left + right).digest() for left, right in pairs] + list(odd)
    return nodes[0].hex()


def key_id(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:16]


def read_lines(files: Iterable[Path]) -> Iterator[str]:
    for path in files:
        with path.open(encoding="utf-8") as file:
            yield from file
