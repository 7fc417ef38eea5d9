"""Paraphrases find their intent, and what the guide was not taught is not accepted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.understanding.classifier import RANKED, TopicClassifier
from bot.understanding.encoder import FOLDER, Encoder

EXAMPLES = {
    "ask_aml/what": [
        "What is an angiomyolipoma?", "Explain what an AML is", "what does aml mean", "tell me about kidney lumps",
        "What are these growths in the kidney?", "what is a kidney angiomyolipoma",
    ],
    "ask_mtor/missed_dose": [
        "I forgot to give the tablet", "we missed a dose", "What if she misses her medicine?", "he skipped his everolimus",
        "forgot the pill this morning", "missed a tablet last night",
    ],
    "ask_side_effects/mouth_sores": [
        "She has mouth ulcers", "sores in the mouth", "his mouth is sore from everolimus", "what helps against mouth sores",
        "ulcers on the tongue", "painful blisters in the mouth",
    ],
    "ask_monitoring/schedule": [
        "How often does he need a scan?", "when is the next MRI due", "how many scans a year", "how frequent are the scans",
        "Do we need an ultrasound every year?", "how often are the kidneys checked",
    ],
    "ask_aml/cancer": [
        "Is it cancer?", "can an AML become cancer", "are the lumps malignant", "does my child have kidney cancer",
        "is this tumour benign", "could it turn cancerous",
    ],
    "smalltalk/thanks": ["thank you", "thanks a lot", "many thanks", "cheers", "thank you so much", "ta, that helped"],
}  # fmt: skip


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(Path(__file__).parents[2] / FOLDER)


@pytest.fixture(scope="module")
def classifier(encoder) -> TopicClassifier:
    pairs = [(text, intent) for intent, texts in EXAMPLES.items() for text in texts]
    return TopicClassifier.train(encoder, *zip(*pairs, strict=True))


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Can you explain what an angiomyolipoma is?", "ask_aml/what"),
        ("my daughter forgot her tablet yesterday", "ask_mtor/missed_dose"),
        ("my son has sores in his mouth", "ask_side_effects/mouth_sores"),
        ("how often will they scan her kidneys", "ask_monitoring/schedule"),
        ("could the kidney lump be cancer?", "ask_aml/cancer"),
        ("thanks very much", "smalltalk/thanks"),
        ("THANK YOU!!", "smalltalk/thanks"),
        ("mouht ulcers", "ask_side_effects/mouth_sores"),
    ],
)
def test_a_paraphrase_finds_its_intent_and_is_accepted(classifier, text, intent):
    understanding = classifier.understand(text)
    assert understanding.ranking[0].intent == intent
    assert understanding.accepted


@pytest.mark.parametrize(
    "text",
    [
        "Who won the football match on Saturday?",
        "Write a poem about the sea",
        "SELECT * FROM users",
        "capital of Mongolia",
        "xkcd qwrt zzz",
        "\U0001f62d",
    ],
    ids=ascii,
)
def test_what_was_not_taught_is_not_accepted(classifier, text):
    assert not classifier.understand(text).accepted


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "\u202e", "a" * 100_000], ids=lambda text: f"{text[:6]!a}x{len(text)}")
def test_any_string_is_understood_somehow(classifier, text):
    understanding = classifier.understand(text)
    assert len(understanding.ranking) == RANKED
    assert 0 <= understanding.score <= 1


@pytest.mark.parametrize("text", ["", " ", "\n\t"], ids=ascii)
def test_an_empty_text_is_never_accepted(classifier, text, monkeypatch):
    monkeypatch.setattr(classifier, "threshold", 0.0)
    assert not classifier.understand(text).accepted
    assert classifier.understand("thank you").accepted


def test_at_most_five_are_ranked_best_first(classifier):
    ranking = classifier.understand("is it cancer?").ranking
    probabilities = [ranked.probability for ranked in ranking]
    assert len(ranking) == RANKED == 5 < len(classifier.intents)
    assert probabilities == sorted(probabilities, reverse=True)
    assert len({ranked.intent for ranked in ranking}) == 5
    assert 0 < sum(probabilities) <= 1 + 1e-6


def test_few_intents_are_all_ranked(encoder):
    names = {"ask_aml/what": "lump", "ask_aml/cancer": "lump", "smalltalk/thanks": "thanks"}
    pairs = [(text, names.get(intent, "other")) for intent, texts in EXAMPLES.items() for text in texts]
    ranking = TopicClassifier.train(encoder, *zip(*pairs, strict=True)).understand("thanks").ranking
    assert ranking[0].intent == "thanks"
    assert sorted(ranked.intent for ranked in ranking) == ["lump", "other", "thanks"]
    assert sum(ranked.probability for ranked in ranking) == pytest.approx(1.0)


def test_the_score_lies_between_none_and_one_and_is_higher_for_what_was_taught(classifier):
    taught, foreign = classifier.understand("We missed a dose"), classifier.understand("capital of Mongolia")
    assert 0 <= foreign.score < classifier.threshold <= taught.score <= 1
    assert taught.ranking[0].probability >= taught.score


def test_training_again_gives_the_same(classifier, encoder):
    pairs = [(text, intent) for intent, texts in EXAMPLES.items() for text in texts]
    again = TopicClassifier.train(encoder, *zip(*pairs, strict=True))
    assert again.threshold == classifier.threshold
    assert again.understand("we skipped a pill") == classifier.understand("we skipped a pill")


def test_a_saved_model_understands_the_same_after_loading(classifier, encoder, tmp_path):
    classifier.save(tmp_path / "new" / "folder")
    loaded = TopicClassifier.load(tmp_path / "new" / "folder", encoder)
    for text in ("we skipped a pill", "is it cancer?", "thank you", "capital of Mongolia", "", "mouht ulcers"):
        assert loaded.understand(text) == classifier.understand(text)


def test_a_saved_model_holds_arrays_and_text_only(classifier, tmp_path):
    classifier.save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["arrays.npz", "classifier.json"]
    with np.load(tmp_path / "arrays.npz", allow_pickle=False) as arrays:
        assert {array.dtype.kind for array in arrays.values()} == {"f"}


def test_a_model_of_another_encoder_is_refused(classifier, encoder, tmp_path):
    classifier.save(tmp_path)
    facts = tmp_path / "classifier.json"
    facts.write_text(facts.read_text().replace(encoder.digest, "0" * 64))
    with pytest.raises(ValueError, match="trained with another encoder; run `make train`"):
        TopicClassifier.load(tmp_path, encoder)
