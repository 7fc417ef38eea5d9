"""What must stay true of the files as a whole: the pipeline's order, one rule a request, two files a topic."""

from __future__ import annotations

import ast
import itertools
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from bot.knowledge import Kind, Library
from tests.history import versions

ROOT = Path(__file__).parents[1]
CONFIG = yaml.safe_load((ROOT / "config.yml").read_text())
DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text())
RULES = yaml.safe_load((ROOT / "data/stories/rules.yml").read_text())["rules"]
NLU = {path: yaml.safe_load(path.read_text())["nlu"] for path in sorted((ROOT / "data/nlu").glob("*.yml"))}
EXAMPLES = [
    (entry["intent"], line[2:].strip(), path.name)
    for path, entries in NLU.items()
    for entry in entries
    for line in entry["examples"].splitlines()
    if line.strip()
]
SPECIFICATION = {topic["id"]: topic for topic in yaml.safe_load((ROOT / "tests/specification/topics.yml").read_text())}
LIBRARY = Library.load()


def intents() -> set[str]:
    return {intent for intent, _, _ in EXAMPLES}


def test_the_alarm_has_the_last_word_of_the_pipeline():
    assert CONFIG["pipeline"][-1]["name"].endswith("GuideAlarmDetector")


def test_there_are_no_forms_and_no_learned_dialogue_policy():
    assert "forms" not in DOMAIN
    assert [policy["name"] for policy in CONFIG["policies"]] == ["MemoizationPolicy", "RulePolicy"]


def test_the_web_channel_is_the_only_way_in():
    assert list(yaml.safe_load((ROOT / "credentials.yml").read_text())) == ["bot.rasa_ext.channel.WebChannel"]


def test_every_intent_has_one_rule_and_every_rule_an_intent():
    ruled = [rule["steps"][0]["intent"] for rule in RULES]
    assert sorted(ruled) == sorted(DOMAIN["intents"])


def test_domain_and_training_data_know_the_same_intents():
    trained = {intent.partition("/")[0] for intent in intents()}
    decided = {"nlu_fallback", "clarify", "other_language", "not_worse", "feedback"}  # set in code, never learned
    assert trained | decided == set(DOMAIN["intents"])


def test_every_action_of_the_domain_is_a_file_and_every_file_an_action():
    files = {f"action_{path.stem}" for path in (ROOT / "actions").glob("*.py")} - {"action_turn", "action___init__"}
    assert files == set(DOMAIN["actions"])


def test_every_topic_has_training_examples():
    missing = [f"data/nlu: no examples for ask_{topic}" for topic in LIBRARY.topics if f"ask_{topic}" not in intents()]
    assert not missing


def test_every_area_has_its_intent_and_every_intent_of_topics_its_area():
    assert {f"ask_{area}" for area in LIBRARY.areas} == {intent for intent in DOMAIN["intents"] if intent.startswith("ask_")}


def test_every_topic_that_a_notice_offers_is_in_the_specification():
    offered = {(name, topic) for name, notice in LIBRARY.notices.items() for topic in notice.topics}
    assert {(name, topic) for name, topic in offered if topic not in SPECIFICATION} == set()


def test_every_refusal_has_its_text_and_offers_what_is_known_in_general():
    texts = {name for name, notice in LIBRARY.notices.items() if notice.kind is Kind.refusal}
    assert texts == {intent for intent in intents() if intent.startswith("refuse/")}
    assert {name for name in texts if not LIBRARY.notices[name].topics} == set()


def test_topics_and_their_intents_are_in_the_specification():
    assert set(LIBRARY.topics) <= set(SPECIFICATION)
    assert {intent.removeprefix("ask_") for intent in intents() if intent.startswith("ask_")} <= set(SPECIFICATION)


@pytest.mark.parametrize("intent", sorted(intents()))
def test_every_intent_has_enough_different_examples(intent):
    texts = {text.lower() for found, text, _ in EXAMPLES if found == intent}
    assert len(texts) >= 25


def test_no_example_stands_twice():
    seen: dict[str, str] = {}
    for intent, text, file in EXAMPLES:
        key = re.sub(r"[^a-z0-9]+", " ", text.lower()).strip() or text
        assert key not in seen, f"'{text}' ({file}, {intent}) stands under {seen[key]} too"
        seen[key] = intent


@pytest.mark.parametrize("topic", sorted(LIBRARY.topics))
def test_every_point_of_the_specification_is_made(topic):
    covered = [point for statement in LIBRARY.topics[topic].answers["family"] for point in statement.covers]
    wanted = [" ".join(point.split()) for point in SPECIFICATION[topic]["must_contain"]]
    assert sorted(" ".join(point.split()) for point in covered) == sorted(wanted)


def test_no_text_of_the_guide_is_written_in_code():
    """Rasa responses would be a second place for texts."""
    assert "responses" not in DOMAIN


@pytest.mark.parametrize("package", ["knowledge", "triage", "understanding", "reply", "privacy", "web"])
def test_what_decides_imports_neither_rasa_nor_its_sdk(package):
    for path in (ROOT / "bot" / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.split(".")[0] in {"rasa", "rasa_sdk"} or "rasa_ext" in name], path


@pytest.mark.parametrize("command", ["bench", "faults", "pictures"])
def test_what_starts_the_guide_has_its_model_also_in_a_fresh_clone(command):
    steps = subprocess.run(["make", "-n", command], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "-m tools.train" in steps
    assert command != "pictures" or "tools/setup.sh console" in steps, "of the staff console, too"


def test_the_review_ledger_was_only_ever_added_to():
    """Every version of approvals.yml in the history is the beginning of the next one."""
    ledger = ROOT / "bot/knowledge/approvals.yml"
    known = [yaml.safe_load(text) for text in (*versions(ledger), ledger.read_text())]
    for earlier, later in itertools.pairwise(known):
        assert later[: len(earlier)] == earlier
