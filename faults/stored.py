"""Is what the guide said a stored text, word for word?"""

from __future__ import annotations

import re
from typing import Any

from bot.knowledge import Library

PLACEHOLDER = re.compile(r"\{[a-z_]+\}")


def is_stored(library: Library, message: dict[str, Any]) -> bool:
    """Whether the message is what the library has under the topic or notice that it names."""
    custom, text = message["custom"], message["text"]
    notice = library.notices.get(custom.get("notice", ""))
    if notice:
        return any(all(piece.strip() in text for piece in PLACEHOLDER.split(one)) for one in notice.texts.values())
    topic = library.topics.get(custom.get("topic", ""))
    if topic:
        answers = [topic.answers, *topic.parts.values()]
        return any(all(statement.text in text for statement in statements) for one in answers for statements in one.values())
    return False
