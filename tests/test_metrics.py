"""What the guide counts: numbers under labels of fixed lists, on a port of its own or not at all."""

from __future__ import annotations

import re
import socket
from typing import Any

import httpx
import prometheus_client
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import metrics
from bot.knowledge import ContentPolicy, Kind, Review
from bot.knowledge.models import ReviewStatus
from bot.metrics import CHECKED, OTHER, Metrics, MetricsError, Part, require_free
from bot.triage import Category, Level
from bot.web.incoming import STATUS

LOCAL = "127.0.0.1"
CANARY = "canary words of a family"
LABELS = {
    "kind": {*(kind.value for kind in Kind), OTHER},
    "level": {*(level.value for level in Level), OTHER},
    "category": {*(category.value for category in Category), OTHER},
    "code": {*STATUS, OTHER},
    "part": {*(part.value for part in Part), *CHECKED},
    "policy": {policy.value for policy in ContentPolicy},
    "state": {state.value for state in ReviewStatus},
}
"""All that a label may be, but for the bounds of the histogram and the digests."""


@pytest.fixture
def counted():
    made = Metrics()
    yield made
    made.stop()


def value(counted: Metrics, name: str, **labels: str) -> float | None:
    return counted.registry.get_sample_value(name, labels)


def text(counted: Metrics) -> str:
    return prometheus_client.generate_latest(counted.registry).decode()


def message(kind: object, **custom: object) -> dict[str, Any]:
    return {"text": CANARY, "buttons": [], "custom": {"kind": kind, **custom}}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOCAL, 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def taken():
    """A port on which something else listens."""
    with socket.socket() as other:
        other.bind((LOCAL, 0))
        other.listen()
        yield other.getsockname()[1]


# What is counted


def test_a_turn_counts_under_the_kind_of_its_first_message(counted):
    counted.answered([message("answer"), message("clarify")])
    counted.answered([message("answer")])
    counted.answered([message("unknown")])
    found = {kind: value(counted, "guide_turns_total", kind=kind) for kind in ("answer", "clarify", "unknown")}
    assert found == {"answer": 2, "clarify": 0, "unknown": 1}


@pytest.mark.parametrize(
    ("kind", "category", "level"),
    [
        ("emergency", "bleeding", "emergency"),
        ("crisis", "self_harm", "emergency"),
        ("urgent", "infection", "urgent"),
        ("answer", "infection", "other"),
        ("urgent", CANARY, "urgent"),
    ],
)
def test_an_alarm_counts_when_its_advice_is_given(counted, kind, category, level):
    counted.answered([message(kind, category=category)])
    named = category if category in LABELS["category"] else OTHER
    assert value(counted, "guide_alarms_total", level=level, category=named) == 1
    assert sum(_values(counted, "guide_alarms_total")) == 1


def test_an_answer_after_an_alarm_is_no_alarm(counted):
    counted.answered([message("answer", alarm="emergency", pointer=CANARY)])
    assert sum(_values(counted, "guide_alarms_total")) == 0


def _values(counted: Metrics, name: str) -> list[float]:
    return [one.value for family in counted.registry.collect() for one in family.samples if one.name == name]


def test_every_counter_is_there_from_the_start(counted):
    """Else Prometheus does not see the first of anything."""
    assert len(_values(counted, "guide_turns_total")) == len(LABELS["kind"])
    assert len(_values(counted, "guide_alarms_total")) == len(LABELS["level"]) * len(LABELS["category"])
    assert len(_values(counted, "guide_refused_total")) == len(LABELS["code"])
    assert len(_values(counted, "guide_failures_total")) == len(Part)
    for name in ("turns", "alarms", "refused", "failures"):
        assert set(_values(counted, f"guide_{name}_total")) == {0}


def test_refusals_and_failures_count_one_by_one(counted):
    counted.refused("too_fast")
    for part in (Part.masking, Part.masking, Part.handler):
        counted.failed(part)
    assert value(counted, "guide_refused_total", code="too_fast") == 1
    assert value(counted, "guide_failures_total", part="masking") == 2
    assert value(counted, "guide_failures_total", part="handler") == 1


def test_a_turn_is_timed_and_counted_as_waiting_until_it_ends_however_it_ends(counted, monkeypatch):
    clock = iter([10.0, 10.25, 20.0, 29.0])
    monkeypatch.setattr(metrics.time, "monotonic", lambda: next(clock))
    with counted.turn():
        assert value(counted, "guide_waiting") == 1
    with pytest.raises(ValueError, match="broken"), counted.turn():
        raise ValueError("broken")
    assert value(counted, "guide_waiting") == 0
    assert value(counted, "guide_turn_seconds_sum") == 9.25
    below = {bound: value(counted, "guide_turn_seconds_bucket", le=bound) for bound in ("0.2", "0.3", "8.0", "12.0", "+Inf")}
    assert below == {"0.2": 0, "0.3": 1, "8.0": 1, "12.0": 2, "+Inf": 2}


def test_a_part_that_is_well_again_stands_at_0_again(counted):
    counted.checked(["action_server", "retention"])
    assert {part for part in CHECKED if value(counted, "guide_part_failing", part=part)} == {"action_server", "retention"}
    counted.checked([])
    assert [value(counted, "guide_part_failing", part=part) for part in CHECKED] == [0] * len(CHECKED)


def test_the_time_of_the_last_look_is_told(counted):
    assert value(counted, "guide_checked_timestamp_seconds") == 0
    counted.checked([])
    assert value(counted, "guide_checked_timestamp_seconds") > 1.7e9


