"""The ways in which a message is roughened while the encoder learns, so that typing errors and small talk around a question
cost it little: slips of the thumb, missing capitals and marks, masked names, sentences before and after."""

from __future__ import annotations

import random
import re

NEIGHBOURS = {
    letter: row[max(place - 1, 0) : place] + row[place + 1 : place + 2]
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for place, letter in enumerate(row)
}
"""The keys beside each key of a phone's keyboard."""
MASK = "[name]"
"""What stands in the place of a name (bot/privacy, which needs spaCy)."""
PADDING = (
    "Hello everyone.", "Hi there, hope someone can help.", "Sorry to bother you.",
    "It is late here and I cannot sleep.", "We moved house last month.", "I am new to this page.",
    "My phone is nearly flat.", "Thanks for doing this.", "English is not my first language.",
    "The kids are finally in bed.", "I read a lot today.", "My sister told me about this site.",
    "The clinic is closed until Monday.", "We have a dog and two cats.", "Sorry for the long message.",
    "I hope this is the right place.", "I work nights.", "It has been a busy week.",
    "We live a long way from the city.", "He is a happy boy who loves trains.", "She is in year five.",
    "We saw the team in March.", "I am typing on the bus.", "Not sure if I am in the right place.",
    "My mum says hello.", "It rained all day.", "I wrote to another site and got no answer.", "Thank you in advance.",
    "Quick question:", "ok so", "I made a list of things to ask.", "Anyway.", "Kind regards, a dad.",
    "We are all fine today.", f"Hi, {MASK} here.", f"Regards, {MASK}", f"I am {MASK}.", f"Dear {MASK},",
)  # fmt: skip
RELATIVE = re.compile(
    r"\b(?:my|our) (?:little |older |younger |eldest |youngest )?(?:son|daughter|boy|girl|child|baby|husband|wife|partner|mum|"
    r"dad|mother|father|brother|sister|nephew|niece|grandson|granddaughter|friend)\b",
    re.I,
)


def slip(text: str, share: float, dice: random.Random) -> str:
    """``text`` with a typing error in about ``share`` of its letters: swapped, missing, doubled or the key beside it."""
    letters, result, place = list(text), [], 0
    while place < len(letters):
        letter = letters[place]
        if letter.isalpha() and dice.random() < share:
            kind = dice.randrange(4)
            if kind == 0 and place + 1 < len(letters):
                result += [letters[place + 1], letter]
                place += 2
                continue
            if kind == 1:
                result += [letter, letter]
            elif kind == 2:
                result.append(dice.choice(NEIGHBOURS.get(letter.lower(), letter)))
        else:
            result.append(letter)
        place += 1
    return "".join(result)


def roughen(text: str, dice: random.Random) -> str:
    """``text`` as it is (about a third of the time) or in one or more of the rougher ways."""
    if dice.random() < 0.5:
        text = slip(text, dice.choice((0.03, 0.08, 0.14)), dice)
    if dice.random() < 0.2:
        text = text.lower()
    if dice.random() < 0.2:
        text = "".join(letter for letter in text if letter.isalnum() or letter.isspace() or letter in "'.%")
    if dice.random() < 0.2:
        named = dice.choice((rf"\g<0> {MASK}", MASK))
        text = RELATIVE.sub(named, text, count=1)
    if dice.random() < 0.2:
        around = dice.sample(PADDING, dice.randint(1, 3))
        before = dice.randint(0, len(around))
        text = " ".join([*around[:before], text, *around[before:]])
    return text
