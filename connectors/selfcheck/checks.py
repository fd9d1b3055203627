"""Each check of a running source: what it asks, when it is content, and what to do where it is not."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from yarl import URL

from connectors.base.contract import Answer, Connector, Fault
from connectors.base.findings import Finding, Text, Verdict
from connectors.base.places import current_places
from connectors.base.records import Record, Status
from connectors.labels import FAULT_LABELS, MISPLACED_LABELS
from connectors.selfcheck.trial import Outcome, Trial


@dataclass(frozen=True, slots=True)
class Check:
    """``opens_the_way``: without it the rest is not run. ``asks_about_people``: needs a permit."""

    name: str
    title: Text
    run: Callable[[Trial], Awaitable[Finding]]
    asks_about_people: bool = True
    opens_the_way: bool = False


def _finding(
    name: str, outcome: Outcome | None, problem: Text = "", came: Text = "", *, note: bool = False
) -> Finding:
    """Passed where there is no problem; ``problem`` is what to do."""
    bad = Verdict.NOTED if note else Verdict.FAILED
    return Finding(
        name,
        TITLES[name],
        bad if problem else Verdict.PASSED,
        sent=outcome.sent if outcome else "",
        came=came or (outcome.came if outcome else ""),
        todo=problem,
        took_s=round(outcome.took_s, 3) if outcome else 0.0,
    )


async def check_address(trial: Trial) -> Finding:
    url = URL(trial.profile.base_url)
    flaw = current_places().flaw_of(url)
    if flaw is not None:
        return _finding("address", None, MISPLACED_LABELS[flaw])
    if url.scheme != "https":
        return _finding(
            "address",
            None,
            _(
                "Använd https. Utan kryptering får ingen källa vara i drift; bara prov på den egna datorn är"
                " undantagna."
            ),
            note=True,
        )
    return _finding("address", None)


async def check_probe(trial: Trial) -> Finding:
    async def probe(connector: Connector) -> None:
        await connector.probe()

    outcome = await trial.call(probe)
    return _finding("probe", outcome, "" if outcome.fault is None else FAULT_LABELS[outcome.fault.fault])


async def check_credentials(trial: Trial) -> Finding:
    """With a wrong key the source must say no: otherwise anybody may ask."""
    spoilt = trial.with_wrong_secrets()
    if spoilt is None:
        return _finding(
            "credentials", None, _("Kopplingen har ingen nyckel. Skyddas källan på annat sätt?"), note=True
        )
    outcome = await trial.fetch(trial.nobody, profile=spoilt)
    refused = outcome.fault is not None and outcome.fault.fault is Fault.AUTH
    return _finding("credentials", outcome, "" if refused else _("Svara 401 eller 403 på fel nyckel."))


async def check_unknown(trial: Trial) -> Finding:
    outcome = await trial.fetch(trial.nobody)
    if outcome.answer is None:
        return _finding("unknown", outcome, _("En person som inte finns ska ge ett helt, tomt svar."))
    answer = outcome.answer
    is_empty = not answer.records and not answer.unparsed and not answer.withheld
    return _finding(
        "unknown", outcome, "" if is_empty else _("Svaret om en okänd person ska vara tomt och helt.")
    )


async def check_known(trial: Trial) -> Finding:
    outcome = trial.known = await trial.fetch(trial.patient)
    if outcome.answer is None:
        return _finding(
            "known", outcome, FAULT_LABELS[outcome.fault.fault] if outcome.fault else _("Inget svar.")
        )
    if outcome.answer.unparsed:
        return _finding("known", outcome, _("Rätta de poster som inte går att tolka."))
    problem = (
        "" if outcome.answer.records else _("Lägg upp uppgifter om provpersonen, minst en av varje slag.")
    )
    return _finding("known", outcome, problem)


async def check_records(trial: Trial) -> Finding:
    answer = known_answer(trial)
    flaws = Counter(flaw for record in answer.records for flaw in flaws_of(record, trial))
    if not answer.records:
        return _finding("records", trial.known, _("Det fanns inga poster att granska."))
    told = ", ".join(f"{flaw} ({count})" for flaw, count in flaws.most_common())
    problem = _("Rätta: %(flaws)s.") % {"flaws": told} if flaws else ""
    return _finding("records", trial.known, problem)


def flaws_of(record: Record, trial: Trial) -> list[str]:
    """Which fields of a record are not as they must be; names, never values."""
    asked = {
        "patient": record.patient == trial.patient,
        "source": record.source == trial.profile.slug,
        "id": bool(record.id),
        "title": bool(record.title.strip()),
        "origin.provider": bool(record.origin.provider.hsa_id and record.origin.provider.name),
        "origin.unit": bool(record.origin.unit_id) or record.origin.unit_is_assumed,
        "status": record.status is not Status.IN_ERROR,
        "start": record.start is None or not record.start.is_doubtful,
    }
    return [name for name, is_right in asked.items() if not is_right]


async def check_kinds(trial: Trial) -> Finding:
    """Asked for one kind, nothing else comes."""
    wrong, outcome = [], None
    for kind in sorted({record.kind for record in known_answer(trial).records}):
        outcome = await trial.fetch(trial.patient, frozenset({kind}))
        if outcome.answer is None or {record.kind for record in outcome.answer.records} != {kind}:
            wrong.append(kind.value)
    problem = (
        _("Lämna bara det slag som frågas efter: %(kinds)s.") % {"kinds": ", ".join(wrong)} if wrong else ""
    )
    return _finding("kinds", outcome, problem)


async def check_steady(trial: Trial) -> Finding:
    outcome = await trial.fetch(trial.patient)
    again = frozenset() if outcome.answer is None else ids_in(outcome.answer)
    same = again == ids_in(known_answer(trial))
    return _finding("steady", outcome, "" if same else _("En post ska ha samma id varje gång den lämnas."))


async def check_privacy(trial: Trial) -> Finding:
    """Addresses end up in logs on the way."""
    leaks = sum(
        number in address for call in trial.calls for address in call.addresses for number in trial.numbers
    )
    came = _("granskade adresser: %(n)d") % {"n": sum(len(call.addresses) for call in trial.calls)}
    return _finding(
        "privacy", None, _("Skicka numret i frågans innehåll, aldrig i adressen.") if leaks else "", came
    )


async def check_pace(trial: Trial) -> Finding:
    slowest = max((call.took_s for call in trial.calls), default=0.0)
    limit_s = trial.profile.deadline_s
    came = _("långsammaste svaret %(took).2f s, gränsen är %(limit).1f s") % {
        "took": slowest,
        "limit": limit_s,
    }
    problem = _("Svara snabbare: sidan väntar inte längre än gränsen.") if slowest > limit_s / 2 else ""
    return _finding("pace", None, problem, came, note=slowest <= limit_s)


def known_answer(trial: Trial) -> Answer:
    if trial.known is None or trial.known.answer is None:
        raise LookupError("the test person was not answered about")
    return trial.known.answer


def ids_in(answer: Answer) -> frozenset[tuple[str, str]]:
    return frozenset((record.kind.value, record.id) for record in answer.records)


TITLES: dict[str, Text] = {
    "address": _("Adressen får anropas"),
    "probe": _("Källan svarar utan att någon person nämns"),
    "credentials": _("Fel nyckel nekas"),
    "unknown": _("En okänd person ger ett tomt, helt svar"),
    "known": _("Provpersonens uppgifter lämnas och tolkas"),
    "records": _("Varje post säger vem, vad, vems och när"),
    "kinds": _("Bara det som frågas efter lämnas"),
    "steady": _("Samma fråga ger samma poster"),
    "privacy": _("Inget nummer står i en adress"),
    "pace": _("Svaren kommer inom tidsgränsen"),
}
CHECKS = (
    Check("address", TITLES["address"], check_address, asks_about_people=False, opens_the_way=True),
    Check("probe", TITLES["probe"], check_probe, asks_about_people=False, opens_the_way=True),
    Check("credentials", TITLES["credentials"], check_credentials),
    Check("unknown", TITLES["unknown"], check_unknown),
    Check("known", TITLES["known"], check_known, opens_the_way=True),
    Check("records", TITLES["records"], check_records),
    Check("kinds", TITLES["kinds"], check_kinds),
    Check("steady", TITLES["steady"], check_steady),
    Check("privacy", TITLES["privacy"], check_privacy),
    Check("pace", TITLES["pace"], check_pace),
)
