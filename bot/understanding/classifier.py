"""Which intent a message has, how sure that is, and whether sure enough to answer.

A message is accepted by probability times the cosine to the nearest training example (reading.py): unlike the probability alone
that falls for questions from elsewhere. Thresholds and the temperature of the reported confidence are found at training time by
cross-validation on those training messages that the encoder never saw (held_out.py); they are stored with the model.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path

import numpy as np

from bot.understanding.calibration import (
    Limits,
    Scored,
    choose_limits,
    choose_temperature,
    is_alarm,
    is_aspect,
    is_emergency,
    is_follow_up,
    is_refusal,
    is_topic,
)
from bot.understanding.encoder import Encoder, Floats
from bot.understanding.entities import find_entities, things
from bot.understanding.held_out import is_held_out
from bot.understanding.neighbours import Neighbours, Places
from bot.understanding.reading import Reading, read, shares, where
from bot.understanding.regression import cross_validate, features, fit
from bot.understanding.spelling import Speller, Words
from bot.understanding.texts import asks, clauses, without_lead_in

FEWEST_HELD_OUT = 100
"""With fewer messages that the encoder never saw, all are used to calibrate (as in a trial with a handful of topics)."""
RANKED = 5
SHORT = (2, 6)
"""Words of the phrase that stands for a topic."""
WRAPPING = 10
"""Words. A message of no more wraps nothing."""
WRAPPED, PLAINLY = 0.1, 0.4
"""Summed probability of the refusals from which a long and a short message that is no clear question in general is refused."""
FEW_WORDS, PERSONAL = 12, 0.9
"""A message of so few words after an answer is refused at once only from this probability on."""
HIGHER = 0.2
"""Share of an alarm's probability from which it is an emergency: when two levels fit, the higher one."""
KEYWORDS = 4
"""A message of so few words that names something known is never answered with "I do not know"."""
CLEAR = 0.5
"""Score from which a piece of a message counts as a question of its own."""
MOST_QUESTIONS = 3
"""A message of more pieces is a story, and its half sentences are not questions."""
FOLLOWS = 0.3
"""Summed probability of the follow-ups times the nearest cosine from which an unclear message after an answer is one."""
TRUST_SHORT, TRUST_LONG = 0.85, 0.6
"""How much of its score a message keeps when it is read together with the last topic: the more words of its own it has, the
less. Chosen on the open half of tests/evaluation/dialogues.yml."""
HELP_ARRIVED, SURE = "help_arrived", 0.8
"""The intent that ends the pointer to an emergency's advice, and the score that this takes: kept too long it does no harm."""
MOST_CLAUSES = 6
"""So many sentences of a long message are read on their own; the cost of a turn grows with each."""


class Verdict(str, Enum):
    """``accepted``: act on the best intent. ``unsure``: ask which topic is meant. ``unknown``: say so."""

    accepted = "accepted"
    unsure = "unsure"
    unknown = "unknown"


@dataclass(frozen=True)
class Ranked:
    """One candidate: intent (``ask_aml/what``) and its calibrated probability."""

    intent: str
    probability: float


@dataclass(frozen=True)
class Understanding:
    """At most five candidates, best first; ``score`` (0 to 1) is what acceptance was judged by.

    ``also`` are the topics of further questions in the same message, in their order.
    """

    ranking: tuple[Ranked, ...]
    score: float
    verdict: Verdict
    also: tuple[str, ...] = ()


