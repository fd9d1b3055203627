"""Before consent a patient of whom others hold everything and one of whom they hold nothing look the same.

The same person in two worlds: in one the others' systems hold her, others have recorded relations, consents,
refusals, emergencies and silent blocks, and other owners' systems hold her too; in the other there is none of
it. Every page of every sort of reader is the same to the byte, costs the same questions to other systems and
the same statements, but for the one sentence on existence.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING

import pytest
from django.contrib import admin
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from connectors.models import Source
from consent import dossiers, models
from consent.identity import display_number
from consent.terms import PersonId
from consent.vocabulary import CareKind, Kind
from demo.people import BY_LETTER
from demo.people.places import KOMMUN_OMSORG, KOMMUN_VARD, REGION, UNITS, Provider
from tests.people.test_when_systems_fail import order
from tests.people.worlds import Look, _django_db_helper, look, module_people, signed_in, systems, unhurried
from tests.reading import OverviewPage
from tests.walking import Reader

if TYPE_CHECKING:
    from demo.seed import Addresses

__all__ = ["_django_db_helper", "module_people"]

pytestmark = [pytest.mark.demo, pytest.mark.network, pytest.mark.django_db]
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Case:
    """A reader whose own systems hold nothing of the person, or the same in both worlds; ``own``: hers."""

    persona: str
    letter: str
    own: Provider
    own_systems: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        return BY_LETTER[self.letter].number


CASES = {
    "vårdgivare, hemsjukvard": Case("hemsjukvard", "M", KOMMUN_VARD),
    "vårdgivare, akuten": Case("akuten", "M", REGION, ("cosmic",)),
    "omsorgsgivare, bistand": Case("bistand", "G", KOMMUN_OMSORG),
    "omsorgsgivare, hemtjanst": Case("hemtjanst", "G", KOMMUN_OMSORG),
}
OF_PATIENT = {
    "page and stream": "",
    "sources": "kallor/",
    "timeline": "tidslinje/?tid=alla",
    "timeline, narrowed": "tidslinje/?tid=alla&knapp=home_care&kalla=viva-hsl&kalla=viva-sol",
    "search in the record": "sok/",
    "access step": "atkomst/",
    "units that hold something": "atkomst/enheter/med-uppgifter/",
    "emergency, first step": "atkomst/nodsituation/",
    "inability, first step": "atkomst/kan-inte/",
    "blocks": "atkomst/sparr/",
    "consents": "samtycken/",
    "information": "information/",
    **{f"detail of {kind}": f"uppgifter/{kind.value}/" for kind in Kind},
    "again": f"igen/{Kind.HOME_CARE.value}/",
    "telephones": f"telefon/{Kind.SOCIAL_SERVICE.value}/",
}
OF_READER = {
    "start": "/",
    "worklist": "/samtycken/",
    "requests to lift": "/havning/",
    "own views": "/mina-visningar/",
    "administration": "/admin/",
}
OF_API = {
    "api: overview": "overview",
    "api: sources": "sources",
    "api: access step": "access",
    "api: blocks": "blocks",
    "api: consents": "consents",
    "api: units that hold something": "units",
    "api: records of a kind": f"records/{Kind.SOCIAL_SERVICE.value}",
    "api: records of another kind": f"records/{Kind.HOME_CARE.value}",
}
SURFACES = (
    *(*OF_API, "api: search", "api: lamp"),
    *(*OF_PATIENT, *OF_READER, "search", "words in the record"),
    *("validity poll", "names in an emergency", "names in inability"),
)
EXISTENCE = re.compile(
    r"Andra vårdgivare eller omsorgsgivare: [^<\"]+|Andra kan ha uppgifter[^<\"]+"
    r'|"existence": "(?:present|missing|unknown)"'
)


# Two worlds. ----------------------------------------------------------------------------------------


def put_on_record(case: Case) -> None:
    """Everything that staff of other providers may have recorded about her, some of it to end by itself."""
    dossier = dossiers.open_dossier(PersonId(case.number)).dossier
    now = timezone.now()
    for unit in UNITS:
        if unit.provider is case.own:
            continue
        shared = {
            "dossier": dossier,
            "provider_id": unit.provider.hsa,
            "unit_id": unit.hsa,
            "recorded_by": "SE2320000000-9X01",
            "recorded_at": now - 3 * DAY,
            "starts_at": now - 3 * DAY,
        }
        soon = {**shared, "employee_id": "SE2320000000-9X01", "ends_at": now + DAY / 3}
        models.CareRelation.objects.create(**soon, ground="insats")
        models.Consent.objects.create(**shared, unit_ids=[unit.hsa], ends_at=now + DAY / 2)
        models.SipConsent.objects.create(**shared)
        models.UnitChoice.objects.create(**soon, target_unit_id="*")
        models.ChildAssessment.objects.create(**shared, ability="unable", ends_at=now + DAY)
        said = dict.fromkeys(("is_needed", "is_attitude_clarified", "is_no_objection_known"), True)
        models.Inability.objects.create(**shared, is_lasting=True, **said, ends_at=now + 30 * DAY)
        models.Inability.objects.create(**shared, is_lasting=False, ends_at=now + DAY / 4)
        models.EmergencyOpening.objects.create(**soon, is_danger=True, obstacle="unconscious", opened_at=now)
        later = {**shared, "recorded_at": now - DAY, "starts_at": now - DAY}
        models.ConsentRefusal.objects.create(**later)
        dossiers.raise_version(dossier)
    for owner in silent_owners(case):
        models.Block.objects.create(
            dossier=dossier, provider_id=owner, recorded_by="X", kind="outer", starts_at=now - DAY
        )


def silent_owners(case: Case) -> tuple[str, ...]:
    """Whose block the reader must not learn of (rows 12 and 16)."""
    if case.own.kind == CareKind.SOCIAL_CARE.value:
        return (REGION.hsa, KOMMUN_VARD.hsa)
    return (KOMMUN_OMSORG.hsa,)


def add_owners(count: int) -> None:
    """More owners, health care and social care by turns, each with a system that holds her."""
    kinds = {"viva": "sol", "cosmic": ""}
    for number in range(count):
        connector = ("viva", "cosmic")[number % 2]
        kind = "social_care" if kinds[connector] else "health_care"
        owner = models.CareProvider.objects.create(
            hsa_id=f"SE2120000035-X00{number}", name=f"Annan ägare {number}", kind=kind
        )
        like = Source.objects.get(slug="viva-sol" if connector == "viva" else "cosmic")
        source = Source(
            slug=f"other-{number}",
            label=f"System {number}",
            connector=connector,
            owner=owner,
            kinds=like.kinds,
            base_url=like.base_url,
            settings=like.settings,
        )
        source.write_secrets(like.read_secrets())
        source.save()


@contextmanager
def world(people: "Addresses", case: Case, *, is_full: bool, owners: int = 0) -> Iterator[None]:
    """Undone on leaving. One system of the reader's own: with several, who is first orders the stream."""
    try:
        with transaction.atomic():
            Source.objects.filter(owner_id=case.own.hsa).exclude(
                slug__in=("cosmic", "viva-hsl", "viva-sol")
            ).exclude(kinds=[]).delete()
            add_owners(owners)
            if is_full:
                put_on_record(case)
            else:
                for name, address in systems(people).items():
                    if name not in (*case.own_systems, "population", "facts"):
                        order(address, "empty", patient=case.number)
                order(people.facts, "empty", path="/index")
            yield
            transaction.set_rollback(True)
    finally:
        for address in systems(people).values():
            order(address, "ok")


