"""Every row of the decision table as a reader meets it: a clear sentence, and what can be done next.

Row by row for vårdgivare and omsorgsgivare, where the row concerns them. What is lit is asserted elsewhere.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from django.conf import settings as django_settings

from connectors.models import Source
from consent.dossiers import open_dossier
from consent.models import AccessEvent, Block, CareProvider, CareRelation, Dossier, Inability, LogEpoch
from consent.terms import PersonId
from demo.people import BY_LETTER
from demo.people import places as at
from demo.people.facts import CANARY_PHONE
from portal.access.presenters import STATEMENTS
from portal.accounts.models import Assignment
from tests.people.worlds import _django_db_helper, module_people, people
from tests.reading import Element, elements_of
from tests.walking import Reader

__all__ = ["_django_db_helper", "module_people", "people"]

pytestmark = [pytest.mark.demo, pytest.mark.network]

ASK = {"Patienten samtycker", "Nekar", "Kan inte samtycka"}
EMERGENCY = "Nödsituation: fara för liv eller allvarlig hälsorisk"
UNITS = {"Visa alla enheter", "Välj enheter"}
OUTRIGHT = {
    *ASK,
    EMERGENCY,
    "Avsluta samtycke",
    "Makulera, registrerat av misstag",
    "Patienten samtycker till SIP",
}


@dataclass(frozen=True)
class Screen:
    """What the page of one patient says, and the buttons and links of its access step."""

    text: str
    controls: frozenset[str]
    states: dict[str, str]
    html: str


def of(letter: str, persona: str) -> Reader:
    reader = Reader().sign_in(persona)
    assert reader.search(BY_LETTER[letter].number).status == 302
    return reader


def look(reader: Reader) -> Screen:
    """The overview, or the access step that stands in its place."""
    reply = reader.get(f"/p/{reader.handle}/")
    assert reply.status == 200, reply.status
    elements = elements_of(reply.body)
    panel = next(e for e in elements if "access-panel" in e.attributes.get("class", "").split())
    tiles = [e for e in elements if "data-button" in e.attributes]
    return Screen(
        text=" ".join(e.text for e in elements if e.tag == "body"),
        controls=frozenset(name(e) for e in panel.inside if e.tag in ("button", "a")),
        states={e.attributes["data-button"]: e.attributes["data-state"] for e in tiles},
        html=reply.body,
    )


def name(control: Element) -> str:
    return control.text


def dossier(letter: str) -> Dossier:
    return open_dossier(PersonId(BY_LETTER[letter].number)).dossier


def block(letter: str, unit: at.Unit, kind: str) -> None:
    Block.objects.create(
        dossier=dossier(letter),
        provider_id=unit.provider.hsa,
        unit_id=unit.hsa if kind == "inner" else "",
        kind=kind,
        recorded_by="test",
    )


def silence(slug: str) -> None:
    """A fact source that nobody answers for."""
    Source.objects.filter(pk=slug).update(base_url="http://127.0.0.1:9")


def work_with(persona: str, purpose: str) -> None:
    """The persona's only assignment has another purpose from now on."""
    Assignment.objects.filter(user__username=persona).update(purpose=purpose)


def unable_for_now(reader: Reader) -> None:
    assert reader.act("record_temporary").status == 302


def unable_lastingly(reader: Reader) -> None:
    assert reader.act("inability").status == 302
    assert reader.act("inability_names", **dict.fromkeys(STATEMENTS, "yes")).status == 302


def refused(reader: Reader) -> None:
    assert reader.act("refuse_consent").status == 302


def unconscious(reader: Reader) -> None:
    assert reader.act("emergency", obstacle="unconscious").status == 302
    assert reader.act("emergency_names").status == 302


def consents(reader: Reader) -> None:
    assert reader.act("give_consent", period="open").status == 302


def add_journal_of_social_care() -> None:
    """An omsorgsgivare whose own system could have told, had it answered."""
    source = Source.objects.get(pk="patient-kommun")
    source.pk, source.slug = "patient-omsorg", "patient-omsorg"
    source.owner = CareProvider.objects.get(pk=at.KOMMUN_OMSORG.hsa)
    source.base_url = "http://127.0.0.1:9"
    source.write_secrets({"token": "nobody"})
    source.save(force_insert=True)


