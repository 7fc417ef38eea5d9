"""For whom the writer wants the answer, where a message says that beside its question ("I'm a nurse, which scan is ...").

Said alone it is a turn of its own (``follow_up/professional``, ``follow_up/simpler``), which the classifier knows.
"""

from __future__ import annotations

import re

_PROFESSION = (
    r"(?:nurse(?: specialist| practitioner| consultant)?|rn|doctor|gp|physician|clinician|pharmacist|paramedic"
    r"|midwife|consultant|registrar|radiologist|sonographer"
    r"|(?:neuro|nephro|uro|neonato)logist|pa?ediatrician|surgeon|dietiti?an|health visitor|medical student|nursing student)"
)
_KIND_OF = (
    r"(?:(?!(?:an?|the|my|our|his|her|their|your|this|that|one|to|for|with|from|of|by|and|no|not|any|every|seeing|see|told)\b)"
    r"[\w-]+ ){0,3}?"
)
"""As in "a newly qualified paediatric nurse", but not "I'm married to a nurse" or "the nurse here"."""
_NOT_ONE = r"(?!['\u2019]?s\b| (?:told|said|says|thinks|gave|call|visit|line|app)\b)"
"""Not "I'm a doctor's wife", nor "as a doctor told us"."""
_PROFESSIONAL = re.compile(
    rf"\bi(?:['\u2019]?m| am) (?:(?:also|actually|now) )?(?:an? |the )?{_KIND_OF}{_PROFESSION}\b{_NOT_ONE}"
    rf"|(?<!works )(?<!working )(?<!worked )(?<!answer )(?<!act )(?<!reply )\bas an? {_KIND_OF}{_PROFESSION}\b{_NOT_ONE}"
    rf"|(?:^|[.!?,;(]\s*){_KIND_OF}{_PROFESSION} (?:here|asking)\b"
    rf"|^{_KIND_OF}{_PROFESSION}\s*[:-]\s"
    r"|\b(?:my|our) (?:pts?|patients?)\b(?!['\u2019]| (?:group|association|organi[sz]ation|charity|advocate|forum|day)s?\b)"
    r"|(?<!not )\bfor (?:an? )?(?:(?:health(?:care)?|medical|clinical) )?professionals?\b|\bfor clinicians\b"
    r"|\bwith (?:the )?figures\b|\bfigures,? (?:please|pls)\b",
    re.I,
)
_SIMPLER = re.compile(
    r"\b(?:explain|tell|say|put|describe)\b[^.!?]{0,40}\blike i(?:['\u2019]?m| am| was|['\u2019]?d be) "
    r"(?:an? (?:kid|child|\d|[a-z]+ year old)|\d|(?:five|six|seven|eight|nine|ten|eleven|twelve|[a-z]+teen)\b"
    r"|(?:really |dead |a bit )?(?:thick|stupid|dumb|daft)\b)"
    r"|\beli ?(?:5|10|12)\b"
    r"|\b(?:in|with|using|use) (?:(?:very|really|more|some) )?"
    r"(?:simpler?|plain|easy|easier|basic|short) (?:words?|english|language|terms?)\b"
    r"|\beasy[- ]read\b",
    re.I,
)


def audience_of(text: str) -> str | None:
    """``professional`` or ``easy_read`` (values of ``Audience``), or None when the message says neither.

    Who says both ("I'm a nurse, but in plain words please") gets what was asked for, the plain words.
    """
    if _SIMPLER.search(text):
        return "easy_read"
    return "professional" if _PROFESSIONAL.search(text) else None
