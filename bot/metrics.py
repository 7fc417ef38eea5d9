"""What the guide counts of itself, in the format of Prometheus, on a port of its own.

Only numbers: a label is one of a fixed list, so that no word of a family and nothing else that a request brings along becomes
one. Every counter stands at 0 from the start, because for Prometheus a rise from "not there" to 1 is none.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import re
import socket
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any
from wsgiref.simple_server import WSGIServer

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info

from bot.knowledge import ContentPolicy, Kind, Review
from bot.knowledge.models import ReviewStatus
from bot.triage import Category, Level
from bot.web.incoming import STATUS


class Part(str, Enum):
    """Where something failed that a family may have felt."""

    turn = "turn"
    """Rasa and the action server gave no answer, not the advice of an alarm, or neither in time; a stored text stood in."""
    masking = "masking"
    triage = "triage"
    tracker_store = "tracker_store"
    handler = "handler"
    """A request was answered with the stored text of an error."""


CHECKED = ("model", "understanding", "turn", "action_server", "tracker_store", "rate_limit_store", "retention")
"""The parts that health looks at; it names the first of those that a turn needs, one after the other."""
OTHER = "other"
"""Stands for whatever is not in the list of a label."""
KINDS = (*(kind.value for kind in Kind), OTHER)
LEVELS = (*(level.value for level in Level), OTHER)
CATEGORIES = (*(category.value for category in Category), OTHER)
CODES = (*STATUS, OTHER)
ADVICE = {Kind.emergency.value: Level.emergency.value, Kind.crisis.value: Level.emergency.value,
          Kind.urgent.value: Level.urgent.value, OTHER: OTHER}  # fmt: skip
"""Level of an alarm by the kind of the message with its advice."""
BUCKETS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 30.0)
"""Seconds. 2 and 8 are the defaults of the limits of a turn, 20 is how long a message waits for a place."""
DIGEST = re.compile("[0-9a-f]{64}")
SHOWN = 12
"""Letters of a digest, as on a review sheet."""
UNKNOWN = "unknown"

# When each counter began says nothing that the start of the process does not, and doubles what is read.
prometheus_client.disable_created_metrics()  # type: ignore[no-untyped-call]


class MetricsError(Exception):
    """The metrics cannot be served where the settings say; the message names the setting."""


class Metrics:
    """The numbers, and the server that shows them to whoever asks on ``METRICS_PORT``. Nothing that counts ever raises."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._turns = Counter("guide_turns", "Answered turns by kind of their first message.", ["kind"], registry=registry)
        self._alarms = Counter("guide_alarms", "Alarms whose advice was given.", ["level", "category"], registry=registry)
        self._seconds = Histogram(
            "guide_turn_seconds", "From taking a message in until its answer, waiting for a place included.",
            buckets=BUCKETS, registry=registry,
        )  # fmt: skip
        self._refused = Counter("guide_refused", "Refused requests, by code of the error.", ["code"], registry=registry)
        self._failures = Counter("guide_failures", "What failed and was made up for, by part.", ["part"], registry=registry)
        self._waiting = Gauge("guide_waiting", "Turns that are taken in and not yet answered.", registry=registry)
        self._failing = Gauge("guide_part_failing", "1 while health finds this part failing.", ["part"], registry=registry)
        self._checked = Gauge("guide_checked_timestamp_seconds", "When health last looked (Unix time).", registry=registry)
        self._policy = Gauge("guide_content_policy", "1 for the content policy in force.", ["policy"], registry=registry)
        self._texts = Gauge("guide_texts", "Texts by state of their review.", ["state"], registry=registry)
        self._overdue = Gauge("guide_texts_overdue", "Approved texts whose next review was due.", registry=registry)
        self._build = Info("guide_build", "Beginnings of the SHA-256 of the model file and of all texts.", registry=registry)
        for kind in KINDS:
            self._turns.labels(kind)
        for level, category in itertools.product(LEVELS, CATEGORIES):
            self._alarms.labels(level, category)
        for code in CODES:
            self._refused.labels(code)
        for part in Part:
            self._failures.labels(part.value)
        self._server: tuple[WSGIServer, threading.Thread] | None = None

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Around the work on one message, however it ends."""
        began = time.monotonic()
        self._waiting.inc()
        try:
            yield
        finally:
            self._waiting.dec()
            self._seconds.observe(time.monotonic() - began)

    def answered(self, answers: Sequence[Mapping[str, Any]]) -> None:
        """One turn with the messages that the family got, ``{text, buttons, custom}`` each."""
        custom = answers[0].get("custom") if answers else None
        custom = custom if isinstance(custom, Mapping) else {}  # it comes from the action server
        self._turns.labels(_one_of(KINDS, custom.get("kind"))).inc()
        if "category" in custom:
            self.advised(custom.get("kind"), custom["category"])

    def advised(self, kind: object, category: object) -> None:
        """A family was given the advice for an alarm; ``kind`` is that of the message."""
        level = ADVICE[_one_of(ADVICE, kind)]
        self._alarms.labels(level, _one_of(CATEGORIES, category)).inc()

    def refused(self, code: str) -> None:
        self._refused.labels(_one_of(CODES, code)).inc()

    def failed(self, part: Part) -> None:
        self._failures.labels(part.value).inc()

    def checked(self, failing: Collection[str]) -> None:
        """What health found just now: the names, of those in CHECKED, of the parts that fail."""
        for part in CHECKED:
            self._failing.labels(part).set(part in failing)
        self._checked.set_to_current_time()

    def reviewed(self, reviews: Iterable[Review]) -> None:
        """The state of every text today."""
        found = list(reviews)
        for state in ReviewStatus:
            self._texts.labels(state.value).set(sum(review.status is state for review in found))
        self._overdue.set(sum(review.overdue for review in found))

    def serves(self, policy: ContentPolicy, model: str | None, content: str) -> None:
        """What this process runs with: content policy, SHA-256 of the model file and of all texts."""
        for known in ContentPolicy:
            self._policy.labels(known.value).set(known is policy)
        self._build.info({"model": _shown(model), "content": _shown(content)})

    def start(self, interface: str, port: int) -> None:
        """Answer ``GET /metrics`` in a thread of its own. Raises MetricsError."""
        try:
            self._server = prometheus_client.start_http_server(port, interface, self.registry)
        except OSError as error:
            raise MetricsError(_reason(error, interface, port)) from None

    def stop(self) -> None:
        """Waits up to half a second for the thread. Stopping what never started changes nothing."""
        if self._server:
            server, thread = self._server
            self._server = None
            server.shutdown()
            server.server_close()
            thread.join()


METRICS = Metrics()
"""Of this process, as its log is: failures are counted where they are logged, in functions that know no channel."""


def require_free(interface: str, port: int, web_port: str) -> None:
    """Raise MetricsError when ``start`` would, before a model is loaded. ``web_port`` is where the chat will listen."""
    if web_port == str(port):
        raise MetricsError(f"METRICS_PORT: {port} is the port of the chat itself (WEB_PORT); use another")
    family = socket.AF_INET6 if ":" in interface else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server itself: what has just ended is no hindrance
        try:
            probe.bind((interface, port))
        except OSError as error:
            raise MetricsError(_reason(error, interface, port)) from None


def _reason(error: OSError, interface: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"METRICS_PORT: another program listens on port {port} of {interface}; use a free port, or 0 for no metrics"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"METRICS_PORT: this account may not listen on port {port}; use one from 1024 on"
    return f"METRICS_INTERFACE: {interface} is no address of this machine on which the guide can listen"


def _one_of(known: Iterable[str], value: object) -> str:
    """The entry of the list itself, never what came: that may be anything, even something without a hash."""
    return next((one for one in known if one == value), OTHER)


def _shown(digest: str | None) -> str:
    return digest[:SHOWN] if digest and DIGEST.fullmatch(digest) else UNKNOWN
