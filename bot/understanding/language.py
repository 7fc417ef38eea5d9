"""Which language a message is in that is not English: 'mi hija toma everolimus' -> es.

lingua decides between seventeen languages, with its small models (three letters at a time): together 27 MB of memory, where
the large ones need 270. Alone it takes short medical English for Polish, so a guard stands before it: it is asked only when
at most half of the words stand in the English training messages. Doubt means English: a message wrongly called foreign gets
no answer, one wrongly called English gets at worst 'I did not understand'.

The numbers below were chosen on data/nlu (words of three quarters, messages of the last; 0.2 % were called foreign) and on
every other message of tests/understanding/foreign_messages.yml. Counting long words, too, only when they stand there several
times, weighing words by length and adding a dictionary of English were tried; each lost more on one side than it gained on
the other.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from lingua import Language, LanguageDetectorBuilder

_LANGUAGES = (
    Language.ENGLISH, Language.SPANISH, Language.FRENCH, Language.GERMAN, Language.PORTUGUESE, Language.ITALIAN,
    Language.ARABIC, Language.CHINESE, Language.HINDI, Language.VIETNAMESE, Language.DUTCH, Language.POLISH,
    Language.TURKISH, Language.RUSSIAN, Language.JAPANESE, Language.KOREAN, Language.GREEK,
)  # fmt: skip
ENGLISH = "en"
KNOWN = 0.5
"""Share of English words above which a message is English without asking."""
UNDERSTOOD, KNOWN_WHEN_UNDERSTOOD = 0.65, 0.3
"""From this score of the topic classifier on, fewer English words are enough: of English messages with an error in every tenth
letter it saves two thirds of those that looked foreign, at the cost of 2 of 191 foreign ones."""
CONFIDENT = (0.97, 0.97, 0.8, 0.7, 0.6, 0.5)
"""The least confidence (0-1) for a text of one, two, ... words; the last for all longer ones. Few letters deceive."""
SURE = 0.8
"""Confidence from which the second language is not named."""
POSSIBLE = 0.1
"""Confidence from which a second language is worth naming."""
FEW = 3
"""Words up to which one word of ``OPENINGS`` decides."""
SHORT, SEEN = 2, 5
"""A word of up to so many letters is English only if it stands so often in the training messages ('me' does, 'la' does not)."""
NOT_ENGLISH = frozenset({"y", "de", "al", "la"})
"""Short words of other languages that typing errors and names bring into the training messages."""

_INTERNATIONAL = """
    votubia afinitor certican zortress epidyolex ibuprofen paracetamol aspirin tsc tsc1 tsc2 mtor aml amls lam sega mri irm ct
    eeg egfr gfr hb covid mg ml mm cm kg μg μmol μl β ok whatsapp google pdf
