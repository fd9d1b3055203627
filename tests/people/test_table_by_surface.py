"""Every row of the decision table on every surface that shows anything, for both sorts of reader.

A scenario is a row lived through by one persona: what is recorded, whose page it is, which canaries (words of
single records) it shows. It is walked once; each surface is then judged by the same list. A new surface is
one more function in ``SURFACES``.
"""

import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from consent import dossiers, models
from consent.accesslog.model import AccessEvent
from consent.terms import PersonId
from consent.vocabulary import Kind
from demo.people import BY_LETTER
from demo.people import places as at
from demo.people.facts import CANARY_ADDRESS, CANARY_PHONE, CANARY_RELATIVE
from portal.accounts.models import Assignment
from portal.aggregation.states import WITH_RECORDS
from tests.api.systems import Answer, system_for
from tests.people.test_when_systems_fail import order
from tests.people.worlds import _django_db_helper, module_people, signed_in, systems, unhurried
from tests.reading import OverviewPage
from tests.walking import Reader, Reply

if TYPE_CHECKING:
    from demo.seed import Addresses

__all__ = ["_django_db_helper", "module_people"]

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.django_db]
DAY = timedelta(days=1)
HEALTH, SOCIAL = "vårdgivare", "omsorgsgivare"
BLOCKED = "Spärrade uppgifter finns"
# A meeting is told none of this.
PRIVATE = (
    "Spärr",
    "spärr",
    "amtyck",
    "elation saknas",
    "Annan enhet",
    "nekade",
    "nödläge",
    "Andra vårdgivare",
)
ACTS = (
    *(models.Consent, models.ConsentRefusal, models.EmergencyOpening, models.Inability, models.UnitChoice),
    *(models.ChildAssessment, models.BlockLift, models.LiftRequest, models.SipConsent, models.Block),
)


@dataclass(frozen=True)
class Canary:
    """Words that stand in one record and nowhere else on the page."""

    words: str
    kind: Kind
    owner: at.Provider


ENROLLED = Canary("Ansvarig sjuksköterska nås dagtid", Kind.HOME_CARE, at.KOMMUN_VARD)
# Who handles the insatser: a contact beside them, seen wherever they are.
OFFICER = Canary(at.CASE_OFFICER.name, Kind.CONTACT, at.KOMMUN_OMSORG)
CANARIES: dict[str, dict[str, Canary]] = {
    "C": {
        "fall": Canary("Fall från stol", Kind.CARE_CONTACT, at.REGION),
        "warfarin": Canary("Warfarin: blödningsrisk", Kind.WARNING, at.REGION),
        "no cpr": Canary("Ej HLR. Ställningstagande", Kind.CARE_LIMITATION, at.REGION),
        "ambulance": Canary("Medvetslös i hemmet", Kind.PREHOSPITAL, at.REGION),
        "son": Canary("Bo Vallsjö", Kind.CONTACT, at.REGION),
        "vilsad": Canary("ambulans tillkallas endast efter", Kind.CARE_LIMITATION, at.KOMMUN_VARD),
        "enrolled": ENROLLED,
        "home help": Canary("Omvårdnad 6 gånger om dagen", Kind.SOCIAL_SERVICE, at.KOMMUN_OMSORG),
        "officer": OFFICER,
    },
    "D": {
        "diabetes": Canary("insulinbehandlad", Kind.WARNING, at.REGION),
        "plan": Canary("Vårdas på boendet så långt", Kind.CARE_PLAN, at.REGION),
        "enrolled": ENROLLED,
        "care home": Canary("Boende Tallgläntan", Kind.SOCIAL_SERVICE, at.KOMMUN_OMSORG),
        "nordliden": Canary("Yngve Norrby", Kind.SOCIAL_SERVICE, at.NORDLIDEN_OMSORG),
    },
    "E": {
        "visit": Canary("Uppföljning blodtryck", Kind.CARE_CONTACT, at.REGION),
        "enalapril": Canary("Enalapril 5 mg", Kind.MEDICATION, at.REGION),
        "escort": Canary("10 timmar i månaden", Kind.SOCIAL_SERVICE, at.KOMMUN_OMSORG),
        "officer": OFFICER,
        "address": Canary(CANARY_ADDRESS, Kind.CONTACT, at.KOMMUN_OMSORG),
        "sister": Canary(CANARY_RELATIVE, Kind.CONTACT, at.KOMMUN_OMSORG),
        "telephone": Canary(CANARY_PHONE, Kind.CONTACT, at.KOMMUN_OMSORG),
    },
    "F": {
        "crisis plan": Canary("buckalt midazolam", Kind.CARE_PLAN, at.REGION),
        "peanut": Canary("Jordnöt", Kind.WARNING, at.REGION),
        "short stay": Canary("Korttidsvistelse", Kind.SOCIAL_SERVICE, at.NORDLIDEN_OMSORG),
        "planted": Canary("Ugglebo", Kind.SOCIAL_SERVICE, at.NORDLIDEN_OMSORG),
    },
    "L": {
        "check": Canary("Kontroll lungcancer", Kind.CARE_CONTACT, at.REGION),
        "morphine": Canary("Morfin 10 mg", Kind.MEDICATION, at.REGION),
        "enrolled": ENROLLED,
        "home help": Canary("Omvårdnad 3 gånger om dagen", Kind.SOCIAL_SERVICE, at.KOMMUN_OMSORG),
    },
}
REGIONS = {"fall", "warfarin", "no cpr", "ambulance", "son"}
VARDS = {"vilsad", "enrolled"}
SOCIAL_OF_C = {"home help", "officer"}
ALL_OF_C = {*REGIONS, *VARDS, *SOCIAL_OF_C}


