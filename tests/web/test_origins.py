"""Which pages may use the guide, and who may frame it."""

from __future__ import annotations

import pytest

from bot.web.origins import ALLOWED, Origins, read_origin

CHARITY = "https://www.example.org"
ORIGINS = Origins({CHARITY, "http://localhost:8080"})


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://www.example.org", CHARITY),
        ("https://WWW.Example.org/", CHARITY),
        ("https://www.example.org:443", CHARITY),
        ("https://www.example.org:8443", "https://www.example.org:8443"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1", "http://127.0.0.1"),
    ],
)
def test_an_origin_is_read_as_a_browser_writes_it(text, origin):
    assert read_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    ["", "*", "null", "www.example.org", "http://www.example.org", "https://", "https://*.example.org", "https://a.org/chat",
     "https://a.org?x", "https://a.org#x", "https://me@a.org", "https://a.org:port", "javascript:alert(1)", "https://a.org,b",
     "file:///etc"],
)  # fmt: skip
def test_what_is_no_origin_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011  the message is the setting's
        read_origin(text)


@pytest.mark.parametrize(
    ("origin", "host", "admitted"),
    [
        (None, "guide.example.org", True),
        (CHARITY, "guide.example.org", True),
        ("https://guide.example.org", "guide.example.org", True),
        ("http://127.0.0.1:5005", "127.0.0.1:5005", True),
        ("http://127.0.0.1:5006", "127.0.0.1:5005", False),
        ("https://evil.example", "guide.example.org", False),
        ("https://www.example.org.evil.example", "guide.example.org", False),
        ("http://www.example.org", "guide.example.org", False),
        ("null", "guide.example.org", False),
        ("", "", False),
        ("null", "", False),
    ],
)
def test_a_page_of_another_site_is_admitted_when_it_is_configured(origin, host, admitted):
    assert ORIGINS.admits(origin, host) is admitted


def test_only_a_configured_page_can_read_the_answer():
    assert ORIGINS.headers(CHARITY) == {"Vary": "Origin, Accept-Encoding", "Access-Control-Allow-Origin": CHARITY, **ALLOWED}
    assert ORIGINS.headers("https://evil.example") == ORIGINS.headers(None) == {"Vary": "Origin, Accept-Encoding"}


def test_nobody_may_frame_the_chat_but_the_configured_pages():
    assert Origins().policy.endswith("frame-ancestors 'none'")
    assert ORIGINS.policy.endswith("frame-ancestors 'self' http://localhost:8080 https://www.example.org")


def test_security_headers_are_complete_and_let_only_configured_pages_use_it():
    alone, embedded = Origins().protection, ORIGINS.protection
    assert alone["Cross-Origin-Resource-Policy"] == "same-origin"
    assert embedded["Cross-Origin-Resource-Policy"] == "cross-origin", "a page that is isolated itself may frame it"
    for headers in (alone, embedded):
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert {"camera=()", "geolocation=()", "microphone=()"} <= set(headers["Permissions-Policy"].split(", "))
        assert "*" not in headers["Permissions-Policy"]
    assert alone["Content-Security-Policy"] == Origins().policy
