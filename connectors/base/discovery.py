"""Connectors that come as packages of their own: found by entry point, without importing anything."""

from importlib.metadata import EntryPoint, entry_points

GROUP = "patientoversikt.connectors"


class UnusableEntryPoint(ValueError):
    """An entry point that names no class."""


def vendor_apps() -> tuple[str, ...]:
    """What installed packages declare in the group, as INSTALLED_APPS wants it: the path of a config class.

    ``name = "package.apps:NameConfig"``. In the order of the names. Raises UnusableEntryPoint.
    """
    return tuple(app_of(point) for point in sorted(entry_points(group=GROUP), key=lambda point: point.name))


def app_of(point: EntryPoint) -> str:
    if not point.attr or "." in point.attr:
        raise UnusableEntryPoint(f"The entry point {point.name} ({GROUP}) names no class: {point.value}.")
    return f"{point.module}.{point.attr}"
