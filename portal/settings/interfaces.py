"""What programs call: the open interface for vendors and the interface for other systems."""

from typing import Any

from portal.settings.environment import read_list
from portal.settings.sign_in import LOA3

__all__ = ["API_ASSURANCE", "API_RATES", "FEED_RATES", "REST_FRAMEWORK", "SPECTACULAR_SETTINGS"]

# Views name what they use themselves; what is said here is what no view of ours relies on.
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
# How often the open interface may be called: by one source (up to 500 records a call), from one address (that
# of a whole municipality, perhaps), and its pages that read files.
FEED_RATES = {"source": "60/min", "address": "600/min", "page": "30/min"}
# How often the interface for other systems may be called in a minute: by one user with a session of her own,
# and from one address for tokens. A client system's own rate stands with the client.
API_RATES = {"user": 600, "address": 60}
# The levels of assurance that a client system's word for its user must name one of.
API_ASSURANCE = frozenset(read_list("API_ASSURANCE", LOA3))
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Patientöversikt, öppet flöde",
    "DESCRIPTION": "En platt post, fyra vägar in. Kontraktet är fritt att använda (CC0).",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    # Closed sets stand where they are used: a name made for each would be a name that callers rest on.
    "POSTPROCESSING_HOOKS": [],
}