def walk(people: "Addresses", case: Case) -> dict[str, Look]:
    """Every surface that exists, looked at as this reader before any consent."""
    found: dict[str, Look] = {}
    reader = Reader().sign_in(case.persona)
    found["search"] = look(people, reader, reverse("search"), {"number": case.number})
    assert reader.search(case.number).status == 302
    for name, path in OF_PATIENT.items():
        found[name] = look(people, reader, f"/p/{reader.handle}/{path}")
    for name, path in OF_READER.items():
        found[name] = look(people, reader, path)
    for name, path in OF_API.items():
        found[name] = look(people, reader, f"/api/v1/patients/{reader.handle}/{path}")
    for name, path in (("api: search", "patients/search"), ("api: lamp", "lamp")):
        found[name] = look(people, reader, f"/api/v1/{path}", {"number": case.number}, is_json=True)
    words = {"ord": "hemtjänst"}
    found["words in the record"] = look(people, reader, f"/p/{reader.handle}/sok/", words)
    found["validity poll"] = look(people, reader, poll_of(reader))
    for name, first, step in (
        ("names in an emergency", "emergency", "emergency_names"),
        ("names in inability", "inability", "inability_names"),
    ):
        reader = signed_in(case.persona, case.number)
        reader.act(first, obstacle="unconscious")
        found[name] = look(people, reader, reverse(step, args=[reader.handle]))
    return found


