"""What an identity provider says of an employee, reduced to what is needed. All else is dropped here: a
personnummer among the claims is never looked at, kept or logged."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from consent.vocabulary import Purpose, Right
from portal.accounts.oidc.refusals import SignInRefused, Why
from portal.settings.sign_in import Voucher

LONGEST_HSA_ID = 32
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Commission:
    """An assignment (medarbetaruppdrag) as given: HSA-ids of itself, unit and provider. ``purpose`` None: one
    that we have no use for. ``may_read``: whether its rights let somebody read about patients."""

    hsa_id: str
    unit_id: str
    provider_id: str
    purpose: Purpose | None
    rights: frozenset[Right]
    may_read: bool = True


@dataclass(frozen=True, slots=True)
class Employee:
    hsa_id: str
    given_name: str
    family_name: str
    title: str
    commissions: tuple[Commission, ...]


def read_employee(idp: Voucher, claims: Mapping[str, Any]) -> Employee:
    """Raises SignInRefused where there is no HSA-id of the employee."""
    names = idp.claims
    hsa_id = read_word(claims.get(names.employee), LONGEST_HSA_ID)
    if not hsa_id:
        raise SignInRefused(Why.NO_HSA_ID)
    return Employee(
        hsa_id=hsa_id,
        given_name=read_word(claims.get(names.given_name), LONGEST_NAME),
        family_name=read_word(claims.get(names.family_name), LONGEST_NAME),
        title=read_word(claims.get(names.title), LONGEST_NAME),
        commissions=tuple(dict.fromkeys(_commissions(idp, claims))),
    )


def _commissions(idp: Voucher, claims: Mapping[str, Any]) -> Iterator[Commission]:
    """Those of the list, and the one chosen at the identity provider, which stands flat beside it."""
    listed = claims.get(idp.claims.assignments)
    for one in [*(listed if isinstance(listed, list) else []), claims]:
        if not isinstance(one, Mapping):
            continue
        unit = read_word(one.get(idp.claims.unit), LONGEST_HSA_ID)
        if not unit:
            continue
        rights = one.get(idp.claims.rights)
        words = [word for word in (rights if isinstance(rights, list) else [rights]) if isinstance(word, str)]
        yield Commission(
            hsa_id=read_word(one.get(idp.claims.assignment), LONGEST_HSA_ID),
            unit_id=unit,
            provider_id=read_word(one.get(idp.claims.provider), LONGEST_HSA_ID),
            purpose=idp.purposes.get(read_word(one.get(idp.claims.purpose), LONGEST_NAME)),
            may_read=_may_read(idp, words, is_told=rights is not None),
            rights=frozenset(idp.rights[word] for word in words if word in idp.rights),
        )


def _may_read(idp: Voucher, words: list[str], *, is_told: bool) -> bool:
    """A right is said as activity;information;scope (HSA). Where nothing is said of rights, the installation
    has decided what that means."""
    if not is_told:
        return not idp.demands_rights
    reading = {word.casefold() for word in idp.reading}
    return any(word.partition(";")[0].strip().casefold() in reading for word in words)


def read_word(value: object, longest: int) -> str:
    """Printable text within bounds, or nothing: a value that is too long is another value when cut."""
    if not isinstance(value, str):
        return ""
    text = value.strip()
    return text if text.isprintable() and len(text) <= longest else ""