class Stage:
    """Where a scenario is lived: a reader with the patient before her, and what others do around her."""

    def __init__(self, people: "Addresses", persona: str, letter: str) -> None:
        self.people, self.persona = people, persona
        self.number = BY_LETTER[letter].number
        self.dossier = dossiers.open_dossier(PersonId(self.number)).dossier
        for model in ACTS:
            model.objects.filter(dossier=self.dossier).delete()
        self.reader = signed_in(persona, self.number)

    def choose(self) -> None:
        assert self.reader.act("choose_units", unit="*").status == 302

    def consent(self) -> None:
        assert self.reader.act("give_consent", period="open").status == 302

    def refuse(self) -> None:
        assert self.reader.act("refuse_consent").status == 302

    def emergency(self, *, opens: bool = True) -> None:
        assert self.reader.act("emergency", obstacle="unconscious").status == 302
        if opens:
            assert self.reader.act("emergency_names").status == 302

    def no_emergency(self) -> None:
        assert self.reader.act("emergency", obstacle="unconscious").status == 409
        assert self.reader.act("emergency_names").status == 409

    def inability(self, *, asserted: bool = True) -> None:
        assert self.reader.act("inability").status == 302
        if asserted:
            said = dict.fromkeys(("is_needed", "is_attitude_clarified", "is_no_objection_known"), "yes")
            assert self.reader.act("inability_names", **said).status == 302

    def temporary(self) -> None:
        assert self.reader.act("record_temporary").status == 302

    def row(self, model: Any, **values: Any) -> Any:
        shared = {"dossier": self.dossier, "recorded_by": "X", "starts_at": timezone.now() - DAY}
        made = model.objects.create(**shared, **values)
        dossiers.raise_version(self.dossier)
        return made

    def block(self, owner: at.Provider, unit: at.Unit | None = None, **more: Any) -> models.Block:
        """Inner where it names a unit, outer where it does not."""
        kind = "outer" if unit is None else "inner"
        return self.row(
            models.Block, provider_id=owner.hsa, unit_id=unit.hsa if unit else "", kind=kind, **more
        )

    def lift(self, block: models.Block, unit: at.Unit) -> None:
        self.row(
            models.BlockLift,
            provider_id=block.provider_id,
            unit_id=unit.hsa,
            block_ref=str(block.pk),
            ends_at=timezone.now() + DAY,
        )

    def lose_relation(self) -> None:
        order(self.people.facts, "empty", path="/relations")
        models.CareRelation.objects.filter(dossier=self.dossier).delete()


