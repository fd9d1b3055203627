"""The steps of tests/consent/machine through the portal itself: sign-in, pages, gate, database, systems.

What a page shows is read off the page and off the log's rows about it, which must say the same. The clock is
moved by moving everything recorded into the past.
"""

import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test

from connectors.models import Source
from consent import consenting, dossiers, lifting, models, recording
from consent.accesslog import keys
from consent.accesslog.events import Event
from consent.accesslog.model import AccessEvent
from consent.accesslog.write import Trace
from consent.acts import Act, NotAllowed
from consent.facts import Obstacle, Person
from consent.recording import Recorder
from consent.terms import Actor, PersonId, Provider, Unit
from consent.vocabulary import InformationType, Kind, LiftAnswer, LiftGround, Purpose, RelationGround
from demo.people import BY_LETTER
from portal.accounts.models import Assignment, User
from portal.aggregation.states import WITH_RECORDS
from tests.consent import reference as law
from tests.consent.examples import AKUTEN, BISTAND, HEMSJUKVARD, HEMTJANST, NATTPATRULL, PSYKIATRI
from tests.consent.machine import PROVIDERS, SECOND, UNITS, OneRecord, casts, owners
from tests.consent.recorded import Seen
from tests.consent.reference import SOCIAL, SWEDEN, Document, Reference
from tests.people.test_when_systems_fail import order
from tests.reading import OverviewPage
from tests.walking import Reader

if TYPE_CHECKING:
    from demo.seed import Addresses

pytestmark = [pytest.mark.demo, pytest.mark.network]

EXAMPLES, STEPS = 50 if os.environ.get("SOAK") else 6, 50
NUMBER = PersonId(BY_LETTER["A"].number)
MINUTE = timedelta(minutes=1)
TRACE = Trace(request_id="r" * 32)
TYPE_OF = {
    Kind.CARE_LIMITATION: InformationType.ALERT,
    Kind.WARNING: InformationType.ALERT,
    Kind.MEDICATION: InformationType.MEDICATION,
}
# Words that stand in one record: where it is hidden they are nowhere on the page.
WORDS = {
    ("SE2321000016-R0ME", Kind.CARE_LIMITATION): "Ej intensivvård",
    ("SE2321000016-R0HC", Kind.WARNING): "Penicillin",
    ("SE2321000016-R0ME", Kind.CARE_PLAN): "Rehabiliteringsplan",
    ("SE2321000016-R0ME", Kind.DIAGNOSIS): "Hjärtsvikt, ospecificerad",
    ("SE2321000016-R0ME", Kind.MEDICATION): "Furosemid",
    ("SE2120000019-O0HT", Kind.SOCIAL_SERVICE): "Omvårdnad 4 gånger",
}
STAFF = {
    "nurse": ("hemsjukvard", HEMSJUKVARD),
    "nurse at night": ("hemsjukvard", NATTPATRULL),
    "colleague": ("colleague", HEMSJUKVARD),
    "doctor": ("akuten", AKUTEN),
    "doctor certifying": ("certifier", AKUTEN),
    "psychiatrist": ("psychiatrist", PSYKIATRI),
    "carer": ("hemtjanst", HEMTJANST),
    "assessor": ("bistand", BISTAND),
    "administrator": ("samtycke", HEMSJUKVARD),
}
MOVED = ("recorded_at", "starts_at", "ends_at", "ended_at", "annulled_at")
MODELS: tuple[Any, ...] = (
    *(models.CareRelation, models.Consent, models.ConsentRefusal, models.EmergencyOpening),
    *(models.Inability, models.ChildAssessment, models.UnitChoice, models.Block, models.BlockLift),
    *(models.LiftRequest, models.SipConsent),
)


