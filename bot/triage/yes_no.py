"""What a family answers to the one question that an urgent advice ends with: "Is one of these happening now?"."""

from __future__ import annotations

import re

_YES = re.compile(
    r"^\W*(?:yes|yeah|yep|yup|yea|ya|aye|ja|si|s\u00ed|oui|sim|"
    r"(?:it|she|he|that|this) (?:is|does|has)\b(?! not)|(?:i (?:am|do|have)|they (?:are|do|have))\b(?! not)|"
    r"(?:all|both|some|two|one|the (?:first|second|third|last)) (?:of|one))\b",
    re.I,
)
_NO = re.compile(r"^\W*(?:no|nope|nah|none|not?hing|neither|nein|non|n\u00e3o)\b", re.I)
_OTHERWISE = re.compile(r"\b(?:thanks?|thank you|thx|ta|will do|i.ll|i will|we.ll|called|calling|phoned|ringing|rang)\b", re.I)
"""Then "yes" is a promise or a thank-you and not an answer."""
LONGEST_NO = 4
"""Words. A longer message that begins with "no" may say more ("no, but she is grey")."""


def answer(text: str) -> bool | None:
    """True for yes, False for no, None when ``text`` is no clear answer. Any string will do."""
    if _YES.match(text):
        return None if _OTHERWISE.search(text) else True
    if _NO.match(text) and len(text.split()) <= LONGEST_NO and "but" not in text.lower():
        return False
    return None
