"""Ways of reading a message that is more than one plain question."""

from __future__ import annotations

import re

_SENTENCES = re.compile(r"(?<=[.!?;])\s+|\n+")
_QUESTION = r"(?:what|whats|how|hows|why|when|where|which|who|is|are|am|can|could|do|does|did|should|would|will|has|have|may)"
_JOINTS = re.compile(
    rf"(?:,|;)?\s+(?:and|but|also|or|plus|oh and)\s+(?:also\s+|then\s+)?(?={_QUESTION}\b)|,\s+(?={_QUESTION}\b)", re.I
)
_ASKS = re.compile(rf"\?\s*$|^\W*(?:(?:and|also|or|but|so|please|oh)\W+)*(?:{_QUESTION}|explain|tell)\b", re.I)
_MEANT = r"i\s+(?:meant|mean|was asking about|am asking about|asked about|want to know about)|what i meant (?:was|is)"
# "no" and "not that" only with a mark behind them or before "I meant": "no blood" must not become "blood".
_LEAD_IN = re.compile(
    r"^(?:(?:sorry|ok|okay|oh|hm+|thanks|thank you|well|so|and|but|wait|actually|yes|great)\b[\s,.!:-]*|"
    rf"(?:no|nope|right|not that|rather)\b(?:\s*[,.!:-]\s*|\s+(?={_MEANT})))*"
    rf"(?:(?:{_MEANT}|what about|how about|tell me about)\b[\s,:-]*)?",
    re.I,
)
SHORTEST = 2
"""Words. A shorter piece of a message is no question of its own."""


def clauses(text: str) -> list[str]:
    """The sentences of ``text``, cut once more where a second question begins; a message of one question gives one."""
    pieces = [piece.strip() for sentence in _SENTENCES.split(text) for piece in _JOINTS.split(sentence)]
    return [piece for piece in pieces if len(piece.split()) >= SHORTEST]


def asks(clause: str) -> bool:
    """Whether a clause looks like a question: it ends with a question mark or begins with a word that asks."""
    return bool(_ASKS.search(clause))


def without_lead_in(text: str) -> str:
    """``text`` without the words that only lead over from the turn before ("no, I meant the cysts" -> "the cysts")."""
    return _LEAD_IN.sub("", text, count=1).strip()


def encodable(text: str) -> str:
    """``text`` with a question mark for each lone surrogate, which neither tokenizer nor spaCy can take."""
    return text.encode("utf-8", "replace").decode("utf-8")
