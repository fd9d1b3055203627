"""Reaching a source without naming a patient: what the administrator's test and the worker's probes do."""

import asyncio

from connectors.base.contract import Fault, SourceFault
from connectors.base.registry import UnknownConnector, build_connector
from connectors.base.session import close_session
from connectors.models import Source


def check_connection(source: Source) -> None:
    """Blocking. Raises SourceFault, UnknownConnector."""
    profile = source.as_profile({})  # reads the owner: not inside the loop

    async def probe() -> None:
        try:
            await build_connector(profile).probe()
        finally:
            await close_session()

    asyncio.run(probe())


def fault_of_probe(source: Source) -> Fault | None:
    """How a probe ended; None: the source answered. Whatever else goes wrong is our own fault."""
    try:
        check_connection(source)
    except SourceFault as error:
        return error.fault
    except UnknownConnector:
        return Fault.CONFIG
    return None
