"""Whose address a request has, behind proxies of which only ours are believed. Pure.

`X-Forwarded-For` grows at its right end: each proxy adds whom it was called by. So it is read from the right,
and only as long as whoever wrote the entry is a trusted proxy. What stands further left was written by the
client, or by anybody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

HOPS_LIMIT: Final = 16
"""Entries that are looked at: nobody has so many proxies in a row."""

_TEXT_LIMIT: Final = 64

Address = tuple[int, int]
"""The version of the protocol, 4 or 6, and the address as a number."""


@dataclass(frozen=True, slots=True)
class Trusted:
    """The networks of trusted proxies."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    def holds(self, address: Address) -> bool:
        """Tell whether an address is a trusted proxy's."""
        version, number = address
        return any(
            network.version == version
            and int(network.network_address) <= number <= int(network.broadcast_address)
            for network in self.networks
        )


def read_address(text: str) -> Address | None:
    """Return an address as clients and proxies write it: with or without a port, brackets or a zone.

    An IPv4 address inside an IPv6 one (`::ffff:192.0.2.1`) is the IPv4 address. None: it is none.
    """
    text = text.strip()
    if not 0 < len(text) <= _TEXT_LIMIT:
        return None
    try:
        if text[0] == "[":
            host, closed, port = text[1:].partition("]")
            return _six(host) if closed and (not port or _is_port(port)) else None
        if text.count(":") > 1:
            return _six(text)
        host, colon, port = text.partition(":")
        return (4, int(IPv4Address(host))) if not colon or _is_port(colon + port) else None
    except AddressValueError:
        return None


def client_address(peer: str | None, forwarded: Iterable[str], trusted: Trusted) -> Address | None:
    """Return the client's address, or None when it is not known.

    `peer` is who opened the connection, `forwarded` the lines of X-Forwarded-For in the order of the request.
    """
    address = None if peer is None else read_address(peer)
    entries = [entry for line in forwarded for entry in line.split(",")] if trusted.networks else []
    for entry in reversed(entries[-HOPS_LIMIT:]):
        if address is None or not trusted.holds(address):
            return address
        address = read_address(entry)
    return address


def _is_port(text: str) -> bool:
    return text[0] == ":" and text[1:].isdecimal() and text.isascii() and len(text) <= len(":65535")


def _six(text: str) -> Address:
    address = IPv6Address(text.partition("%")[0])
    inside = address.ipv4_mapped
    return (6, int(address)) if inside is None else (4, int(inside))
