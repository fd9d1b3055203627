"""Where connectors may call. The address that is connected to decides, not the name that was written.

A source's own host and port are what two administrators approved; beyond that a connection is made to public
unicast addresses only. Everything else (private networks, this machine, link-local, metadata services,
multicast, addresses that carry another address inside them) is called only where the installation lists it.
Python's ``is_global`` alone is not enough: it says yes to multicast, 6to4 and NAT64.
"""

import socket
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from django.conf import settings
from yarl import URL

Address = IPv4Address | IPv6Address

# Where machines in a cloud hand out their own credentials. A listed network never includes them by accident:
# each must be listed alone. Two of them are public addresses.
METADATA = frozenset(
    ip_address(text)
    for text in (
        "169.254.169.254", "169.254.170.2", "169.254.170.23", "100.100.100.200", "168.63.129.16",
        "192.0.0.192", "fd00:ec2::254", "fd20:ce::254",
    )
)  # fmt: skip
# What is_global lets through although it is nobody's own address, or carries an IPv4 address within.
NOT_UNICAST = tuple(
    ip_network(text)
    for text in (
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "2001::/23",  # protocol assignments, Teredo among them (RFC 2928)
        "2002::/16",  # 6to4 (RFC 3056)
    )
)
GLOBAL_UNICAST = IPv6Network("2000::/3")


class Misplaced(StrEnum):
    """Why an address can never be called. Closed: the administration has words for each."""

    NO_ADDRESS = "no_address"
    CREDENTIALS = "credentials"
    HOST = "host"
    NETWORK = "network"


class ForbiddenAddress(OSError):
    """A connection that was about to be made to an address outside what is listed."""


@dataclass(frozen=True, slots=True)
class Network:
    """Addresses that may be called though they are not public; ``port`` None: any."""

    block: IPv4Network | IPv6Network
    port: int | None = None

    def holds(self, address: Address, port: int) -> bool:
        if (
            self.port not in (None, port)
            or address.version != self.block.version
            or address not in self.block
        ):
            return False
        return address not in METADATA or self.block.num_addresses == 1


@dataclass(frozen=True, slots=True)
class Host:
    """A name, or every name below one (``*.region.example``); ``port`` None: any."""

    name: str
    port: int | None = None

    def holds(self, name: str, port: int) -> bool:
        if self.port not in (None, port):
            return False
        below = self.name.removeprefix("*")
        return name == self.name or (below != self.name and name.endswith(below))


@dataclass(frozen=True, slots=True)
class Places:
    """What an installation lists. No hosts: any that is configured and approved."""

    networks: tuple[Network, ...] = ()
    hosts: tuple[Host, ...] = ()

    def may_connect(self, address: str, port: int) -> bool:
        """Whether a connection may be opened to this IP address."""
        try:
            plain = _unwrapped(address)
        except ValueError:
            return False
        return _is_public(plain) or any(network.holds(plain, port) for network in self.networks)

    def may_name(self, name: str, port: int) -> bool:
        plain = name.rstrip(".").lower()
        return not self.hosts or any(host.holds(plain, port) for host in self.hosts)

    def flaw_of(self, url: URL) -> Misplaced | None:
        """Why this URL can never be called, as far as its text tells; a look-up may still tell more."""
        try:
            host, port = url.host, url.port
        except ValueError:
            return Misplaced.NO_ADDRESS
        if url.scheme not in ("http", "https") or not host or port is None:
            return Misplaced.NO_ADDRESS
        if url.user is not None or url.password is not None:
            return Misplaced.CREDENTIALS
        if not self.may_name(host, port):
            return Misplaced.HOST
        written = _written_address(host)
        if written is not None and not self.may_connect(written, port):
            return Misplaced.NETWORK
        return None


def current_places() -> Places:
    """What this installation lists; where it says nothing, nothing beyond public addresses."""
    places: Places = getattr(settings, "SOURCE_PLACES", None) or Places()
    return places


def open_checked_socket(info: tuple[int, int, int, str, tuple[object, ...]]) -> socket.socket:
    """A socket for the very address that is about to be connected to. Raises ForbiddenAddress.

    Looked at here, no second look-up can put another address in its place.
    """
    family, type_, proto, _, (address, port, *_rest) = info
    if not current_places().may_connect(str(address), int(str(port))):
        raise ForbiddenAddress("this address is not among those that may be called")
    return socket.socket(family, type_, proto)


def _unwrapped(address: str) -> Address:
    """An IPv4 address written as IPv6 is the IPv4 address it leads to."""
    plain = ip_address(address.partition("%")[0])
    mapped = plain.ipv4_mapped if isinstance(plain, IPv6Address) else None
    return mapped or plain


def _is_public(address: Address) -> bool:
    if address in METADATA or address.is_multicast or not address.is_global:
        return False
    if any(address in block for block in NOT_UNICAST if block.version == address.version):
        return False
    return isinstance(address, IPv4Address) or address in GLOBAL_UNICAST


def _written_address(host: str) -> str | None:
    """The IP address a host is, however it is spelled (``0177.0.0.1``, ``2130706433``); None: a name."""
    plain = host.rstrip(".").lower()
    if plain == "localhost" or plain.endswith(".localhost"):
        return "127.0.0.1"
    try:
        return str(ip_address(plain.partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(plain))
    except (OSError, UnicodeEncodeError):
        return None
