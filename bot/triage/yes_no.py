"""What a family answers to the one question that an urgent advice ends with: "Is one of these happening now?".

A "yes" is taken in many forms, for it may be the only word of an emergency; a "no" only in forms that say nothing else, for the
model does not read the message then ("no longer awake" begins like one). Everything else is a message and read as one.
"""

from __future__ import annotations

import re

from bot.triage.words import split

# What is read are the words and marks of the answer with one space between them, and without apostrophes ("ill" is "I'll").
_AND = r"(?: [,.;:!\n])* "  # between two pieces of an answer
_END = r"(?: [,.;:!\n])*"
_THESE = r"of (?:them|these|those|that|it)"
_THANKS = r"(?:thanks?|thank you|thx|ta|cheers|merci|danke|gracias|grazie)(?: (?:you|so much|very much|a lot))?"
_NOW = r"(?:now|right now|at the moment|today|straight away|right away)"

_SURE = "definitely|certainly|absolutely|probably|possibly|maybe|perhaps|correct|indeed"
_SAYS_YES = (
    r"y+(?:[ea]*[sh]*|[eu]p+)|aye|ja|si|s\u00ed|oui|sim|"
    r"(?:(?:i|i do|i am|im) )?(?:think|believe|guess|suppose|reckon|fear|afraid|sadly|unfortunately) so|"
    rf"(?:all|both|some|two|three|one|most) {_THESE}|the (?:first|second|third|fourth|last) one|"
    rf"(?:{_SURE}|(?:(?:it|that|this|one) is |its )?happening(?: now)?|all|both)(?= [,.;:!\n]| {_THANKS}|$)"
)
_SAYS_IT_IS = (
    r"(?:(?:it|she|he|that|this) (?:is|does|has)|i (?:am|do|have)|they (?:are|do|have)|"
    r"(?:all|both|some|two|one|the (?:first|second|third|last)) (?:of|one))(?! not)"
)
_BEFORE_YES = (
    r"(?:o+k(?:ay)?|oh|ah|well|u+m+|u+h+|e+r+m*|h+m+|(?:my )?god|omg|sadly|unfortunately|sorry|actually|"
    rf"(?:i )?(?:think|guess|believe|fear)|(?:i am |im )?afraid|{_SURE}){_AND}"
)
_I_CALL = (
    r"(?:(?:i|we) (?:call|ring|phone)|(?:i will|we will|ill|well) (?:call|ring|phone|tell|do)|"
    r"(?:(?:i|we|i am|we are|im|were|i have|we have|ive|weve) )?(?:just |already )?"
    r"(?:calling|ringing|phoning|called|rang|rung|phoned|told))"
    r"(?: (?:it|that|so|them|him|her|(?:the|our|my|his|her) (?:team|doctors?|gp|nurse|clinic)))?"
)
_PROMISE = rf"(?:(?:{_THANKS}){_AND})*(?:will do|i will|we will|{_I_CALL})(?:{_AND}(?:{_NOW}|{_THANKS}))*"
_SAYS_NO = (
    rf"(?:no+|nope|nah+|nein|non|n\u00e3o|none(?: {_THESE})?(?: {_NOW})?|neither(?: {_THESE})?|"
    rf"nothing(?: {_THESE}| like (?:that|this))?(?: {_NOW})?|not (?:now|right now|at the moment))"
)
_RELIEF = r"luckily|thankfully|fortunately|thank (?:god|goodness|heavens)"
_FINE = r"(?:all|(?:all|everything|it|he|she) is|hes|shes|its) (?:fine|good|ok|okay|well|all ?right)"

YES = re.compile(rf"\W*(?:{_BEFORE_YES})*(?:{_SAYS_YES})\b")
PROMISE = re.compile(rf"{YES.pattern}{_AND}{_PROMISE}{_END}")
IT_IS = re.compile(rf"\W*(?:{_BEFORE_YES})*{_SAYS_IT_IS}\b")
IT_IS_INDEED = re.compile(rf"{IT_IS.pattern}(?: {_NOW})?(?: [,.;:!\n]| {_THANKS}|$)")
NO = re.compile(rf"(?:(?:{_RELIEF}){_AND})?{_SAYS_NO}(?:{_AND}(?:{_SAYS_NO}|{_THANKS}|{_RELIEF}|{_FINE}))*{_END}")
_OTHERWISE = re.compile(
    r"\b(?:thanks?|thx|ta|will do|i will|we will|(?:ill|well) (?:call|ring|phone|tell|do)|called|calling|phoned|ringing|rang)\b"
)
"""Then "she is ..." is rather a report or a thank-you than an answer: "she is asleep, thank you"."""


def answer(text: str) -> bool | None:
    """True for yes, False for no, None when ``text`` is no clear answer. Any string will do.

    "Yes" and a promise alone ("yes, I will call, thank you") is none: the promise answers the advice and not the question.
    """
    said = " ".join(split(text))
    if YES.match(said):
        return None if PROMISE.fullmatch(said) else True
    if IT_IS.match(said):
        return True if IT_IS_INDEED.match(said) or not _OTHERWISE.search(said) else None
    return False if NO.fullmatch(said) else None
