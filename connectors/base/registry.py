"""Which connectors there are: the Django apps whose config is a ConnectorConfig. No list of our own."""

from collections.abc import Mapping

from django.apps import apps

from connectors.base.contract import Connector, ConnectorConfig, SourceProfile
from connectors.base.transport import Transport

# The connector's clock ends a little before whoever waits for it, so that what did come is still handed over.
HANDOVER_S = 0.2
HANDOVER_SHARE = 0.05


def without_handover(deadline_s: float) -> float:
    """How long a connector may ask where somebody waits this long for it."""
    return deadline_s - min(HANDOVER_S, deadline_s * HANDOVER_SHARE)


class UnknownConnector(LookupError):
    """A source names a connector that is not installed."""


def connector_classes() -> Mapping[str, type[Connector]]:
    """Installed connectors by slug, in the order of INSTALLED_APPS."""
    return {
        config.connector.manifest.slug: config.connector
        for config in apps.get_app_configs()
        if isinstance(config, ConnectorConfig)
    }


def build_connector(profile: SourceProfile, speak: type[Transport] = Transport) -> Connector:
    """A connector for one source, with its own transport. Raises UnknownConnector, SourceFault(CONFIG).

    ``speak``: which transport; the checks of a source watch theirs.
    """
    try:
        connector_class = connector_classes()[profile.connector]
    except KeyError:
        raise UnknownConnector(profile.connector) from None
    transport = speak(
        profile.base_url,
        deadline_s=without_handover(profile.deadline_s),
        authentication=connector_class.authenticate(profile),
        tls=connector_class.secure(profile),
        slug=profile.slug,
        accept=connector_class.accept,
    )
    return connector_class(profile, transport)