def test_texts_are_counted_by_state_and_those_overdue_beside_that(counted):
    draft, approved = Review(ReviewStatus.draft), Review(ReviewStatus.approved, CANARY)
    counted.reviewed([draft, draft, approved, Review(ReviewStatus.approved, CANARY, overdue=True)])
    states = {state.value: value(counted, "guide_texts", state=state.value) for state in ReviewStatus}
    assert states == {"draft": 2, "submitted": 0, "under_review": 0, "approved": 2}
    assert value(counted, "guide_texts_overdue") == 1
    counted.reviewed([approved])
    assert (value(counted, "guide_texts", state="draft"), value(counted, "guide_texts_overdue")) == (0, 0)


def test_what_is_served_is_told_by_policy_and_beginnings_of_digests(counted):
    counted.serves(ContentPolicy.approved, "a" * 64, "0123456789abcdef" * 4)
    assert value(counted, "guide_content_policy", policy="approved") == 1
    assert value(counted, "guide_content_policy", policy="preview") == 0
    assert value(counted, "guide_build_info", model="a" * 12, content="0123456789ab") == 1


@pytest.mark.parametrize("digest", [None, "", CANARY, "A" * 64, "a" * 63])
def test_what_is_no_digest_is_unknown(counted, digest):
    counted.serves(ContentPolicy.preview, digest, "b" * 64)
    assert value(counted, "guide_build_info", model="unknown", content="b" * 12) == 1


# Labels

ANYTHING = st.one_of(st.text(), st.none(), st.integers(), st.lists(st.text()), st.dictionaries(st.text(), st.text()))


@given(kind=ANYTHING, category=ANYTHING, code=ANYTHING, failing=st.lists(st.text()))
def test_nothing_that_comes_from_outside_becomes_a_label(kind, category, code, failing):
    counted = Metrics()
    counted.answered([message(kind, category=category)])
    counted.answered([{"custom": kind}])
    counted.answered([])
    counted.advised(kind, category)
    counted.refused(code)
    counted.checked(failing)
    for family in counted.registry.collect():
        for sample in family.samples:
            for name, label in sample.labels.items():
                assert name == "le" or label in LABELS[name], (sample.name, name)
    assert sum(_values(counted, "guide_turns_total")) == 3
    assert sum(_values(counted, "guide_refused_total")) == 1


def test_the_labels_are_their_plain_words(counted):
    """A member of an enumeration prints as Kind.answer."""
    counted.answered([message(Kind.urgent, category=Category.infection)])
    assert value(counted, "guide_turns_total", kind="urgent") == 1
    assert value(counted, "guide_alarms_total", level="urgent", category="infection") == 1
    assert not re.search(r"(Kind|Level|Category|Part)\.", text(counted))


def test_no_text_of_a_message_is_in_the_metrics(counted):
    counted.answered([message("emergency", category="bleeding", sources=[CANARY])])
    assert "guide_turns_total" in text(counted)
    assert "canary" not in text(counted)


def test_nothing_else_of_the_process_is_counted_along(counted):
    assert {family.name.partition("_")[0] for family in counted.registry.collect()} == {"guide"}
    assert "_created" not in text(counted)


def test_two_do_not_count_together(counted):
    Metrics().failed(Part.turn)
    assert value(counted, "guide_failures_total", part="turn") == 0


# The port


def test_the_numbers_are_served_until_the_end(counted):
    port = free_port()
    counted.failed(Part.triage)
    counted.start(LOCAL, port)
    answer = httpx.get(f"http://{LOCAL}:{port}/metrics")
    assert answer.status_code == 200
    assert 'guide_failures_total{part="triage"} 1.0' in answer.text
    counted.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://{LOCAL}:{port}/metrics")
    require_free(LOCAL, port, "5005")  # a copy that is started anew finds its port free, closed connections or not
    counted.start(LOCAL, port)
    assert httpx.get(f"http://{LOCAL}:{port}/metrics").status_code == 200


def test_what_never_started_can_be_stopped(counted):
    counted.stop()
    assert "guide_turns_total" in text(counted)


def test_a_port_in_use_is_named_with_its_setting(counted, taken):
    words = f"^METRICS_PORT: another program listens on port {taken} of 127.0.0.1; use a free port, or 0 for no metrics$"
    with pytest.raises(MetricsError, match=words):
        require_free(LOCAL, taken, "5005")
    with pytest.raises(MetricsError, match=words):
        counted.start(LOCAL, taken)


def test_an_address_of_another_machine_is_named_with_its_setting(counted):
    words = "^METRICS_INTERFACE: 192.0.2.1 is no address of this machine"
    with pytest.raises(MetricsError, match=words):
        require_free("192.0.2.1", free_port(), "5005")
    with pytest.raises(MetricsError, match=words):
        counted.start("192.0.2.1", free_port())


def test_a_port_of_the_system_is_named_with_its_setting(monkeypatch):
    def bind(self: object, address: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket, "socket", type("Closed", (socket.socket,), {"bind": bind}))
    with pytest.raises(MetricsError, match=r"^METRICS_PORT: this account may not listen on port 80; use one from 1024 on"):
        require_free(LOCAL, 80, "5005")


def test_the_port_of_the_chat_is_not_for_the_metrics():
    with pytest.raises(MetricsError, match=r"^METRICS_PORT: 5005 is the port of the chat itself \(WEB_PORT\)"):
        require_free(LOCAL, 5005, "5005")


def test_looking_whether_a_port_is_free_leaves_it_free(counted):
    port = free_port()
    require_free(LOCAL, port, "5005")
    counted.start(LOCAL, port)
