"""People's names: a small spaCy recogniser of our own, trained on generated messages (training/names), and what it must leave alone.

It reads each word's letters, shape and neighbours, whether the word is a name somewhere, and whether it is an everyday word; so
'my son Will' is told from 'will it bleed'. Its weights are plain arrays and its word lists plain text: loading them runs no code.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import spacy
from spacy.attrs import IDS
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.vocab import Vocab

from bot.privacy import words
from bot.privacy.everyday import is_word_here
from bot.understanding.texts import encodable

FOLDER = words.FOLDER
FILES = ("names.npz", "names.json", "names.txt", "words.txt", "common.txt")
LABEL = "NAME"
MASK = "[name]"
FLAGS = {"FLAG19": words.is_usual, "FLAG20": words.is_name}
"""What the recogniser is told of each word beside its letters."""
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")
_READ = ("NORM", "PREFIX", "SUFFIX", "SHAPE")
_PLACEHOLDER = re.compile(
    r"\[(?:email|web address|user name|password|phone number|record number|date of birth|address|postcode|name)\]"
)
"""Only what masking writes: a family may put a name in brackets as well."""
_WORDS = re.compile(r"[^\W\d_]+")
_VARIANT = re.compile(r"\b[cgmnpr]\.[\w>*=+-]+")
"""A change in a gene as laboratories write it (HGVS): c.1832del, p.His1746_Arg1751del."""
_ILLNESS = re.compile(
    r"(?:['\u2019]?s)?\W{0,2}(?:and\s+[A-Z]\w+\s+)?(?:disease|syndrome|lymphoma|tumou?rs?|sarcoma|sign|triad|palsy|test|score|scale|catheter|criteria|"
    r"classification|hospital|clinic|house|trial|study|foundation|ward|university|college|institute|medical|children['\u2019]?s|valley|river|island|bay|beach|road|street)\b",
    re.I,
)
_LONG_WORD = re.compile(r"(?<![\w'\u2019-])[^\W\d_]{4,}(?![\w-])")
_HYPHENATED = re.compile(r"(?:-[^\W\d_]+)*")
_INITIAL = re.compile(r"(?<!\S)(?:[A-Z]\.\s?|[a-z]\.\s|(?![AI])[A-Z]\s)+$")
_SENTENCE_START = re.compile(r"(?:^|[.!?:\n])[\s\W]*$")
_TITLE = re.compile(
    r"\b(?:dr|doctor|prof|professor|mr|mrs|ms|miss|sister|nurse|sir|aunt|aunty|auntie|uncle|called|named|surname)\.?\s*$", re.I
)
_RELATIVES = r"son|daughter|boy|girl|baby|wife|husband|partner|mum|dad|brother|sister|twin|niece|nephew|grand\w+|cousin|friend|poor|little"
_RELATIVE_BEFORE = re.compile(rf"\b(?:{_RELATIVES}|called|named?|names? is)[,:;\s]+$", re.I)
_PERSON_BEFORE = re.compile(
    r"\b(?:my|our|called|named|names?(?: is)?|i'?m|i am|this is|it'?s|its me|hi|hello|hey|dear|from|with|for|and|&|gave|give|tell|told|to|does|is|can|should|"
    rf"will|did|has|was|love|thanks|thank you|regards|cheers|mr|mrs|dr|{_RELATIVES}|when|if|that|because|since|ta|xx?)[,:;\s]+$",
    re.I,
)
_PERSON_BEHIND = re.compile(
    r"(?:['\u2019]?s\b|,?\s+(?:is|has|had|was|takes|took|gets|got|started|starts|needs|keeps|here|says|said|fell|fainted|collapsed|cries|hurts|won'?t|can'?t|who|aged|\d|and \w+['\u2019]s)|\W*$)",
    re.I,
)
_POSSESSIVE = re.compile(r"['\u2019]s$")


class NamesError(Exception):
    """The recogniser's files are missing or not the ones that were built; the message says how to get them back."""


