"""Who may look, recorded: providers and units, one dossier per patient, and every act that bears on access.

Nothing here is deleted: acts are ended or annulled, with time, person and reason (PDL, SVOD).
"""

from consent.accesslog.model import AccessEvent, LogKey
from consent.models.acts import (
    CareRelation,
    ChildAssessment,
    EmergencyOpening,
    Inability,
    RecordedAct,
    UnitChoice,
)
from consent.models.blocks import Block, BlockLift, LiftRequest
from consent.models.consents import Consent, ConsentRefusal, InformationText, SipConsent
from consent.models.dossiers import Dossier, LogEpoch
from consent.models.following import Following
from consent.models.organisations import CareProvider, CareUnit, UnitGroup
from consent.models.reviews import ReviewDraw, ReviewItem

__all__ = [
    "AccessEvent",
    "Block",
    "BlockLift",
    "CareProvider",
    "CareRelation",
    "CareUnit",
    "ChildAssessment",
    "Consent",
    "ConsentRefusal",
    "Dossier",
    "EmergencyOpening",
    "Following",
    "Inability",
    "InformationText",
    "LiftRequest",
    "LogEpoch",
    "LogKey",
    "RecordedAct",
    "ReviewDraw",
    "ReviewItem",
    "SipConsent",
    "UnitChoice",
    "UnitGroup",
]
