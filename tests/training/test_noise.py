"""What the encoder learns from looks like what the guide gives it to read."""

from __future__ import annotations

import random

from bot.privacy import names
from training.noise import MASK, roughen


def test_a_masked_name_looks_as_the_guide_masks_it():
    assert MASK == names.MASK


def test_now_and_then_a_relative_has_a_masked_name():
    dice = random.Random(1)
    rough = [roughen("My son is on everolimus.", dice) for _ in range(200)]
    assert 10 < sum(MASK in text for text in rough) < 60
