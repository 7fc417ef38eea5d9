"""Which training messages the encoder never saw.

The encoder is fine-tuned on the training messages, so it knows them better than any message of a family: what is measured
on them flatters. A tenth, chosen by the hash of the text, is kept from it for ever. Thresholds and confidence are
calibrated on that tenth alone; messages that editors add later fall into it by the same rule.
"""

from __future__ import annotations

import hashlib

SHARE = 0.1


def is_held_out(text: str) -> bool:
    """Whether the encoder must never see ``text`` (case and outer blanks do not matter)."""
    digest = hashlib.sha256(text.strip().lower().encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:4], "big") < SHARE * 2**32
