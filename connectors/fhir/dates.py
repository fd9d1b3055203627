"""Period and choice elements of FHIR to When."""

from connectors.base.dates import read_when
from connectors.base.records import When
from connectors.fhir.elements import Resource, item, text


def read_period(period: object) -> tuple[When | None, When | None]:
    """Start and end of a Period."""
    element: Resource = item(period)
    start = read_when(element.get("start"), may_lie_ahead=True)
    return start, read_when(element.get("end"), may_lie_ahead=True)


def read_choice(resource: Resource, stem: str, *, may_lie_ahead: bool = False) -> When | None:
    """A choice element such as onset[x]: dateTime, the start of a Period, or words kept verbatim."""
    for suffix in ("DateTime", "Instant", "Date"):
        value = resource.get(stem + suffix)
        if value is not None and (when := read_when(value, may_lie_ahead=may_lie_ahead)) is not None:
            return when
    period = resource.get(stem + "Period")
    if period is not None and (start := read_period(period)[0]) is not None:
        return start
    said = text(resource.get(stem + "String"))
    return When(said, is_doubtful=True) if said else None
