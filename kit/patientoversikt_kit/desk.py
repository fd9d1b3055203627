"""A vendor's desk: the few settings that the contract needs, and every connector that is installed."""

from ipaddress import ip_network

import django
from django.conf import settings

from connectors.base.discovery import vendor_apps
from connectors.base.places import Network, Places

OPENFEED = "connectors.openfeed.apps.OpenfeedConfig"
# It is the vendor's own machine and network; a cloud's own credentials stay out of reach all the same.
ANYWHERE = Places((Network(ip_network("0.0.0.0/0")), Network(ip_network("::/0"))))


def set_up() -> None:
    """Make Django ready, unless a project has done so. Connectors are those with an entry point."""
    if not settings.configured:
        settings.configure(
            INSTALLED_APPS=[OPENFEED, *vendor_apps()],
            LANGUAGE_CODE="sv",
            TIME_ZONE="Europe/Stockholm",
            USE_TZ=True,
            SECRET_KEY="for a desk, where nothing is signed",  # noqa: S106 (nothing is signed with it)
            SPECIMEN_PERMITS=True,
            SOURCE_PLACES=ANYWHERE,
        )
        django.setup()
