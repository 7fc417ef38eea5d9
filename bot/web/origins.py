"""Which web pages may use the guide: its own, and those of the configured origins.

Browsers send ``Origin`` with every request that a script makes of another site. CORS alone only keeps a foreign page from
reading the answer; here it is refused before anything is done.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

ALLOWED = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
}
NOT_NEEDED = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope", "hid",
    "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
"""Powerful features of browsers, none of which the chat uses: a fault in a page cannot use them either."""
LOCAL = ("localhost", "127.0.0.1")
USUAL_PORTS = {"https": 443, "http": 80}
ORIGIN = re.compile(r"(https?)://([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::([0-9]{1,5}))?/?")


def read_origin(text: str) -> str:
    """``text`` as browsers write an origin, such as ``https://www.example.org``. Raises ValueError for anything else."""
    found = ORIGIN.fullmatch(text.lower())
    scheme, host, port = found.groups() if found else ("", "", None)
    if not (scheme == "https" or (scheme == "http" and host in LOCAL)):
        raise ValueError(f"{text} is no origin")
    return f"{scheme}://{host}" + (f":{port}" if port and int(port) != USUAL_PORTS[scheme] else "")


@dataclass(frozen=True)
class Origins:
    """``allowed`` are the origins of other sites whose pages embed the chat."""

    allowed: Collection[str] = ()

    def admits(self, origin: str | None, host: str) -> bool:
        """Whether a request may be answered. ``host`` is the name and port that it was sent to.

        Without an Origin it is no script of another page. The scheme is not compared: TLS may end at a proxy.
        """
        return origin is None or origin in self.allowed or origin.partition("://")[2] == host != ""

    def headers(self, origin: str | None) -> dict[str, str]:
        """What lets a page of an allowed origin ask and read the answer; caches must keep the answers of origins apart."""
        own = {"Access-Control-Allow-Origin": origin, **ALLOWED} if origin and origin in self.allowed else {}
        return {"Vary": "Origin, Accept-Encoding", **own}

    @property
    def protection(self) -> dict[str, str]:
        """Security headers of everything that is served."""
        return {
            "Cache-Control": "no-store",
            "Content-Security-Policy": self.policy,
            "Cross-Origin-Embedder-Policy": "require-corp",
            "Cross-Origin-Opener-Policy": "same-origin",
            # A page that asks for isolation itself may only frame what says that it may be used elsewhere.
            "Cross-Origin-Resource-Policy": "cross-origin" if self.allowed else "same-origin",
            "Permissions-Policy": ", ".join(f"{feature}=()" for feature in NOT_NEEDED),
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }

    @property
    def policy(self) -> str:
        """Content security policy of everything that is served; only the configured pages may frame the chat."""
        ancestors = " ".join(["'self'", *sorted(self.allowed)]) if self.allowed else "'none'"
        return (
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
            "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'; "
            f"frame-ancestors {ancestors}"
        )
