"""What several tests of the reply share."""

from __future__ import annotations

import pytest
from served import guide_of

from bot.reply import Guide


@pytest.fixture
def guide(knowledge) -> Guide:
    return guide_of(knowledge)
