"""Which intent a message has, how sure that is, and whether sure enough to answer.

The method and its weights come from a comparison of pipelines on public data sets: logistic regression on the sentence
vector (times 5, since the regularisation of 1.0 would else flatten every probability) beside length-normalised character
tf-idf, which wins back part of what typing errors cost. Accepted is by probability times the cosine to the nearest training
example: unlike the probability alone it falls for questions from elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from bot.understanding.encoder import Encoder, Floats

VECTOR_WEIGHT = 5.0
CHARACTER_WEIGHT = 3.0
ACCEPTED_SHARE = 0.95
"""The threshold lets through this share of training examples that were held out in cross-validation."""
FOLDS = 5
DIRECTIONS = 300
RANKED = 5


@dataclass(frozen=True)
class Ranked:
    """One candidate: intent (``ask_aml/what``) and its probability."""

    intent: str
    probability: float


@dataclass(frozen=True)
class Understanding:
    """At most five candidates, best first; ``score`` (0 to 1) is what acceptance is judged by."""

    ranking: tuple[Ranked, ...]
    score: float
    accepted: bool


class TopicClassifier:
    """Logistic regression over sentence vector and character features, kept as plain arrays."""

    def __init__(
        self, encoder: Encoder, intents: Sequence[str], weights: Floats, bias: Floats, examples: Floats,
        vocabulary: dict[str, int], idf: Floats, threshold: float,
    ) -> None:  # fmt: skip
        self._encoder = encoder
        self.intents, self.threshold = tuple(intents), threshold
        self._weights, self._bias, self._examples = weights, bias, examples
        self._characters = _character_features(vocabulary)
        self._characters.idf_ = idf

    @classmethod
    def train(cls, encoder: Encoder, texts: Sequence[str], intents: Sequence[str]) -> TopicClassifier:
        """Learn from ``texts`` and their ``intents`` (equal length, three intents or more, FOLDS examples each)."""
        vectors, labels = encoder.vectors(texts), np.array(intents)
        characters = _character_features()
        # The regression learns on the strongest directions of the many character features: as right, ten times as fast.
        spellings = characters.fit_transform(texts)
        spelling = TruncatedSVD(min(DIRECTIONS, spellings.shape[1]), random_state=0)
        directions = spelling.fit_transform(spellings)
        features = np.hstack([vectors * VECTOR_WEIGHT, directions * CHARACTER_WEIGHT]).astype(np.float32)
        scores: Floats = np.zeros(len(texts), dtype=np.float32)
        for learn, held_out in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(features, labels):
            model = _fit(features[learn], labels[learn])
            best = model.predict_proba(features[held_out]).max(axis=1)
            scores[held_out] = best * _nearest(vectors[held_out], vectors[learn])
        model = _fit(features, labels)
        # Both steps are linear: one matrix from the character features to the intents says the same.
        on_vector, on_directions = model.coef_.T[: vectors.shape[1]], model.coef_.T[vectors.shape[1] :]
        weights = np.vstack([on_vector, spelling.components_.T @ on_directions]).astype(np.float32)
        return cls(
            encoder, model.classes_.tolist(), weights, model.intercept_.astype(np.float32),
            vectors, {term: int(column) for term, column in characters.vocabulary_.items()}, characters.idf_,
            float(np.quantile(scores, 1 - ACCEPTED_SHARE)),
        )  # fmt: skip

    def understand(self, text: str) -> Understanding:
        """Rank the intents for one message. Any text is fine; an empty one is never accepted."""
        vector = self._encoder.vectors([text])
        features = _features(vector, self._characters.transform([text]))
        logits = features @ self._weights + self._bias
        probabilities = np.exp(logits - logits.max())
        probabilities = (probabilities / probabilities.sum()).ravel()
        order = np.argsort(probabilities)[::-1][:RANKED]
        score = float(probabilities[order[0]] * _nearest(vector, self._examples)[0])
        ranking = tuple(Ranked(self.intents[place], float(probabilities[place])) for place in order)
        return Understanding(ranking, score, bool(text.strip()) and score >= self.threshold)

    def save(self, folder: Path) -> None:
        """Write arrays and JSON only: loading a model must never run code."""
        folder.mkdir(parents=True, exist_ok=True)
        idf = self._characters.idf_
        np.savez(folder / "arrays.npz", weights=self._weights, bias=self._bias, examples=self._examples, idf=idf)
        facts = {
            "encoder": self._encoder.digest,
            "intents": self.intents,
            "threshold": self.threshold,
            "vocabulary": self._characters.vocabulary,
        }
        (folder / "classifier.json").write_text(json.dumps(facts))

    @classmethod
    def load(cls, folder: Path, encoder: Encoder) -> TopicClassifier:
        """Read what ``save`` wrote. Raises ValueError when it was trained with another encoder."""
        facts = json.loads((folder / "classifier.json").read_text())
        if facts["encoder"] != encoder.digest:
            raise ValueError("the model was trained with another encoder; run `make train`")
        arrays = np.load(folder / "arrays.npz", allow_pickle=False)
        return cls(
            encoder, facts["intents"], arrays["weights"], arrays["bias"], arrays["examples"],
            facts["vocabulary"], arrays["idf"], facts["threshold"],
        )  # fmt: skip


def _character_features(vocabulary: dict[str, int] | None = None) -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, min_df=2, dtype=np.float32, vocabulary=vocabulary
    )


def _features(vectors: Floats, characters: sparse.csr_matrix) -> sparse.csr_matrix:
    return sparse.hstack([sparse.csr_matrix(vectors * VECTOR_WEIGHT), characters * CHARACTER_WEIGHT], format="csr")


def _fit(features: Floats, labels: Floats) -> LogisticRegression:
    return LogisticRegression(C=1.0, class_weight="balanced", max_iter=100).fit(features, labels)


def _nearest(vectors: Floats, examples: Floats) -> Floats:
    """Cosine of each vector to its nearest example, at least 0."""
    return np.maximum((vectors @ examples.T).max(axis=1), 0.0)
