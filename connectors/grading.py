"""How far a connector has come by its quality ledger, in words for pages and the administration."""

from django.utils.translation import gettext as _

from connectors.base.contract import Connector
from connectors.base.quality import FlawedLedger, ledger_of, waiting_rules
from connectors.base.registry import connector_classes
from connectors.labels import ASSUMED_INTERFACE, RULE_LABELS, TIER_LABELS


def quality_words(slug: str) -> str:
    """The tier, and that the interface is assumed where it is; empty for a connector that is not there."""
    connector = connector_classes().get(slug)
    if connector is None:
        return ""
    try:
        tier = TIER_LABELS[ledger_of(connector).tier]
    except FlawedLedger:
        return ""
    words = _("Kvalitetsnivå: %(tier)s") % {"tier": tier}
    return words if connector.manifest.is_public_interface else f"{words} · {ASSUMED_INTERFACE}"


def quality_told(slug: str) -> str:
    """For the administration: the tier and what is left to do."""
    connector: type[Connector] | None = connector_classes().get(slug)
    words = quality_words(slug)
    if connector is None or not words:
        return "–"
    left = ", ".join(
        str(RULE_LABELS.get(rule.name, rule.meaning)) for rule in waiting_rules(ledger_of(connector))
    )
    return _("%(words)s. Kvar: %(left)s.") % {"words": words, "left": left} if left else words