def poll_of(reader: Reader) -> str:
    return f"/p/{reader.handle}/giltig/?v={seal_of(reader)}"


def seal_of(reader: Reader) -> str:
    """What an open page sends to learn whether it still holds."""
    body = reader.get(f"/p/{reader.handle}/").body
    sealed = re.search(r"\?v=([^\"]+)\"", body)
    assert sealed is not None
    return sealed[1]


# What is the same. ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def worlds(module_people: "Addresses") -> dict[tuple[str, str], dict[str, Look]]:
    """Every case walked through once in each world."""
    found = {}
    with unhurried():
        for name, case in CASES.items():
            for which in ("full", "empty"):
                with world(module_people, case, is_full=which == "full"):
                    found[name, which] = walk(module_people, case)
    return found


def unlike(one: Look, other: Look) -> list[tuple[str, str]]:
    """The lines that differ, the sentence on existence left out."""
    texts = [EXISTENCE.sub("SENTENCE", "\n\n".join(seen.chunks)).splitlines() for seen in (one, other)]
    return [(a, b) for a, b in zip_longest(*texts, fillvalue="") if a != b]


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("name", CASES)
def test_full_and_empty_look_the_same(
    worlds: dict[tuple[str, str], dict[str, Look]], name: str, surface: str
) -> None:
    full, empty = worlds[name, "full"][surface], worlds[name, "empty"][surface]
    assert (full.status, full.location, full.headers) == (empty.status, empty.location, empty.headers)
    assert len(full.chunks) == len(empty.chunks)
    assert unlike(full, empty) == []
    assert full.sizes == empty.sizes
    assert full.statements == empty.statements
    # Whom and what was asked: word for word the same, the person being the same.
    assert full.calls == empty.calls


@pytest.mark.parametrize("surface", OF_PATIENT)
@pytest.mark.parametrize("name", CASES)
def test_nobody_but_the_readers_own_provider_is_asked_for_records(
    worlds: dict[tuple[str, str], dict[str, Look]], name: str, surface: str
) -> None:
    case, seen = CASES[name], worlds[name, "full"][surface]
    own_paths = {"vard": "/hsl/", "omsorg": "/sol/"}
    of_own = own_paths["omsorg" if case.own is KOMMUN_OMSORG else "vard"]
    asked = {system: calls for system, calls in seen.calls.items() if system not in ("population", "facts")}
    others = {
        system: [
            call
            for call in calls
            if system not in case.own_systems
            and not (system == "viva" and case.own is not REGION and of_own in call["path"])
        ]
        for system, calls in asked.items()
    }
    assert others == {system: [] for system in asked}


@pytest.mark.parametrize("name", CASES)
def test_the_worlds_do_differ_once_there_is_consent(module_people: "Addresses", name: str) -> None:
    """The control: what the comparison would have to see. With consent the two pages are unlike.

    Told by what stands there at the end: how often a tile was drawn anew on the way is a matter of time.
    """
    case, seen = CASES[name], []
    for is_full in (True, False):
        with world(module_people, case, is_full=is_full):
            reader = signed_in(case.persona, case.number)
            models.Block.objects.all().delete()
            assert reader.act("give_consent", period="open").status == 302
            seen.append(OverviewPage(look(module_people, reader, f"/p/{reader.handle}/").body))
    assert seen[0].states != seen[1].states


@pytest.mark.parametrize("name", CASES)
def test_one_owner_and_six_owners_look_the_same(module_people: "Addresses", name: str) -> None:
    """Six owners are connected. All of them hold her, or one does: nobody can tell.

    Which of the own provider's systems answers first is chance; what others hold would tell every time.
    """
    for _ in range(3):
        all_hold, one_holds = (held_by(module_people, CASES[name], all_hold=each) for each in (True, False))
        if all_hold == one_holds:
            break
    assert all_hold == one_holds


