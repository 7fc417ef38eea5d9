"""The replacements give what Rasa itself gives."""

from __future__ import annotations

import gc
from pathlib import Path

import dask
import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.utils.common import all_subclasses

from bot.rasa_ext import faster_rasa

ANSWERS = [
    ({"events": [], "responses": []}, True),
    (
        {"events": [{"event": "slot", "name": "topic", "value": "aml/what", "timestamp": None}], "responses": [{"text": "a"}]},
        True,
    ),
    ({"events": [{"event": "nonsense"}], "responses": []}, False),
    ({"events": [{"event": "slot", "name": "topic", "value": None}]}, True),
    ({"events": [{"event": "slot", "name": "topic", "value": 1, "timestamp": 1.5, "metadata": {}}], "responses": []}, True),
    ({"events": [{"event": "action", "name": "action_listen"}], "responses": []}, True),
    ({"events": [{"event": "slot", "name": "topic", "value": 1, "timestamp": "now"}], "responses": []}, False),
    ({"events": [{"event": "slot", "name": "topic", "value": 1, "metadata": "none"}], "responses": []}, False),
    ({"events": [{"event": "slot", "name": 1, "value": 1}], "responses": []}, False),
    ({"events": [{"event": "slot", "name": "topic"}], "responses": []}, False),
    ({"events": [{"event": "slot"}], "responses": []}, False),
    ({"events": ["slot"], "responses": []}, False),
    ({"events": [], "responses": "none"}, False),
    ({"events": "none", "responses": []}, False),
    ({"events": [], "responses": ["text"]}, False),
    (["no", "object"], False),
]


@pytest.mark.parametrize(("answer", "valid"), ANSWERS)
def test_an_action_servers_answer_is_judged_as_by_rasa(answer, valid):
    faster_rasa.apply()
    action = RemoteAction("action_answer", None)
    if valid:
        assert action._validate_action_result(answer)
    else:
        with pytest.raises(ValidationError):
            action._validate_action_result(answer)


def test_every_event_type_is_resolved_to_the_class_that_rasa_finds():
    faster_rasa.apply()
    for known in all_subclasses(Event):
        first = next(cls for cls in all_subclasses(Event) if cls.type_name == known.type_name)
        assert Event.resolve_by_type(known.type_name) is first
    assert Event.resolve_by_type("topic") is None
    with pytest.raises(ValueError, match="Unknown event"):
        Event.resolve_by_type("no such event")


@pytest.mark.parametrize("event", [SlotSet("place", "AU"), ActionExecuted("action_answer"), BotUttered("a"), UserUttered("b")])
def test_events_come_back_from_their_stored_form(event):
    faster_rasa.apply()
    assert type(Event.from_parameters(event.as_dict())) is type(event)


def joined(*parts: object) -> str:
    return "+".join(map(str, parts))


@pytest.mark.parametrize("targets", [["c"], ["a", "c"], ["message"], ["d", "b"]])
def test_a_graph_gives_what_dask_finds(targets):
    graph = {
        "message": ("message", "What is an AML?"),
        "a": (joined, "message"),
        "b": (joined, "a", "message"),
        "c": (joined, "b", "a", "not in the graph"),
        "d": (joined,),
    }
    assert faster_rasa.results(graph, targets) == list(dask.get(graph, targets))


def test_each_node_of_a_graph_runs_once_and_what_it_raises_comes_through():
    runs = []
    graph = {"a": (lambda: runs.append("a"),), "b": (joined, "a", "a"), "c": (joined, "b", "a")}
    faster_rasa.results(graph, ["c", "b"])
    assert runs == ["a"]
    with pytest.raises(ZeroDivisionError):
        faster_rasa.results({"a": (lambda: 1 / 0,)}, ["a"])


def test_a_domain_is_empty_when_rasa_says_so():
    faster_rasa.apply()
    assert Domain.empty().is_empty()
    assert Domain.from_dict({}).is_empty()
    assert not Domain.load(str(Path(__file__).parents[2] / "domain.yml")).is_empty()


def test_what_is_there_at_the_start_is_out_of_the_collectors_sight_and_what_comes_later_is_not():
    there = [[number] for number in range(100)]
    faster_rasa.settle()
    try:
        later = [there]
        seen = {id(one) for one in gc.get_objects()}
        assert not any(id(one) in seen for one in there)
        assert id(later) in seen
    finally:
        gc.unfreeze()
