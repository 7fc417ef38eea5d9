""" "How common is that?", "and in children?": which text answers a follow-up, given the last topic."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.datafile import DataFileError
from bot.knowledge import Library, PartName
from bot.reply import follow_ups
from bot.reply.follow_ups import Asked, asked, aspects

ROOT = Path(__file__).parents[2]
LIBRARY = Library.load()
SPECIFICATION = {topic["id"] for topic in yaml.safe_load((ROOT / "tests/specification/topics.yml").read_text())}
KNOWN = SPECIFICATION | set(LIBRARY.topics)
OTHER_FOLLOW_UPS = {"more", "sources", "simpler", "repeat", "professional", "family", "not_meant"}
"""Those that the action itself knows."""
ASPECTS = """\
how_common:
  part: how_common
  topics: {aml: aml/size, aml/size: aml/what}
cancer:
  topics: {aml: aml/cancer, aml/growth: kidney/cysts}
"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Put a text in the place of follow_ups.yml."""

    def _write(text: str) -> Path:
        file = tmp_path / "follow_ups.yml"
        file.write_text(text)
        monkeypatch.setattr(follow_ups, "FILE", file)
        aspects.cache_clear()
        return file

    yield _write
    aspects.cache_clear()


# The file


def test_the_aspects_are_the_follow_ups_that_the_training_data_know():
    nlu = yaml.safe_load((ROOT / "data/nlu/follow_up.yml").read_text())["nlu"]
    trained = {entry["intent"].removeprefix("follow_up/") for entry in nlu if entry["intent"].startswith("follow_up/")}
    assert trained - OTHER_FOLLOW_UPS == set(aspects())
    assert trained >= OTHER_FOLLOW_UPS


@pytest.mark.parametrize("aspect", sorted(aspects()))
def test_every_target_is_a_topic_and_every_origin_a_topic_or_an_area(aspect):
    topics = aspects()[aspect].topics
    assert set(topics.values()) <= KNOWN
    assert set(topics) <= KNOWN | set(LIBRARY.areas)


@pytest.mark.parametrize("aspect", sorted(aspects()))
def test_every_aspect_leads_somewhere(aspect):
    assert aspects()[aspect].part or aspects()[aspect].topics


@pytest.mark.parametrize("aspect", sorted(name for name, entry in aspects().items() if entry.part))
def test_every_part_that_an_aspect_asks_for_is_written_for_a_topic(aspect):
    assert [topic for topic in LIBRARY.topics.values() if aspects()[aspect].part in topic.parts]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("part: how_common", "part: how_commmon", 2, "'part' is not right: value is not a valid enumeration member"),
        ("part: how_common", "prat: how_common", 2, "unknown key 'prat'; allowed here: part, topics"),
        ("{aml: aml/cancer, aml/growth: kidney/cysts}", "aml/cancer", 5, "'topics' is not right"),
        ("cancer:\n", "how_common:\n", 4, "the key 'how_common' stands here twice"),
    ],
)
def test_a_fault_names_file_line_and_remedy(write, old, new, line, words):
    assert ASPECTS.count(old) == 1
    file = write(ASPECTS.replace(old, new))
    with pytest.raises(DataFileError) as caught:
        aspects()
    assert str(caught.value).startswith(f"{file}:{line}: ")
    assert words in str(caught.value)


# What answers


@pytest.mark.parametrize(
    ("aspect", "topic", "answer"),
    [
        ("how_common", "aml/what", Asked("aml/what", PartName.how_common, new=True)),  # the part, before the area
        ("how_common", "aml/size", Asked("aml/what", None, new=True)),  # the topic, before the area
        ("how_common", "aml/unwritten", Asked("aml/size", None, new=True)),
        ("how_common", "about/sources", Asked("about/sources", None, new=False)),
        ("cancer", "aml/what", Asked("aml/cancer", None, new=True)),
        ("cancer", "aml/growth", Asked("kidney/cysts", None, new=True)),
        ("cancer", "aml/cancer", Asked("aml/cancer", None, new=False)),
        ("cancer", "amlodipine/what", Asked("amlodipine/what", None, new=False)),
        ("danger", "aml/what", None),
        ("", "aml/what", None),
    ],
)
def test_the_part_answers_or_else_what_stands_for_the_topic_or_its_area(write, knowledge, aspect, topic, answer):
    write(ASPECTS)
    assert asked(aspect, topic, knowledge.load()) == answer


@pytest.mark.parametrize(
    ("aspect", "topic", "target", "part"),
    [
        ("how_common", "aml/what", "aml/how_common", None),
        ("how_common", "side_effects/mouth_sores", "side_effects/mouth_sores", PartName.how_common),
        ("danger", "aml/what", "bleeding/risk", None),
        ("children", "aml/what", "aml/what", PartName.for_children),
        ("children", "mtor/evidence_adults", "mtor/evidence_children", None),
        ("adults", "mtor/evidence_children", "mtor/evidence_adults", None),
        ("medicine", "mtor/missed_dose", "mtor/missed_dose", PartName.everolimus_and_sirolimus),
        ("treatment", "aml/size", "treatment/options", None),
        ("symptoms", "bleeding/risk", "bleeding/signs", None),
        ("growing", "aml/size", "aml/growth", None),
        ("cancer", "kidney/cysts", "aml/cancer", None),
    ],
)
def test_what_families_ask_next_has_its_text(aspect, topic, target, part):
    assert asked(aspect, topic, LIBRARY) == Asked(target, part, new=True)


@pytest.mark.parametrize("aspect", sorted(aspects()))
def test_every_follow_up_on_every_topic_stays_among_the_topics(aspect):
    for topic in LIBRARY.topics:
        found = asked(aspect, topic, LIBRARY)
        assert found
        assert found.topic in KNOWN
        assert found.part is None or found.part in LIBRARY.topics[found.topic].parts
        assert found.new or found.topic == topic
