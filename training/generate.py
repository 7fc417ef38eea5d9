"""Messages put together from signs.yml: an emergency (sign x onset x person x what stands around it) and its calm twins, which
speak of the same sign in general, as long past, denied, hypothetical or as another person's story.

They widen what authors wrote: the encoder sees each sign with every person and onset. Only the fine-tuning sees them; the
classifier on top learns from data/nlu alone. A calm twin has no label but "no alarm": which topic it is does not matter here.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import yaml

SIGNS = Path(__file__).with_name("signs.yml")
CALM = ""
"""The label of a message that is no alarm, whatever else it is."""
ALARM = "red_flag/"


def generate(count: int, dice: random.Random, signs: dict[str, Any] | None = None) -> list[tuple[str, str]]:
    """``count`` different pairs of label (``red_flag/<category>`` or ``CALM``) and message, about half of them calm."""
    parts = signs or yaml.safe_load(SIGNS.read_text(encoding="utf-8"))
    weights = {category: sign.get("weight", 1) for category, sign in parts["signs"].items()}
    spoken_of = {category: weight for category, weight in weights.items() if parts["signs"][category]["noun"]}
    found: dict[str, str] = {}
    while len(found) < count:
        calm = dice.random() < 0.5
        categories = spoken_of if calm else weights
        category = dice.choices(list(categories), list(categories.values()))[0]
        text = _calm(parts, category, dice) if calm else _alarm(parts, category, dice)
        found.setdefault(text, CALM if calm else ALARM + category)
    return [(label, text) for text, label in found.items()]


def _alarm(parts: dict[str, Any], category: str, dice: random.Random) -> str:
    grown = parts["signs"][category].get("grown", False)
    person = dice.choice([person for person in parts["people"] if not (grown and person.get("small"))])
    sign = _filled(dice.choice(parts["signs"][category]["now"]), person)
    if dice.random() < 0.6:
        sign = f"{sign} {dice.choice(parts['onsets'])}"
    sentences = [f"{person['intro']} {sign}".strip() if person["intro"] and dice.random() < 0.3 else sign]
    if person["intro"] and sentences[0] == sign:
        sentences[0] = f"{person['intro'].rstrip(',')} has TSC. {sign}" if dice.random() < 0.5 else f"{person['intro']}: {sign}"
    if dice.random() < 0.3:
        sentences.append(_filled(dice.choice(parts["asides"]), person))
    if dice.random() < 0.25:  # the sign stands in the middle of another question
        sentences.insert(dice.randrange(2), dice.choice(parts["questions"]))
    return _joined(sentences, dice)


def _calm(parts: dict[str, Any], category: str, dice: random.Random) -> str:
    person = dice.choice(parts["people"])
    noun, *others = dice.sample(parts["signs"][category]["noun"], 2)
    frame = dice.choice(parts["calm"][dice.choice(list(parts["calm"]))])
    words = {
        "noun": noun, "other": others[0], "no_noun": _bare(noun), "no_other": _bare(others[0]),
        "question": dice.choice(parts["questions"]), "years": str(dice.randint(2, 20)),
        "who": person["intro"].rstrip(",") or "I",
    }  # fmt: skip
    return _joined([_filled(frame, person, words)], dice)


def _filled(text: str, person: dict[str, str], more: dict[str, str] | None = None) -> str:
    words = {**person, "He": person["he"].capitalize(), "is_it": "is", **(more or {})}
    return text.format_map(words)


def _bare(noun: str) -> str:
    """Without its article, as it stands behind "no"."""
    return noun.removeprefix("a ").removeprefix("an ")


def _joined(sentences: list[str], dice: random.Random) -> str:
    """As one text: with capitals and full stops, or in the small letters of a phone."""
    if dice.random() < 0.4:
        return " ".join(sentences).lower()
    ended = [sentence if sentence[-1] in ".?!" else f"{sentence}{dice.choice('.!.')}" for sentence in sentences]
    return " ".join(sentence[0].upper() + sentence[1:] for sentence in ended)