"""
INTERNATIONAL = frozenset(_INTERNATIONAL.split())
"""Medical words, brands, units and what phones add: the same in every language, so they tell nothing."""
STEMS = ("angiom", "anjiom", "angiolip", "everol", "évérol", "l'everol", "l'évérol", "sirol", "rapam")
"""How the international words begin that have many endings and spellings."""
ENDINGS = (
    "azole", "azol", "mycin", "micin", "cillin", "floxacin", "limus", "pril", "sartan", "statin", "mab", "tinib", "azepam",
    "zolam", "prazole", "olol", "dipine", "gliflozin", "trigine", "racetam", "barbital", "caine", "fungin",
)  # fmt: skip
"""How the names of medicines end in every language (stems of WHO's international nonproprietary names)."""

OPENINGS = {
    word: code
    for code, words in {
        "es": "hola gracias qué español espanol castellano",
        "fr": "bonjour bonsoir qu'est c'est cest français francais",
        "de": "guten ein eine deutsch",
        "pt": "olá obrigado obrigada não nao é português portugues",
        "it": "buongiorno buonasera grazie cos'è cosa italiano",
        "nl": "goedemorgen goedenavond een nederlands",
        "pl": "dzień cześć dziękuję jest polski polsku",
        "tr": "merhaba nedir teşekkürler türkçe",
        "vi": "chào cảm gì việt",
        "hi": "namaste namaskar dhanyavad dhanyavaad",
    }.items()
    for word in words.split()
}
"""Greetings, 'what is', thanks, names of languages: they tell a text of up to ``FEW`` words, where the library only guesses.
Those that stand in the English training messages, too, do not count, and 'merci', 'danke' and 'ciao' are English as well."""
_HINDI = """
    hai hain kya mera meri mere mujhe hume hum aur nahi nahin nhi raha rahi rahe rha rhi gaya gayi gaye karu karna kare
    karein karwana bahut bohot hota hoti hote sakta sakti sakte aap beta beti bete bachcha bachche baccha bacche kitne kitni
    dawai dawa khoon peshab bukhar mein uske uska unke liye
"""
HINDI = frozenset(_HINDI.split())
"""Everyday Hindi in Latin letters. The library knows Hindi only in Devanagari and calls this Turkish."""
HINDI_WORDS, HINDI_SHARE = 2, 0.25
"""How many of them, and what share of all words, make a text Hindi."""

LONGEST_ENDING = max(map(len, ENDINGS))
_FILE = "english_words.json"
_ADDRESS = re.compile(r"(?<!\S)\S*(?:://|@|www\.)\S*")
_WORD = re.compile(r"[^\W\d_](?:[^\W_]|[\u0900-\u0963'])*")  # the vowel signs of Devanagari are no letters
_LATIN_END, _LATIN_ADDITIONAL = 0x250, range(0x1E00, 0x1F00)


class LanguageDetector:
    """Knows the words of the English training messages. May be used by several threads at once."""

    def __init__(self, known_words: Iterable[str]) -> None:
        """``known_words`` in lower case. Loads the models now (30 ms), so that no first message waits and no two threads
        load them together; lingua keeps them once for the whole process."""
        self.known_words = frozenset(known_words)
        builder = LanguageDetectorBuilder.from_languages(*_LANGUAGES).with_low_accuracy_mode()
        self._library = builder.with_preloaded_language_models().build()

    @classmethod
    def train(cls, texts: Iterable[str]) -> LanguageDetector:
        """A detector that knows every word of ``texts``, which are English."""
        counts = Counter(word for text in texts for word in _words(_plain(text)))
        return cls(word for word, count in counts.items() if (len(word) > SHORT or count >= SEEN) and word not in NOT_ENGLISH)

    def save(self, folder: Path) -> None:
        """Write the known words into ``folder``, which exists."""
        (folder / _FILE).write_text(json.dumps(sorted(self.known_words), ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> LanguageDetector:
        """What ``save`` wrote. Raises FileNotFoundError or ValueError when it is not there or cannot be read."""
        return cls(json.loads((folder / _FILE).read_text(encoding="utf-8")))

    def detect(self, text: str, understood: float = 0.0) -> tuple[str, ...]:
        """ISO 639-1 codes, the likelier first, at most two; none for English and when it cannot tell.

        ``understood`` is the score (0 to 1) with which the topic classifier took the text for a question that it knows. English
        full of typing errors looks foreign to this detector, but not to the classifier.
        """
        words = [word for word in _words(_plain(text)) if not _is_international(word)]
        if len(words) <= FEW:
            openings = {OPENINGS[word] for word in words if word in OPENINGS and word not in self.known_words}
            if len(openings) == 1:
                return tuple(openings)
        known = KNOWN if understood < UNDERSTOOD else KNOWN_WHEN_UNDERSTOOD
        if not words or sum(word in self.known_words for word in words) > known * len(words):
            return ()
        hindi = sum(word in HINDI for word in words)
        if hindi >= HINDI_WORDS and hindi >= HINDI_SHARE * len(words):
            return ("hi",)
        return self._asked(words)

    def _asked(self, words: list[str]) -> tuple[str, ...]:
        values = self._library.compute_language_confidence_values(" ".join(words))
        ranked = [(value.language.iso_code_639_1.name.lower(), value.value) for value in values]
        first, confidence = ranked[0]
        # Another script is no English whatever the confidence; 0 is a script of none of the languages.
        foreign_script = 2 * sum(not _is_latin(word) for word in words) >= len(words)
        enough = 0.0 if foreign_script else CONFIDENT[min(len(words), len(CONFIDENT)) - 1]
        if first == ENGLISH or confidence == 0 or confidence < enough:
            return ()
        second, other = next(pair for pair in ranked[1:] if pair[0] != ENGLISH)
        return (first,) if confidence >= SURE or other < POSSIBLE else (first, second)


def _is_international(word: str) -> bool:
    return word in INTERNATIONAL or word.startswith(STEMS) or (len(word) > LONGEST_ENDING and word.endswith(ENDINGS))


def _plain(text: str) -> str:
    """Lower case, one code for each accented letter, straight apostrophes, without web and mail addresses."""
    return _ADDRESS.sub(" ", unicodedata.normalize("NFKC", text)).replace("\u2019", "'").lower()


def _words(plain: str) -> list[str]:
    return [word.rstrip("'") for word in _WORD.findall(plain)]


def _is_latin(word: str) -> bool:
    return all(ord(letter) < _LATIN_END or ord(letter) in _LATIN_ADDITIONAL for letter in word)
