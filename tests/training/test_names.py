"""What the names' model learns from: names stand where they are said to stand, and the same dice make the same messages."""

from __future__ import annotations

import random

from training.names.generate import Culture, Generator

CULTURES = [Culture(["Zofia", "Bao"], ["Nowak", "Tran"]), Culture(["Ngozi"], ["Eze"])]
ASKED = ["my son has mouth sores", "can she take ibuprofen?", "what is an AML", "the doctor said his kidneys are full of cysts"]


def messages(seed: int, count: int = 500):
    generator = Generator(CULTURES, ASKED, random.Random(seed))
    return [generator.message() for _ in range(count)]


def test_the_same_seed_gives_the_same_messages():
    assert messages(3) == messages(3) != messages(4)


def test_about_three_in_five_hold_a_name_and_names_do_not_overlap():
    made = messages(1)
    assert 0.5 < sum(bool(message.names) for message in made) / len(made) < 0.75
    for message in made:
        ends = [place for name in message.names for place in name]
        assert ends == sorted(ends)
        assert ends == [] or (ends[0] >= 0 and ends[-1] <= len(message.text))
        assert all(message.text[begin:stop].strip() for begin, stop in message.names)


def test_no_mark_of_the_generator_is_left():
    assert not any("\ue000" in message.text or "\ue001" in message.text or "{" in message.text for message in messages(2))
