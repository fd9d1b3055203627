"""Running the checks against one source, in order; what rests on something broken is not run."""

from django.utils.translation import gettext_lazy as _

from connectors.base.contract import SourceProfile
from connectors.base.findings import Finding, Text, Verdict
from connectors.base.session import close_session
from connectors.selfcheck.checks import CHECKS, Check
from connectors.selfcheck.trial import Trial
from consent.specimen import NOBODY, TOLVAN, SpecimenRefused, may_test
from consent.terms import PersonId

NOT_HERE = _(
    "Frågor om personer ställs inte från en portal i drift. Kör patientoversikt-check mot en provmiljö."
)


async def run_checks(
    profile: SourceProfile, patient: PersonId = TOLVAN, nobody: PersonId = NOBODY
) -> tuple[Finding, ...]:
    """Every check. ``patient``: a test person the source knows; ``nobody``: one it does not.

    Raises UnknownConnector.
    """
    trial = Trial(profile, patient, nobody)
    findings: list[Finding] = []
    is_open = bool(trial.connector_class)
    try:
        for check in CHECKS:
            finding = (
                await run_one(check, trial)
                if is_open
                else not_run(check, _("Körs när felet ovan är rättat."))
            )
            findings.append(finding)
            is_open = is_open and not (
                check.opens_the_way and finding.verdict in (Verdict.FAILED, Verdict.NOT_RUN)
            )
    finally:
        await close_session()
    return tuple(findings)


async def run_one(check: Check, trial: Trial) -> Finding:
    if check.asks_about_people and not may_test():
        return not_run(check, NOT_HERE)
    try:
        return await check.run(trial)
    except SpecimenRefused:
        return not_run(check, _("Ange ett nummer som är reserverat för prov."))
    except Exception as error:  # noqa: BLE001 - whatever a connector raises is a finding about it
        return broken(check, error)


def not_run(check: Check, todo: Text) -> Finding:
    return Finding(check.name, check.title, Verdict.NOT_RUN, todo=todo)


def broken(check: Check, error: BaseException) -> Finding:
    """The type and the place say enough; the message may repeat what came."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code if trace is not None else None
    where = f"{code.co_name}, rad {trace.tb_lineno}" if code is not None and trace is not None else ""
    came = _("kopplingen gick sönder: %(error)s i %(where)s") % {
        "error": type(error).__name__,
        "where": where,
    }
    todo = _("Rätta kopplingen: bara SourceFault får lämna den.")
    return Finding(check.name, check.title, Verdict.FAILED, came=came, todo=todo)
