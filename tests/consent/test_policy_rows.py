"""The decision table of docs/decision-table.md, row by row, for both sorts of reader."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pytest

from consent import policy
from consent.facts import ChildAbility, Facts, LegalSettings, Obstacle, Protection
from consent.terms import Actor, Basis, Decision, Reach, Refusal
from consent.vocabulary import EVERY_KIND, CareKind, Purpose, Reason, Row
from tests.consent.examples import (
    AKUTEN,
    BISTAND,
    CARER,
    CHILD,
    DAY,
    DEAD,
    FJALL,
    GROWN_UP,
    HEMSJUKVARD,
    HEMTJANST,
    HOUR,
    NORD_OMSORG,
    NORD_VARD,
    NOW,
    NURSE,
    OMSORG,
    OWN_BISTAND,
    OWN_HEMTJANST,
    OWN_MEDICIN,
    OWN_PSYKIATRI,
    OWN_UNIT,
    OWN_UNLISTED,
    PSYKIATRI,
    SECOND,
    VARD,
    choice,
    consent,
    emergency,
    facts,
    inability,
    inner,
    lift,
    other,
    outer,
    reader,
    refusal,
    unknown_owner,
)

HEALTH, SOCIAL = CareKind.HEALTH_CARE, CareKind.SOCIAL_CARE
YOUTH = replace(CHILD, born=date(2011, 3, 1))
SILENT = LegalSettings(blocks_are_visible=False)
NO_EMERGENCY_AFTER_NO = LegalSettings(emergency_after_refusal=False)
VARD_NURSE = reader(HEMSJUKVARD)
FULL_INNER, LIFTED = inner(PSYKIATRI), inner(PSYKIATRI)


@dataclass(frozen=True)
class Case:
    """Who reads what, with which facts, and what the table says: a row, and where it refuses its reason."""

    name: str
    actor: Actor
    reach: Reach
    facts: Facts
    row: Row
    reason: Reason | None = None
    at: datetime = NOW


OPEN = None
DEAD_GROUNDS: dict[str, dict[str, Any]] = {
    "with consent": {"consents": (consent(),)},
    "in an emergency": {"emergencies": (emergency(),)},
    "with inability": {"inabilities": (inability(),)},
    "with a block": {"blocks": (outer(VARD),)},
}
CASES = [
    # Rows 1, 2 and 19: the own provider.
    Case("row 1: own unit, no consent needed", NURSE, OWN_UNIT, facts(), Row.OWN_UNIT),
    Case(
        "row 1: a refusal never hides the own unit",
        NURSE,
        OWN_UNIT,
        facts(refusals=(refusal(),)),
        Row.OWN_UNIT,
    ),
    Case("row 1: unknown blocks leave the own unit open", NURSE, OWN_UNIT, facts(blocks=None), Row.OWN_UNIT),
    Case(
        "row 1: an inner block is against others",
        NURSE,
        OWN_UNIT,
        facts(blocks=(inner(AKUTEN),)),
        Row.OWN_UNIT,
    ),
    Case(
        "row 1: without relation nothing",
        NURSE,
        OWN_UNIT,
        facts(has_relation=False),
        Row.NOTHING,
        Reason.NO_RELATION,
    ),
    Case(
        "row 1: unknown relation is no relation",
        NURSE,
        OWN_UNIT,
        facts(has_relation=None),
        Row.NOTHING,
        Reason.RELATION_UNKNOWN,
    ),
    Case(
        "row 2: another own unit must be chosen",
        NURSE,
        OWN_MEDICIN,
        facts(),
        Row.OWN_PROVIDER,
        Reason.NOT_CHOSEN,
    ),
    Case(
        "row 2: chosen unit opens",
        NURSE,
        OWN_MEDICIN,
        facts(choices=(choice(OWN_MEDICIN.unit_id),)),
        Row.OWN_PROVIDER,
    ),
    Case(
        "row 2: one choice may cover all units",
        NURSE,
        OWN_UNLISTED,
        facts(choices=(choice(),)),
        Row.OWN_PROVIDER,
    ),
    Case(
        "row 2: choosing one unit opens no other",
        NURSE,
        OWN_MEDICIN,
        facts(choices=(choice(OWN_PSYKIATRI.unit_id),)),
        Row.OWN_PROVIDER,
        Reason.NOT_CHOSEN,
    ),
    Case(
        "row 2: choosing one unit opens none that nobody listed",
        NURSE,
        OWN_UNLISTED,
        facts(choices=(choice(OWN_MEDICIN.unit_id),)),
        Row.OWN_PROVIDER,
        Reason.NOT_CHOSEN,
    ),
    Case(
        "row 2: a colleague's choice is hers",
        NURSE,
        OWN_MEDICIN,
        facts(choices=(choice(reader=reader(hsa_id="SE2321000016-P002")),)),
        Row.OWN_PROVIDER,
        Reason.NOT_CHOSEN,
    ),
    Case(
        "row 2: a choice made at another unit does not follow",
        NURSE,
        OWN_MEDICIN,
        facts(choices=(choice(reader=reader(PSYKIATRI)),)),
        Row.OWN_PROVIDER,
        Reason.NOT_CHOSEN,
    ),
    Case(
        "row 2: the choice holds to its last second",
        NURSE,
        OWN_MEDICIN,
        facts(choices=(choice(ends=NOW + SECOND),)),
        Row.OWN_PROVIDER,
    ),
    Case(
        "row 2: the choice is over at its end",
        NURSE,
        OWN_MEDICIN,
        facts(choices=(choice(ends=NOW),)),
        Row.OWN_PROVIDER,
        Reason.NOT_CHOSEN,
    ),
    Case(
        "row 2: consent is no choice",
        NURSE,
        OWN_MEDICIN,
        facts(consents=(consent(),)),
        Row.OWN_PROVIDER,
        Reason.NOT_CHOSEN,
    ),
    Case(
        "row 2: a refusal never hides the own provider",
        NURSE,
        OWN_MEDICIN,
        facts(refusals=(refusal(),), choices=(choice(),)),
        Row.OWN_PROVIDER,
    ),
    Case("row 19: omsorgsgivare's own unit", CARER, OWN_HEMTJANST, facts(), Row.SOCIAL_OWN),
    Case(
        "row 19: without insats or utredning nothing",
        CARER,
        OWN_HEMTJANST,
        facts(has_social_need=False),
        Row.NOTHING,
        Reason.NO_SOCIAL_NEED,
    ),
    Case(
        "row 19: unknown need is no need",
        CARER,
        OWN_HEMTJANST,
        facts(has_social_need=None),
        Row.NOTHING,
        Reason.NO_SOCIAL_NEED,
    ),
    Case(
        "row 19: another own unit must be chosen",
        CARER,
        OWN_BISTAND,
        facts(),
        Row.OWN_PROVIDER,
        Reason.NOT_CHOSEN,
    ),
    Case(
        "row 19: chosen unit opens",
        CARER,
        OWN_BISTAND,
        facts(choices=(choice(reader=CARER),)),
        Row.SOCIAL_OWN,
    ),
    # Rows 3 and 4: inner blocks.
    Case(
        "row 3: inner block refuses, chosen or not",
        NURSE,
        OWN_PSYKIATRI,
        facts(blocks=(inner(),), choices=(choice(),)),
        Row.INNER_BLOCK,
        Reason.BLOCKED,
    ),
    Case(
        "row 3: emergency never opens it",
        NURSE,
        OWN_PSYKIATRI,
        facts(blocks=(inner(),), choices=(choice(),), emergencies=(emergency(),)),
        Row.INNER_BLOCK,
        Reason.BLOCKED,
    ),
    Case(
        "row 3: a provider-wide inner block covers every unit",
        NURSE,
        OWN_UNLISTED,
        facts(blocks=(replace(inner(), unit_id=""),), choices=(choice(),)),
        Row.INNER_BLOCK,
        Reason.BLOCKED,
    ),
    Case(
        "row 3: the other units stay open",
        NURSE,
        OWN_MEDICIN,
        facts(blocks=(inner(),), choices=(choice(),)),
        Row.OWN_PROVIDER,
    ),
    Case(
        "row 3: unknown blocks close the other units",
        NURSE,
        OWN_MEDICIN,
        facts(blocks=None, choices=(choice(),)),
        Row.INNER_BLOCK,
        Reason.BLOCKS_UNKNOWN,
    ),
    Case(
        "row 3: made invisible by the setting, it is silent",
        NURSE,
        OWN_PSYKIATRI,
        facts(blocks=(inner(),), choices=(choice(),), legal=SILENT),
        Row.INNER_BLOCK,
        Reason.SILENT_BLOCK,
    ),
    Case(
        "row 3: made invisible, it looks unchosen before the choice",
        NURSE,
        OWN_PSYKIATRI,
        facts(blocks=(inner(),), legal=SILENT),
        Row.OWN_PROVIDER,
        Reason.NOT_CHOSEN,
    ),
    Case(
        "row 3: another provider's inner block is not ours",
        NURSE,
        OWN_MEDICIN,
        facts(blocks=(inner(HEMSJUKVARD),), choices=(choice(),)),
        Row.OWN_PROVIDER,
    ),
    Case(
        "row 4: lifted for the unit",
        NURSE,
        OWN_PSYKIATRI,
        facts(blocks=(LIFTED,), lifts=(lift(LIFTED),), choices=(choice(),)),
        Row.INNER_BLOCK_LIFTED,
    ),
    Case(
        "row 4: lifting is not choosing",
        NURSE,
        OWN_PSYKIATRI,
        facts(blocks=(LIFTED,), lifts=(lift(LIFTED),)),
        Row.OWN_PROVIDER,
        Reason.NOT_CHOSEN,
    ),
    Case(
        "row 4: lifted for one employee, not for the colleague",
        NURSE,
        OWN_PSYKIATRI,
        facts(blocks=(LIFTED,), lifts=(lift(LIFTED, employee_id="SE2321000016-P002"),), choices=(choice(),)),
        Row.INNER_BLOCK,
        Reason.BLOCKED,
    ),
    Case(
        "row 4: lifted at another unit",
        NURSE,
        OWN_PSYKIATRI,
        facts(blocks=(LIFTED,), lifts=(lift(LIFTED, reader(HEMSJUKVARD)),), choices=(choice(),)),
        Row.INNER_BLOCK,
        Reason.BLOCKED,
    ),
    Case(
        "row 4: one of two blocks lifted",
        NURSE,
        OWN_PSYKIATRI,
        facts(blocks=(LIFTED, inner()), lifts=(lift(LIFTED),), choices=(choice(),)),
        Row.INNER_BLOCK,
        Reason.BLOCKED,
    ),
    Case(
        "row 4: to the last second",
        NURSE,
        OWN_PSYKIATRI,
        facts(blocks=(LIFTED,), lifts=(lift(LIFTED, ends=NOW + SECOND),), choices=(choice(),)),
        Row.INNER_BLOCK_LIFTED,
    ),
    Case(
        "row 4: over at its end",
        NURSE,
        OWN_PSYKIATRI,
        facts(blocks=(LIFTED,), lifts=(lift(LIFTED, ends=NOW),), choices=(choice(),)),
        Row.INNER_BLOCK,
        Reason.BLOCKED,
    ),
    Case(
        "row 4: taken back",
        NURSE,
        OWN_PSYKIATRI,
        facts(blocks=(LIFTED,), lifts=(lift(LIFTED, stopped_at=NOW),), choices=(choice(),)),
        Row.INNER_BLOCK,
        Reason.BLOCKED,
    ),
    # Row 5: no consent.
    Case("row 5: vårdgivare without consent", NURSE, other(VARD), facts(), Row.NO_CONSENT, Reason.NO_CONSENT),
    Case(
        "row 5: owners nobody knows yet",
        NURSE,
        unknown_owner(HEALTH),
        facts(),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 5: omsorgsgivare without consent", CARER, other(VARD), facts(), Row.NO_CONSENT, Reason.NO_CONSENT
    ),
    # Row 6: consent, vårdgivare reading.
    Case("row 6: consent opens vårdgivare", NURSE, other(VARD), facts(consents=(consent(),)), Row.CONSENT),
    Case(
        "row 6: consent opens omsorgsgivare too",
        NURSE,
        other(OMSORG),
        facts(consents=(consent(),)),
        Row.CONSENT,
    ),
    Case(
        "row 6: and owners nobody knows yet",
        NURSE,
        unknown_owner(SOCIAL),
        facts(consents=(consent(),)),
        Row.CONSENT,
    ),
    Case(
        "row 6: consent of another unit",
        NURSE,
        other(VARD),
        facts(consents=(consent(PSYKIATRI),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 6: consent for a group of units",
        NURSE,
        other(VARD),
        facts(consents=(consent(PSYKIATRI, AKUTEN),)),
        Row.CONSENT,
    ),
    Case(
        "row 6: personal consent, the one it is for",
        NURSE,
        other(VARD),
        facts(consents=(consent(employee_id=NURSE.hsa_id),)),
        Row.CONSENT,
    ),
    Case(
        "row 6: personal consent, a colleague",
        NURSE,
        other(VARD),
        facts(consents=(consent(employee_id="SE2321000016-P002"),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 6: one second before it ends",
        NURSE,
        other(VARD),
        facts(consents=(consent(ends=NOW + SECOND),)),
        Row.CONSENT,
    ),
    Case(
        "row 6: at its end",
        NURSE,
        other(VARD),
        facts(consents=(consent(ends=NOW),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 6: one second after",
        NURSE,
        other(VARD),
        facts(consents=(consent(ends=NOW - SECOND),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 6: not before it begins",
        NURSE,
        other(VARD),
        facts(consents=(consent(starts_at=NOW + SECOND),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 6: from its first moment",
        NURSE,
        other(VARD),
        facts(consents=(consent(starts_at=NOW),)),
        Row.CONSENT,
    ),
    Case(
        "row 6: ended or annulled",
        NURSE,
        other(VARD),
        facts(consents=(consent(stopped_at=NOW),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 6: to be ended in a second",
        NURSE,
        other(VARD),
        facts(consents=(consent(stopped_at=NOW + SECOND),)),
        Row.CONSENT,
    ),
    Case(
        "row 6: a certificate may rest on consent",
        reader(purpose=Purpose.CERTIFICATE),
        other(VARD),
        facts(consents=(consent(),)),
        Row.CONSENT,
    ),
    # Row 7: refusal.
    Case(
        "row 7: refusal closes",
        NURSE,
        other(VARD),
        facts(refusals=(refusal(),)),
        Row.REFUSED,
        Reason.PATIENT_REFUSED,
    ),
    Case(
        "row 7: for omsorgsgivare too",
        CARER,
        other(VARD),
        facts(refusals=(refusal(HEMTJANST),)),
        Row.REFUSED,
        Reason.PATIENT_REFUSED,
    ),
    Case(
        "row 7: refusal after consent",
        NURSE,
        other(VARD),
        facts(consents=(consent(),), refusals=(refusal(),)),
        Row.REFUSED,
        Reason.PATIENT_REFUSED,
    ),
    Case(
        "row 7: at the same moment the no counts",
        NURSE,
        other(VARD),
        facts(consents=(consent(given=NOW - HOUR),), refusals=(refusal(given=NOW - HOUR),)),
        Row.REFUSED,
        Reason.PATIENT_REFUSED,
    ),
    Case(
        "row 7: another unit's refusal",
        NURSE,
        other(VARD),
        facts(consents=(consent(),), refusals=(refusal(PSYKIATRI),)),
        Row.CONSENT,
    ),
    Case(
        "row 7: ended by a new consent",
        NURSE,
        other(VARD),
        facts(consents=(consent(given=NOW - SECOND),), refusals=(refusal(),)),
        Row.CONSENT,
    ),
    Case(
        "row 7: a colleague's personal consent does not end it for me",
        NURSE,
        other(VARD),
        facts(
            consents=(consent(given=NOW - SECOND, employee_id="SE2321000016-P002"),), refusals=(refusal(),)
        ),
        Row.REFUSED,
        Reason.PATIENT_REFUSED,
    ),
    Case(
        "row 7: annulled, the consent before it is there again",
        NURSE,
        other(VARD),
        facts(consents=(consent(),), refusals=(refusal(stopped_at=NOW, is_annulled=True),)),
        Row.CONSENT,
    ),
    Case(
        "row 7: ended is not annulled, the consent before it stays undone",
        NURSE,
        other(VARD),
        facts(consents=(consent(),), refusals=(refusal(stopped_at=NOW),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 7: given at the moment of the no, and undone with the no ended",
        NURSE,
        other(VARD),
        facts(
            consents=(consent(given=NOW - HOUR),),
            refusals=(refusal(given=NOW - HOUR, stopped_at=NOW - SECOND),),
        ),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 7: when the new consent runs out the old one does not come back",
        NURSE,
        other(VARD),
        facts(
            consents=(consent(), consent(given=NOW - HOUR / 2, ends=NOW)),
            refusals=(refusal(stopped_at=NOW - HOUR / 2),),
        ),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 7: lasting inability does not go past it",
        NURSE,
        other(VARD),
        facts(refusals=(refusal(),), inabilities=(inability(),)),
        Row.REFUSED,
        Reason.PATIENT_REFUSED,
    ),
    Case(
        "row 7: emergency declared before the no",
        NURSE,
        other(VARD),
        facts(refusals=(refusal(),), emergencies=(emergency(declared=NOW - 2 * HOUR),)),
        Row.REFUSED,
        Reason.PATIENT_REFUSED,
    ),
    Case(
        "row 7: emergency after, but conscious",
        NURSE,
        other(VARD),
        facts(refusals=(refusal(),), emergencies=(emergency(obstacle=Obstacle.TOO_ILL),)),
        Row.REFUSED,
        Reason.PATIENT_REFUSED,
    ),
    Case(
        "row 7 then 8: since unconscious",
        NURSE,
        other(VARD),
        facts(refusals=(refusal(),), emergencies=(emergency(),)),
        Row.EMERGENCY,
    ),
    Case(
        "row 7: unconscious, but the setting forbids it",
        NURSE,
        other(VARD),
        facts(refusals=(refusal(),), emergencies=(emergency(),), legal=NO_EMERGENCY_AFTER_NO),
        Row.REFUSED,
        Reason.PATIENT_REFUSED,
    ),
    # Row 8: emergency.
    Case(
        "row 8: emergency opens health data",
        NURSE,
        other(VARD),
        facts(emergencies=(emergency(),)),
        Row.EMERGENCY,
    ),
    Case(
        "row 8: emergency opens health data, never social care",
        NURSE,
        other(OMSORG),
        facts(emergencies=(emergency(),)),
        Row.EMERGENCY,
        Reason.NOT_IN_EMERGENCY,
    ),
    Case(
        "row 8: nor social care of owners nobody knows",
        NURSE,
        unknown_owner(SOCIAL),
        facts(emergencies=(emergency(),)),
        Row.EMERGENCY,
        Reason.NOT_IN_EMERGENCY,
    ),
    Case(
        "row 8: names first",
        NURSE,
        other(VARD),
        facts(emergencies=(emergency(opened=False),)),
        Row.EMERGENCY,
        Reason.NAMES_ONLY,
    ),
    Case(
        "row 8: no danger, no emergency",
        NURSE,
        other(VARD),
        facts(emergencies=(emergency(is_danger=False),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 8: it is personal",
        NURSE,
        other(VARD),
        facts(emergencies=(emergency(reader(hsa_id="SE2321000016-P002")),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 8: it stays at its unit",
        NURSE,
        other(VARD),
        facts(emergencies=(emergency(reader(PSYKIATRI)),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 8: to its last second",
        NURSE,
        other(VARD),
        facts(emergencies=(emergency(ends_at=NOW + SECOND),)),
        Row.EMERGENCY,
    ),
    Case(
        "row 8: over after its time",
        NURSE,
        other(VARD),
        facts(emergencies=(emergency(ends_at=NOW),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 8: ended with the assignment",
        NURSE,
        other(VARD),
        facts(emergencies=(emergency(stopped_at=NOW - SECOND),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 8: omsorgsgivare have none",
        CARER,
        other(NORD_OMSORG),
        facts(emergencies=(emergency(CARER),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 8: a certificate has none",
        reader(purpose=Purpose.CERTIFICATE),
        other(VARD),
        facts(emergencies=(emergency(),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 8: consent speaks before it",
        NURSE,
        other(OMSORG),
        facts(emergencies=(emergency(),), consents=(consent(),)),
        Row.CONSENT,
    ),
    Case(
        "row 8: not held up by an inability without its assertions",
        NURSE,
        other(VARD),
        facts(emergencies=(emergency(),), inabilities=(inability(asserted=False),)),
        Row.EMERGENCY,
    ),
    # Row 9: lasting inability, vårdgivare reading.
    Case(
        "row 9: asserted, health data",
        NURSE,
        other(VARD),
        facts(inabilities=(inability(),)),
        Row.LASTING_INABILITY,
    ),
    Case(
        "row 9: asserted, social care data",
        NURSE,
        other(OMSORG),
        facts(inabilities=(inability(),)),
        Row.LASTING_INABILITY,
    ),
    Case(
        "row 9: asserted, also in an emergency social care opens",
        NURSE,
        other(OMSORG),
        facts(inabilities=(inability(),), emergencies=(emergency(),)),
        Row.LASTING_INABILITY,
    ),
    Case(
        "row 9: names before the assertions",
        NURSE,
        other(VARD),
        facts(inabilities=(inability(asserted=False),)),
        Row.LASTING_INABILITY,
        Reason.NAMES_ONLY,
    ),
    *(
        Case(
            f"row 9: all three assertions, not without {said}",
            NURSE,
            other(VARD),
            facts(inabilities=(inability(without=said),)),
            Row.LASTING_INABILITY,
            Reason.NAMES_ONLY,
        )
        for said in ("is_needed", "is_attitude_clarified", "is_no_objection_known")
    ),
    Case(
        "row 9: to be reviewed in a second",
        NURSE,
        other(VARD),
        facts(inabilities=(inability(review_at=NOW + SECOND),)),
        Row.LASTING_INABILITY,
    ),
    Case(
        "row 9: review due",
        NURSE,
        other(VARD),
        facts(inabilities=(inability(review_at=NOW),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 9: of another unit",
        NURSE,
        other(VARD),
        facts(inabilities=(inability(PSYKIATRI),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 9: not for certificates",
        reader(purpose=Purpose.CERTIFICATE),
        other(VARD),
        facts(inabilities=(inability(),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    # Row 10: temporary inability.
    Case(
        "row 10: waits",
        NURSE,
        other(VARD),
        facts(is_temporarily_unable=True),
        Row.TEMPORARY_INABILITY,
        Reason.TEMPORARILY_UNABLE,
    ),
    Case(
        "row 10: waits for omsorgsgivare",
        CARER,
        other(NORD_OMSORG),
        facts(is_temporarily_unable=True),
        Row.TEMPORARY_INABILITY,
        Reason.TEMPORARILY_UNABLE,
    ),
    Case(
        "row 10 then 8: with danger",
        NURSE,
        other(VARD),
        facts(is_temporarily_unable=True, emergencies=(emergency(),)),
        Row.EMERGENCY,
    ),
    Case(
        "row 10: consent given before stands",
        NURSE,
        other(VARD),
        facts(is_temporarily_unable=True, consents=(consent(),)),
        Row.CONSENT,
    ),
    # Rows 11 and 15a: children.
    Case("row 11: young child, no consent", NURSE, other(VARD), facts(person=CHILD), Row.CHILD),
    Case("row 11: social care data too", NURSE, other(OMSORG), facts(person=CHILD), Row.CHILD),
    Case(
        "row 11: a child found able consents itself",
        NURSE,
        other(VARD),
        facts(person=CHILD, child_ability=ChildAbility.ABLE),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 11: from 13 somebody must have asked",
        NURSE,
        other(VARD),
        facts(person=YOUTH),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 11: from 13, found unable",
        NURSE,
        other(VARD),
        facts(person=YOUTH, child_ability=ChildAbility.UNABLE),
        Row.CHILD,
    ),
    Case(
        "row 11: unknown birth makes no child",
        NURSE,
        other(VARD),
        facts(person=replace(CHILD, born=None)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 11: no longer at 18",
        NURSE,
        other(VARD),
        facts(person=replace(CHILD, born=date(2008, 11, 15)), child_ability=ChildAbility.UNABLE),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 11: the day before 18",
        NURSE,
        other(VARD),
        facts(person=replace(CHILD, born=date(2008, 11, 16)), child_ability=ChildAbility.UNABLE),
        Row.CHILD,
    ),
    Case(
        "row 11: relation still needed",
        NURSE,
        other(VARD),
        facts(person=CHILD, has_relation=False),
        Row.NOTHING,
        Reason.NO_RELATION,
    ),
    Case(
        "row 11: not for certificates",
        reader(purpose=Purpose.CERTIFICATE),
        other(VARD),
        facts(person=CHILD),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 11: a block holds for children too",
        NURSE,
        other(VARD),
        facts(person=CHILD, blocks=(outer(VARD),)),
        Row.OUTER_BLOCK,
        Reason.BLOCKED,
    ),
    Case(
        "row 15a: other omsorgsgivare's data",
        CARER,
        other(NORD_OMSORG),
        facts(person=CHILD),
        Row.SOCIAL_CHILD,
    ),
    Case(
        "row 15a: never health data",
        CARER,
        other(VARD),
        facts(person=CHILD),
        Row.SOCIAL_CHILD,
        Reason.HEALTH_DATA_CLOSED,
    ),
    Case(
        "row 15a: insats or utredning still needed",
        CARER,
        other(NORD_OMSORG),
        facts(person=CHILD, has_social_need=False),
        Row.NOTHING,
        Reason.NO_SOCIAL_NEED,
    ),
    # Rows 12, 13 and 16: outer blocks.
    Case(
        "row 12: outer block, consent or not",
        NURSE,
        other(VARD),
        facts(blocks=(outer(VARD),), consents=(consent(),)),
        Row.OUTER_BLOCK,
        Reason.BLOCKED,
    ),
    Case(
        "row 12: unknown blocks close",
        NURSE,
        other(VARD),
        facts(blocks=None, consents=(consent(),)),
        Row.OUTER_BLOCK,
        Reason.BLOCKS_UNKNOWN,
    ),
    Case(
        "row 12: unknown blocks close for omsorgsgivare",
        CARER,
        other(NORD_OMSORG),
        facts(blocks=None, consents=(consent(),)),
        Row.OUTER_BLOCK,
        Reason.BLOCKS_UNKNOWN,
    ),
    Case(
        "row 12: lasting inability does not open it",
        NURSE,
        other(VARD),
        facts(blocks=(outer(VARD),), inabilities=(inability(),)),
        Row.OUTER_BLOCK,
        Reason.BLOCKED,
    ),
    Case(
        "row 12: lifted by the provider that blocked (SVOD 3:5)",
        NURSE,
        other(VARD),
        facts(blocks=(FULL_INNER, b := outer(VARD)), lifts=(lift(b),), consents=(consent(),)),
        Row.CONSENT,
    ),
    Case(
        "row 12: lifted, but the patient never consented",
        NURSE,
        other(VARD),
        facts(blocks=(b := outer(VARD),), lifts=(lift(b),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 12: lifted for somebody else",
        NURSE,
        other(VARD),
        facts(blocks=(b := outer(VARD),), lifts=(lift(b, employee_id="X"),), consents=(consent(),)),
        Row.OUTER_BLOCK,
        Reason.BLOCKED,
    ),
    Case(
        "row 12: another provider's block is not this one's",
        NURSE,
        other(VARD),
        facts(blocks=(outer(NORD_VARD),), consents=(consent(),)),
        Row.CONSENT,
    ),
    Case(
        "row 12: silent for omsorgsgivare",
        CARER,
        other(VARD),
        facts(blocks=(outer(VARD),), consents=(consent(),)),
        Row.SOCIAL_BLOCK,
        Reason.SILENT_BLOCK,
    ),
    Case(
        "row 12: and before consent it looks like no consent",
        CARER,
        other(VARD),
        facts(blocks=(outer(VARD),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 12: made invisible by the setting",
        NURSE,
        other(VARD),
        facts(blocks=(outer(VARD),), consents=(consent(),), legal=SILENT),
        Row.OUTER_BLOCK,
        Reason.SILENT_BLOCK,
    ),
    Case(
        "row 13: emergency may ask for lifting, and no more",
        NURSE,
        other(VARD),
        facts(blocks=(outer(VARD),), emergencies=(emergency(),)),
        Row.OUTER_BLOCK_EMERGENCY,
        Reason.MAY_ASK_TO_LIFT,
    ),
    Case(
        "row 13: already with the names",
        NURSE,
        other(VARD),
        facts(blocks=(outer(VARD),), emergencies=(emergency(opened=False),)),
        Row.OUTER_BLOCK_EMERGENCY,
        Reason.MAY_ASK_TO_LIFT,
    ),
    Case(
        "row 13: not for a conscious patient who said no",
        NURSE,
        other(VARD),
        facts(
            blocks=(outer(VARD),), refusals=(refusal(),), emergencies=(emergency(declared=NOW - 2 * HOUR),)
        ),
        Row.OUTER_BLOCK,
        Reason.BLOCKED,
    ),
    Case(
        "row 13: not for certificates",
        reader(purpose=Purpose.CERTIFICATE),
        other(VARD),
        facts(blocks=(outer(VARD),), emergencies=(emergency(),)),
        Row.OUTER_BLOCK,
        Reason.BLOCKED,
    ),
    Case(
        "row 13: silent for omsorgsgivare",
        CARER,
        other(VARD),
        facts(blocks=(outer(VARD),), emergencies=(emergency(CARER),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 16: blocked social care data, nothing said",
        NURSE,
        other(OMSORG),
        facts(blocks=(outer(OMSORG),), consents=(consent(),)),
        Row.SOCIAL_BLOCK,
        Reason.SILENT_BLOCK,
    ),
    Case(
        "row 16: before consent it looks like no consent",
        NURSE,
        other(OMSORG),
        facts(blocks=(outer(OMSORG),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 16: for omsorgsgivare as well",
        CARER,
        other(NORD_OMSORG),
        facts(blocks=(outer(NORD_OMSORG),), consents=(consent(),)),
        Row.SOCIAL_BLOCK,
        Reason.SILENT_BLOCK,
    ),
    Case(
        "row 16: within the own omsorgsgivare",
        CARER,
        OWN_BISTAND,
        facts(blocks=(inner(BISTAND),), choices=(choice(reader=CARER),)),
        Row.SOCIAL_BLOCK,
        Reason.SILENT_BLOCK,
    ),
    Case(
        "row 16: within the own, before the choice as any unit",
        CARER,
        OWN_BISTAND,
        facts(blocks=(inner(BISTAND),)),
        Row.OWN_PROVIDER,
        Reason.NOT_CHOSEN,
    ),
    Case(
        "row 16: emergency has no word either",
        NURSE,
        other(OMSORG),
        facts(blocks=(outer(OMSORG),), emergencies=(emergency(),)),
        Row.EMERGENCY,
        Reason.NOT_IN_EMERGENCY,
    ),
    # Row 14: omsorgsgivare with consent.
    Case(
        "row 14: health data by consent",
        CARER,
        other(FJALL),
        facts(consents=(consent(),)),
        Row.SOCIAL_CONSENT,
    ),
    Case(
        "row 14: other omsorgsgivare's data by consent",
        CARER,
        other(NORD_OMSORG),
        facts(consents=(consent(),)),
        Row.SOCIAL_CONSENT,
    ),
    Case(
        "row 14: without insats or utredning nothing",
        CARER,
        other(FJALL),
        facts(consents=(consent(),), has_social_need=False),
        Row.NOTHING,
        Reason.NO_SOCIAL_NEED,
    ),
    Case(
        "row 14: to the last second",
        CARER,
        other(FJALL),
        facts(consents=(consent(ends=NOW + SECOND),)),
        Row.SOCIAL_CONSENT,
    ),
    Case(
        "row 14: over at its end",
        CARER,
        other(FJALL),
        facts(consents=(consent(ends=NOW),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    # Row 15b: omsorgsgivare, an adult lacking ability.
    Case(
        "row 15b: other omsorgsgivare's data",
        CARER,
        other(NORD_OMSORG),
        facts(inabilities=(inability(HEMTJANST),)),
        Row.SOCIAL_INABILITY,
    ),
    Case(
        "row 15b: never health data",
        CARER,
        other(FJALL),
        facts(inabilities=(inability(HEMTJANST),)),
        Row.SOCIAL_INABILITY,
        Reason.HEALTH_DATA_CLOSED,
    ),
    Case(
        "row 15b: names before the assertions",
        CARER,
        other(NORD_OMSORG),
        facts(inabilities=(inability(HEMTJANST, asserted=False),)),
        Row.SOCIAL_INABILITY,
        Reason.NAMES_ONLY,
    ),
    Case(
        "row 15b: no names of health care even",
        CARER,
        other(FJALL),
        facts(inabilities=(inability(HEMTJANST, asserted=False),)),
        Row.SOCIAL_INABILITY,
        Reason.HEALTH_DATA_CLOSED,
    ),
    Case(
        "row 15b: review due",
        CARER,
        other(NORD_OMSORG),
        facts(inabilities=(inability(HEMTJANST, review_at=NOW),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    # Row 17: protected identity changes nothing in what may be read.
    Case(
        "row 17: own unit as before",
        NURSE,
        OWN_UNIT,
        facts(person=replace(GROWN_UP, protection=Protection.CONFIDENTIALITY_MARK)),
        Row.OWN_UNIT,
    ),
    Case(
        "row 17: consent opens as before",
        NURSE,
        other(OMSORG),
        facts(person=replace(GROWN_UP, protection=Protection.CONFIDENTIALITY_MARK), consents=(consent(),)),
        Row.CONSENT,
    ),
    Case(
        "row 17: no consent, no access as before",
        CARER,
        other(FJALL),
        facts(person=replace(GROWN_UP, protection=Protection.PROTECTED_REGISTRATION)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    # Row 18: no relation, or another purpose.
    Case(
        "row 18: no relation, even with consent",
        NURSE,
        other(VARD),
        facts(has_relation=False, consents=(consent(),)),
        Row.NOTHING,
        Reason.NO_RELATION,
    ),
    Case(
        "row 18: no relation, even in an emergency",
        NURSE,
        other(VARD),
        facts(has_relation=False, emergencies=(emergency(),)),
        Row.NOTHING,
        Reason.NO_RELATION,
    ),
    Case(
        "row 18: unknown relation, even with consent",
        NURSE,
        other(VARD),
        facts(has_relation=None, consents=(consent(),)),
        Row.NOTHING,
        Reason.RELATION_UNKNOWN,
    ),
    Case(
        "row 18: omsorgsgivare without relation",
        CARER,
        other(FJALL),
        facts(has_relation=False, consents=(consent(),)),
        Row.NOTHING,
        Reason.NO_RELATION,
    ),
    *(
        Case(
            f"row 18: purpose {purpose.value} at {unit.name}, even with consent",
            reader(unit, purpose),
            other(NORD_VARD),
            facts(consents=(consent(),)),
            Row.NOTHING,
            Reason.WRONG_PURPOSE,
        )
        for purpose in (Purpose.QUALITY, Purpose.ADMINISTRATION, Purpose.RESEARCH)
        for unit in (AKUTEN, HEMTJANST)
    ),
    Case(
        "row 18: certificate without consent",
        reader(purpose=Purpose.CERTIFICATE),
        other(VARD),
        facts(),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 18: omsorgsgivare have no certificates",
        reader(HEMTJANST, Purpose.CERTIFICATE),
        other(FJALL),
        facts(consents=(consent(),)),
        Row.NOTHING,
        Reason.WRONG_PURPOSE,
    ),
    # Row 20: the same municipality's other kind is another provider.
    Case(
        "row 20: vård reads omsorg, no consent",
        VARD_NURSE,
        other(OMSORG),
        facts(),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 20: vård reads omsorg, consent",
        VARD_NURSE,
        other(OMSORG),
        facts(consents=(consent(HEMSJUKVARD),)),
        Row.CONSENT,
    ),
    Case(
        "row 20: vård reads omsorg, emergency",
        VARD_NURSE,
        other(OMSORG),
        facts(emergencies=(emergency(VARD_NURSE),)),
        Row.EMERGENCY,
        Reason.NOT_IN_EMERGENCY,
    ),
    Case(
        "row 20: vård reads omsorg, choosing units is not it",
        VARD_NURSE,
        other(OMSORG),
        facts(choices=(choice(reader=VARD_NURSE),)),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 20: omsorg reads vård, no consent",
        CARER,
        other(VARD),
        facts(),
        Row.NO_CONSENT,
        Reason.NO_CONSENT,
    ),
    Case(
        "row 20: omsorg reads vård, consent",
        CARER,
        other(VARD),
        facts(consents=(consent(),)),
        Row.SOCIAL_CONSENT,
    ),
    Case(
        "row 20: omsorg reads vård, inability",
        CARER,
        other(VARD),
        facts(inabilities=(inability(HEMTJANST),)),
        Row.SOCIAL_INABILITY,
        Reason.HEALTH_DATA_CLOSED,
    ),
    # Row 21: the deceased.
    Case("row 21: own unit", NURSE, OWN_UNIT, facts(person=DEAD), Row.DECEASED),
    Case(
        "row 21: own provider's chosen unit",
        NURSE,
        OWN_MEDICIN,
        facts(person=DEAD, choices=(choice(),)),
        Row.DECEASED,
    ),
    Case(
        "row 21: an unchosen one stays so",
        NURSE,
        OWN_MEDICIN,
        facts(person=DEAD),
        Row.OWN_PROVIDER,
        Reason.NOT_CHOSEN,
    ),
    Case(
        "row 21: inner blocks outlive the patient",
        NURSE,
        OWN_PSYKIATRI,
        facts(person=DEAD, blocks=(inner(),), choices=(choice(),)),
        Row.INNER_BLOCK,
        Reason.BLOCKED,
    ),
    Case("row 21: omsorgsgivare's own unit", CARER, OWN_HEMTJANST, facts(person=DEAD), Row.DECEASED),
    *(
        Case(
            f"row 21: others closed, {ground}",
            NURSE,
            other(VARD),
            facts(person=DEAD, **recorded),
            Row.DECEASED,
            Reason.DECEASED,
        )
        for ground, recorded in DEAD_GROUNDS.items()
    ),
    Case(
        "row 21: others closed for a child",
        NURSE,
        other(VARD),
        facts(person=replace(CHILD, died=date(2026, 11, 12))),
        Row.DECEASED,
        Reason.DECEASED,
    ),
    Case(
        "row 21: others closed for omsorgsgivare",
        CARER,
        other(FJALL),
        facts(person=DEAD, consents=(consent(),)),
        Row.DECEASED,
        Reason.DECEASED,
    ),
]


def decide(case: Case) -> Decision:
    return policy.decide(policy.Ask(case.actor, case.at), case.facts, case.reach)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_table(case: Case):
    decision = decide(case)
    assert decision.row is case.row
    assert (decision.reason if isinstance(decision, Refusal) else OPEN) is case.reason


def test_every_row_is_in_the_table():
    named = {case.name.split(":")[0].removeprefix("row ").split(" ")[0] for case in CASES}
    assert named == {*map(str, range(1, 15)), "15a", "15b", *map(str, range(16, 22))}


def test_names_in_the_table_are_each_said_once():
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)


def opened(actor: Actor, reach: Reach, known: Facts) -> Basis:
    decision = policy.decide(policy.Ask(actor, NOW), known, reach)
    assert isinstance(decision, Basis)
    return decision


def test_omsorgsgivare_get_only_the_kinds_set_for_them_by_consent():
    basis = opened(CARER, other(FJALL), facts(consents=(consent(),)))
    assert {kind.name for kind in basis.kinds} == {
        "CARE_LIMITATION",
        "WARNING",
        "CONTACT",
        "SOCIAL_SERVICE",
        "HOME_CARE",
        "COORDINATION",
    }


def test_vardgivare_get_every_kind_by_consent():
    assert opened(NURSE, other(OMSORG), facts(consents=(consent(),))).kinds == EVERY_KIND


def test_basis_names_what_it_rests_on_and_until_when():
    given = consent(ends=NOW + DAY)
    basis = opened(NURSE, other(VARD), facts(consents=(given,)))
    assert (basis.reference, basis.expires_at) == (given.id, NOW + DAY)


def test_of_several_consents_the_one_that_lasts_longest_is_named():
    forever = consent()
    known = facts(consents=(consent(ends=NOW + DAY), forever, consent(ends=NOW + 2 * DAY)))
    assert opened(NURSE, other(VARD), known).reference == forever.id


def test_emergency_basis_ends_with_the_opening():
    opening = emergency(ends_at=NOW + HOUR)
    basis = opened(NURSE, other(VARD), facts(emergencies=(opening,)))
    assert (basis.reference, basis.expires_at) == (opening.id, NOW + HOUR)


def test_inability_basis_ends_with_its_review():
    said = inability(review_at=NOW + HOUR)
    assert opened(NURSE, other(VARD), facts(inabilities=(said,))).expires_at == NOW + HOUR


def test_child_basis_ends_with_the_swedish_day():
    basis = opened(NURSE, other(VARD), facts(person=CHILD))
    assert basis.expires_at is not None
    assert basis.expires_at.isoformat() == "2026-11-16T00:00:00+01:00"


def test_chosen_unit_stays_open_as_long_as_the_last_choice():
    known = facts(choices=(choice(ends=NOW + HOUR), choice(OWN_MEDICIN.unit_id, ends=NOW + 2 * HOUR)))
    assert opened(NURSE, OWN_MEDICIN, known).expires_at == NOW + 2 * HOUR


@pytest.mark.parametrize(("chosen", "lifted"), [(HOUR, DAY), (DAY, HOUR)])
def test_lifted_unit_stays_open_until_the_first_of_choice_and_lift(chosen, lifted):
    known = facts(
        blocks=(LIFTED,), lifts=(lift(LIFTED, ends=NOW + lifted),), choices=(choice(ends=NOW + chosen),)
    )
    assert opened(NURSE, OWN_PSYKIATRI, known).expires_at == NOW + HOUR


def test_partial_block_stays_in_the_basis_for_every_record():
    dated = outer(VARD, first_day=date(2026, 1, 1))
    assert opened(NURSE, other(VARD), facts(blocks=(dated,), consents=(consent(),))).blocks == (dated,)


def test_owner_nobody_knows_carries_every_outer_block():
    blocks = (outer(VARD), outer(NORD_VARD), inner())
    basis = opened(NURSE, unknown_owner(HEALTH), facts(blocks=blocks, consents=(consent(),)))
    assert basis.blocks == blocks[:2]
