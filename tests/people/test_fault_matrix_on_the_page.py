"""Every row of the fault matrix, for every way to speak, taken through the real page: never "nothing there".

One overview for each row and system; one seeded database, one server and one signed-in reader for them all.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from connectors.base.breaker import BREAKER
from connectors.base.faultserver import Answerer, Asked, Reply
from connectors.models import Source
from consent.models import CareProvider
from demo.people import BY_LETTER
from portal.aggregation.states import EMPTY_STATES
from portal.overview.presenters.words import STATE_WORDS
from tests.connectors.threads import serving
from tests.faults.systems import CASES, SYSTEMS, Row, System, name_of
from tests.faults.test_matrix import swallow
from tests.people.worlds import _django_db_helper, module_people
from tests.reading import OverviewPage
from tests.walking import Reader

__all__ = ["_django_db_helper", "module_people"]

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.django_db]

# Only who never answers is cut short; whatever else a busy machine makes of it must reach the connector.
HANGING_S, DEADLINE_S = 0.6, 4.0
# Every word by which a page says that there is nothing: the presenters' own, and the strip's two sentences.
EMPTY_WORDS = (
    *(str(STATE_WORDS[state].word) for state in EMPTY_STATES),
    "Inga vårdbegränsningar",
    "Ingen gällande vårdbegränsning",
    "Ingen ansluten källa levererar",
)


class Stage:
    """A server whose behaviour is chosen row by row, and a reader who has everything open."""

    def __init__(self) -> None:
        self.answer: Answerer = lambda _: Reply(status=500)
        self.reader = Reader()
        self.address = ""
        self.sound: dict[str, OverviewPage] = {}

    def reply(self, asked: Asked) -> Any:
        return self.answer(asked)

    def look(
        self, system: System, answer: Answerer, base_url: str = "", deadline_s: float = DEADLINE_S
    ) -> OverviewPage:
        """The overview of M while this system answers like this."""
        self.answer = answer
        BREAKER.conditions.clear()
        source = Source.objects.get(slug=system.source)
        settings = system.settings(self.address)
        source.base_url = (base_url or self.address) + system.scenarios.path
        secret = {s.name for s in system.connector_class.manifest.settings if s.is_secret}
        source.settings = {name: text for name, text in settings.items() if name not in secret}
        source.write_secrets({name: text for name, text in settings.items() if name in secret})
        source.deadline_s, source.kinds = deadline_s, []
        source.save()
        return self.reader.overview()

    def baseline(self, system: System) -> OverviewPage:
        """While the system is well and holds nothing: what its siblings show by themselves."""
        if system.speaks not in self.sound:
            self.sound[system.speaks] = self.look(system, system.scenarios.empty)
        return self.sound[system.speaks]


@pytest.fixture(scope="module")
def stage(module_people: object, django_db_blocker: Any) -> Iterator[Stage]:
    made = Stage()
    with django_db_blocker.unblock(), transaction.atomic(), serving(made.reply) as address:
        made.address = address
        made.reader.sign_in("akuten")
        made.reader.search(BY_LETTER["M"].number)
        made.reader.act("choose_units", unit="*")
        made.reader.act("give_consent", period="open")
        yield made
        transaction.set_rollback(True)
    BREAKER.conditions.clear()


def fed_by(system: System) -> frozenset[str]:
    settings = system.settings("")
    return frozenset(kind.value for kind in system.connector_class.kinds_of(settings))


def check_page(page: OverviewPage, system: System, baseline: OverviewPage) -> None:
    """No button that the system feeds says, in state, word or strip, that nothing is there."""
    assert not page.html.count('data-fault="page"')
    for key in fed_by(system):
        tile = page.tiles[key]
        assert page.states[key] not in {state.value for state in EMPTY_STATES}, (key, page.states[key])
        assert not any(words in tile.text for words in EMPTY_WORDS), (key, tile.text)
        is_told = "Kunde inte hämtas" in tile.text or "partial" in page.flags(key)
        assert is_told or page.states[key] in ("choose", "consent", "blocked", "closed"), (key, tile.text)
    if "care_limitation" in fed_by(system):
        assert not any(words in page.safety.text for words in EMPTY_WORDS)
        assert "okänt" in page.safety.text.lower() or "Kunde inte hämtas" in page.safety.text
    assert "Inte komplett" in page.text
    for key in page.states.keys() - fed_by(system):
        assert (page.states[key], page.flags(key)) == (baseline.states[key], baseline.flags(key)), key


def check_row(stage: Stage, system: System, row: Row) -> None:
    baseline = stage.baseline(system)
    deadline_s = HANGING_S if row.is_slow else DEADLINE_S
    check_page(stage.look(system, row.answer(system), row.base_url, deadline_s), system, baseline)


@pytest.mark.parametrize(("system", "row"), CASES, ids=name_of)
def test_no_fault_ever_reads_as_nothing(stage: Stage, system: System, row: Row) -> None:
    check_row(stage, system, row)


CONTROLS = ("500", "malformed", "gzip bomb", "wrong patient last", "refused")


@pytest.mark.parametrize(("system", "row"), [c for c in CASES if c[1].name in CONTROLS], ids=name_of)
def test_a_fault_swallowed_into_an_empty_answer_turns_the_check_red(
    stage: Stage, system: System, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: were a connector to answer "nothing" where it failed, the tests above would fail."""
    swallow(monkeypatch, system)
    with pytest.raises(AssertionError):
        check_row(stage, system, row)


@pytest.mark.parametrize("system", SYSTEMS, ids=name_of)
def test_a_complete_empty_answer_may_say_so(stage: Stage, system: System) -> None:
    """The other control: what the checks refuse is not refused for everything."""
    page = stage.baseline(system)
    with pytest.raises(AssertionError):
        check_page(page, system, page)
    assert CareProvider.objects.exists()


@pytest.mark.parametrize("system", SYSTEMS, ids=name_of)
def test_a_wrong_patient_raises_the_alarm_and_shows_nothing_of_the_source(
    stage: Stage, system: System, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("ERROR"):
        page = stage.look(system, system.scenarios.foreign(1))
    (alarm,) = [r.msg for r in caplog.records if isinstance(r.msg, dict) and r.msg.get("alarm")]
    assert (alarm["event"], alarm["source"]) == ("foreign_patient", system.source)
    assert system.scenarios.stranger.number not in page.html
    assert system.scenarios.stranger.number not in str([r.getMessage() for r in caplog.records])
    check_page(page, system, stage.baseline(system))