class Portal:
    """The product as staff meet it. What has a button is done by it, the rest by what the button calls."""

    is_exact = False

    def __init__(self, people: "Addresses") -> None:
        self.people = people
        self.shift = timedelta()
        self.are_blocks_known = True
        self.readers: dict[str, Reader] = {}
        self.actors: dict[str, Actor] = {}
        self.documents: tuple[Document, ...] = ()

    @property
    def now(self) -> datetime:
        return timezone.now() + self.shift

    # Staff. -----------------------------------------------------------------------------------------

    def enter(self, name: str, user: str, unit: Unit) -> None:
        """Sign in with name and password, take the assignment at the unit, and find the patient."""
        reader = Reader()
        assert reader.post(reverse("account_login"), {"login": user, "password": user}).status == 302
        assignment = Assignment.objects.get(user__username=user, unit_id=unit.hsa_id)
        reader.post(reverse("choose_assignment"), {"assignment": assignment.pk})
        reader.search(NUMBER.number)
        self.readers[name], self.actors[name] = reader, assignment.as_actor()

    def hire(self, user: str, unit: Unit, **assignment: Any) -> None:
        made = User.objects.create_user(user, password=user, hsa_id=f"SE2320000000-{user[:6]}")
        Assignment.objects.create(user=made, unit_id=unit.hsa_id, **assignment)

    def name_of(self, who: Actor) -> str:
        return next(name for name, actor in self.actors.items() if actor == who)

    # What they do. ----------------------------------------------------------------------------------

    def do(self, act: Act, who: Actor, **details: Any) -> bool | str:
        by_hand: Callable[..., bool | str] | None = getattr(self, f"_{act.value}", None)
        if by_hand is not None:
            return by_hand(who, **details)
        return self.press(who, act.value)

    def press(self, who: Actor, name: str, **data: Any) -> bool:
        reply = self.readers[self.name_of(who)].act(name, **data)
        assert reply.status in (302, 409), (name, reply.status)
        return reply.status == 302

    def by(self, who: Actor) -> Recorder:
        return Recorder(who, Person(NUMBER), TRACE, remote_blocks=() if self.are_blocks_known else None)

    def record(self, act: Callable[..., object], who: Actor, **details: Any) -> bool:
        try:
            act(self.by(who), **details)
        except NotAllowed:
            return False
        return True

    def _give_consent(
        self,
        who: Actor,
        units: tuple[str, ...],
        is_personal: bool,
        begins: datetime | None,
        ends: datetime | None,
    ) -> bool:
        """By the button where it can say it. Days are counted from the day that it really is."""
        last = None if ends is None else self.real_day(ends - SECOND)
        if begins is None and len(units) == 1 and who.purpose is not Purpose.ADMINISTRATION:
            period = {"period": "open"} if last is None else {"period": "day", "until": last.isoformat()}
            return self.press(who, "give_consent", scope="me" if is_personal else "unit", **period)
        first = None if begins is None else self.real_day(begins)
        terms = {"is_personal": is_personal, "starts": first, "until": last, "unit_ids": units}
        return self.record(consenting.give_consent, who, **terms)

    def real_day(self, at: datetime) -> date:
        return (at - self.shift).astimezone(SWEDEN).date()

    def _refuse_consent(self, who: Actor) -> bool:
        if who.purpose is Purpose.ADMINISTRATION:
            return self.record(consenting.refuse_consent, who)
        return self.press(who, "refuse_consent")

    def _annul_refusal(self, who: Actor) -> bool:
        if who.purpose is Purpose.ADMINISTRATION:
            return self.record(consenting.annul_refusal, who, reason="x")
        return self.press(who, "annul_refusal")

    def _end_consent(self, who: Actor) -> bool:
        return self.record(consenting.end_consent, who, reason="tar tillbaka")

    def _annul_consent(self, who: Actor) -> bool:
        return self.record(consenting.annul_consent, who, reason="fel")

    def _end_sip_consent(self, who: Actor) -> bool:
        return self.record(consenting.end_sip_consent, who, reason="x")

    def _give_sip_consent(self, who: Actor) -> bool:
        return self.record(consenting.give_sip_consent, who)

    def _choose_units(self, who: Actor, target: str) -> bool:
        return self.press(who, "choose_units", unit=target)

    def _declare_emergency(self, who: Actor, obstacle: Obstacle) -> bool:
        return self.press(who, "emergency", obstacle=obstacle.value)

    def _open_emergency(self, who: Actor) -> bool:
        return self.press(who, "emergency_names")

    def _record_inability(self, who: Actor) -> bool:
        return self.press(who, "inability")

    def _assert_inability(self, who: Actor) -> bool:
        said = ("is_needed", "is_attitude_clarified", "is_no_objection_known")
        return self.press(who, "inability_names", **dict.fromkeys(said, "yes"))

    def _lift_block(self, who: Actor, block: str, unit: str, person: str, lasts: timedelta) -> str | bool:
        until = timezone.now() + min(lasts, lifting.LONGEST_LIFT - SECOND)
        terms = {"ground": LiftGround.CONSENT, "reason": "patienten vill", "ends_at": until}
        done = self.record(
            lifting.lift_blocks, who, block_ids=[block], unit_id=unit, employee_id=person, **terms
        )
        return str(models.BlockLift.objects.latest("recorded_at").pk) if done else False

    def _end_lift(self, who: Actor, lift: str) -> bool:
        return self.record(lifting.end_lift, who, lift_id=lift, reason="x")

    def _ask_to_lift(self, who: Actor, provider: Provider) -> str | bool:
        done = self.record(lifting.ask_to_lift, who, provider_id=provider.hsa_id)
        return str(models.LiftRequest.objects.latest("recorded_at").pk) if done else False

    def _answer_lift_request(self, who: Actor, request: str, answer: LiftAnswer) -> bool:
        details = {"request_id": request, "answer": answer, "reason": "x"}
        return self.record(lifting.answer_request, who, **details)

    # What they see. ---------------------------------------------------------------------------------

    def look(self, who: Actor) -> Seen:
        """The overview, read as a page; the log must say that just this was shown."""
        reader = self.readers[self.name_of(who)]
        before = AccessEvent.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
        page = OverviewPage(reader.get(reverse("overview", args=[reader.handle])).body)
        rows = AccessEvent.objects.filter(seq__gt=before, event="shown")
        origins = {(provider, unit, kind) for row in rows for provider, unit, kind, _ in row.origins}
        shown = frozenset(
            d.name for d in self.documents if (d.provider.hsa_id, d.unit, d.kind.value) in origins
        )
        with_records = {kind for kind, state in page.states.items() if state in WITH_RECORDS}
        assert with_records == {kind for _, _, kind in origins}, "page and log differ"
        for document in self.documents:
            words = WORDS.get((document.unit, document.kind), "")
            assert document.name in shown or not words or words not in page.html, f"{words}: on the page"
        return Seen(shown, is_told_of_blocks="Spärrade uppgifter finns" in page.html)

    # What happens around them. ----------------------------------------------------------------------

    def move(self, by: timedelta) -> None:
        """The present stays; all that was recorded goes back. A second passes by itself."""
        if by <= SECOND:
            return
        # Never just at the moment when something ends: this clock is ours to the second only.
        by += MINUTE
        for model in MODELS:
            model.objects.update(**{name: F(name) - by for name in MOVED})
        models.EmergencyOpening.objects.update(opened_at=F("opened_at") - by)
        models.LogEpoch.objects.update(started_at=F("started_at") - by)
        self.shift += by

    def row(self, model: Any, provider: str, unit: str, **values: Any) -> Any:
        dossier = dossiers.open_dossier(NUMBER).dossier
        made = model.objects.create(
            dossier=dossier, provider_id=provider, unit_id=unit, recorded_by="X", **values
        )
        dossiers.raise_version(dossier)
        return made

    def block(self, owner: Provider, unit: str, *, is_inner: bool, **limits: Any) -> str:
        kind = "inner" if is_inner else "outer"
        types = [t.value for t in limits["excluded_types"]]
        return str(self.row(models.Block, owner.hsa_id, unit, kind=kind, excluded_types=types).pk)

    def end_block(self, block: str) -> None:
        models.Block.objects.filter(pk=UUID(block)).update(ended_at=timezone.now())
        dossiers.raise_version(dossiers.open_dossier(NUMBER).dossier)

    def sign_out(self, who: Actor) -> None:
        recording.end_openings(who, TRACE, Event.SIGNED_OUT)

    def answer_of_journal(self, unit: str, ground: RelationGround | None) -> None:
        """Where no journal is asked, its answer is a row."""
        models.CareRelation.objects.filter(unit_id=unit, employee_id="").update(ended_at=timezone.now())
        if ground not in (None, RelationGround.NONE):
            provider = next(u.provider.hsa_id for u in UNITS.values() if u.hsa_id == unit)
            self.row(models.CareRelation, provider, unit, ground=ground.value)

    def block_service(self, *, answers: bool) -> None:
        self.are_blocks_known = answers
        order(self.people.facts, "ok" if answers else "unavailable")

    def restore(self) -> None:
        number = models.LogEpoch.objects.count() + 1
        models.LogEpoch.objects.create(number=number, started_at=timezone.now(), reason="återläst")

    def replay(self) -> None:
        models.LogEpoch.objects.update(replayed_at=timezone.now())

    def die(self) -> None:
        raise AssertionError("the register's people live on")


