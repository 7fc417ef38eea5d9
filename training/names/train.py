"""Make the recogniser of people's names: word lists, generated messages, training, and a count on what it never saw.

    make names          (Faker in .build/faker; about twenty minutes on one core)

The same seed gives the same files on the same processor. Writes ``bot/privacy/weights`` and prints what the held-out part says.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from spacy.training import Example
from spacy.util import fix_random_seed, minibatch

from bot.privacy import names, words
from bot.understanding.examples import read_examples
from tools.wilson import wilson
from training.names.cultures import MORE, all_names, cultures, part, share
from training.names.generate import CLOSE, FRAMES, OPEN, Generator, Message

SEED = 20261121
COUNT, ROUNDS, BATCH = 45_000, 5, 64
TEST_COUNT = 3_000
UNKNOWN = 0.5
"""Share of the names that the model is not told to be names while it learns, so that it also learns to do without."""
USUAL, FUNCTION = 30_000, 250
"""So many of the most frequent English words are everyday words, and so many can be no name (Vietnamese 'The', Chinese 'He')."""
FREQUENT, WIDE = 6_000, 4
"""A word among so many most frequent ones is a name only when so many cultures have it as a first name, or when a list says so."""
HARD = 4
"""How many times as often as others the model sees messages with words that a reader had to judge."""
COMMON = 60
"""A word that stands so often in the training messages is what a word one typing error away from it meant."""
NAMES_AFTER_ALL = {"will", "may", "art", "james", "john", "david"}
CONFIG: dict[str, Any] = {
    "@architectures": "spacy.TransitionBasedParser.v2",
    "state_type": "ner",
    "extra_state_tokens": False,
    "hidden_width": 64,
    "maxout_pieces": 2,
    "use_upper": True,
    "nO": None,
    "tok2vec": {
        "@architectures": "spacy.Tok2Vec.v2",
        "embed": {
            "@architectures": "spacy.MultiHashEmbed.v2",
            "width": 64,
            "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE", *names.FLAGS],
            "rows": [5000, 1000, 3000, 1000, 10, 10],
            "include_static_vectors": False,
        },
        "encode": {
            "@architectures": "spacy.MaxoutWindowEncoder.v2",
            "width": 64,
            "depth": 4,
            "window_size": 1,
            "maxout_pieces": 3,
        },
    },
}
JUDGED = Path(__file__).with_name("judged.yml")
_WORD = re.compile(r"[^\W\d_]+")


def english() -> list[str]:
    """English words, most frequent first (symspellpy's list, as in bot/understanding/spelling.py)."""
    from bot.understanding.spelling import _english

    return _english()


def write_lists(every: Sequence[Any], texts: Sequence[str], folder: Path) -> None:
    """``names.txt`` and ``words.txt``: everyday English and the words of the project's own texts that stand there often."""
    frequent = english()
    function = set(frequent[:FUNCTION]) - NAMES_AFTER_ALL
    also = words_that_are_names()
    spread = Counter(name for one in every for name in {words.fold(name) for name in one.first})
    only_words = {word for word in frequent[:FREQUENT] if spread[word] < WIDE and word not in also}
    listed = [name for name in all_names(every) if name not in function | only_words]
    known = set(listed)
    often = Counter(words.fold(word) for text in texts for word in _WORD.findall(text))
    own = {word for word, count in often.items() if count >= 3 and (word not in known or count >= 30)}
    topics = (words.BOT / "knowledge").rglob("*.yml")
    own |= {
        word
        for path in topics
        if path.name not in {"sources.yml", "approvals.yml", "places.yml"}
        for word in map(words.fold, _WORD.findall(path.read_text(encoding="utf-8")))
        if word not in known and len(word) > 2
    }
    folder.mkdir(exist_ok=True)
    (folder / "names.txt").write_text("\n".join(listed), encoding="utf-8")
    (folder / "words.txt").write_text("\n".join(sorted(own | set(frequent[:USUAL]))), encoding="utf-8")
    common = [
        word
        for word, count in often.most_common()
        if count >= COMMON and len(word) >= words.SHORTEST_COMMON and word not in known
    ]
    (folder / "common.txt").write_text("\n".join(common), encoding="utf-8")
    words.forget()


def words_that_are_names() -> set[str]:
    """Frequent English words that are names as well: those of the two files of this folder."""
    more = yaml.safe_load(MORE.read_text(encoding="utf-8"))
    frames = yaml.safe_load(FRAMES.read_text(encoding="utf-8"))
    return {words.fold(word) for key in more for word in more[key].split()} | set(frames["lists"]["everyday"])


def judged() -> tuple[frozenset[str], frozenset[str]]:
    """Words of the training messages that are people's names there, and such that are not although a list has them."""
    lists = yaml.safe_load(JUDGED.read_text(encoding="utf-8"))
    return frozenset(lists["names"].split()), frozenset(lists["words"].split())


def with_names_marked(texts: Sequence[str]) -> list[str]:
    """``texts`` with the generator's marks around people's names, less those with a listed name on which nobody has judged yet.

    A message with a judged word stands there HARD times: it is what is hard to tell.
    """
    rank = {word: place for place, word in enumerate(english())}
    small = Counter(word for text in texts for word in _WORD.findall(text) if word.islower())
    people, others = judged()

    def open_question(word: str) -> bool:
        plain = words.fold(word)
        if not words.is_name(word) or words.is_protected(word) or word in people or word in others:
            return False
        # A capital that the word has nowhere else; in small letters a word that is rare in English.
        return (word[0].isupper() and small[plain] < 3) or (rank.get(plain, USUAL) > 3_000 and small[plain] < 12)

    found = []
    for text in texts:
        parts = set(_WORD.findall(text))
        if not any(map(open_question, parts)):
            marked = _WORD.sub(
                lambda match: f"{OPEN}{match.group()}{CLOSE}" if match.group() in people else match.group(), text
            )
            found += [marked.replace(f"{CLOSE} {OPEN}", " ")] * (HARD if parts & (people | others) else 1)
    return found


def examples(nlp: Any, messages: Sequence[Message]) -> list[Example]:
    """The messages with the mark of each token: first, inner, last or only one of a name, or outside of names."""
    found = []
    for message in messages:
        doc, places = names.tokens(nlp.vocab, message.text)
        marks = ["O"] * len(places)
        for begin, stop in message.names:
            inside = [place for place, (first, last) in enumerate(places) if first < stop and last > begin]
            for place in inside:
                marks[place] = f"I-{names.LABEL}"
            if inside:
                marks[inside[0]], marks[inside[-1]] = f"B-{names.LABEL}", f"L-{names.LABEL}"
            if len(inside) == 1:
                marks[inside[0]] = f"U-{names.LABEL}"
        found.append(Example.from_dict(doc, {"entities": marks}))
    return found


def main() -> None:
    started = time.monotonic()
    fix_random_seed(SEED)
    every = cultures()
    texts = [text for _, text in read_examples()]
    write_lists(every, texts, words.FOLDER)
    asked = with_names_marked(texts)
    print(
        f"names: {len(all_names(every))} names; {len(set(asked))} of {len(texts)} training messages, their names known",
        flush=True,
    )
    learn = [text for text in asked if share(text, "message") >= 0.1]
    generator = Generator(part(every, False), learn, random.Random(SEED))
    known = names.FLAGS["FLAG20"]
    names.FLAGS["FLAG20"] = lambda word: known(word) and share(words.fold(word), "told") >= UNKNOWN
    nlp = names.blank(CONFIG)
    names.FLAGS["FLAG20"] = known
    optimizer = nlp.resume_training()
    optimizer.learn_rate = 0.001
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    data = examples(nlp, [generator.message() for _ in range(count)])
    dice = random.Random(SEED)
    print(f"names: {len(data)} messages generated after {time.monotonic() - started:.0f} s", flush=True)
    for turn in range(ROUNDS):
        dice.shuffle(data)
        optimizer.learn_rate = 0.001 * (1 - turn / ROUNDS) ** 0.7 + 0.0001
        losses: dict[str, float] = {}
        for batch in minibatch(data, BATCH):
            nlp.update(batch, sgd=optimizer, drop=0.15, losses=losses)
        print(f"names: round {turn + 1}: loss {losses['ner']:.0f} after {time.monotonic() - started:.0f} s", flush=True)
    with nlp.use_params(optimizer.averages):
        write(nlp, words.FOLDER)
    report(every, asked)


def write(nlp: Any, folder: Path) -> None:
    """Arrays in half precision (they are read as single), the shape of the model, and the SHA-256 of each file."""
    arrays = {key: np.asarray(param, dtype=np.float16) for key, param in names.parameters(nlp)}
    with (folder / "names.npz").open("wb") as file:
        np.savez_compressed(file, **arrays)
    (folder / "names.json").write_text(json.dumps(CONFIG, indent=1) + "\n")
    files = ("names.npz", "names.json", "names.txt", "words.txt", "common.txt")
    manifest = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in files}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


def report(every: Sequence[Any], asked: Sequence[str]) -> None:
    """What is found in messages with names and training messages that were held out, as the guide masks them."""
    names.recogniser.cache_clear()
    held = [text for text in asked if share(text, "message") < 0.1]
    dice = random.Random(SEED + 1)
    generator = Generator(part(every, True), held, dice)
    hidden = total = harmed = clean = 0
    for _ in range(TEST_COUNT):
        message = generator.message()
        found = names.find_names(message.text)
        for begin, stop in message.names:
            total += 1
            hidden += any(first <= begin + 1 and last >= stop - 2 for first, last in found)
        clean += not message.names
        harmed += not message.names and bool(found)
    low, high = wilson(hidden, total)
    print(f"names: held-out names hidden {hidden}/{total} = {hidden / total:.1%} ({low:.1%}-{high:.1%}); "
          f"messages without names touched {harmed}/{clean}", flush=True)  # fmt: skip
    nameless = sorted({text for text in held if OPEN not in text})
    touched = sum(bool(names.find_names(text)) for text in nameless)
    print(f"names: held-out training messages without names touched {touched}/{len(nameless)}", flush=True)


if __name__ == "__main__":
    main()