class TopicClassifier:
    """Reads messages. Made by ``train`` or ``load``."""

    def __init__(
        self, encoder: Encoder, intents: Sequence[str], weights: Floats, bias: Floats, examples: Neighbours, labels: Places,
        limits: Limits, temperature: float, speller: Speller, phrases: Mapping[str, str],
    ) -> None:  # fmt: skip
        self.intents, self.limits, self.temperature = tuple(intents), limits, temperature
        self._encoder, self._speller, self._phrases = encoder, speller, dict(phrases)
        self._weights, self._bias, self._examples, self._labels = weights, bias, examples, labels
        self._alarms, self._emergencies = where(is_alarm, intents), where(is_emergency, intents)
        self._refusals = where(is_refusal, intents)
        self._follow_ups, self._topics = where(is_follow_up, intents), where(is_topic, intents)

    @classmethod
    def train(cls, encoder: Encoder, texts: Sequence[str], intents: Sequence[str]) -> TopicClassifier:
        """Learn from ``texts`` and their ``intents`` (equal length, two intents or more)."""
        speller = Speller(Words.of(texts))
        vectors, labels = encoder.vectors(texts), np.array(intents)
        seen = features(vectors, texts)
        held = np.flatnonzero([is_held_out(text) for text in texts])
        start = None
        if len(held) < FEWEST_HELD_OUT:
            held = np.arange(len(texts))
        else:  # most of the learning is common to all that is fitted below, and knows no message on which they are judged
            start = fit(np.delete(seen, held, axis=0), np.delete(labels, held))
        model = fit(seen, labels, start)
        names = model.classes_.tolist()
        readings = cross_validate(seen, vectors, labels, held, model.classes_, start)
        truth = labels[held].tolist()
        logits = np.stack([reading.logits for reading in readings])
        temperature = choose_temperature(logits, [names.index(one) for one in truth])
        alarms, refusals = where(is_alarm, names), where(is_refusal, names)
        scored = []
        for intent, reading in zip(truth, readings, strict=True):
            calm = reading.only(~alarms)
            best = names[int(calm.logits.argmax())]
            scored.append(Scored(intent, best, calm.score, reading.share(alarms), calm.share(refusals)))
        return cls(
            encoder, names, model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32), Neighbours.of(vectors),
            np.searchsorted(model.classes_, labels), choose_limits(scored), temperature, speller,
            _short_phrases(texts, labels, vectors),
        )  # fmt: skip

    def understand(self, text: str, about: str | None = None, first: bool = False) -> Understanding:
        """Rank the intents of one message. Any text is fine; one without letters and digits is never accepted.

        ``about`` is the topic of the last answer (``aml/what``): what says little by itself is read together with it.
        ``first`` says that no topic was answered before, so that the message cannot ask more of one.
        """
        if not any(letter.isalnum() for letter in text):
            return Understanding((), 0.0, Verdict.unknown)
        repaired = self._speller.repair(text)
        bare = without_lead_in(repaired)
        readings = [self._read(one) for one in dict.fromkeys((repaired, bare)) if one]
        # Only the whole message raises an alarm or is refused: a sentence torn out of a story sounds worse than it is. With or
        # without its lead-in: what sounds calmer in one reading takes nothing away from the other.
        loudest = max(readings, key=lambda reading: reading.share(self._alarms))
        if loudest.share(self._alarms) >= self.limits.alarm:
            high = loudest.share(self._emergencies) >= HIGHER * loudest.share(self._alarms)
            return self._understanding(loudest.only(self._emergencies if high else self._alarms), Verdict.accepted)
        calm = max(readings, key=lambda reading: reading.score).only(~self._alarms)
        if first and is_aspect(self._best(calm)):
            calm = self._standing_alone(calm, repaired)
        together = self._behind_topic(repaired, about)
        if self._refuses(calm, together, repaired):
            return self._understanding(calm.only(self._refusals), Verdict.accepted, topics=calm)
        pieces = clauses(repaired)
        several = 1 < len(pieces) <= MOST_QUESTIONS and any(asks(piece) for piece in pieces)
        parts = self._parts(pieces) if several else []
        if found := self._two_questions(calm, parts):
            return found
        return self._in_context(calm, together, repaired) or self._clearest(calm, parts, together, repaired)

    def _standing_alone(self, whole: Reading, text: str) -> Reading:
        """With no answer before it, nothing can be a follow-up: "how fast do they grow?" then asks about AMLs."""
        alone = whole.only(~self._follow_ups)
        return whole if self._verdict(alone) is Verdict.unknown and not _is_keyword(text) else alone

    def _refuses(self, whole: Reading, together: str | None, text: str) -> bool:
        """A long message may wrap a personal question in a general one: there, little is enough.

        Few words wrap nothing; what sounds personal in them after an answer ("the odds for kids of mine") must sound so
        together with its topic as well.
        """
        share = whole.share(self._refusals)
        long = len(text.split()) > WRAPPING
        if long and is_topic(self._best(whole)) and whole.score >= self.limits.accept:
            return share >= self.limits.refuse
        enough = max(self.limits.refuse, WRAPPED if long else PLAINLY)
        if share >= enough and together and len(text.split()) <= FEW_WORDS and share < PERSONAL:
            share = self._calm(together).share(self._refusals)
        return share >= enough

    def _parts(self, pieces: Sequence[str]) -> list[Reading]:
        return [self._calm(piece) for piece in pieces]

    def _calm(self, text: str) -> Reading:
        return self._read(text).only(~self._alarms)

    def _two_questions(self, whole: Reading, parts: Sequence[Reading]) -> Understanding | None:
        """The first of two questions on different topics, with the other beside it; None when they are one."""
        asked: dict[str, Reading] = {}
        for reading in parts:
            if is_topic(self._best(reading)) and reading.score >= max(self.limits.accept, CLEAR):
                asked.setdefault(self._best(reading), reading)
        best = self._best(whole)
        if is_topic(best) and self._verdict(whole) is Verdict.accepted and (best not in asked or len(parts) > 2):
            asked = {best: whole, **asked}
        if len(asked) < 2:
            return None
        first, *others = asked
        return self._understanding(asked[first], Verdict.accepted, tuple(others))

    def _behind_topic(self, text: str, about: str | None) -> str | None:
        """``text`` behind a short phrase for the last topic; None when there is no such topic."""
        phrase = self._phrases.get(f"ask_{about}")
        return f"{phrase}. {text}" if phrase else None

    def _in_context(self, whole: Reading, together: str | None, text: str) -> Understanding | None:
        """What the message means after the last topic, where that says more than ``whole``; None when it stands on its own."""
        if together is None:
            return None
        if self._verdict(whole) is not Verdict.accepted and whole.share(self._follow_ups) * whole.nearness >= FOLLOWS:
            return self._understanding(whole.only(self._follow_ups), Verdict.accepted, topics=self._calm(together))
        trust = TRUST_SHORT if len(text.split()) <= SHORT[1] else TRUST_LONG
        if whole.score >= trust:
            return None  # no reading can be surer than that
        both = self._calm(together)
        clear = is_topic(self._best(both)) and both.score >= self.limits.accept
        return self._understanding(both, Verdict.accepted) if clear and both.score * trust > whole.score else None

    def _clearest(self, whole: Reading, parts: Sequence[Reading], together: str | None, text: str) -> Understanding:
        """The message as a whole or, where that says nothing clear, its clearest sentence (``parts``, when they were read)."""
        verdict = self._verdict(whole)
        if verdict is Verdict.accepted:
            topics = self._calm(together) if together and is_follow_up(self._best(whole)) else None
            return self._understanding(whole, verdict, topics=topics)
        pieces = clauses(text)[-MOST_CLAUSES:]
        parts = parts or (self._parts(pieces) if len(pieces) > 1 else [])
        clear = [part for part in parts if is_topic(self._best(part)) and part.score >= self.limits.accept]
        if clear:
            return self._understanding(max(clear, key=lambda reading: reading.score), Verdict.accepted)
        if _is_keyword(text):
            verdict = Verdict.unsure  # "everolimus": no question, but a thing that the guide knows about
        return self._understanding(whole, verdict)

    def _verdict(self, reading: Reading) -> Verdict:
        if reading.score < self.limits.unknown:
            return Verdict.unknown
        if self._best(reading) == HELP_ARRIVED and reading.score < SURE:
            return Verdict.unknown
        if is_topic(self._best(reading)) and reading.score < self.limits.accept:
            return Verdict.unsure
        return Verdict.accepted

    def _best(self, reading: Reading) -> str:
        return self.intents[int(reading.logits.argmax())]

    def _read(self, text: str) -> Reading:
        vector = self._encoder.vectors([text])
        (logits,) = features(vector, [text]) @ self._weights + self._bias
        return read(logits, self._examples, self._labels, vector[0])

    def _understanding(
        self, reading: Reading, verdict: Verdict, also: tuple[str, ...] = (), topics: Reading | None = None
    ) -> Understanding:
        """``topics`` is the reading whose best topics follow the best intent of ``reading`` in the ranking."""
        likely = shares(reading.logits / self.temperature)
        order = np.argsort(likely)[::-1][:RANKED].tolist()
        if topics:
            near = topics.only(self._topics)
            likely = likely + shares(topics.logits / self.temperature) * np.isfinite(near.logits)
            order = [order[0], *np.argsort(near.logits)[::-1][: RANKED - 1].tolist()]
        return Understanding(
            tuple(Ranked(self.intents[place], float(likely[place])) for place in order), reading.score, verdict, also
        )

    def save(self, folder: Path) -> None:
        """Write arrays and JSON only: loading a model must never run code."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(
            folder / "arrays.npz", weights=self._weights, bias=self._bias, labels=self._labels.astype(np.int16),
            examples=self._examples.turned.astype(np.float16), axes=self._examples.axes,
        )  # fmt: skip
        facts = {
            "encoder": self._encoder.digest,
            "intents": self.intents,
            "entities": list(things()),
            "limits": asdict(self.limits),
            "temperature": self.temperature,
            "words": asdict(self._speller.words),
            "phrases": self._phrases,
        }
        (folder / "classifier.json").write_text(json.dumps(facts))

    @classmethod
    def load(cls, folder: Path, encoder: Encoder) -> TopicClassifier:
        """Read what ``save`` wrote. Raises ValueError when encoder or entities are not those of the training."""
        facts = json.loads((folder / "classifier.json").read_text())
        if facts["encoder"] != encoder.digest or facts["entities"] != list(things()):
            raise ValueError("the model was trained with another encoder or other entities; run `make train`")
        arrays = np.load(folder / "arrays.npz", allow_pickle=False)
        return cls(
            encoder, facts["intents"], arrays["weights"], arrays["bias"],
            Neighbours(arrays["examples"].astype(np.float32), arrays["axes"]), arrays["labels"].astype(np.int64),
            Limits(**facts["limits"]), facts["temperature"], Speller(Words(**facts["words"])), facts["phrases"],
        )  # fmt: skip


def _is_keyword(text: str) -> bool:
    return len(text.split()) <= KEYWORDS and any(entity.value in things() for entity in find_entities(text))


def _short_phrases(texts: Sequence[str], labels: Floats, vectors: Floats) -> dict[str, str]:
    """For each topic the short training message nearest to the middle of all its messages: its name in few words."""
    found = {}
    for intent in sorted(set(labels.tolist())):
        rows = [row for row in np.flatnonzero(labels == intent) if SHORT[0] <= len(texts[row].split()) <= SHORT[1]]
        if is_topic(intent) and rows:
            middle = vectors[labels == intent].mean(axis=0)
            found[intent] = texts[max(rows, key=lambda row: float(vectors[row] @ middle))].rstrip(" .?!")
    return found