class OverHttp(OneRecord):
    """Begun once for each life; staff stay signed in from one life to the next."""

    portal: ClassVar[Portal]

    @initialize(cast=casts, is_restorable=st.booleans(), has_blocks=st.booleans())
    def begin(self, cast: tuple[str, ...], is_restorable: bool, has_blocks: bool) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.turns = Counter[str]()
        self.cast, self.is_restorable, self.has_blocks = cast, is_restorable, has_blocks
        self.product, self.people, self.documents = self.portal, self.portal.actors, self.portal.documents
        self.portal.shift, self.portal.are_blocks_known = timedelta(), True
        self.law = Reference(born=BY_LETTER["A"].born)
        for unit in UNITS.values():
            is_social = unit.provider.kind is SOCIAL
            self.relate(unit.hsa_id, RelationGround.SERVICE if is_social else RelationGround.JOURNAL)

    def teardown(self) -> None:
        if self.portal.are_blocks_known is False:
            self.portal.block_service(answers=True)
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def relate(self, unit: str, ground: RelationGround) -> None:
        self.product.answer_of_journal(unit, ground)
        for relation in self.law.relations:
            relation.is_over |= relation.unit == unit and not relation.person
        if ground is not RelationGround.NONE:
            self.law.relations.append(law.Relation(self.now, unit, ground=ground))

    def journal_answers(self, who: str, ground: RelationGround | None) -> None:
        self.relate(self.people[who].unit.hsa_id, ground or RelationGround.NONE)

    def midnight(self, days: int) -> datetime:
        """Of a day as it really is: the form takes real days."""
        today = timezone.now().astimezone(SWEDEN).date()
        at = datetime.combine(today + timedelta(days=days), time(), SWEDEN)
        return at.astimezone(UTC) + self.portal.shift

    @invariant()
    def everybody_looks(self) -> None:
        """By turns: a page costs what a hundred of the other machine's looks do."""
        who = min(self.cast, key=lambda name: self.turns[name])
        self.turns[who] += 1
        self.look(who)

    @precondition(lambda self: self.has_blocks)
    @rule(
        target=OneRecord.blocks,
        owner=owners,
        unit=st.none() | st.sampled_from(sorted(UNITS)),
        is_inner=st.booleans(),
        leaves_out=st.sampled_from([(), (), (InformationType.ALERT,)]),
    )
    def block(
        self, owner: str, unit: str | None, is_inner: bool, leaves_out: tuple[InformationType, ...]
    ) -> str:
        """Of all days: when each document was written is the systems' to say."""
        made = super().block(owner, unit, is_inner, leaves_out, (None, None))
        assert isinstance(made, str)
        return made


