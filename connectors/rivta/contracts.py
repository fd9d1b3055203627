"""A service contract: what is asked, in which namespaces, and under which address."""

from dataclasses import dataclass
from enum import Enum

REGISTRY = "urn:riv:itintegration:registry:1"


class PatientStyle(Enum):
    """How a person's number is written: which elements, in the order of the schema."""

    ID_AND_TYPE = ("id", "type")
    ROOT_AND_EXTENSION = ("root", "extension")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceContract:
    """``domain`` without ``urn:riv:``; ``core``: the version of the domain's own types.

    action_domain: the domain as the contract's WSDL has it in its SOAPAction, where that is another.
    """

    domain: str
    operation: str
    version: str
    core: str
    style: PatientStyle = PatientStyle.ID_AND_TYPE
    action_domain: str = ""

    @property
    def major(self) -> str:
        return self.version.partition(".")[0]

    @property
    def namespace(self) -> str:
        return f"urn:riv:{self.domain}:{self.operation}Responder:{self.major}"

    @property
    def core_namespace(self) -> str:
        return f"urn:riv:{self.domain}:{self.core}"

    @property
    def action(self) -> str:
        domain = self.action_domain or self.domain
        return f"urn:riv:{domain}:{self.operation}Responder:{self.major}:{self.operation}"

    @property
    def path(self) -> str:
        """The address that service platforms give a contract, under their own."""
        return f"{self.domain.replace(':', '/')}/{self.operation}/{self.major}/rivtabp21"

    @property
    def label(self) -> str:
        return f"{self.operation} {self.version}"


PING = ServiceContract(
    domain="itintegration:monitoring", operation="PingForConfiguration", version="1.0", core="1"
)