@dataclass(frozen=True)
class Scenario:
    """A row, lived through. ``shown``: names of the person's canaries; all others must be nowhere."""

    row: str
    reader: str
    persona: str
    letter: str
    live: Callable[[Stage], None]
    shown: frozenset[str]
    says: tuple[str, ...] = ()
    never_says: tuple[str, ...] = ()
    is_denied: bool = False

    @property
    def hidden(self) -> dict[str, Canary]:
        return {name: c for name, c in CANARIES[self.letter].items() if name not in self.shown}

    @property
    def visible(self) -> dict[str, Canary]:
        return {name: c for name, c in CANARIES[self.letter].items() if name in self.shown}

    @property
    def id(self) -> str:
        return f"row {self.row}, {self.reader}"


def health(row: str, live: Callable[[Stage], None], shown: set[str], **more: Any) -> Scenario:
    """At the emergency department with C, unless told otherwise."""
    who = {"persona": "akuten", "letter": "C", **more}
    return Scenario(row, HEALTH, live=live, shown=frozenset(shown), **who)


def social(row: str, live: Callable[[Stage], None], shown: set[str], **more: Any) -> Scenario:
    """In the home-help service with C, unless told otherwise."""
    who = {"persona": "hemtjanst", "letter": "C", **more}
    return Scenario(row, SOCIAL, live=live, shown=frozenset(shown), **who)


def nothing(_stage: Stage) -> None:
    """Nothing is recorded."""


def steps(*acts: Callable[[Stage], object]) -> Callable[[Stage], None]:
    def live(stage: Stage) -> None:
        for act in acts:
            act(stage)

    return live


def half_lifted(stage: Stage) -> None:
    """Two blocks, of which the officer lifted the one."""
    stage.choose()
    lifted = stage.block(at.REGION, at.MEDICIN)
    stage.block(at.REGION, at.AMBULANS)
    stage.lift(lifted, at.AKUTEN)


def social_half_lifted(stage: Stage) -> None:
    stage.choose()
    stage.block(at.KOMMUN_OMSORG, at.HEMTJANSTEN)
    stage.lift(stage.block(at.KOMMUN_OMSORG, at.TALLGLANTAN), at.HEMTJANSTEN)


