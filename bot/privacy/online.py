"""E-mail addresses, web addresses and names on other services, as people type them: also 'anna (at) example dot org'."""

from __future__ import annotations

import re

from bot.privacy.words import is_usual

_AT = r"(?:\s?@\s?|\s*[(\[{<]\s*at\s*[)\]}>]\s*)"
_DOT = r"(?:\.|\s*[(\[{<]\s*dot\s*[)\]}>]\s*|\s+dot\s+)"
_ENDINGS = "com|org|net|edu|gov|info|io|co|au|uk|nz|ie|de|fr|ca|za|nl|eu|es|it|pl|ch|at|in|us"
_MAILERS = (
    "gmail|googlemail|hotmail|outlook|yahoo|ymail|icloud|live|protonmail|proton|aol|bigpond|optusnet|gmx|web|btinternet|xtra"
)
EMAIL = re.compile(
    rf"(?<![\w.+'-])[\w.+'-]{{0,63}}\w(?:\s+(?:dot|underscore|dash)\s+\w{{1,63}}){{0,5}}(?:{_AT}[\w-]+(?:{_DOT}[\w-]+)+"  # a.b@c.org, a (at) c dot org
    rf"|\s+at\s+[\w-]+(?:\s+dot\s+[\w-]+)+"  # a at c dot org
    rf"|\s+at\s+(?:{_MAILERS})\.(?:{_ENDINGS})(?:\.\w\w)?\b"  # a at gmail.com
    rf"|@(?:{_MAILERS})\b)",  # the ending forgotten
    re.I,
)
# Endings that are words of English ('seizures.in the night', 'it is.so what') are no sign of an address by themselves.
_CLEAR = r"(?:com|org|net|edu|gov|info|app|blog|online|site|health|dev|(?:com|org|net|edu|gov|co|ac|nhs)\.[a-z]{2}|de|fr|nl|eu|uk|nz|au|za|pl|es|ie)"
WEB = re.compile(
    rf"\b(?:https?://|www\.)\S+|(?<![\w@.-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+{_CLEAR}(?![\w-]|\.\w)(?:/\S*)?"
    r"|(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]|\s?(?:mg|mm|cm|ml))",
    re.I,
)
_SERVICE = (
    r"(?:user\s?-?name|log-?in(?: name)?|screen name|handle|insta(?:gram)?|ig|snap(?:chat)?|tik\s?tok|twitter|telegram|skype|discord|"
    r"facebook|fb|messenger|wechat|kik|reddit|youtube)"
)
HANDLE = re.compile(r"(?<![\w@.])@[^\W\d][\w.]*\w")
CALLED = re.compile(rf"\b({_SERVICE}(?:\s+(?:is|name|account|as|under|me|at))*\s*[:=]?\s+)([\w.@-]*[\w@])", re.I)
PASSWORD = re.compile(r"\b(pass\s?(?:word|code)(?:\s+(?:is|was))?\s*[:=]?\s+)(\S*\d\S*\w)", re.I)


def mask_online(text: str) -> str:
    """``text`` with ``[email]``, ``[web address]``, ``[user name]`` and ``[password]`` in the place of such."""
    text = WEB.sub("[web address]", EMAIL.sub("[email]", text))
    text = PASSWORD.sub(r"\1[password]", text)
    text = CALLED.sub(_named, text)
    return HANDLE.sub(lambda match: match.group() if is_usual(match.group()[1:]) else "[user name]", text)


def _named(match: re.Match[str]) -> str:
    """What follows 'my username is': only what cannot be an everyday word of the sentence that goes on."""
    name = match.group(2)
    looks_made_up = re.search(r"[\d_@]|\w\.\w", name) is not None
    return f"{match.group(1)}[user name]" if looks_made_up and not name.isdigit() else match.group()