@dataclass(frozen=True)
class Case:
    """``before``: done in the database before the reader signs in; ``then``: what the reader does first."""

    row: str
    letter: str
    persona: str
    says: tuple[str, ...]
    offers: frozenset[str] = frozenset()
    lacks: frozenset[str] = frozenset()
    hides: tuple[str, ...] = ()
    before: Callable[[], None] = lambda: None
    then: Callable[[Reader], None] = lambda _reader: None

    @property
    def label(self) -> str:
        kind = "omsorgsgivare" if self.persona in ("hemtjanst", "bistand") else "vårdgivare"
        return f"row {self.row} {kind}"


BY_JOURNAL = "Vårdrelation: bekräftad av journalsystemet."


def silence_the_journal() -> None:
    Source.objects.filter(pk="patient-region").update(enabled=False)


CASES = (
    Case("1", "B", "akuten", (BY_JOURNAL,), frozenset(ASK), frozenset({"Jag deltar i vården av patienten"})),
    Case(
        "2", "H", "distrikt",
        ("Andra enheter inom Region Fjäll visas när du väljer dem. Varje val loggas.",
         "Annan enhet inom Region Fjäll: visa"),
        frozenset(UNITS),
    ),
    Case("3", "H", "distrikt", ("Spärrade uppgifter finns. Patienten kan häva spärren.",)),
    Case("5", "M", "akuten", ("uppgifter finns.", "Samtycke behövs"), frozenset({*ASK, EMERGENCY})),
    Case(
        "5", "M", "hemtjanst", ("uppgifter finns.", "Samtycke behövs"),
        frozenset(ASK), frozenset({EMERGENCY}),
    ),
    Case(
        "6", "A", "akuten", ("Samtycke för enheten tills vidare.",),
        frozenset({"Avsluta samtycke", "Makulera, registrerat av misstag"}), frozenset({*ASK, EMERGENCY}),
    ),
    Case(
        "7", "G", "hemsjukvard",
        ("Patienten nekade samtycke", "En nekad fråga kan ändras: nytt samtycke, eller makulera."),
        frozenset({"Makulera, registrerat av misstag", "Patienten samtycker", EMERGENCY}),
        frozenset({"Nekar", "Kan inte samtycka"}),
    ),
    Case(
        "7", "M", "hemtjanst",
        ("Patienten nekade samtycke", "En nekad fråga kan ändras: nytt samtycke, eller makulera."),
        frozenset({"Makulera, registrerat av misstag", "Patienten samtycker"}),
        frozenset({"Nekar", EMERGENCY}),
        then=refused,
    ),
    Case(
        "8", "C", "akuten",
        ("Nödöppning för dig till", "Den granskas i efterhand.", "Får inte öppnas i nödläge. Ring."),
        lacks=frozenset({EMERGENCY, "Fortsätt nödöppning"}),
        then=unconscious,
    ),
    Case(
        "9", "D", "distrikt", ("Kan varaktigt inte samtycka. Ska omprövas senast",),
        lacks=frozenset({"Omprövat: gäller fortfarande", "Fortsätt"}),
        then=unable_lastingly,
    ),
    Case(
        "10", "D", "akuten",
        ("Kan inte ta ställning just nu. Fråga igen senare, eller ring",),
        frozenset({"0980-319210", "Patienten samtycker", EMERGENCY}),
        then=unable_for_now,
    ),
    Case(
        "10", "D", "hemtjanst",
        ("Kan inte ta ställning just nu. Fråga igen senare, eller ring",),
        frozenset({"0980-319271", "Patienten samtycker"}), frozenset({EMERGENCY}),
        then=unable_for_now,
    ),
    Case(
        "11", "F", "akuten",
        ("Barnet kan inte själv ta ställning: andras uppgifter visas utan samtycke.",
         "Vårdnadshavare samtycker inte i barnets ställe, och kan inte spärra barnets uppgifter."),
        lacks=frozenset({*ASK, EMERGENCY}),
    ),
    Case("12", "H", "hemsjukvard", ("Spärrade uppgifter finns. Patienten kan häva spärren.",)),
    Case("12", "H", "bistand", (), hides=("Spärrade uppgifter", "Spärrat")),
    Case(
        "14", "H", "bistand", ("Samtycke för enheten tills vidare.",),
        frozenset({"Avsluta samtycke", "Makulera, registrerat av misstag"}), frozenset(ASK),
    ),
    Case(
        "15a", "F", "bistand",
        ("Barnet kan inte själv ta ställning: andras uppgifter visas utan samtycke.",
         "Hälso- och sjukvårdens uppgifter får inte öppnas här."),
        lacks=frozenset({*ASK, EMERGENCY}),
    ),
    Case(
        "15b", "D", "hemtjanst",
        ("Kan varaktigt inte samtycka. Ska omprövas senast",
         "Hälso- och sjukvårdens uppgifter får inte öppnas här."),
        then=unable_lastingly,
    ),
    Case(
        "16", "M", "akuten", (), hides=("Spärrade uppgifter", "Spärrat"),
        before=lambda: block("M", at.HEMTJANSTEN, "outer"),
        then=consents,
    ),
    Case(
        "16", "C", "bistand", (), hides=("Spärrade uppgifter", "Spärrat"),
        before=lambda: block("C", at.HEMTJANSTEN, "inner"),
    ),
    Case(
        "17", "E", "akuten", ("Skyddade personuppgifter. Adress, telefon och närstående visas inte.",),
        hides=(CANARY_PHONE,),
    ),
    Case(
        "17", "E", "bistand", ("Skyddade personuppgifter. Adress, telefon och närstående visas inte.",),
        hides=(CANARY_PHONE,),
    ),
    Case(
        "18", "M", "akuten", ("Ingen vårdrelation är registrerad.", "Gäller ett dygn, loggas och granskas."),
        frozenset({"Jag deltar i vården av patienten", EMERGENCY}), frozenset(ASK), ("Tolvansson",),
        before=silence_the_journal,
    ),
    Case(
        "18, relation unknown", "M", "akuten",
        ("Journalsystemet svarade inte om vårdrelation. Bekräfta den själv.",),
        frozenset({"Jag deltar i vården av patienten", EMERGENCY}), frozenset(ASK), ("Tolvansson",),
        before=lambda: silence("patient-region"),
    ),
    Case(
        "18", "B", "hemtjanst",
        ("Ni har ingen pågående insats eller utredning för det här numret. Därför visas inget.",),
        frozenset({"Sök en annan patient", "Byt uppdrag"}), frozenset(OUTRIGHT), ("Tunnbäck",),
    ),
    Case(
        "18, relation unknown", "B", "hemtjanst",
        ("Det går inte att se om ni har insats eller utredning. Därför visas inget. Försök igen.",),
        frozenset({"Sök en annan patient", "Byt uppdrag"}), frozenset(OUTRIGHT),
        ("Tunnbäck", "ingen pågående insats"),
        before=add_journal_of_social_care,
    ),
    Case(
        "18, purpose", "M", "granskare",
        ("Uppdragets ändamål ger inte rätt att läsa om patienter. Byt uppdrag.",),
        frozenset({"Byt uppdrag"}), frozenset(OUTRIGHT), ("Tolvansson",),
    ),
    Case(
        "18, purpose", "C", "bistand",
        ("Uppdragets ändamål ger inte rätt att läsa om patienter. Byt uppdrag.",),
        frozenset({"Byt uppdrag"}), frozenset(OUTRIGHT),
        before=lambda: work_with("bistand", "research"),
    ),
    Case(
        "18, certificate", "M", "akuten",
        ("Uppdraget gäller intyg: andras uppgifter visas bara med patientens samtycke.",),
        frozenset({"Patienten samtycker", "Nekar"}),
        frozenset({EMERGENCY, "Kan inte samtycka", "Patienten samtycker till SIP"}),
        before=lambda: work_with("akuten", "certificate"),
    ),
    Case(
        "18, certificate", "C", "bistand",
        ("Uppdragets ändamål ger inte rätt att läsa om patienter. Byt uppdrag.",),
        frozenset({"Byt uppdrag"}), frozenset(OUTRIGHT),
        before=lambda: work_with("bistand", "certificate"),
    ),
    Case(
        "19", "C", "hemtjanst",
        ("Omsorgsrelation: patienten har insats hos er.",
         "Andra enheter inom Fjällviks kommun, Omsorg visas när du väljer dem."),
        frozenset(UNITS),
    ),
    Case("19, utredning", "C", "bistand", ("Omsorgsrelation: utredning pågår hos er.",), frozenset(UNITS)),
    Case("20", "M", "hemsjukvard", ("Samtycke behövs",), frozenset(ASK)),
    Case("20", "C", "hemtjanst", ("Samtycke behövs",), frozenset(ASK)),
    Case(
        "21", "L", "akuten",
        ("Avliden", "Patienten är avliden. Inget lyser, och andras uppgifter visas inte."),
        frozenset(UNITS), frozenset({*OUTRIGHT, "Patienten är inte längre hos oss"}),
    ),
    Case(
        "21", "L", "hemtjanst",
        ("Avliden", "Patienten är avliden. Inget lyser, och andras uppgifter visas inte."),
        frozenset(UNITS), frozenset({*OUTRIGHT, "Patienten är inte längre hos oss"}),
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_the_screen_says_what_holds_and_what_can_be_done(people: object, case: Case) -> None:
    case.before()
    reader = of(case.letter, case.persona)
    case.then(reader)
    screen = look(reader)
    for sentence in case.says:
        assert sentence in screen.text, sentence
    for words in case.hides:
        assert words not in screen.html, words
    assert case.offers <= screen.controls, case.offers - screen.controls
    assert not case.lacks & screen.controls


def test_both_kinds_of_reader_are_met_in_every_row_that_concerns_them() -> None:
    """Row 13 has tests of its own; 8, 9 and 11 are health care's, 14 to 15b social care's."""
    kinds: dict[str, set[str]] = {}
    for case in CASES:
        row, kind = case.label.removeprefix("row ").split(",")[0].split(" ")[0], case.label.rsplit(" ", 1)[1]
        kinds.setdefault(row, set()).add(kind)
    rows = {str(n) for n in range(1, 22)} - {"4", "13", "15"} | {"15a", "15b"}
    assert set(kinds) == rows
    one_sided = {"1", "2", "3", "6", "8", "9", "11", "14", "15a", "15b", "19"}
    assert {row for row, met in kinds.items() if len(met) == 1} == one_sided


# Steps beyond the first screen. --------------------------------------------------------------------------


def test_row_4_who_may_lift_is_led_to_the_blocks(people: object) -> None:
    Assignment.objects.filter(user__username="distrikt").update(may_lift_blocks=True)
    screen = look(of("H", "distrikt"))
    assert "Spärrar" in screen.controls
    Assignment.objects.filter(user__username="distrikt").update(may_lift_blocks=False)
    assert "Spärrar" not in look(of("H", "distrikt")).controls


def test_row_8_is_closed_to_social_care_however_it_is_asked_for(people: object) -> None:
    reader = of("C", "hemtjanst")
    assert EMERGENCY not in look(reader).controls
    assert reader.act("emergency", obstacle="unconscious").status == 409


def test_row_8_goes_by_names_first_and_never_names_social_care(people: object) -> None:
    reader = of("C", "akuten")
    assert "Fara för patientens liv" in reader.get(f"/p/{reader.handle}/atkomst/nodsituation/").body
    assert reader.act("emergency", obstacle="too_ill").status == 302
    names = reader.get(f"/p/{reader.handle}/atkomst/nodsituation/vardgivare/").body
    assert "Fjällviks kommun, Vård" in names
    assert "Omsorg" not in names
    assert "Socialtjänstens uppgifter får inte öppnas i nödläge. Ring." in names
    assert "Fortsätt nödöppning" in look(reader).controls


def test_row_9_names_then_three_statements_then_renewed_by_one_tap(people: object) -> None:
    reader = of("D", "distrikt")
    reader.act("inability")
    names = reader.get(f"/p/{reader.handle}/atkomst/kan-inte/uppgifter/").body
    assert names.count('type="checkbox"') == len(STATEMENTS)
    assert "Fjällviks kommun, Vård" in names
    assert "Fjällviks kommun, Omsorg" in names
    assert reader.act("inability_names", is_needed="yes").status == 409
    reader.act("inability_names", **dict.fromkeys(STATEMENTS, "yes"))
    found = open_dossier(PersonId(BY_LETTER["D"].number))
    Inability.objects.update(ends_at=found.now)
    screen = look(reader)
    assert "Att patienten varaktigt inte kan samtycka skulle ha omprövats" in screen.text
    assert screen.states["home_care"] != "ongoing"
    assert "Omprövat: gäller fortfarande" in screen.controls
    assert reader.act("renew_inability").status == 302
    assert "Ska omprövas senast" in look(reader).text


def test_row_15b_names_social_care_alone(people: object) -> None:
    reader = of("D", "hemtjanst")
    reader.act("inability")
    names = reader.get(f"/p/{reader.handle}/atkomst/kan-inte/uppgifter/").body.partition("<main")[2]
    assert "Nordlidens kommun, Omsorg" in names
    for health_care in ("Region Fjäll", "Fjällviks kommun, Vård"):
        assert health_care not in names


def test_row_10_gives_every_patient_the_same_numbers(people: object) -> None:
    """Who holds what does not show in whom to ring."""
    lists = set()
    for letter in ("B", "D", "M"):
        reader = of(letter, "akuten")
        unable_for_now(reader)
        lists.add(tuple(sorted(c for c in look(reader).controls if c.startswith("0980"))))
    (numbers,) = lists
    assert len(numbers) >= 3
    assert 'href="tel:0980319210"' in look(reader).html


def test_row_11_from_thirteen_somebody_asks_whether_the_child_can_decide(
    people: object, settings: pytest.FixtureRequest
) -> None:
    settings.LEGAL = replace(django_settings.LEGAL, child_asked_from_age=5)  # type: ignore[attr-defined]
    reader = of("F", "akuten")
    screen = look(reader)
    assert "Kan barnet självt ta ställning?" in screen.text
    assert {"Ja", "Nej", *ASK} <= screen.controls
    assert reader.act("assess_child", ability="unable").status == 302
    assert "Barnet kan inte själv ta ställning" in look(reader).text
    assert reader.act("assess_child", ability="able").status == 302
    assert "Patienten samtycker" in look(reader).controls


@pytest.mark.parametrize("persona", ["akuten", "hemtjanst"])
def test_row_17_a_units_telephone_takes_one_tap_and_the_log_says_so(people: object, persona: str) -> None:
    number = at.HEMTJANSTEN.phone
    reader = of("E", persona)
    hidden = reader.detail("social_service").body
    assert "visas efter ett tryck" in hidden
    assert "Visa telefon" in hidden
    assert number not in hidden
    reply = reader.post(f"/p/{reader.handle}/telefon/social_service/")
    assert number in reply.body
    assert "Visa telefon" not in reply.body
    assert CANARY_PHONE not in reply.body
    rows = AccessEvent.objects.filter(action="phone")
    assert [row.event for row in rows.order_by("seq")] == ["intent", "shown"]
    assert reader.get(f"/p/{reader.handle}/telefon/social_service/").status == 405


def test_row_17_others_telephones_take_no_tap(people: object) -> None:
    body = of("M", "hemtjanst").detail("social_service").body
    assert "Visa telefon" not in body
    assert at.HEMTJANSTEN.phone in body


def test_a_consent_from_before_a_restore_is_stood_by_in_one_tap(people: object) -> None:
    LogEpoch.objects.create(number=2)
    reader = of("J", "akuten")
    screen = look(reader)
    assert "Registret har lästs tillbaka från en kopia." in screen.text
    assert "Samtycket är registrerat före en återläsning. Fråga patienten igen." in screen.text
    assert {"Patienten samtycker fortfarande", "Nekar"} <= screen.controls
    assert "Patienten samtycker" not in screen.controls
    assert reader.act("reconfirm_consent").status == 302
    assert "Samtycke för enheten tills vidare." in look(reader).text


def test_a_mistaken_yes_is_annulled_in_one_tap(people: object) -> None:
    reader = of("M", "akuten")
    consents(reader)
    assert reader.act("annul_consent").location.endswith("?klart=annulled")
    screen = look(reader)
    assert screen.controls >= ASK
    assert "Samtycke för" not in screen.text


def test_another_number_of_the_same_person_says_whose_it_is(people: object) -> None:
    reader = Reader().sign_in("distrikt")
    linked = BY_LETTER["I"].linked_number
    assert linked is not None
    reader.search(linked)
    for path in ("", "atkomst/"):
        body = reader.get(f"/p/{reader.handle}/{path}").body
        assert "Numret hör till samma person som 19971023-2381." in body, path


def test_another_language_is_met_with_an_interpreter_and_is_no_inability(people: object) -> None:
    reader = of("I", "hemsjukvard")
    screen = look(reader)
    assert "Språk: tigrinska. Fråga genom tolk." in screen.text
    assert "Ring tolk 08-46500412" in screen.controls
    assert reader.act("give_consent", period="open", interpreter="yes").status == 302
    other = of("D", "akuten")
    page = other.get(f"/p/{other.handle}/atkomst/kan-inte/").body
    assert "ett annat språk är inte oförmåga" in page


def test_a_relation_that_ends_takes_the_consent_with_it(people: object) -> None:
    reader = of("M", "hemtjanst")
    consents(reader)
    assert "Patienten är inte längre hos oss" in look(reader).controls
    reply = reader.act("end_relation")
    assert "Enhetens relation och samtycke är avslutade här." in reader.get(reply.location).body
    assert "Ni har ingen pågående insats" in look(reader).text
    assert not CareRelation.objects.filter(
        unit_id=at.HEMTJANSTEN.hsa, dossier=dossier("M"), ended_at=None
    ).exists()
