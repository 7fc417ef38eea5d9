"""Replace e-mail addresses, web addresses and phone numbers by placeholders.

Names of people are not found by these rules; the page asks families not to type them. Clinical numbers (38.9, 190/110,
3.2 cm, 1000-2000 mg), dates and emergency lines stay, since the answer may depend on them.
"""

from __future__ import annotations

import re

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
WEB = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
GAP = r"[ \u00a0.()/\u2013-]{0,2}"
PHONE = re.compile(
    r"(?<![\w,])(?<!\d[./])(?!0\.)(?!\d{1,2}[-/.]\d{1,2}[-/.]\d{4}\b)(?:"  # no decimals, no dates
    rf"\+\(?[1-9](?:{GAP}\d){{7,13}}"  # +61 412 345 678
    r"|\d{9,14}"
    rf"|00[1-9](?:{GAP}\d){{7,13}}"
    rf"|\(?0\d?(?:{GAP}\d){{7,11}}"  # 0412 345 678, (02) 9999 0000, 06.12.34.56.78, 0171/1234567
    rf"|1[38]00(?:{GAP}\d){{6}}"  # 1800 123 456
    r"|(?:1-)?\(?[2-9]\d{2}\)?[ .-]\d{3}[ .-]\d{4}"  # 555-123-4567, (555) 123 4567
    r")(?!\w|[./,-]\d)"
)


def mask(text: str) -> str:
    """``text`` with identifiers replaced by ``[email]``, ``[web address]`` and ``[phone number]``."""
    text = EMAIL.sub("[email]", text)
    text = WEB.sub("[web address]", text)
    return PHONE.sub("[phone number]", text)
