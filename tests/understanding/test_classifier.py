"""Paraphrases find their intent; what was not taught is asked about or not known; a conversation is followed."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from bot.understanding.classifier import RANKED, TopicClassifier, Verdict
from bot.understanding.encoder import Encoder
from bot.understanding.neighbours import Neighbours
from bot.understanding.reading import read

EXAMPLES = {
    "ask_aml/what": [
        "What is an angiomyolipoma?", "Explain what an AML is", "what does aml mean", "tell me about kidney lumps",
        "What are these growths in the kidney?", "what is a kidney angiomyolipoma", "aml meaning", "what is an AML made of",
    ],
    "ask_mtor/missed_dose": [
        "I forgot to give the tablet", "we missed a dose", "What if she misses her medicine?", "he skipped his everolimus",
        "forgot the pill this morning", "missed a tablet last night", "missed dose", "what to do about a forgotten tablet",
    ],
    "ask_side_effects/mouth_sores": [
        "She has mouth ulcers", "sores in the mouth", "his mouth is sore from everolimus", "what helps against mouth sores",
        "ulcers on the tongue", "painful blisters in the mouth", "mouth sores", "mouth ulcers from sirolimus",
    ],
    "ask_monitoring/schedule": [
        "How often does he need a scan?", "when is the next MRI due", "how many scans a year", "how frequent are the scans",
        "Do we need an ultrasound every year?", "how often are the kidneys checked", "how often scans", "yearly scan or not",
    ],
    "ask_aml/cancer": [
        "Is it cancer?", "can an AML become cancer", "are the lumps malignant", "does my child have kidney cancer",
        "is this tumour benign", "could it turn cancerous", "AML and cancer", "are angiomyolipomas cancer",
    ],
    "refuse/dose": [
        "Should I give him 5 or 10 mg?", "can I halve her tablet", "how much everolimus should my son take",
        "may we go up to two tablets", "is 7.5 mg too much for her", "shall I give another half dose",
        "what dose does my daughter need", "he weighs 30 kg, how many mg does he get",
    ],
    "red_flag/bleeding": [
        "there is blood in her urine and her side hurts badly", "he collapsed and he is white as a sheet",
        "sudden terrible pain in the kidney", "she is peeing blood and feels faint", "his belly is hard and he is grey",
        "worst pain of my life in my side", "he passed out and has pain in his back", "blood clots in the urine and pain",
    ],
    "out_of_scope/general": [
        "Who won the football match?", "write a poem about the sea", "what is the capital of Mongolia",
        "how do I cook rice", "tell me a joke about cats", "what will the weather be tomorrow", "translate this song",
        "how old is the queen",
    ],
    "follow_up/how_common": [
        "how common is that", "how often does that happen", "is it rare", "how many people get it", "how likely is it",
        "how rare", "do many people have it", "what percentage",
    ],
    "smalltalk/thanks": [
        "thank you", "thanks a lot", "many thanks", "cheers", "thank you so much", "ta, that helped", "thanks", "tysm",
    ],
}  # fmt: skip


def pairs() -> tuple[list[str], list[str]]:
    return [text for texts in EXAMPLES.values() for text in texts], [name for name, texts in EXAMPLES.items() for _ in texts]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


@pytest.fixture(scope="module")
def classifier(encoder) -> TopicClassifier:
    return TopicClassifier.train(encoder, *pairs())


def best(classifier: TopicClassifier, text: str, about: str | None = None) -> str:
    """The intent that is acted on, or the verdict where none is."""
    found = classifier.understand(text, about)
    return found.ranking[0].intent if found.verdict is Verdict.accepted else found.verdict.value


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
        ("mouht ulcres", "ask_side_effects/mouth_sores"),
        ("what is the capital of France", "out_of_scope/general"),
        ("how many mg should my daughter get", "refuse/dose"),
        ("she fainted and there is blood in her urine", "red_flag/bleeding"),
    ],
)
def test_a_paraphrase_finds_its_intent_and_is_accepted(classifier, text, intent):
    assert best(classifier, text) == intent


@pytest.mark.parametrize("text", ["xkcd qwrt zzz", "SELECT * FROM users", "\U0001f62d", "?!"], ids=ascii)
def test_what_means_nothing_is_not_answered_with_a_topic(classifier, text):
    assert not best(classifier, text).startswith("ask_")


@pytest.mark.parametrize(
    ("accept", "unknown", "verdict"),
    [(0.1, 0.0, Verdict.accepted), (1.0, 0.1, Verdict.unsure), (1.0, 1.0, Verdict.unknown)],
)
def test_between_the_two_limits_the_guide_is_unsure_and_below_both_it_does_not_know(
    classifier, monkeypatch, accept, unknown, verdict
):
    monkeypatch.setattr(classifier, "limits", replace(classifier.limits, accept=accept, unknown=unknown))
    assert classifier.understand("could the lump be malignant").verdict is verdict


@pytest.mark.parametrize("text", ["everolimus", "Votubia?", "my angiomyolipoma"])
def test_a_word_that_the_guide_knows_is_asked_about_and_not_unknown(classifier, monkeypatch, text):
    monkeypatch.setattr(classifier, "limits", replace(classifier.limits, accept=1.0, unknown=1.0))
    assert classifier.understand(text).verdict is Verdict.unsure
    assert classifier.understand("xkcd qwrt zzz").verdict is not Verdict.unsure


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\U0001f62d\U0001f62d", "..."], ids=ascii)
def test_a_text_without_letters_and_digits_is_unknown_and_ranks_nothing(classifier, text):
    found = classifier.understand(text)
    assert (found.verdict, found.ranking, found.score) == (Verdict.unknown, (), 0.0)


@pytest.mark.parametrize(
    "text", ["\x00", "\ud800a", "\u202e", "a" * 100_000, "why? " * 5_000], ids=lambda text: f"{text[:6]!a}x{len(text)}"
)
def test_any_string_is_understood_somehow(classifier, text):
    found = classifier.understand(text, "aml/what")
    assert len(found.ranking) <= RANKED
    assert 0 <= found.score <= 1


def test_at_most_five_are_ranked_best_first(classifier):
    probabilities = [ranked.probability for ranked in classifier.understand("is it cancer?").ranking]
    assert len(probabilities) == RANKED == 5 < len(classifier.intents)
    assert probabilities == sorted(probabilities, reverse=True)
    assert 0 < sum(probabilities) <= 1 + 1e-6


def test_a_refused_message_ranks_its_nearest_topics_behind_the_refusal(classifier):
    ranking = classifier.understand("we missed a dose, so how many mg should I give my son now?").ranking
    assert ranking[0].intent == "refuse/dose"
    assert ranking[1].intent == "ask_mtor/missed_dose"


def test_two_questions_are_answered_in_their_order_and_the_second_stands_beside_the_first(classifier):
    found = classifier.understand("what is an angiomyolipoma? and how often are the scans?")
    assert (found.ranking[0].intent, found.also) == ("ask_aml/what", ("ask_monitoring/schedule",))
    turned = classifier.understand("how often are the scans? and what is an angiomyolipoma?")
    assert (turned.ranking[0].intent, turned.also) == ("ask_monitoring/schedule", ("ask_aml/what",))


def test_one_question_in_two_sentences_has_nothing_beside_it(classifier):
    found = classifier.understand("We missed a dose. What if she misses her medicine?")
    assert (found.ranking[0].intent, found.also) == ("ask_mtor/missed_dose", ())


def test_a_question_behind_small_talk_is_found(classifier):
    text = "We moved house in spring. It has rained all week. My sister has a new job. How often does he need a scan?"
    assert best(classifier, text) == "ask_monitoring/schedule"


@pytest.mark.parametrize("lead", ["no, I meant the ", "sorry, what about ", "ok and "])
def test_words_that_only_lead_over_do_not_matter(classifier, lead):
    assert best(classifier, f"{lead}mouth sores", "aml/what") == "ask_side_effects/mouth_sores"


def test_what_says_nothing_by_itself_is_read_with_the_last_topic(classifier):
    for text in ("and on the tongue?", "what about his tongue"):
        alone, after = classifier.understand(text), classifier.understand(text, "side_effects/mouth_sores")
        assert after.ranking[0].intent == "ask_side_effects/mouth_sores"
        assert after.verdict is Verdict.accepted
        assert after.score >= alone.score


def test_a_follow_up_stays_a_follow_up_and_a_new_topic_a_new_topic(classifier):
    assert best(classifier, "how common is that?", "aml/what") == "follow_up/how_common"
    assert best(classifier, "my daughter forgot her tablet", "aml/what") == "ask_mtor/missed_dose"


def test_before_any_answer_nothing_is_a_follow_up(classifier, monkeypatch):
    shares = np.full(len(classifier.intents), 1e-6, dtype=np.float32)
    shares[classifier.intents.index("follow_up/how_common")], shares[classifier.intents.index("ask_aml/what")] = 0.6, 0.4
    reading = replace(classifier._read("anything"), logits=np.log(shares), nearness=0.9)
    monkeypatch.setattr(classifier, "_read", lambda text: reading)
    assert classifier.understand("how many have them?", first=True).ranking[0].intent == "ask_aml/what"
    assert best(classifier, "how many have them?", "mtor/missed_dose") == "follow_up/how_common"
    assert best(classifier, "how many have them?") == "follow_up/how_common"  # not known what was said before


def test_an_alarm_and_a_refusal_are_never_read_away_by_the_last_topic(classifier):
    assert best(classifier, "she fainted and there is blood in her urine", "aml/what") == "red_flag/bleeding"
    assert best(classifier, "how many mg should my daughter get", "mtor/missed_dose") == "refuse/dose"


@pytest.mark.parametrize("calm_reading", ["as typed", "without the lead-in"])
def test_an_alarm_in_either_reading_of_a_message_is_raised(classifier, monkeypatch, calm_reading):
    typed, bare = "so she collapsed and is grey", "she collapsed and is grey"
    as_it_is = classifier._read
    calm, alarm = replace(as_it_is("thanks very much"), nearness=1.0), as_it_is("he collapsed and he is white as a sheet")
    found = {typed: calm, bare: alarm} if calm_reading == "as typed" else {typed: alarm, bare: calm}
    monkeypatch.setattr(classifier, "_read", lambda text: found.get(text) or as_it_is(text))
    monkeypatch.setattr(classifier._speller, "repair", lambda text: text)
    assert calm.score > alarm.score
    assert best(classifier, typed) == "red_flag/bleeding"


@pytest.mark.parametrize(("emergency", "intent"), [(0.3, "red_flag/bleeding"), (0.1, "urgent/bleeding")])
def test_when_two_levels_fit_the_higher_one_is_raised(classifier, monkeypatch, emergency, intent):
    renamed = tuple(one.replace("refuse/dose", "urgent/bleeding") for one in classifier.intents)
    trial = TopicClassifier(
        classifier._encoder, renamed, classifier._weights, classifier._bias, classifier._examples, classifier._labels,
        classifier.limits, 1.0, classifier._speller, {},
    )  # fmt: skip
    shares = np.full(len(renamed), 1e-6, dtype=np.float32)
    shares[renamed.index("red_flag/bleeding")], shares[renamed.index("urgent/bleeding")] = emergency, 1 - emergency
    reading = replace(classifier._read("anything"), logits=np.log(shares))
    monkeypatch.setattr(trial, "_read", lambda text: reading)
    assert best(trial, "anything at all") == intent


def test_the_nearest_examples_vote_beside_the_regression():
    logits = np.log(np.array([0.6, 0.4], dtype=np.float32))
    examples = Neighbours(np.array([[0.2, 0.1], [0.9, 0.1], [0.88, 0.3]], dtype=np.float32), np.eye(2, dtype=np.float32))
    reading = read(logits, examples, np.array([0, 1, 1]), np.array([1, 0], dtype=np.float32))
    assert reading.shares[1] > 0.9
    assert reading.nearness == pytest.approx(0.9)
    far = read(logits, examples, np.array([0, 1, 1]), np.array([-1, 0], dtype=np.float32))
    assert far.nearness == 0.0


def test_help_is_there_only_when_that_is_sure(classifier, monkeypatch):
    """It ends the pointer to the emergency advice."""
    renamed = tuple(intent.replace("smalltalk/thanks", "help_arrived") for intent in classifier.intents)
    monkeypatch.setattr(classifier, "intents", renamed)
    sure = classifier.understand("thank you")
    monkeypatch.setattr("bot.understanding.classifier.SURE", sure.score - 0.01)
    assert best(classifier, "thank you") == "help_arrived"
    monkeypatch.setattr("bot.understanding.classifier.SURE", sure.score + 0.01)
    assert best(classifier, "thank you") == "unknown"


def test_a_last_topic_that_is_not_known_changes_nothing(classifier):
    assert classifier.understand("we skipped a pill", "aml/none") == classifier.understand("we skipped a pill")


def test_training_again_gives_the_same(classifier, encoder):
    again = TopicClassifier.train(encoder, *pairs())
    assert again.limits == classifier.limits
    assert again.understand("we skipped a pill") == classifier.understand("we skipped a pill")


def test_a_saved_model_understands_the_same_after_loading(classifier, encoder, tmp_path):
    classifier.save(tmp_path / "new" / "folder")
    loaded = TopicClassifier.load(tmp_path / "new" / "folder", encoder)
    for text in ("we skipped a pill", "is it cancer?", "thank you", "capital of Mongolia", "", "mouht ulcers", "how common"):
        assert loaded.understand(text, "aml/what") == classifier.understand(text, "aml/what")


def test_a_saved_model_holds_arrays_and_text_only(classifier, tmp_path):
    classifier.save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["arrays.npz", "classifier.json"]
    with np.load(tmp_path / "arrays.npz", allow_pickle=False) as arrays:
        assert {array.dtype.kind for array in arrays.values()} == {"f", "i"}


@pytest.mark.parametrize(("fact", "value"), [("encoder", "0" * 64), ("entities", ["other"])])
def test_a_model_of_another_encoder_or_other_entities_is_refused(classifier, encoder, tmp_path, fact, value):
    classifier.save(tmp_path)
    facts = json.loads((tmp_path / "classifier.json").read_text())
    (tmp_path / "classifier.json").write_text(json.dumps({**facts, fact: value}))
    with pytest.raises(ValueError, match="trained with another encoder or other entities; run `make train`"):
        TopicClassifier.load(tmp_path, encoder)
