"""The product's own keys: 32 random bytes each, base64 in files outside the database.

field-<id>.key encrypts fields; `field.current` names the id that new values use, older ids still decrypt.
lookup.key makes keyed hashes, handle.key seals patient handles, log-master.key wraps the access log's keys.
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


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """All keys of one installation. No repr: a key must not reach a log by accident.

    ``seal``: None where nothing can be sealed. ``seal_public``: every public key that is trusted, by key id.
    """

    field: Mapping[str, bytes]
    field_current: str
    lookup: bytes
    handle: bytes
    log_master: bytes
    seal: bytes | None = None
    seal_public: Mapping[str, bytes] = dataclass_field(default_factory=dict)


def load_keys(folder: Path) -> Keys:
    """Read every key, or raise ImproperlyConfigured for one that is missing, short, trivial or used twice."""
    field = {path.name[len("field-") : -len(".key")]: read_key(path) for path in folder.glob("field-*.key")}
    current = read_file(folder / "field.current").strip()
    if current not in field:
        raise ImproperlyConfigured(
            f"{folder / 'field.current'} names {current!r}, but there is no such field key."
        )
    lookup, handle, log_master = (read_key(folder / f"{name}.key") for name in NAMED_KEYS)
    seal, seal_public = load_seal_keys(folder)
    every = [*field.values(), lookup, handle, log_master, *([seal] if seal else [])]
    if len(set(every)) != len(every):
        raise ImproperlyConfigured(f"Two keys in {folder} are the same. Every key must be its own.")
    return Keys(field, current, lookup, handle, log_master, seal, seal_public)


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