Choose, Consent, Refuse = Stage.choose, Stage.consent, Stage.refuse
SCENARIOS = [
    health("1", nothing, {"fall"}),
    health("2", Choose, REGIONS, says=("Samtycke behövs",)),
    health("2, before the choice", nothing, {"fall"}, says=("Annan enhet",)),
    health(
        "3",
        steps(Choose, lambda s: s.block(at.REGION, at.MEDICIN)),
        {"fall", "ambulance"},
        says=(BLOCKED,),
    ),
    health(
        "3, alerts left out",
        steps(Choose, lambda s: s.block(at.REGION, at.MEDICIN, excluded_types=["upp"])),
        {"fall", "ambulance", "warfarin", "no cpr"},
        says=(BLOCKED,),
    ),
    health(
        "3, in an emergency",
        steps(Choose, Stage.emergency, lambda s: s.block(at.REGION, at.MEDICIN)),
        {"fall", "ambulance", *VARDS},
        says=(BLOCKED,),
    ),
    health("4", half_lifted, {"fall", "warfarin", "no cpr"}, says=(BLOCKED,)),
    health("5", Choose, REGIONS, says=("Andra",)),
    health("6", steps(Choose, Consent), ALL_OF_C),
    health("7", steps(Choose, Consent, Refuse), REGIONS, says=("nekade samtycke",)),
    health("8, names", steps(Choose, lambda s: s.emergency(opens=False)), REGIONS),
    health("8", steps(Choose, Stage.emergency), REGIONS | VARDS, says=("Får inte öppnas i nödläge",)),
    health("9, names", steps(Choose, lambda s: s.inability(asserted=False)), REGIONS),
    health("9", steps(Choose, Stage.inability), ALL_OF_C),
    health("10", steps(Choose, Stage.temporary), REGIONS),
    health("11", Choose, {"crisis plan", "peanut", "short stay"}, letter="F"),
    health(
        "12",
        steps(Choose, Consent, lambda s: s.block(at.KOMMUN_VARD)),
        {*REGIONS, *SOCIAL_OF_C},
        says=(BLOCKED,),
    ),
    health(
        "13",
        steps(Choose, Stage.emergency, lambda s: s.block(at.KOMMUN_VARD)),
        REGIONS,
        says=(BLOCKED,),
    ),
    health(
        "16",
        steps(Choose, Consent, lambda s: s.block(at.KOMMUN_OMSORG)),
        REGIONS | VARDS,
        never_says=(BLOCKED,),
    ),
    health("17", steps(Choose, Consent), {"visit", "enalapril", "escort", "officer"}, letter="E"),
    health("18, no relation", steps(Choose, Consent, Stage.lose_relation), set(), is_denied=True),
    health("18, other purpose", nothing, set(), persona="granskare", is_denied=True),
    health("20", nothing, VARDS, persona="hemsjukvard"),
    health("20, consent", Consent, ALL_OF_C, persona="hemsjukvard"),
    health("21", Choose, {"check", "morphine"}, letter="L", says=("Avliden",)),
    social("19", nothing, SOCIAL_OF_C),
    social("2", Choose, {"care home"}, letter="D"),
    social("2, before the choice", nothing, set(), letter="D", says=("Annan enhet",)),
    social(
        "3",
        steps(Choose, lambda s: s.block(at.KOMMUN_OMSORG, at.TALLGLANTAN)),
        set(),
        letter="D",
        never_says=(BLOCKED,),
    ),
    social("4", social_half_lifted, {"care home"}, letter="D", never_says=(BLOCKED,)),
    social("5", nothing, SOCIAL_OF_C, says=("Andra",)),
    social("7", steps(Consent, Refuse), SOCIAL_OF_C, says=("nekade samtycke",)),
    social("8", Stage.no_emergency, SOCIAL_OF_C, never_says=("nödläge",)),
    social("10", Stage.temporary, SOCIAL_OF_C),
    social(
        "12",
        steps(Consent, lambda s: s.block(at.KOMMUN_VARD)),
        {*SOCIAL_OF_C, "warfarin", "no cpr", "son"},
        never_says=(BLOCKED,),
    ),
    social(
        "13",
        steps(Consent, lambda s: s.block(at.KOMMUN_VARD), Stage.no_emergency),
        {*SOCIAL_OF_C, "warfarin", "no cpr", "son"},
        never_says=(BLOCKED,),
    ),
    social("14", Consent, {*SOCIAL_OF_C, "warfarin", "no cpr", "son", *VARDS}),
    social("14, during utredning", Consent, {"warfarin", "no cpr", "son", *VARDS}, persona="bistand"),
    social("15a", nothing, {"short stay"}, persona="bistand", letter="F"),
    social("15b, names", steps(Choose, lambda s: s.inability(asserted=False)), {"care home"}, letter="D"),
    social("15b", steps(Choose, Stage.inability), {"care home", "nordliden"}, letter="D"),
    social(
        "16",
        steps(Choose, Stage.inability, lambda s: s.block(at.NORDLIDEN_OMSORG)),
        {"care home"},
        letter="D",
        never_says=(BLOCKED,),
    ),
    social("17", nothing, {"escort", "officer"}, letter="E"),
    social("18, no relation", steps(Consent, Stage.lose_relation), set(), is_denied=True),
    social("18, no insats", nothing, set(), letter="F", is_denied=True),
    social("20", Choose, {"care home"}, letter="D"),
    social("21", nothing, {"home help"}, letter="L", says=("Avliden",)),
]
# Rows that speak of the other sort of reader, and the one that speaks of this.
NOT_FOR = {
    HEALTH: {"14": "6", "15a": "11", "15b": "9", "19": "1"},
    SOCIAL: {"1": "19", "6": "14", "9": "15b", "11": "15a"},
}


