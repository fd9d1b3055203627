"""Where connectors may call, from the environment. Unset: configured sources at public addresses."""

from ipaddress import IPv4Network, IPv6Network, ip_network

from django.core.exceptions import ImproperlyConfigured

from connectors.base.places import Host, Network, Places
from portal.settings.environment import read_list

# For embedded and test, where every source is a program on this machine.
THIS_MACHINE = ("127.0.0.0/8", "::1")


def read_places(networks: tuple[str, ...] = ()) -> Places:
    """SOURCE_NETWORKS: not public ones: ``10.20.0.0/16:443``, ``[fd12::/32]:443``, ``fd12::/32``.
    SOURCE_HOSTS: where set, the only names to call: ``fhir.region.example:443``, ``*.region.example``.

    Raises ImproperlyConfigured.
    """
    return Places(
        networks=tuple(_read_network(word) for word in read_list("SOURCE_NETWORKS", networks)),
        hosts=tuple(_read_host(word) for word in read_list("SOURCE_HOSTS", ())),
    )


def read_networks(name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Comma-separated networks: ``10.20.0.0/16``. Raises ImproperlyConfigured."""
    try:
        return tuple(ip_network(word) for word in read_list(name, ()))
    except ValueError:
        raise ImproperlyConfigured(f"{name} holds what is no network.") from None


def _read_network(word: str) -> Network:
    try:
        return Network(ip_network(word.strip("[]")))
    except ValueError:
        block, port = _split_port(word, "SOURCE_NETWORKS")
    try:
        return Network(ip_network(block.strip("[]")), port)
    except ValueError:
        raise ImproperlyConfigured(f"SOURCE_NETWORKS holds {word!r}, which is no network.") from None


def _read_host(word: str) -> Host:
    name, port = _split_port(word, "SOURCE_HOSTS") if ":" in word else (word, None)
    labels = name.removeprefix("*.").split(".")
    if not all(label and label.replace("-", "").isalnum() for label in labels):
        raise ImproperlyConfigured(f"SOURCE_HOSTS holds {word!r}, which is no name of a host.")
    return Host(name.lower(), port)


def _split_port(word: str, setting: str) -> tuple[str, int]:
    place, _, port = word.rpartition(":")
    if not (place and port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise ImproperlyConfigured(f"{setting} holds {word!r}, which is no address with or without a port.")
    return place, int(port)
