"""What holds for every request that reaches the server, wherever its path leads: origin, headers, errors, logs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from sanic import Sanic, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import logs
from bot.metrics import METRICS, Part
from bot.web.incoming import Refused
from bot.web.origins import Origins

LARGEST_BODY = 1_000_000
"""Bytes; larger requests are refused before they are read."""
NOT_HTTP = "NONE"
"""The method of Sanic's stand-in for a request that it could not read."""
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class WholeServer:
    """``refuse`` makes the answer to a refused request, with another status than its code's where one is given."""

    origins: Origins
    refuse: Callable[[Refused, int | None], HTTPResponse]

    def prepare(self, app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        """Before the server starts, after Rasa has made it."""
        app.config.REQUEST_MAX_SIZE = LARGEST_BODY
        app.config.ACCESS_LOG = False
        logs.protect()  # Rasa has set the levels of Sanic's loggers
        loop.set_exception_handler(logs.without_words)
        # Rasa's CORS extension answers every OPTIONS itself, and speaks of credentials: our two enclose it.
        app.request_middleware.appendleft(self._admit)
        app.response_middleware.append(self._set_headers)
        app.error_handler.add(SanicException, self._answer_error)
        app.error_handler.add(Exception, self._answer_fault)

    async def _admit(self, request: Request) -> HTTPResponse | None:
        """Refuse the scripts of other pages, and answer browsers that ask first whether one of ours may post JSON."""
        if not self.origins.admits(request.headers.get("origin"), request.headers.get("host", "")):
            return self.refuse(Refused("origin"), None)
        return response.empty() if request.method == "OPTIONS" else None  # what it may do stands in the headers

    async def _set_headers(self, request: Request, reply: HTTPResponse) -> None:
        for name in [name for name in reply.headers if name.lower().startswith("access-control-")]:
            del reply.headers[name]
        allowed = self.origins.headers(request.headers.get("origin"))
        own = dict(reply.headers)
        reply.headers.update({**self.origins.protection, **allowed, **own})

    def _answer_error(self, request: Request, error: SanicException) -> HTTPResponse:
        code = {413: "too_long"}.get(error.status_code, "malformed" if error.status_code < 500 else "failed")
        return self.refuse(Refused(code), error.status_code)

    def _answer_fault(self, request: Request, error: Exception) -> HTTPResponse:
        """Sanic's reader stumbled over what is no HTTP, or the server has a fault."""
        if request.method == NOT_HTTP:
            return self.refuse(Refused("malformed"), None)
        logger.error("a request failed: %s", type(error).__name__)
        METRICS.failed(Part.handler)
        return self.refuse(Refused("failed"), None)
