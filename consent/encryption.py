"""Encrypted columns: AES-256-GCM, key id in front, bound to table, column and row.

Stored form: version byte 1, length of key id, key id, nonce (12 bytes), ciphertext with tag.
Lookup by value goes through ``lookup_key``: HMAC-SHA-256 under a key of its own.
"""

import hashlib
import hmac
import os
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

from consent.terms import PersonId

_VERSION = 1
_NONCE_BYTES = 12


class Undecipherable(Exception):
    """A value that its key, or its place in the table, does not open. Names only table and column."""


def seal(plaintext: bytes, bound_to: bytes, key: bytes, key_id: str = "") -> bytes:
    """Encrypt; ``bound_to`` must be the same when it is opened again."""
    nonce = os.urandom(_NONCE_BYTES)
    return beginning(key_id) + nonce + AESGCM(key).encrypt(nonce, plaintext, bound_to)


def key_id_of(sealed: bytes) -> str:
    """The id of the key that sealed it. Raises Undecipherable where it is no seal."""
    try:
        return sealed[2 : 2 + sealed[1]].decode()
    except (IndexError, UnicodeDecodeError):
        raise Undecipherable("unknown form") from None


def beginning(key_id: str) -> bytes:
    """What every value sealed with that key begins with."""
    return bytes([_VERSION, len(key_id)]) + key_id.encode()


def unseal_with_any(sealed: bytes, bound_to: bytes, keys: Iterable[bytes]) -> bytes:
    """Decrypt what carries no key's id and lives no longer than a session. Raises Undecipherable."""
    for key in keys:
        with suppress(Undecipherable):
            return unseal(sealed, bound_to, key)
    raise Undecipherable("no key fits")


def unseal(sealed: bytes, bound_to: bytes, key: bytes) -> bytes:
    """Decrypt. Raises Undecipherable where the key or the binding does not fit."""
    if len(sealed) < 2 or sealed[0] != _VERSION:
        raise Undecipherable("unknown form")
    body = sealed[2 + sealed[1] :]
    try:
        return AESGCM(key).decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError):
        raise Undecipherable("key or place does not fit") from None


def lookup_key(person: PersonId, key: bytes | None = None) -> bytes:
    """32 bytes that stand for a number where it must be found again but never read."""
    message = f"{person.type.value}:{person.number}".encode()
    return hmac.new(key or settings.KEYS.lookup, message, hashlib.sha256).digest()


def digest_of(text: str) -> bytes:
    """32 bytes that stand for a text, however it is spaced or cased; for telling whether two agree."""
    message = "text:" + "".join(text.casefold().split())
    return hmac.new(settings.KEYS.lookup, message.encode(), hashlib.sha256).digest()


class _Sealed(bytes):
    """Bytes as they came from the database, not yet opened."""


class _OpenOnRead:
    """Attribute of an encrypted field: opens on first read, when the row's key is known."""

    def __init__(self, field: "EncryptedTextField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        if self.field.attname not in instance.__dict__:
            instance.refresh_from_db(fields=[self.field.attname])
        value = instance.__dict__[self.field.attname]
        if isinstance(value, _Sealed):
            value = self.field.open(value, instance)
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.BinaryField):  # type: ignore[type-arg]
    """Text that the database never sees. The row's primary key must be set before it is saved.

    Cannot be filtered on, ordered by or written through ``update()``.
    """

    description = "Encrypted text"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only=private_only)
        setattr(cls, name, _OpenOnRead(self))

    @property
    def place(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"  # noqa: SLF001 (Django's own name for it)

    def bound_to(self, instance: models.Model) -> bytes:
        if instance.pk is None:
            raise ValueError(f"{self.place}: the row needs its key first")
        table, column = self.place.split(".", 1)
        return f"{table}\0{column}\0{instance.pk}".encode()

    def open(self, sealed: bytes, instance: models.Model) -> str:
        try:
            key = settings.KEYS.field[key_id_of(sealed)]
            return unseal(sealed, self.bound_to(instance), key).decode()
        except (Undecipherable, KeyError, UnicodeDecodeError):
            raise Undecipherable(self.place) from None

    def to_python(self, value: Any) -> Any:
        """As it is: the parent takes text for base64."""
        return value

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> _Sealed | None:
        return None if value is None else _Sealed(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes | None:  # noqa: ARG002
        value = model_instance.__dict__.get(self.attname)
        if value is None:
            return None
        if isinstance(value, _Sealed):
            return self._kept(value, model_instance)
        return self.close(str(value), model_instance)

    def _kept(self, sealed: bytes, instance: models.Model) -> bytes:
        """As it was read, unless by an older key: whoever read a row before it was written anew with another
        key must not put the older one back. What nobody can open stays as it is."""
        with suppress(Undecipherable):
            if key_id_of(sealed) != settings.KEYS.field_current:
                return self.close(self.open(sealed, instance), instance)
        return sealed

    def close(self, text: str, instance: models.Model) -> bytes:
        """Sealed with the key in use now, for this row."""
        keys = settings.KEYS
        return seal(
            text.encode(), self.bound_to(instance), keys.field[keys.field_current], keys.field_current
        )

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Sealed bytes alone: text that came past ``pre_save``, as in update(), would be stored unsealed."""
        if isinstance(value, str):
            raise TypeError(f"{self.place} is written by saving the row, nothing else")
        return super().get_db_prep_value(value, connection, prepared)

    def value_to_string(self, obj: models.Model) -> str:  # noqa: ARG002
        raise TypeError("an encrypted value is never serialised")
