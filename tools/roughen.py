"""Ways of writing the same emergency that must not lose the alarm (metamorphic tests)."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping

from training.noise import slip

SMALL_TALK = "We moved here in spring and the garden needs work. My sister has a new job. It has rained all week. "
"""Three sentences that have nothing to do with any question."""
TYPING_ERRORS = 0.05
"""Share of letters."""
SOMEONE_ELSE = {
    "son": "daughter", "daughter": "son", "boy": "girl", "girl": "boy", "husband": "wife", "wife": "husband",
    "brother": "sister", "sister": "brother", "mum": "dad", "mom": "dad", "dad": "mum", "father": "mother",
    "mother": "father", "he": "she", "she": "he", "him": "her", "his": "her", "her": "his", "he's": "she's",
    "she's": "he's", "hes": "shes", "shes": "hes", "grandson": "granddaughter", "granddaughter": "grandson",
    "nephew": "niece", "niece": "nephew", "uncle": "aunt", "aunt": "uncle",
}  # fmt: skip
AMERICAN = {
    "mum": "mom", "tumour": "tumor", "tumours": "tumors", "haemorrhage": "hemorrhage", "colour": "color", "grey": "gray",
    "coloured": "colored", "anaemia": "anemia", "diarrhoea": "diarrhea", "litre": "liter", "centimetres": "centimeters",
    "embolisation": "embolization", "oedema": "edema", "haematuria": "hematuria", "realise": "realize", "ambulance": "EMS",
    "a&e": "the ER", "paracetamol": "acetaminophen", "wee": "pee", "nappy": "diaper", "fitting": "seizing",
}  # fmt: skip


def _replaced(words: Mapping[str, str]) -> Callable[[str], str]:
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", re.I)
    return lambda text: pattern.sub(lambda found: words[found.group().lower()], text)


def _slipped(text: str) -> str:
    return slip(text, TYPING_ERRORS, random.Random(text))


WAYS: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "small letters without marks": lambda text: re.sub(r"[^\w\s'.,%/]", "", text.lower()).replace(". ", " ").replace(",", ""),
    "typing errors": _slipped,
    "sentences before": lambda text: SMALL_TALK + text,
    "sentences after": lambda text: f"{text} {SMALL_TALK}".strip(),
    "quick question": lambda text: f"quick question: {text}",
    "someone else": _replaced(SOMEONE_ELSE),
    "American spelling": _replaced(AMERICAN),
}
"""Name -> how it changes a message. A message that a way leaves as it is does not count for it."""
