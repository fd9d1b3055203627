"""Rows of every shape, written as the product writes them."""

import random
from datetime import timedelta

from consent.accesslog.events import Action, Event
from consent.accesslog.write import Entry, Trace, write
from consent.vocabulary import Kind
from tests.consent.examples import AKUTEN, FJALL, GUNHILD, NURSE

EVENTS = (Event.SEARCH, Event.INTENT, Event.SHOWN, Event.SIGNED_OUT, Event.CONSENT_GIVEN, Event.CONSENT_ENDED)
SOME_TIME = timedelta(seconds=1)


def some_entry(chance: random.Random) -> Entry:
    """Text with everything that is hard to write down twice the same."""
    event = chance.choice(EVENTS)
    is_about_someone = event is not Event.SIGNED_OUT
    return Entry(
        event=event,
        actor=NURSE,
        trace=Trace("r" * 32, f"s{chance.randrange(10)}", "192.0.2.7"),
        patient=GUNHILD if is_about_someone else None,
        action=chance.choice([None, Action.OVERVIEW, Action.PRINT]),
        kinds=frozenset(chance.sample(list(Kind), chance.randrange(3))),
        origins=[(FJALL.hsa_id, AKUTEN.hsa_id, "warning", chance.randrange(9))][: chance.randrange(2)],
        outcomes={"cosmic": "answered", 'å"\\/\n\u2028': "timeout"} if chance.randrange(2) else {},
        detail={"dossier": f"{chance.getrandbits(64):032x}", "acts": [f"{chance.getrandbits(64):032x}"]},
        reason=chance.choice(["", "patienten återkallar", 'citat "så", \t tabb och 😀 \x7f', "\x1f\x01"]),
    )


def write_rows(count: int, chance: random.Random | None = None) -> None:
    chance = chance or random.Random(count)
    for _ in range(count):
        write(some_entry(chance))
