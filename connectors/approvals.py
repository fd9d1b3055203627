"""Four eyes on what a source is reached by: connector, address, owner, settings, credentials (hazard C13).

Nothing of it takes effect until somebody other than who asked has approved it; a new source is asked nothing
before that. One approval of a new source may cover all of it: settings, the keys made with the request, and
that it is switched on. Everything else about a source (name, phone, switching it off) is changed by one
alone. For the caller's transaction, which also writes the log.
"""

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from connectors.base.contract import Words
from connectors.base.registry import connector_classes
from connectors.clearing import clear_away
from connectors.models import PendingChange, Source
from consent.encryption import digest_of

Connection = dict[str, Any]

GUARDED = ("connector", "base_url", "owner", "default_unit", "settings", "secrets")
# Which kinds a source can deliver follows from its settings, so a choice of kinds waits with them.
WITH_SETTINGS = "kinds"


class NotDecidable(Exception):
    """Not by this person, or not any more."""


def connection_of(source: Source) -> Connection:
    """What is guarded, settings as the connector will see them: with its defaults, absent as empty."""
    manifest = source.manifest
    defaults = {s.name: s.default for s in manifest.settings if not s.is_secret} if manifest else {}
    return {
        "connector": source.connector,
        "base_url": source.base_url,
        "owner": source.owner_id,
        "default_unit": source.default_unit_id,
        "settings": {**defaults, **source.settings},
        "secrets": source.read_secrets(),
        WITH_SETTINGS: sorted(source.kinds),
    }


def put_connection(source: Source, connection: Mapping[str, Any]) -> None:
    """Give an unsaved source these values; those not named stay."""
    for name, value in connection.items():
        if name == "secrets":
            source.write_secrets(value)
        else:
            setattr(source, {"owner": "owner_id", "default_unit": "default_unit_id"}.get(name, name), value)


def is_approved(source: Source) -> bool:
    """Whether somebody else has approved that the source is there; those set up by the installation are."""
    new = source.changes.filter(is_new=True)
    return not new.exists() or new.filter(state=PendingChange.APPROVED).exists()


def waiting_for(source: Source) -> PendingChange | None:
    return source.changes.filter(state=PendingChange.WAITING).first()


def keys_waiting() -> int:
    """How many keys wait by themselves, not as a part of a request."""
    lone = Source.objects.filter(
        tokens__isnull=False, tokens__approved_at=None, tokens__revoked_at=None, tokens__request=None
    )
    return lone.count()


def ask_for_new(source: Source, by: Any, reason: str, *, switches_on: bool = False) -> PendingChange:
    """A source that nobody has approved: whoever touched it last is the one who asks.

    ``switches_on``: approved, it is in use at once.
    """
    waiting = waiting_for(source) or PendingChange(source=source, is_new=True, fields=list(GUARDED))
    waiting.asked_by, waiting.reason, waiting.switches_on = by, reason, switches_on
    waiting.save()
    return waiting


def keeps_off(source: Source) -> list[Words]:
    """Why a source cannot be in use as it stands: half set up it would be a fault behind every button."""
    connector = connector_classes().get(source.connector)
    if connector is None:
        return [_("Kopplingen finns inte.")]
    flaws = list(connector.flaws_of({**source.settings, **source.read_secrets()}).values())
    if connector.manifest.chooses_kinds and not source.kinds:
        flaws.append(_("Välj vilka uppgifter källan lämnar. Den räknas bara för dem."))
    return flaws


def hold_back(wanted: Source, stored: Source, by: Any, reason: str) -> PendingChange | None:
    """Take the guarded changes out of what is about to be saved, and let them wait. None: there are none."""
    after, before = connection_of(wanted), connection_of(stored)
    changed = [name for name in GUARDED if after[name] != before[name]]
    if not changed:
        return None
    if waiting_for(stored) is not None:
        raise NotDecidable
    held = [*changed, WITH_SETTINGS] if "settings" in changed else changed
    put_connection(wanted, {name: before[name] for name in held})
    proposal = json.dumps({name: after[name] for name in held})
    return PendingChange.objects.create(
        source=stored, fields=changed, proposal=proposal, reason=reason, asked_by=by
    )


def proposal_of(change: PendingChange) -> Connection:
    """How the source would be; for a new one, how it stands."""
    proposed: Connection = json.loads(change.proposal) if change.proposal else {}
    return {**connection_of(change.source), **proposed}


def fingerprint(change: PendingChange) -> str:
    """Stands for what an approver has before her; another one means that it was changed meanwhile."""
    seen = [connection_of(change.source), proposal_of(change), change.switches_on, keys_of(change)]
    return digest_of(json.dumps(seen, sort_keys=True)).hex()


def keys_of(change: PendingChange) -> list[str]:
    """The beginnings of the keys that stand and fall with it."""
    return [key.beginning for key in change.keys.order_by("name") if key.revoked_at is None]


def may_decide(change: PendingChange, by: Any) -> bool:
    """Somebody else, which is not the same as another account (``User.is_independent_of``): than who asked,
    and than who has seen the keys."""
    askers = [change.asked_by, *(key.made_by for key in change.keys.select_related("made_by") if key.made_by)]
    return all(by.is_independent_of(asker) for asker in askers)


def decide(change_id: Any, by: Any, state: str, reason: str, seen: str = "") -> PendingChange:
    """Approve, reject or withdraw. Raises NotDecidable; ValidationError where the source would be unsound.

    ``seen``: the fingerprint of what the approver saw.
    """
    change = PendingChange.objects.select_for_update().get(pk=change_id)
    source = Source.objects.select_for_update().get(pk=change.source_id)
    change.source = source
    is_asker = change.asked_by_id == by.pk
    may = is_asker if state == PendingChange.WITHDRAWN else may_decide(change, by)
    if change.state != PendingChange.WAITING or state == PendingChange.WAITING or not may:
        raise NotDecidable
    if state == PendingChange.APPROVED:
        if seen != fingerprint(change):
            raise NotDecidable
        put_connection(source, json.loads(change.proposal) if change.proposal else {})
        if change.switches_on:
            if flaws := keeps_off(source):
                raise ValidationError([str(flaw) for flaw in flaws])
            source.enabled = True
        try:
            source.full_clean()
        except ValidationError as error:
            raise ValidationError(error.messages) from None
        source.save()
    change.state, change.decided_by, change.decided_reason = state, by, reason
    change.decided_at = timezone.now()
    if change.proposal:  # kept for the history, but for what is secret: that is in the source or nowhere
        proposed = json.loads(change.proposal)
        change.proposal = json.dumps({name: value for name, value in proposed.items() if name != "secrets"})
    if change.is_new and state != PendingChange.APPROVED:
        as_asked = {name: value for name, value in connection_of(source).items() if name != "secrets"}
        change.cleared = clear_away(change, as_asked)
    change.save()
    return change