# Walking it. ----------------------------------------------------------------------------------------


@dataclass
class Walked:
    """One scenario's surfaces as the reader got them, and what the log says of them."""

    page: Reply
    details: dict[Kind, Reply]
    others: dict[str, Reply]
    paper: Reply
    room: Reply
    log: list[AccessEvent]
    timeline: Reply
    searches: dict[str, Reply]
    administration: list[str] = field(default_factory=list)
    api: dict[str, Answer] = field(default_factory=dict)
    lamp: Answer = field(default_factory=lambda: Answer(0, b"", {}))


def walk(people: "Addresses", scenario: Scenario, officer: Reader) -> Walked:
    stage = Stage(people, scenario.persona, scenario.letter)
    scenario.live(stage)
    reader, before = stage.reader, _last_row()
    page = reader.get(reverse("overview", args=[reader.handle]))
    kinds = {c.kind for c in CANARIES[scenario.letter].values()}
    details = {kind: reader.detail(kind.value) for kind in kinds}
    paths = {name: reverse(name, args=[reader.handle]) for name in ("sources", "access_step", "consents")}
    others = {name: reader.get(path) for name, path in paths.items()}
    everything = {"knapp": [kind.value for kind in Kind]}
    paper = reader.post(reverse("print", args=[reader.handle]), everything)
    room = reader.get(reverse("meeting_room", args=[reader.handle]) + "?" + urlencode(everything, doseq=True))
    timeline = reader.get(reverse("timeline", args=[reader.handle]) + "?tid=alla")
    seek = reverse("record_search", args=[reader.handle])
    # What stands in most records; and one of those that are shown, word for word.
    words = ["en", *(c.words for c in list(scenario.visible.values())[:1])]
    searches = {word: reader.post(seek, {"ord": word}) for word in words}
    log = list(AccessEvent.objects.filter(seq__gt=before).order_by("seq"))
    listed = officer.get(reverse("admin:consent_accessevent_changelist"))
    rows = [officer.get(reverse("admin:consent_accessevent_change", args=[row.seq])) for row in log[-2:]]
    administration = [reply.body for reply in (listed, *rows)]
    api, lamp = through_a_system(scenario, kinds)
    return Walked(page, details, others, paper, room, log, timeline, searches, administration, api, lamp)


def through_a_system(scenario: Scenario, kinds: set[Kind]) -> tuple[dict[str, Answer], Answer]:
    """The same reader, whose record system asks for her: everything it can read, and the lamp."""
    assignment = Assignment.objects.filter(user__username=scenario.persona).order_by("pk").first()
    assert assignment is not None
    system = system_for(assignment)
    number = BY_LETTER[scenario.letter].number
    assert system.search(number).status == 200
    beside = ("access", "blocks", "consents", "units")
    paths = ("overview", "sources", *beside, *(f"records/{kind}" for kind in kinds))
    return {path: system.about(path) for path in paths}, system.post("/lamp", {"number": number})


def _last_row() -> int:
    return AccessEvent.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


@pytest.fixture(scope="module")
def walks(module_people: "Addresses") -> Iterator[Callable[[Scenario], Walked]]:
    """Each scenario once, in a transaction that is rolled back: the next begins where this began."""
    done: dict[str, Walked] = {}
    officer = Reader().sign_in("granskare")

    def walked(scenario: Scenario) -> Walked:
        if scenario.id not in done:
            try:
                with transaction.atomic():
                    done[scenario.id] = walk(module_people, scenario, officer)
                    transaction.set_rollback(True)
            finally:
                for address in systems(module_people).values():
                    order(address, "ok")
        return done[scenario.id]

    with unhurried():
        yield walked


# The surfaces. --------------------------------------------------------------------------------------


