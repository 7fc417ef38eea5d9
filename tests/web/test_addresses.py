"""Which address is counted, behind any number of proxies; what a client makes up does not change it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.addresses import client

PROXY, FAMILY, MADE_UP = "10.0.0.1", "192.0.2.7", "198.51.100.99"


@pytest.mark.parametrize(
    ("forwarded", "proxies", "counted"),
    [
        ([], 0, PROXY),
        ([MADE_UP], 0, PROXY),
        ([], 1, PROXY),
        ([FAMILY], 1, FAMILY),
        ([f"{MADE_UP}, {FAMILY}"], 1, FAMILY),
        ([MADE_UP, FAMILY], 1, FAMILY),
        ([f"{MADE_UP},{MADE_UP},  {FAMILY}"], 1, FAMILY),
        ([f"{MADE_UP}, {FAMILY}, 10.0.0.2"], 2, FAMILY),
        ([f"{MADE_UP}, {FAMILY}", "10.0.0.2"], 2, FAMILY),
        ([FAMILY], 2, FAMILY),
        (["unknown"], 1, PROXY),
        (["_hidden"], 1, PROXY),
        ([f"{MADE_UP}, "], 1, PROXY),
        ([""], 1, PROXY),
        (["<script>"], 1, PROXY),
    ],
)
def test_only_what_our_own_proxies_added_is_believed(forwarded, proxies, counted):
    assert client(PROXY, forwarded, proxies) == counted


@pytest.mark.parametrize(
    ("entry", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:51000", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::1", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::1]:443", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::1]", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
        ("192.0.2.300", "unknown"),
        ("", "unknown"),
        ("[", "unknown"),
        ("192.0.2.7/8", "unknown"),
    ],
)
def test_an_address_is_read_in_every_way_of_writing_it_and_a_household_is_one(entry, counted):
    assert client(entry, [], 0) == counted
    assert client("", [entry], 1) == counted


@given(st.lists(st.text()), st.integers(1, 4))
def test_whatever_a_client_writes_it_is_counted_as_itself(made_up, proxies):
    """Each proxy adds the address that it was called from, at the end of what it was given."""
    added = [FAMILY, *(f"10.0.0.{number}" for number in range(2, proxies + 1))]
    chain = [*made_up, ", ".join(added)]
    assert client(PROXY, chain, proxies) == FAMILY


@given(st.text(), st.lists(st.text()), st.integers(0, 10))
def test_nothing_that_stands_in_a_header_is_an_error(peer, forwarded, proxies):
    assert client(peer, forwarded, proxies)
