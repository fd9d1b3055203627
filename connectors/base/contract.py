"""What a connector is: a manifest, ``fetch`` and ``probe``. Contract version 1.

There is no way to say "empty" except by a complete, validated ``Answer``; everything else is a
``SourceFault`` out of a closed list.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from django.apps import AppConfig
from django.utils.functional import Promise

from connectors.base.answers import Answer, Freshness, Nullified, Part
from consent.terms import Permit, Provider
from consent.vocabulary import Kind

if TYPE_CHECKING:
    import ssl

    from connectors.base.authentication import Authentication
    from connectors.base.findings import Finding
    from connectors.base.transport import Transport

__all__ = [
    "CONTRACT_VERSION", "Answer", "Connector", "ConnectorConfig", "ErrorContact", "Fact", "Fault",
    "Freshness", "Manifest", "Nullified", "Part", "Setting", "SourceFault", "SourceProfile", "Words",
]  # fmt: skip

CONTRACT_VERSION = 1

Words = str | Promise


class Fault(StrEnum):
    """Why a source gave no answer. Closed: the page has words for each, and none of them means empty."""

    CONNECT = "connect"
    DNS = "dns"
    TLS = "tls"
    CERTIFICATE = "certificate"
    TIMED_OUT = "timed_out"
    TRUNCATED = "truncated"
    AUTH = "auth"
    CONFIG = "config"
    FORBIDDEN = "forbidden"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"
    REDIRECT = "redirect"
    FORMAT = "format"
    TOO_LARGE = "too_large"
    REPORTED = "reported"
    FOREIGN_PATIENT = "foreign_patient"
    BUSY = "busy"
    NOT_ASKED = "not_asked"
    OUR_BUG = "our_bug"


class SourceFault(Exception):
    """A source did not answer. Carries no free text: text could carry patient data.

    ``retry_after_s``: what the source asked us to wait, in seconds, where it said so.
    """

    def __init__(self, fault: Fault, retry_after_s: float | None = None) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.retry_after_s = retry_after_s


class Fact(StrEnum):
    """What a source may know about a person besides records. Each is the name of the method that answers it:

    find(person) -> Person, or UnknownPerson. blocks_of(person) -> tuple[Block, ...]: every block that stands.
    relation_of(person, unit_id) -> RelationGround: what the unit's own journal says.
    holds(person, apart_from) -> bool: whether anybody but that provider (HSA-id) holds unblocked data (SVOD
    2:4); its "no" counts only for the sources that ``answers_for`` names.
    All but ``find`` raise SourceFault where they cannot tell: "none" and "no" are answers, never a failure.
    """

    PERSON = "find"
    BLOCKS = "blocks_of"
    RELATION = "relation_of"
    EXISTENCE = "holds"


@dataclass(frozen=True, slots=True)
class Setting:
    """One field of a connector's typed form in the admin. Secrets are write-only there."""

    name: str
    label: Words
    type: type = str
    is_secret: bool = False
    is_required: bool = True
    default: str = ""
    help: Words = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a connector declares about itself.

    is_public_interface: the vendor publishes the interface; where not, admin and README say so
    ("antaget gränssnitt").
    is_aggregating: answers for many owners; such a source never has a configured owner.
    chooses_kinds: what a source delivers is agreed with each vendor and has to be said: one that could
    deliver anything would otherwise stand behind every button.
    """

    slug: str
    label: Words
    kinds: frozenset[Kind]
    settings: tuple[Setting, ...] = ()
    contract: int = CONTRACT_VERSION
    deadline_s: float = 4.0
    is_public_interface: bool = True
    is_aggregating: bool = False
    chooses_kinds: bool = False


@dataclass(frozen=True, slots=True)
class ErrorContact:
    """Whom to tell that a record is wrong; ``routine``: the owner's own words for how."""

    phone: str = ""
    email: str = ""
    routine: str = ""


@dataclass(frozen=True, slots=True)
class SourceProfile:
    """One configured installation of a connector, as the connector sees it.

    ``owner`` and the default unit are used only where a record names none; an aggregating source has none.
    ``providers`` are those this portal knows, by HSA-id, so that a named owner gets its right kind.
    ``connector`` is the slug of the connector that speaks with it. ``settings`` holds its secrets too.
    ``phone`` is whom to ring when the source does not answer; ``downtime`` what is said of stops;
    ``planned_downtime``: from when to when it has been told that it will not answer.
    """

    slug: str
    label: str
    base_url: str
    owner: Provider | None
    default_unit_id: str = ""
    default_unit_name: str = ""
    kinds: frozenset[Kind] = frozenset()
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)
    connector: str = ""
    deadline_s: float = 4.0
    phone: str = ""
    downtime: str = ""
    planned_downtime: tuple[datetime, datetime] | None = None
    error_contact: ErrorContact = ErrorContact()
    providers: Mapping[str, Provider] = field(default_factory=dict, repr=False)


class Connector(ABC):
    """One way to speak with one vendor's system. Made once per source and process; keeps no patient data."""

    manifest: ClassVar[Manifest]
    accept: ClassVar[str] = "application/json"
    reviews_files: ClassVar[bool] = False

    def __init__(self, profile: SourceProfile, transport: "Transport") -> None:
        self.profile = profile
        self.transport = transport

    @classmethod
    def kinds_of(cls, settings: Mapping[str, str]) -> frozenset[Kind]:
        """What a source with these settings can deliver: all the kinds, unless a setting divides them."""
        del settings
        return cls.manifest.kinds

    @classmethod
    def facts_of(cls, settings: Mapping[str, str]) -> frozenset[Fact]:
        """Which facts about people a source with these settings answers for: those it has methods for."""
        del settings
        return frozenset(fact for fact in Fact if callable(getattr(cls, fact.value, None)))

    @classmethod
    def answers_for(cls, settings: Mapping[str, str]) -> frozenset[str]:
        """For one that answers ``holds``: the sources (short names) that its "no" speaks of. None, unless
        named: an index cannot deny what it was never told of."""
        del settings
        return frozenset()

    @classmethod
    def flaws_of(cls, settings: Mapping[str, str]) -> Mapping[str, Words]:
        """What is wrong with these settings together, by setting: what no field of the form sees alone."""
        del settings
        return {}

    @classmethod
    def authenticate(cls, profile: SourceProfile) -> "Authentication | None":
        """How requests to this source are signed; none where the interface wants none."""
        del profile
        return None

    @classmethod
    def review(cls, text: str, profile: SourceProfile) -> "tuple[Finding, ...]":
        """Judge records in a file as if they had been fetched; for those whose ``reviews_files`` is set."""
        raise NotImplementedError

    @classmethod
    def secure(cls, profile: SourceProfile) -> "ssl.SSLContext | None":
        """What secures the connection, where it is not the public authorities alone. Raises SourceFault."""
        del profile
        return None

    @abstractmethod
    async def fetch(self, permit: Permit, kinds: frozenset[Kind]) -> Answer:
        """Ask for these kinds of the permit's patient (and its aliases). Raises SourceFault."""

    @abstractmethod
    async def probe(self) -> None:
        """Reach the source without naming a patient. Raises SourceFault."""


class ConnectorConfig(AppConfig):
    """Declares one connector. Django's app registry is the only registry."""

    connector: ClassVar[type[Connector]]
    # Periodic work of its own, as Celery's beat wants it.
    schedule: ClassVar[Mapping[str, Any]] = {}
