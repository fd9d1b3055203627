"""Which contracts there are, what each feeds, and which of them a source speaks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from connectors.base.contract import Setting
from connectors.npo.alerts import map_alert_2, map_alert_3
from connectors.npo.diagnoses import map_diagnosis
from connectors.npo.functional import map_functional_status
from connectors.npo.managers import complete_header, map_manager
from connectors.npo.medicines import map_medicine
from connectors.npo.notes import map_note
from connectors.npo.plans import map_plan
from connectors.npo.services import map_service
from connectors.npo.vaccinations import map_vaccination
from connectors.npo.visits import map_visit
from connectors.rivta.contracts import PatientStyle, ServiceContract
from connectors.rivta.drafting import MapEntry
from connectors.rivta.elements import Element
from connectors.rivta.header import Header
from consent.vocabulary import Kind

_DESCRIPTION = "clinicalprocess:healthcond:description"
_LOGISTICS = "clinicalprocess:logistics:logistics"
# How the published WSDLs of two contracts spell it in their SOAPAction.
_SHORT = "clinicalprocess:logistics"
_OUTCOME = "clinicalprocess:activityprescription:actoutcome"
_PARTICIPATION = "coreprocess:residentparticipation:residentparticipation"


def _as_it_is(_entry: Element, header: Header) -> Header:
    return header


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """``entry``: the element of one record. ``setting``: the source's yes or no to speaking it.

    is_in_npo: among those the national overview lists; a source speaks these unless told otherwise.
    complete: what the entry itself adds to its header. comes_in_pieces: what an answer has left can be asked
    for.
    """

    service: ServiceContract
    entry: str
    setting: str
    kinds: frozenset[Kind]
    map_entry: MapEntry
    is_in_npo: bool = True
    complete: Callable[[Element, Header], Header] = _as_it_is
    comes_in_pieces: bool = False

    def is_spoken_by(self, settings: Mapping[str, str]) -> bool:
        return settings.get(self.setting, "true" if self.is_in_npo else "") == "true"


def _service(
    domain: str, operation: str, version: str, core: str, action_domain: str = ""
) -> ServiceContract:
    """Logistics kept id and type in its third version; the others moved on to root and extension."""
    is_new = domain == _PARTICIPATION or (domain == _DESCRIPTION and version.startswith("3"))
    style = PatientStyle.ROOT_AND_EXTENSION if is_new else PatientStyle.ID_AND_TYPE
    return ServiceContract(
        domain=domain,
        operation=operation,
        version=version,
        core=core,
        style=style,
        action_domain=action_domain,
    )


_ALERTS = frozenset({Kind.CARE_LIMITATION, Kind.WARNING})
_VISITS = frozenset({Kind.CARE_CONTACT})
# The later version of a contract stands after the earlier: what both tell of is told as the later has it.
CONTRACTS: tuple[Contract, ...] = (
    Contract(
        service=_service(_DESCRIPTION, "GetAlertInformation", "2.0", "2"),
        entry="alertInformation",
        setting="alert_information_2",
        kinds=_ALERTS,
        map_entry=map_alert_2,
    ),
    Contract(
        service=_service(_DESCRIPTION, "GetAlertInformation", "3.0", "3"),
        entry="alertInformation",
        setting="alert_information_3",
        kinds=_ALERTS,
        map_entry=map_alert_3,
    ),
    Contract(
        service=_service(_LOGISTICS, "GetCarePlans", "2.0", "3", _SHORT),
        entry="carePlan",
        setting="care_plans_2",
        kinds=frozenset({Kind.COORDINATION, Kind.CARE_PLAN}),
        map_entry=map_plan,
    ),
    Contract(
        service=_service(_OUTCOME, "GetVaccinationHistory", "2.0", "2"),
        entry="vaccinationMedicalRecord",
        setting="vaccination_history_2",
        kinds=frozenset({Kind.VACCINATION}),
        map_entry=map_vaccination,
    ),
    Contract(
        service=_service(_LOGISTICS, "GetCareContacts", "2.0", "2"),
        entry="careContact",
        setting="care_contacts_2",
        kinds=_VISITS,
        map_entry=map_visit,
    ),
    Contract(
        service=_service(_LOGISTICS, "GetCareContacts", "3.0", "3"),
        entry="careContact",
        setting="care_contacts_3",
        kinds=_VISITS,
        map_entry=map_visit,
    ),
    Contract(
        service=_service(_DESCRIPTION, "GetDiagnosis", "2.0", "2"),
        entry="diagnosis",
        setting="diagnosis_2",
        kinds=frozenset({Kind.DIAGNOSIS, Kind.VACCINATION}),
        map_entry=map_diagnosis,
    ),
    Contract(
        service=_service(_DESCRIPTION, "GetCareDocumentation", "2.1", "2"),
        entry="careDocumentation",
        setting="care_documentation_2",
        kinds=_VISITS,
        map_entry=map_note,
    ),
    Contract(
        service=_service(_DESCRIPTION, "GetCareDocumentation", "3.0", "3"),
        entry="careDocumentation",
        setting="care_documentation_3",
        kinds=_VISITS,
        map_entry=map_note,
        comes_in_pieces=True,
    ),
    Contract(
        service=_service(_DESCRIPTION, "GetFunctionalStatus", "2.0", "2"),
        entry="functionalStatusAssessment",
        setting="functional_status_2",
        kinds=frozenset({Kind.HOME_CARE}),
        map_entry=map_functional_status,
    ),
    Contract(
        service=_service(_OUTCOME, "GetMedicationHistory", "2.2", "2"),
        entry="medicationMedicalRecord",
        setting="medication_history_2",
        kinds=frozenset({Kind.MEDICATION}),
        map_entry=map_medicine,
    ),
    Contract(
        service=_service(_PARTICIPATION, "GetCareManagers", "1.0", "1"),
        entry="careManager",
        setting="care_managers_1",
        kinds=frozenset({Kind.CONTACT}),
        map_entry=map_manager,
        is_in_npo=False,
        complete=complete_header,
    ),
    Contract(
        service=_service(_LOGISTICS, "GetCareServices", "2.0", "3", _SHORT),
        entry="careService",
        setting="care_services_2",
        kinds=frozenset({Kind.HOME_CARE, Kind.SOCIAL_SERVICE}),
        map_entry=map_service,
        is_in_npo=False,
    ),
)
KINDS = frozenset(kind for contract in CONTRACTS for kind in contract.kinds)


def spoken_by(settings: Mapping[str, str]) -> tuple[Contract, ...]:
    return tuple(contract for contract in CONTRACTS if contract.is_spoken_by(settings))


def contract_settings() -> tuple[Setting, ...]:
    """One yes or no for each contract."""
    return tuple(
        Setting(
            contract.setting,
            contract.service.label,
            type=bool,
            is_required=False,
            default="true" if contract.is_in_npo else "",
        )
        for contract in CONTRACTS
    )
