"""Addresses in a source's forms: what could never be called is refused while somebody is there to mend it."""

from typing import Any

from yarl import URL

from connectors.base.places import Misplaced, current_places
from connectors.labels import MISPLACED_LABELS

ADDRESS = "base_url"
# Settings of connectors that hold an address are called so: token_url.
ENDS_AS_ADDRESS = "_url"


class PlacedForm:
    """For a form with addresses: the source's own, and those among its settings."""

    cleaned_data: dict[str, Any]

    def clean(self) -> dict[str, Any] | None:
        cleaned: dict[str, Any] | None = super().clean()  # type: ignore[misc]
        for name, value in list(self.cleaned_data.items()):
            if not isinstance(value, str) or not value or not is_address(name):
                continue
            flaw = flaw_of(value, may_be_relative=name != ADDRESS)
            if flaw is not None:
                self.add_error(name, MISPLACED_LABELS[flaw])  # type: ignore[attr-defined]
        return cleaned


def is_address(name: str) -> bool:
    return name == ADDRESS or name.endswith(ENDS_AS_ADDRESS)


def flaw_of(address: str, *, may_be_relative: bool = False) -> Misplaced | None:
    """Why an address can never be called. One without a host of its own leads to the source's."""
    try:
        url = URL(address)
    except ValueError:
        return Misplaced.NO_ADDRESS
    if may_be_relative and not url.absolute and not url.scheme:
        return None
    return current_places().flaw_of(url)
