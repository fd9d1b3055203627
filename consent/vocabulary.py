"""The closed sets of words that access decisions are made of. No Django here.

Sources: PDL (2008:355), SVOD (2022:913). Swedish counterparts: docs/glossary.md.
"""

from enum import StrEnum


class CareKind(StrEnum):
    """Which law a provider works under: vårdgivare or omsorgsgivare."""

    HEALTH_CARE = "health_care"
    SOCIAL_CARE = "social_care"


class Purpose(StrEnum):
    """Why an assignment (medarbetaruppdrag) may read: only the first opens other providers' data."""

    CARE = "care"
    CERTIFICATE = "certificate"
    QUALITY = "quality"
    ADMINISTRATION = "administration"
    RESEARCH = "research"


class Kind(StrEnum):
    """The twelve kinds of record, one per button, in the order of the page."""

    CARE_LIMITATION = "care_limitation"
    WARNING = "warning"
    CONTACT = "contact"
    VACCINATION = "vaccination"
    SOCIAL_SERVICE = "social_service"
    HOME_CARE = "home_care"
    COORDINATION = "coordination"
    CARE_PLAN = "care_plan"
    CARE_CONTACT = "care_contact"
    PREHOSPITAL = "prehospital"
    DIAGNOSIS = "diagnosis"
    MEDICATION = "medication"


EVERY_KIND = frozenset(Kind)


class InformationType(StrEnum):
    """The national information types a block may leave out (``upp``, ``lak``) or cover."""

    ALERT = "upp"
    MEDICATION = "lak"
    DIAGNOSIS = "dia"
    VACCINATION = "vac"
    CARE_CONTACT = "vko"
    CARE_PLAN = "vpl"
    DOCUMENTATION = "voo"
    OBSERVATION = "und"
    ADMINISTRATIVE = "pat"
    SOCIAL = "soc"


class IdType(StrEnum):
    PERSONNUMMER = "personnummer"
    SAMORDNINGSNUMMER = "samordningsnummer"
    RESERVNUMMER = "reservnummer"


class Distance(StrEnum):
    OWN_UNIT = "own_unit"
    OWN_PROVIDER = "own_provider"
    OTHER_PROVIDER = "other_provider"


class Row(StrEnum):
    """The row of the decision table that spoke."""

    OWN_UNIT = "1"
    OWN_PROVIDER = "2"
    INNER_BLOCK = "3"
    INNER_BLOCK_LIFTED = "4"
    NO_CONSENT = "5"
    CONSENT = "6"
    REFUSED = "7"
    EMERGENCY = "8"
    LASTING_INABILITY = "9"
    TEMPORARY_INABILITY = "10"
    CHILD = "11"
    OUTER_BLOCK = "12"
    OUTER_BLOCK_EMERGENCY = "13"
    SOCIAL_CONSENT = "14"
    SOCIAL_CHILD = "15a"
    SOCIAL_INABILITY = "15b"
    SOCIAL_BLOCK = "16"
    PROTECTED = "17"
    NOTHING = "18"
    SOCIAL_OWN = "19"
    OTHER_KIND = "20"
    DECEASED = "21"


class Reason(StrEnum):
    """Why nothing may be shown. Closed: the presenters have words for each."""

    WRONG_PURPOSE = "wrong_purpose"
    NO_RELATION = "no_relation"
    RELATION_UNKNOWN = "relation_unknown"
    NOT_CHOSEN = "not_chosen"
    BLOCKED = "blocked"
    BLOCKS_UNKNOWN = "blocks_unknown"
    MAY_ASK_TO_LIFT = "may_ask_to_lift"
    SILENT_BLOCK = "silent_block"
    NO_CONSENT = "no_consent"
    PATIENT_REFUSED = "patient_refused"
    TEMPORARILY_UNABLE = "temporarily_unable"
    NAMES_ONLY = "names_only"
    NOT_IN_EMERGENCY = "not_in_emergency"
    NO_SOCIAL_NEED = "no_social_need"
    HEALTH_DATA_CLOSED = "health_data_closed"
    KIND_NOT_FOR_READER = "kind_not_for_reader"
    DECEASED = "deceased"
    PROTECTED_IDENTITY = "protected_identity"
    LINK_EXPIRED = "link_expired"


class BlockKind(StrEnum):
    INNER = "inner"
    OUTER = "outer"


class Right(StrEnum):
    """What an assignment gives beyond reading (commissionRight). Held by few, named one by one."""

    LIFT_BLOCKS = "lift_blocks"
    ADMINISTER_CONSENTS = "administer_consents"
    REVIEW_LOG = "review_log"


class RelationGround(StrEnum):
    """What a care relation rests on. NONE: the journal answered that there is none."""

    NONE = "none"
    JOURNAL = "journal"
    SERVICE = "insats"
    ASSESSMENT = "utredning"
    ATTESTED = "attested"


class RaisedAt(StrEnum):
    """At what the question of consent was raised."""

    SOCIAL_SERVICE = "sol"
    HOME_CARE = "home_care"
    CARE_HOME = "care_home"
    SIP = "sip"
    VISIT = "visit"


class ConsentForm(StrEnum):
    ORAL = "oral"
    WRITTEN = "written"
    DIGITAL = "digital"


class LiftGround(StrEnum):
    """PDL 4:5: the patient consents, or cannot be asked and the care absolutely needs it."""

    CONSENT = "consent"
    NEED = "need"


class LiftAnswer(StrEnum):
    LIFTED = "lifted"
    DECLINED = "declined"
