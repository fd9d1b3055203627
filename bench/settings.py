"""The product as a hospital runs it, but for one thing: its sources stand on this machine, which production
calls only where it is listed."""

from portal.settings.places import THIS_MACHINE, read_places
from portal.settings.production import *  # noqa: F403 (settings build on settings)

SOURCE_PLACES = read_places(THIS_MACHINE)

# Readers sign in with a name and a password: a second factor is not what is measured.
MFA_REQUIRED = False
SILENCED_SYSTEM_CHECKS = ["portal.E011"]
