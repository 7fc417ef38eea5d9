"""Keeps the numbers current that no message changes: which parts fail, and the state of the texts."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from rasa.core.agent import Agent

from bot import model_file
from bot.knowledge import all_reviews
from bot.metrics import Metrics, MetricsError
from bot.rasa_ext.health import Health
from bot.reply import Guide
from bot.settings import Settings

EVERY = 30.0
"""Seconds between two looks; each asks the guide one real question."""
logger = logging.getLogger(__name__)


class Watch:
    """The metrics' own server and one task of the chat's; neither is there while ``METRICS_PORT`` is 0."""

    def __init__(self, metrics: Metrics, health: Health, guide: Guide, settings: Settings) -> None:
        self._metrics, self._health, self._guide, self._settings = metrics, health, guide, settings
        self._task: asyncio.Task[None] | None = None

    def start(self, agent: Agent) -> None:
        """Raises MetricsError, which ends the start: somebody who set a port believes that the guide is watched."""
        if not self._settings.metrics_port:
            return
        try:
            self._metrics.start(self._settings.metrics_interface, self._settings.metrics_port)
        except MetricsError as error:
            logger.critical("guide: not started. %s", str(error))  # the server prints its trace only
            raise
        self._metrics.serves(self._guide.policy, self._model(), self._guide.library.digest())
        self._task = asyncio.create_task(self._look_again_and_again(agent))

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            await asyncio.to_thread(self._metrics.stop)

    async def _look_again_and_again(self, agent: Agent) -> None:
        while True:
            try:
                await self._look(agent)
            except Exception as error:  # an alert tells of it: the time of the last look stays
                logger.error("looking after the metrics failed: %s", type(error).__name__)
            await asyncio.sleep(EVERY)

    async def _look(self, agent: Agent) -> None:
        self._metrics.reviewed(all_reviews(self._guide.library, self._guide.today()))
        failing = await self._health.failing_part(agent)
        self._metrics.checked([*([failing] if failing else []), *await self._health.warnings()])

    @staticmethod
    def _model() -> str | None:
        try:
            return model_file.recorded()
        except model_file.ModelError:
            return None