class Recogniser:
    """Finds people's names in a text."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Load the files that ``make names`` made. Raises NamesError when one is missing or changed."""
        try:
            manifest = json.loads((folder / "manifest.json").read_text())
            for name in set(FILES) | set(manifest):
                if hashlib.sha256((folder / name).read_bytes()).hexdigest() != manifest[name]:
                    raise NamesError(f"{folder / name} is damaged; restore it from version control")
            config = json.loads((folder / "names.json").read_text())
            with np.load(folder / "names.npz", allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
        except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
            raise NamesError(f"the names' model is not there ({error}); restore {folder} from version control") from None
        nlp = blank(config)
        for key, param in parameters(nlp):
            param[...] = arrays[key]
        self._ner: Any = nlp.get_pipe("ner")
        self._getters = {IDS[name]: nlp.vocab.lex_attr_getters[IDS[name]] for name in (*_READ, *FLAGS)}

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Begin and end of what the recogniser takes for names in ``text``."""
        # spaCy keeps every word it is given. These words may be names: a vocabulary of their own goes with the message.
        vocab = Vocab(lex_attr_getters=self._getters, strings=[LABEL])
        doc, places = tokens(vocab, text)
        return [(places[span.start][0], places[span.end - 1][1]) for span in self._ner(doc).ents] if places else []


def tokens(vocab: Vocab, text: str) -> tuple[Doc, list[tuple[int, int]]]:
    """The words, numbers and single marks of ``text``, and where each stands."""
    found = list(_TOKEN.finditer(encodable(text)))
    return Doc(vocab, words=[match.group() for match in found]), [match.span() for match in found]


def blank(config: dict[str, Any]) -> Language:
    """A recogniser of the shape in ``config`` that has learned nothing yet."""
    nlp = spacy.blank("en")
    for flag, holds in FLAGS.items():
        nlp.vocab.add_flag(holds, IDS[flag])
    ner: Any = nlp.add_pipe("ner", config={"model": config})
    ner.add_label(LABEL)
    nlp.initialize(lambda: [Example.from_dict(tokens(nlp.vocab, "Anna")[0], {"entities": [f"U-{LABEL}"]})])
    return nlp


def parameters(nlp: Language) -> list[tuple[str, Any]]:
    """Every array of numbers of the recogniser with its place in it."""
    model: Any = nlp.get_pipe("ner").model  # type: ignore[attr-defined]
    return [
        (f"{place}.{name}", node.get_param(name))
        for place, node in enumerate(model.walk())
        for name in node.param_names
        if node.has_param(name)
    ]


@lru_cache(maxsize=1)
def recogniser() -> Recogniser:
    return Recogniser()


def mask_names(text: str) -> str:
    """``text`` with ``[name]`` for each name of a person."""
    return _masked(text, find_names(text))


def mask_listed_names(text: str) -> str:
    """``text`` of another language with ``[name]`` for first and last name together, each in the lists and written as a name.

    A single such word may be anything there (Gracias, Krebs).
    """
    found = [(span, _WORDS.findall(text[slice(*span)])) for span in find_names(text)]
    return _masked(text, [span for span, parts in found if len(parts) > 1 and all(map(_is_listed, parts))])


def _is_listed(word: str) -> bool:
    return word[0].isupper() and words.is_name(word)


def _masked(text: str, found: list[tuple[int, int]]) -> str:
    pieces, end = [], 0
    for begin, stop in found:
        pieces += [text[end:begin], MASK]
        end = stop
    return "".join(pieces) + text[end:]


def find_names(text: str) -> list[tuple[int, int]]:
    """Begin and end of each name, in their order, less what is never a name, and with the same names where they stand again."""
    placeholders = [match.span() for one in (_PLACEHOLDER, _VARIANT, words.phrases()) for match in one.finditer(text)]
    found = [part for span in recogniser().spans(text) for part in _less_protected(text, *span)]
    found += _listed(text)
    found += _again(text, found)
    merged: list[tuple[int, int]] = []
    for begin, stop in sorted(found):
        if any(begin < last and stop > first for first, last in placeholders):
            continue
        if merged and begin < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((begin, stop))
    return merged


def _listed(text: str) -> list[tuple[int, int]]:
    """Words that are a name in the lists, no everyday word and nothing medical: what the recogniser overlooks now and then."""
    return [
        match.span()
        for match in _LONG_WORD.finditer(text)
        if words.is_name(match.group()) and not words.is_usual(match.group()) and not words.is_protected(match.group())
    ]


def _less_protected(text: str, begin: int, stop: int) -> list[tuple[int, int]]:
    """The part of a found span that is left when medicines, diseases, places and everyday words are taken off its ends."""
    words_of = [(begin + match.start(), begin + match.end()) for match in re.finditer(r"[^\s,;:!?()\[\]/]+", text[begin:stop])]
    if _is_acronym(text, words_of):
        return []
    kept = [span for span in words_of if not _is_no_name(text, *span)]
    if not kept or (len(kept) == 1 and _is_homonym(text, *kept[0])):
        return []
    first, last = kept[0][0], kept[-1][1]
    # The whole of 'Okonkwo-Reid', and the initial in front of a last name.
    last += len(_HYPHENATED.match(text[last:]).group())  # type: ignore[union-attr]
    initial = _INITIAL.search(text[:first])
    first -= len(initial.group()) if initial else 0
    ending = _POSSESSIVE.search(text[first:last])
    last -= len(ending.group()) if ending else 0
    if text[last - 1] == "." and last - first > 3:  # the full stop of a sentence, not of an initial
        last -= 1
    return [(first, last)] if last > first and any(letter.isalpha() for letter in text[first:last]) else []


def _is_acronym(text: str, span: list[tuple[int, int]]) -> bool:
    """Whether the found words begin with an abbreviation that alone is in capitals, and no one is so called: "it's LAM then", but
    not 'NGUYEN LAM' or 'my wife LAM'."""
    if not span or text.isupper() or _RELATIVE_BEFORE.search(text[: span[0][0]]):
        return False
    first, *rest = (text[begin:stop].strip(".'\u2019\"") for begin, stop in span)
    return first in words.acronyms() and not any(word[:1].isupper() for word in rest)


def _is_no_name(text: str, begin: int, stop: int) -> bool:
    word = text[begin:stop].strip(".'\u2019\"-*_~")
    if not word or not any(letter.isalpha() for letter in word) or words.is_protected(word):
        return True
    if is_word_here(text, begin, begin + len(word)):
        return True
    if words.fold(word) in words.eponyms() and _ILLNESS.match(text[stop:]):
        return True
    if not words.is_usual(word) or words.is_name(word) or _TITLE.search(text[:begin]):
        return False
    # An everyday word that is nowhere a name, written as everyday words are.
    return word.islower() or text.isupper() or _SENTENCE_START.search(text[:begin]) is not None


def _is_homonym(text: str, begin: int, stop: int) -> bool:
    """Whether a word that stands alone is an everyday word by the way in which it is written."""
    word = text[begin:stop].strip(".'\u2019\"-*_~")
    first_names, hardly_names = words.homonyms()
    before, behind = text[max(0, begin - 30) : begin], text[stop : stop + 30]
    if words.fold(word) in first_names:
        return word.islower() and not _PERSON_BEFORE.search(before) and not _PERSON_BEHIND.match(behind)
    if words.fold(word) not in hardly_names or _TITLE.search(before):
        return False
    return word.islower() or text.isupper() or _SENTENCE_START.search(before) is not None


def _again(text: str, found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The words of names that were found, where they stand once more: all but everyday words and particles."""
    known = {text[begin:stop].lower() for name in found for begin, stop in _words(text, *name)}
    known = {word for word in known if len(word) > 2 and not words.is_usual(word)}
    if not known:
        return []
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(known, key=len, reverse=True)))})(?!\w)", re.I)
    return [match.span() for match in pattern.finditer(text)]


def _words(text: str, begin: int, stop: int) -> list[tuple[int, int]]:
    return [(begin + match.start(), begin + match.end()) for match in _WORDS.finditer(text[begin:stop])]
