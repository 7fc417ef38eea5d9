"""From which network address a request comes. Only ever used to count, hashed (``limiting.py``); never stored, never logged."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

HOUSEHOLD = 64
"""Bits of an IPv6 address that name a household or an office; each of its devices chooses the other 64 as it likes."""


def client(peer: str, forwarded: Sequence[str], proxies: int) -> str:
    """The client's IPv4 address or IPv6 network.

    ``peer`` is who opened the connection, ``forwarded`` the values of all X-Forwarded-For headers, ``proxies`` how many proxies
    of our own stand in front. Each of them adds the address that it was called from at the end, so that only the last
    ``proxies`` entries can be believed: what stands before them was written by whoever called.
    """
    chain = [entry.strip() for value in forwarded for entry in value.split(",")]
    entry = chain[-min(proxies, len(chain))] if proxies and chain else peer
    return _network(entry) or _network(peer) or "unknown"


def _network(entry: str) -> str | None:
    if entry.startswith("["):
        entry = entry[1:].partition("]")[0]  # [2001:db8::1]:443
    elif entry.count(":") == 1:
        entry = entry.partition(":")[0]  # 192.0.2.1:443
    try:
        address = ipaddress.ip_address(entry)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), HOUSEHOLD), strict=False))
