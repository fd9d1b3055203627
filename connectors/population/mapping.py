"""The register's reply to a Person. What cannot be read wholly is not believed in part."""

from datetime import date
from typing import Any

from connectors.base.contract import Fault, SourceFault
from consent.facts import Person, Protection, Relative
from consent.terms import PersonId
from consent.vocabulary import IdType


def read_person(facts: dict[str, Any], asked: PersonId) -> Person:
    """Raises SourceFault: FOREIGN_PATIENT where it is about another number, FORMAT where it cannot be read.

    Where the identity is protected, contact details are dropped even if the register sent them.
    """
    try:
        return _read(facts, asked)
    except (KeyError, ValueError, TypeError, AttributeError):
        raise SourceFault(Fault.FORMAT) from None


def _read(facts: dict[str, Any], asked: PersonId) -> Person:
    if facts["id"] != asked.number:
        raise SourceFault(Fault.FOREIGN_PATIENT)
    linked = facts.get("linked") or []
    others = [
        (PersonId(_text(each["id"]), IdType(each["type"])), each.get("main") is True) for each in linked
    ]
    main = next((other for other, is_main in others if is_main), asked)
    everyone = dict.fromkeys((asked, *(other for other, _ in others)))
    protection = Protection(facts["protection"])
    is_open = protection is Protection.NONE
    language = facts.get("language") or {}
    return Person(
        id=main,
        is_known=True,
        given_name=_text(facts["given_name"]),
        family_name=_text(facts["family_name"]),
        sex=_text(facts.get("sex")),
        born=_day(facts.get("birth_date")),
        died=_day(facts.get("death_date")),
        protection=protection,
        aliases=tuple(other for other in everyone if other != main),
        language=_text(language.get("label")),
        language_code=_text(language.get("code")),
        needs_interpreter=language.get("interpreter") is True,
        interpreter_phone=_text(language.get("interpreter_phone")),
        address=_text(facts.get("address")) if is_open else "",
        phone=_text(facts.get("phone")) if is_open else "",
        relatives=tuple(_relative(each) for each in facts.get("relatives") or []) if is_open else (),
    )


def _relative(relative: dict[str, Any]) -> Relative:
    return Relative(_text(relative["name"]), _text(relative.get("relation")), _text(relative.get("phone")))


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError("not text")
    return value


def _day(value: object) -> date | None:
    return None if value is None else date.fromisoformat(_text(value))
