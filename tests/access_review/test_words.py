"""Every member of every closed set that the log's pages can meet has words."""

import pytest

from connectors.base.contract import Fault
from consent.accesslog.events import Action, Event
from consent.accesslog.sampling import Why
from consent.accesslog.viewing import Result
from consent.facts import Obstacle
from consent.terms import PersonId
from consent.vocabulary import IdType, Kind, Reason, RelationGround, Row
from portal.access.review import words
from portal.access.review.lines import (
    ground_words,
    hidden_number,
    kind_words,
    refusal_words,
    relation_words,
    source_words,
    what_words,
)

OPENING_ROWS = {
    *(Row.OWN_UNIT, Row.OWN_PROVIDER, Row.INNER_BLOCK_LIFTED, Row.CONSENT, Row.EMERGENCY),
    *(Row.LASTING_INABILITY, Row.CHILD, Row.SOCIAL_CONSENT, Row.SOCIAL_CHILD, Row.SOCIAL_INABILITY),
    *(Row.SOCIAL_OWN, Row.DECEASED),
}


@pytest.mark.parametrize(
    ("table", "members"),
    [
        (words.ACTION_WORDS, Action),
        (words.EVENT_WORDS, Event),
        (words.RESULT_WORDS, Result),
        (words.REFUSAL_WORDS, Reason),
        (words.RELATION_WORDS, RelationGround),
        (words.OBSTACLE_WORDS, Obstacle),
        (words.WHY_WORDS, Why),
        (words.GROUND_WORDS, OPENING_ROWS),
    ],
)
def test_nothing_is_without_words(table, members):
    assert set(table) == set(members)


def test_what_was_done_is_a_sentence_for_every_pair():
    for event in Event:
        for action in ("", *Action):
            assert " " in what_words(event, action, (), {}) or event in ("signed_in", "signed_out")


def test_a_list_is_called_by_its_button():
    assert what_words("intent", "detail", ["diagnosis"], {}) == "Öppnade Diagnoser"
    assert what_words("intent", "retry", ["diagnosis"], {}) == "Hämtade Diagnoser igen"
    assert what_words("intent", "detail", ["diagnosis", "warning"], {}) == "Öppnade en lista i översikten"


def test_a_launch_that_was_refused_reads_as_that():
    assert what_words("launched", "search", (), {"outcome": "opened"}).startswith("Kom från")
    for outcome in ("another", "no_assignment"):
        assert what_words("launched", "search", (), {"outcome": outcome}).startswith("Nekades")


def test_kinds_come_in_the_order_of_the_page():
    assert kind_words(kind.value for kind in reversed(Kind)).startswith("Vårdbegränsningar, Varningar")


def test_what_a_later_version_wrote_is_shown_as_it_is():
    assert what_words("moved", "", (), {}) == "moved"
    assert ground_words(["99"]) == ("Annan grund, rad 99 i beslutstabellen",)
    assert refusal_words(["new_reason"]) == ("new_reason",)
    assert relation_words(["new_ground"]) == "new_ground"


def test_no_relation_is_said():
    assert relation_words([]) == "Ingen"


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("answered", "svarade"),
        ("asked", "fick frågan"),
        ("unknown", "avbröts"),
        *((fault.value, "svarade inte") for fault in Fault),
        *((reason.value, "frågades inte") for reason in Reason if reason is not Reason.SILENT_BLOCK),
    ],
)
def test_what_became_of_a_source(word, said):
    assert source_words(word) == said


def test_a_block_nobody_may_know_of_is_not_told_by_the_log_either():
    assert source_words("silent_block") == source_words("answered")
    assert refusal_words(["silent_block"]) == refusal_words(["no_consent"])


@pytest.mark.parametrize(
    ("person", "shown"),
    [
        (PersonId("193908139060"), "1939••••-••••"),
        (PersonId("199602752389", IdType.SAMORDNINGSNUMMER), "1996••••-••••"),
        (PersonId("19840229A123", IdType.RESERVNUMMER), "1984••••-••••"),
        (PersonId("FJALL12345AB", IdType.RESERVNUMMER), "Reservnummer ••••"),
        (None, "Går inte att läsa"),
    ],
)
def test_of_a_number_the_year_is_left(person, shown):
    assert hidden_number(person) == shown
