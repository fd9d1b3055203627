"""For embedded and test: base, and the demo where its package is there. Deleting the package is all it takes
to be rid of it; production never reads this module."""

from importlib.util import find_spec

from portal.settings.base import *
from portal.settings.base import INSTALLED_APPS, SERVICE_OWNER, SUPPORT_PHONE, TEMPLATES
from portal.settings.places import THIS_MACHINE, read_places

SOURCE_PLACES = read_places(THIS_MACHINE)
SPECIMEN_PERMITS = True

DEMO = find_spec("demo") is not None
if DEMO:
    MFA_REQUIRED = False
    INSTALLED_APPS = [*INSTALLED_APPS, "demo.apps.DemoConfig"]
    TEMPLATES[0]["OPTIONS"]["context_processors"].append("demo.context.personas")
    DEMO_URLS = "demo.urls"
    # From the range set aside for fiction, as all telephones of the demo.
    SUPPORT_PHONE = SUPPORT_PHONE or "0980-319299"
    SERVICE_OWNER = SERVICE_OWNER or "Region Fjäll"
    EMBEDDED_COMPANIONS = ["demo.companions.start"]
