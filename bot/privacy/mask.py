"""Replace e-mail addresses, web addresses and phone numbers by placeholders.

Names of people are not found by these rules; the page asks families not to type them. Clinical numbers (38.9, 190/110,
3.2 cm, 10 mg) stay, since the answer may depend on them.
"""

from __future__ import annotations

import re

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
WEB = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
PHONE = re.compile(r"(?<![\w/.])\+?\(?\d(?:[ ()-]{0,2}\d){7,14}(?![\w/]|[.,]\d)")
"""Eight to fifteen digits with blanks, brackets or hyphens between them: shorter ones are ages, sizes and emergency lines."""


def mask(text: str) -> str:
    """``text`` with identifiers replaced by ``[email]``, ``[web address]`` and ``[phone number]``."""
    text = EMAIL.sub("[email]", text)
    text = WEB.sub("[web address]", text)
    return PHONE.sub("[phone number]", text)