def page(scenario: Scenario, walked: Walked) -> None:
    """Buttons: those of shown canaries hold something, those of hidden ones alone do not."""
    assert walked.page.status == 200
    overview = OverviewPage(walked.page.body)
    for sentence in scenario.says:
        assert sentence in walked.page.body
    for sentence in scenario.never_says:
        assert sentence not in walked.page.body
    with_records = {kind for kind, state in overview.states.items() if state in WITH_RECORDS}
    visible = {c.kind.value for c in scenario.visible.values()}
    assert visible <= with_records
    assert not {c.kind.value for c in scenario.hidden.values()} - visible & with_records
    assert_nowhere(scenario.hidden, walked.page.body)
    assert bool(overview.tiles) is not scenario.is_denied


def stream(scenario: Scenario, walked: Walked) -> None:
    """Byte by byte: nothing of any record in the shell, nothing hidden in any chunk, nothing kept."""
    chunks = [chunk.decode() for chunk in walked.page.chunks]
    assert walked.page.headers["Cache-Control"] == "no-store"
    assert_nowhere(CANARIES[scenario.letter], chunks[0])
    for chunk in chunks:
        assert_nowhere(scenario.hidden, chunk)


def detail(scenario: Scenario, walked: Walked) -> None:
    """Every list: the shown word for word, of the hidden not a word."""
    for canary in scenario.visible.values():
        assert canary.words in walked.details[canary.kind].body, canary.words
    for reply in walked.details.values():
        assert_nowhere(scenario.hidden, reply.body)


def other_pages(scenario: Scenario, walked: Walked) -> None:
    """Who has answered, the access step, the list of consents: never anything of a record."""
    for reply in walked.others.values():
        assert_nowhere(CANARIES[scenario.letter], reply.body)


def count(scenario: Scenario, walked: Walked) -> None:
    """What the log says was shown: whose and of which kind, and how many; nothing of what was hidden."""
    shown = {(o[0], o[2]) for row in walked.log if row.event == "shown" for o in row.origins}
    visible = {(c.owner.hsa, c.kind.value) for c in scenario.visible.values()}
    assert visible <= shown
    assert not {(c.owner.hsa, c.kind.value) for c in scenario.hidden.values()} - visible & shown
    counted = {name for row in walked.log if row.event == "shown" for name in row.detail.get("counts", {})}
    assert counted & set(Kind) == {kind for _, kind in shown}
    if scenario.is_denied:
        assert {row.event for row in walked.log} == {"refused"}


def administration(scenario: Scenario, walked: Walked) -> None:
    """Lists of the administration and the log itself: no clinical content, of shown or hidden."""
    everything = " ".join([*walked.administration, *(str(row.__dict__) for row in walked.log)])
    assert_nowhere(CANARIES[scenario.letter], everything)
    assert BY_LETTER[scenario.letter].number not in everything


def printed(scenario: Scenario, walked: Walked) -> None:
    """The paper with every list: the shown word for word, of the hidden not a word, the page's notices."""
    assert_nowhere(scenario.hidden, walked.paper.body)
    assert ('class="sheet"' in walked.paper.body) is not scenario.is_denied
    for canary in scenario.visible.values():
        assert canary.words in walked.paper.body, canary.words
    for sentence in scenario.never_says:
        assert sentence not in walked.paper.body
    if BLOCKED in scenario.says:
        assert BLOCKED in walked.paper.body


def room(scenario: Scenario, walked: Walked) -> None:
    """What others see on the wall: the shown, and nothing of consent, relation, units or blocks."""
    assert walked.room.status == (409 if scenario.is_denied else 200)
    assert_nowhere(scenario.hidden, walked.room.body)
    for canary in scenario.visible.values():
        assert canary.words in walked.room.body, canary.words
    for private in PRIVATE:
        assert private not in walked.room.body, private


def timeline(scenario: Scenario, walked: Walked) -> None:
    """The shown word for word in the order of time, of the hidden not a word; what may be said of a block as
    on the page."""
    assert walked.timeline.status == 200
    for canary in scenario.visible.values():
        assert canary.words in walked.timeline.body, canary.words
    assert_nowhere(scenario.hidden, walked.timeline.body)
    for sentence in scenario.never_says:
        assert sentence not in walked.timeline.body
    assert ('class="scope card"' in walked.timeline.body) is not scenario.is_denied