def everything(portal: Portal) -> tuple[Document, ...]:
    """What the systems hold of her, by owner, unit and kind, as the log tells it of a page with all open."""
    doctor = portal.actors["doctor"]
    with transaction.atomic():
        portal.row(models.CareRelation, doctor.provider.hsa_id, doctor.unit.hsa_id, ground="journal")
        assert portal.press(doctor, "choose_units", unit="*")
        assert portal.press(doctor, "give_consent", period="open")
        portal.look(doctor)
        rows = list(AccessEvent.objects.filter(event="shown"))
        transaction.set_rollback(True)
    owners = {p.hsa_id: p for p in PROVIDERS.values()}
    keys = sorted({(provider, unit, kind) for row in rows for provider, unit, kind, _ in row.origins})
    return tuple(
        Document(
            f"{kind} of {unit or 'some unit'}",
            owners[provider],
            unit,
            Kind(kind),
            TYPE_OF.get(Kind(kind), InformationType.DOCUMENTATION),
            date(2026, 1, 1),
        )
        for provider, unit, kind in keys
    )


@pytest.fixture
def portal(people: "Addresses", monkeypatch: pytest.MonkeyPatch) -> Portal:
    """Nobody but the three systems and the block service is asked; nothing stands on record of A."""
    Source.objects.exclude(slug__in=("population", "cosmic", "viva-hsl", "viva-sol", "sparrar")).delete()
    period = keys.period_of(timezone.now())
    # As in a process that has run for a while: what is committed is remembered.
    monkeypatch.setitem(
        keys._opened, (django_settings.KEYS.log_master, period), keys.keys_of(period, create=True)
    )
    dossier = dossiers.open_dossier(NUMBER).dossier
    for model in MODELS:
        model.objects.filter(dossier=dossier).delete()
    made = Portal(people)
    made.hire("colleague", HEMSJUKVARD, may_lift_blocks=True)
    made.hire("psychiatrist", PSYKIATRI, may_lift_blocks=True)
    made.hire("certifier", AKUTEN, purpose=Purpose.CERTIFICATE.value)
    for name, (user, unit) in STAFF.items():
        made.enter(name, user, unit)
    made.documents = everything(made)
    assert len(made.documents) > 10
    return made


def test_the_portal_never_contradicts_the_reference(portal: Portal) -> None:
    """With SOAK 50 lives of 50 steps, otherwise as many as fit."""
    OverHttp.portal = portal
    run_state_machine_as_test(
        OverHttp,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