def held_by(module_people: "Addresses", case: Case, *, all_hold: bool) -> list[Look]:
    with unhurried(), world(module_people, case, is_full=True, owners=5):
        if not all_hold:
            Source.objects.filter(slug__startswith="other-").update(base_url="http://127.0.0.1:9")
        reader = signed_in(case.persona, case.number)
        paths = ("", "kallor/", "atkomst/", "uppgifter/social_service/", "uppgifter/home_care/")
        return [look(module_people, reader, f"/p/{reader.handle}/{path}") for path in paths]


def without_person(seen: Look, letter: str) -> Look:
    """Without who it is: the banner, name and number; in questions the number."""
    person = BY_LETTER[letter]
    words = (person.family_name, person.given_name, display_number(PersonId(person.number)), person.number)

    def forget(text: str) -> str:
        text = re.sub(r'<section slot="banner".*?</section>', "BANNER", text, flags=re.DOTALL)
        for word in words:
            text = text.replace(word, "PERSON")
        return text

    calls = {
        name: [{**call, "body": forget(call["body"])} for call in asked] for name, asked in seen.calls.items()
    }
    return replace(seen, chunks=tuple(forget(EXISTENCE.sub("SENTENCE", c)) for c in seen.chunks), calls=calls)


@pytest.mark.parametrize("path", ["", "kallor/", "atkomst/", "samtycken/", "uppgifter/social_service/"])
@pytest.mark.parametrize(
    ("persona", "full", "empty"),
    [("hemsjukvard", "M", "B"), ("hemsjukvard", "K", "B"), ("bistand", "G", "B")],
)
def test_two_people_of_whom_the_own_provider_holds_nothing_look_the_same(
    module_people: "Addresses", persona: str, full: str, empty: str, path: str
) -> None:
    """Others hold much of the one and nothing of the other. The banner says who it is."""
    seen = []
    for letter in (full, empty):
        reader = signed_in(persona, BY_LETTER[letter].number)
        found = look(module_people, reader, f"/p/{reader.handle}/{path}")
        seen.append(without_person(found, letter))
    assert unlike(*seen) == []
    assert seen[0].sizes == seen[1].sizes
    assert (seen[0].status, seen[0].headers) == (seen[1].status, seen[1].headers)
    assert (seen[0].calls, seen[0].statements) == (seen[1].calls, seen[1].statements)


@pytest.mark.parametrize("persona", ["samtycke", "granskare", "admin"])
def test_lists_of_the_administration_tell_of_the_own_provider_alone(
    module_people: "Addresses", persona: str
) -> None:
    """Whatever others have recorded about her, an administrator's and a reviewer's lists are the same."""
    case, seen = Case(persona, "M", KOMMUN_VARD), []
    names = {str(m._meta.model_name) for m in admin.site._registry if m._meta.app_label == "consent"}
    # The log's own numbers go on from one world to the next.
    paths = [reverse(f"admin:consent_{name}_changelist") for name in sorted(names - {"accessevent"})]
    assert len(paths) > 8
    for is_full in (True, False):
        with world(module_people, case, is_full=is_full):
            reader = Reader().sign_in(persona)
            seen.append({path: look(module_people, reader, path) for path in paths})
    full, empty = seen
    assert {p: (one.status, unlike(one, empty[p])) for p, one in full.items() if unlike(one, empty[p])} == {}
    assert {p: one.statements for p, one in full.items()} == {p: one.statements for p, one in empty.items()}


@pytest.mark.xfail(strict=True, reason="portal.patients.validity signs its note, but anybody can read it")
@pytest.mark.parametrize("name", CASES)
def test_the_note_of_validity_tells_nothing_of_what_others_recorded(
    module_people: "Addresses", name: str
) -> None:
    """It stands in the page, and whoever gets the page can read it: as long, and nothing to be read."""
    case, notes = CASES[name], []
    for is_full in (True, False):
        with world(module_people, case, is_full=is_full):
            notes.append(seal_of(signed_in(case.persona, case.number)))
    assert len(notes[0]) == len(notes[1])
    for note in notes:
        payload = note.split(":")[0].lstrip(".")
        with pytest.raises(Exception, match=""):
            signing.JSONSerializer().loads(signing.b64_decode(payload.encode()))
