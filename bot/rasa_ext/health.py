"""Can a message be answered end to end? Found out by asking one real question, never by assuming."""

from __future__ import annotations

import asyncio
import time

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

from bot.rasa_ext import conversations
from bot.rasa_ext.retention import Retention
from bot.rasa_ext.turns import Collector
from bot.web.limiting import Limiter

QUESTION, TOPIC = "What is an angiomyolipoma?", "aml/what"
CONVERSATION = "health-check"
KEPT_SECONDS = 5.0
LIMIT_SECONDS = 5.0


class Health:
    """The last finding is kept for a few seconds, so that asking often costs nothing."""

    def __init__(self, limiter: Limiter, retention: Retention) -> None:
        self._limiter, self._retention = limiter, retention
        self._found: tuple[float, str | None] | None = None
        self._lock = asyncio.Lock()

    async def failing_part(self, agent: Agent | None) -> str | None:
        """Name of the part that fails (``model``, ``understanding``, ``action_server``, ``tracker_store``), or None."""
        async with self._lock:
            if self._found is None or time.monotonic() - self._found[0] > KEPT_SECONDS:
                self._found = (time.monotonic(), await self._look(agent))
            return self._found[1]

    async def warnings(self) -> list[str]:
        """Names of what is wrong without keeping anyone from an answer (``rate_limit_store``, ``retention``)."""
        wrong = {"rate_limit_store": not await self._limiter.reachable(), "retention": self._retention.failing}
        return [name for name, is_wrong in wrong.items() if is_wrong]

    async def _look(self, agent: Agent | None) -> str | None:
        if agent is None or not agent.is_ready():
            return "model"
        try:
            parsed = await agent.parse_message(QUESTION)
        except Exception:
            return "understanding"
        if parsed["intent"].get("full_retrieval_intent_name") != f"ask_{TOPIC}":
            return "understanding"
        output = Collector()
        message = UserMessage(QUESTION, output, CONVERSATION, dict(parsed), "health")
        try:
            await asyncio.wait_for(agent.handle_message(message), LIMIT_SECONDS)
        except Exception:
            return "turn"
        if not any(answer["custom"].get("topic") == TOPIC for answer in output.messages):
            return "action_server"
        try:
            stored = await conversations.remove(agent, CONVERSATION)
        except Exception:
            return "tracker_store"
        # Rasa falls back to memory without a word when its store fails: then nothing was there to erase.
        return None if stored else "tracker_store"
