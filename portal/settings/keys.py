"""The product's own keys: 32 random bytes each, base64 in files outside the database.

Three kinds may be several at once, so that one can take over from another (docs/keys.md): field-<id>.key
encrypts fields, log-master-<id>.key wraps the access log's keys, handle-<id>.key seals patient handles.
`<kind>.current` names the id that new values use; the others still decrypt. The first of the latter two has
no id: log-master.key, handle.key. lookup.key makes keyed hashes, and there is one.
seal.key signs the access log's checkpoints (Ed25519); seal.pub is its public half, seal-<id>.pub are those of
keys before it.
"""

import base64
import binascii
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.exceptions import ImproperlyConfigured

from consent.accesslog.verifying import key_id

KEY_BYTES = 32
FIRST_FIELD_ID = "1"
NAMED_KEYS = ("lookup", "handle", "log-master")
ROTATED = ("field", "log-master", "handle")


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """All keys of one installation. No repr: a key must not reach a log by accident.

    ``log_master_others``, ``handle_others``: those before and after the current one, by id; they decrypt.
    ``handle_since``: since when the current handle key is in use, seconds since the epoch.
    ``seal``: None where nothing can be sealed. ``seal_public``: every public key that is trusted, by key id.
    """

    field: Mapping[str, bytes]
    field_current: str
    lookup: bytes
    handle: bytes
    log_master: bytes
    seal: bytes | None = None
    seal_public: Mapping[str, bytes] = dataclass_field(default_factory=dict)
    log_master_id: str = ""
    log_master_others: Mapping[str, bytes] = dataclass_field(default_factory=dict)
    handle_others: Mapping[str, bytes] = dataclass_field(default_factory=dict)
    handle_since: float = 0.0

    @property
    def log_masters(self) -> Mapping[str, bytes]:
        """Every key that may have wrapped the log's, by id."""
        return {**self.log_master_others, self.log_master_id: self.log_master}

    @property
    def handles(self) -> tuple[bytes, ...]:
        """Every key that a handle may be sealed with, the current one first."""
        return (self.handle, *self.handle_others.values())


@dataclass(frozen=True, slots=True, repr=False)
class Ring:
    """The keys of one kind by id, and which is used for what is new."""

    keys: Mapping[str, bytes]
    current: str

    @property
    def others(self) -> dict[str, bytes]:
        return {name: key for name, key in self.keys.items() if name != self.current}


def load_keys(folder: Path) -> Keys:
    """Read every key, or raise ImproperlyConfigured for one that is missing, short, trivial or used twice."""
    field, log_master, handle = (load_ring(folder, kind) for kind in ROTATED)
    lookup = read_key(folder / "lookup.key")
    seal, seal_public = load_seal_keys(folder)
    rings = [key for ring in (field, log_master, handle) for key in ring.keys.values()]
    every = [*rings, lookup, *([seal] if seal else [])]
    if len(set(every)) != len(every):
        raise ImproperlyConfigured(f"Two keys in {folder} are the same. Every key must be its own.")
    return Keys(
        field=field.keys,
        field_current=field.current,
        lookup=lookup,
        handle=handle.keys[handle.current],
        log_master=log_master.keys[log_master.current],
        seal=seal,
        seal_public=seal_public,
        log_master_id=log_master.current,
        log_master_others=log_master.others,
        handle_others=handle.others,
        handle_since=_since(folder, "handle"),
    )


def load_ring(folder: Path, kind: str) -> Ring:
    """All keys of one kind. Raises ImproperlyConfigured, also where the one to use is not there."""
    found = [folder / f"{kind}.key"] if (folder / f"{kind}.key").exists() else []
    keys = {key_name(path, kind): read_key(path) for path in [*found, *sorted(folder.glob(f"{kind}-*.key"))]}
    chooses = folder / f"{kind}.current"
    current = read_file(chooses).strip() if kind == "field" or chooses.exists() else ""
    if current not in keys:
        wanted = folder / (f"{kind}-{current}.key" if current else f"{kind}.key")
        raise ImproperlyConfigured(f"The key in use, {wanted}, is not there ({chooses.name} names it).")
    return Ring(keys, current)


def key_name(path: Path, kind: str) -> str:
    """The id in a key file's name; empty for the first of its kind."""
    return path.stem.removeprefix(kind).removeprefix("-")


def _since(folder: Path, kind: str) -> float:
    chooses = folder / f"{kind}.current"
    return chooses.stat().st_mtime if chooses.exists() else 0.0


def load_seal_keys(folder: Path) -> tuple[bytes | None, dict[str, bytes]]:
    """The key that seals, None where there is none (portal.checks refuses that in production), and the public
    keys by id. Raises ImproperlyConfigured where the two do not belong together."""
    public = {key_id(key): key for key in map(read_key, sorted(folder.glob("seal*.pub")))}
    if not (folder / "seal.key").exists():
        return None, public
    seal = read_key(folder / "seal.key")
    if key_id(public_half(seal)) not in public:
        raise ImproperlyConfigured(f"{folder / 'seal.pub'} is not the public half of seal.key.")
    return seal, public


def public_half(seal: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seal).public_key().public_bytes_raw()


def read_key(path: Path) -> bytes:
    """One key. Messages name the file, never its content."""
    try:
        key = base64.b64decode(read_file(path).strip(), validate=True)
    except (binascii.Error, ValueError):
        raise ImproperlyConfigured(f"The key in {path} is not base64.") from None
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"The key in {path} is {len(key)} bytes long; it must be {KEY_BYTES}.")
    if len(set(key)) < KEY_BYTES // 4:
        raise ImproperlyConfigured(f"The key in {path} is not random.")
    return key


def read_file(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except UnicodeDecodeError:
        raise ImproperlyConfigured(f"The key in {path} is not base64.") from None
    except OSError as error:
        raise ImproperlyConfigured(f"Key file {path} cannot be read: {error.strerror}.") from None


def create_keys(folder: Path) -> None:
    """Make a first set of keys, readable by their owner alone, unless the folder holds any.

    A folder that lost one key is left as it is, so that load_keys refuses: a new key in its place would
    make everything written with the old one unreadable without anybody noticing.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        return
    for name in (f"field-{FIRST_FIELD_ID}", *NAMED_KEYS):
        write_private(folder / f"{name}.key", base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode())
    write_private(folder / "secret_key", secrets.token_urlsafe(50))
    write_private(folder / "field.current", FIRST_FIELD_ID)
    create_seal_key(folder)


def create_seal_key(folder: Path) -> None:
    """Make the key that seals the log, unless there is or was one."""
    if any(folder.glob("seal*")):
        return
    seal = secrets.token_bytes(KEY_BYTES)
    write_private(folder / "seal.pub", base64.b64encode(public_half(seal)).decode())
    write_private(folder / "seal.key", base64.b64encode(seal).decode())


def replace_seal_key(folder: Path, fresh: bytes) -> None:
    """Let a fresh key seal from now on; the present one's public half is kept, to verify what it sealed."""
    present = public_half(read_key(folder / "seal.key"))
    kept = folder / f"seal-{key_id(present)}.pub"
    if not kept.exists():
        write_private(kept, base64.b64encode(present).decode())
    # The public half first: a stop between the two leaves a folder that loads, with the present key.
    for name, key in (("seal.pub", public_half(fresh)), ("seal.key", fresh)):
        write_private(folder / f"{name}.new", base64.b64encode(key).decode())
        (folder / f"{name}.new").replace(folder / name)


def write_private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(text + "\n")