def search(scenario: Scenario, walked: Walked) -> None:
    """What is shown is found word for word; whatever is looked for, nothing of what is hidden."""
    for words, reply in walked.searches.items():
        assert reply.status == 200
        assert words == "en" or words in hits_in(reply.body)
        assert_nowhere(scenario.hidden, hits_in(reply.body))
        for sentence in scenario.never_says:
            assert sentence not in reply.body


def hits_in(body: str) -> str:
    """What was found, as read: the field with what was looked for left out, marks taken away."""
    lines = re.findall(r'<ol class="line">.*?</ol>', body, flags=re.DOTALL)
    return html.unescape(re.sub(r"</?mark>", "", " ".join(lines)))


def api(scenario: Scenario, walked: Walked) -> None:
    """As data: the states and sentences of the page, the shown word for word, of the hidden not a word."""
    for path, answer in walked.api.items():
        text = json.dumps(answer.json, ensure_ascii=False)
        assert_nowhere(scenario.hidden, text)
        assert answer.headers["Cache-Control"] == "no-store"
        for sentence in scenario.never_says:
            assert sentence not in text, path
    overview = walked.api["overview"]
    if scenario.is_denied:
        asked = [path for path in walked.api if path.startswith(("overview", "sources", "records", "units"))]
        assert {walked.api[path].json["code"] for path in asked} == {"nothing_permitted"}
        return
    states = {button["kind"]: button["state"] for button in overview.json["buttons"]}
    assert states == OverviewPage(walked.page.body).states
    everything = " ".join(json.dumps(answer.json, ensure_ascii=False) for answer in walked.api.values())
    for sentence in scenario.says:
        assert sentence in everything, sentence
    for canary in scenario.visible.values():
        records = json.dumps(walked.api[f"records/{canary.kind}"].json, ensure_ascii=False)
        assert canary.words in records, canary.words
    for path in ("sources", "access", "blocks", "consents", "units"):
        text = json.dumps(walked.api[path].json, ensure_ascii=False)
        assert_nowhere(CANARIES[scenario.letter], text)


def lamp(scenario: Scenario, walked: Walked) -> None:
    """States alone, those of the page: not a word of any record, no number, no count; none where denied."""
    said, text = walked.lamp.json, json.dumps(walked.lamp.json, ensure_ascii=False)
    assert walked.lamp.status == 200
    assert_nowhere(CANARIES[scenario.letter], text)
    person = BY_LETTER[scenario.letter]
    for word in (person.number, person.family_name, *(owner.name for owner in (at.KOMMUN_VARD, at.REGION))):
        assert word not in text
    states = {button["kind"]: button["state"] for button in said["buttons"]}
    assert states == ({} if scenario.is_denied else OverviewPage(walked.page.body).states)
    if BLOCKED in scenario.never_says:
        assert "blocked" not in text
    if scenario.is_denied:
        assert said["lit"] == "unknown"


SURFACES: dict[str, Callable[[Scenario, Walked], None]] = {
    "page": page,
    "stream": stream,
    "detail": detail,
    "other pages": other_pages,
    "count": count,
    "admin": administration,
    "timeline": timeline,
    "search": search,
    "print": printed,
    "meeting": room,
    "api": api,
    "lamp": lamp,
}


def assert_nowhere(canaries: dict[str, Canary], text: str) -> None:
    found = [name for name, canary in canaries.items() if canary.words in text]
    assert found == []


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_row_on_surface(walks: Callable[[Scenario], Walked], scenario: Scenario, surface: str) -> None:
    SURFACES[surface](scenario, walks(scenario))


@pytest.mark.parametrize("reader", [HEALTH, SOCIAL])
def test_every_row_is_lived_through(reader: str) -> None:
    lived = {re.split(r"[, ]", s.row)[0] for s in SCENARIOS if s.reader == reader}
    rows = {*(str(n) for n in range(1, 22)), "15a", "15b"} - {"15"}
    assert lived | set(NOT_FOR[reader]) == rows
    assert set(NOT_FOR[reader].values()) <= lived
