"""Another set of keys beside the present one, and the step from one to the other. Both survive being killed
half-way: a file is whole or not there, and doing it again goes on where it stopped."""

import base64
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from portal.settings.keys import KEY_BYTES, ROTATED, Ring, load_keys, load_ring, write_private


def add_keys(folder: Path) -> str:
    """Make one more key of each kind that is rotated, used for nothing yet; returns their id. Where a set
    already waits, or a part of one, it is made whole instead. Raises ImproperlyConfigured."""
    load_keys(folder)
    rings = {kind: load_ring(folder, kind) for kind in ROTATED}
    name = str(_waiting(rings) or max(map(_newest, rings.values())) + 1)
    for kind, ring in rings.items():
        if name not in ring.keys:
            _put(folder / f"{kind}-{name}.key", base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode())
    load_keys(folder)
    return name


def switch_keys(folder: Path) -> str:
    """Use the newest set for what is new from now on; returns its id. Raises ImproperlyConfigured where it is
    not whole."""
    load_keys(folder)
    rings = {kind: load_ring(folder, kind) for kind in ROTATED}
    name = str(max(map(_newest, rings.values())))
    missing = [kind for kind, ring in rings.items() if name not in ring.keys]
    if missing:
        raise ImproperlyConfigured(f"Set {name} lacks: {', '.join(missing)}. Run rotate_keys --new first.")
    for kind, ring in rings.items():
        if ring.current != name:
            _put(folder / f"{kind}.current", name)
    return name


def _newest(ring: Ring) -> int:
    return max((int(name) for name in ring.keys if name.isdigit()), default=1)


def _waiting(rings: dict[str, Ring]) -> int | None:
    """The id of a set that is newer than what is in use."""
    newest = max(map(_newest, rings.values()))
    used = max(int(ring.current) if ring.current.isdigit() else 1 for ring in rings.values())
    return newest if newest > used else None


def _put(path: Path, text: str) -> None:
    """Whole or not at all; a file of that name is replaced."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    write_private(fresh, text)
    fresh.replace(path)
