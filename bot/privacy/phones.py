"""Phone numbers of the countries of places.yml and many others. Numbers to call for help stay: the family may ask about them."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

PLACES = Path(__file__).parents[1] / "knowledge" / "places.yml"
GAP = r"[ \u00a0.()/\u2010-\u2013-]{0,3}"
_LINES = re.compile(r"\d(?:[ -]?\d){2,}")
_BARE = (
    rf"\+\(?[1-9](?:{GAP}\d){{6,13}}"  # +61 412 345 678
    r"|\d{9,14}"
    rf"|00[1-9](?:{GAP}\d){{7,13}}"
    rf"|\(?0\d?(?:{GAP}\d){{7,11}}"  # 0412 345 678, (02) 9999 0000, 06.12.34.56.78, 0171/1234567
    rf"|1[38]00(?:{GAP}\d){{6}}"  # 1800 123 456
    r"|(?:\+?1[ .-]?)?\(?[2-9]\d{2}\)?[ .-]?\d{3}[ .-]\d{4}"  # 555-123-4567, (555) 123 4567
    r"|[6-9]\d{4}[ -]\d{5}"  # India: 98765 43210
    r"|[679]\d{2} \d{3} \d{3}"  # Spain, Portugal: 612 345 678
    r"|(?<!\d[ -])[2-9]\d{3}[ -]\d{4}(?=\W*(?:$|[.,!?;)]))"  # Australia without the area code: 9876 5432
)
_NOT_BEFORE = r"(?<![\w,])(?<!\d[./-])(?!0\.)(?!\d{1,2}[-/. ]\d{1,2}[-/. ](?:19|20)\d\d\b)(?!(?:19|20)\d\d[-/ ](?:19|20)\d\d\b)"
_UNIT = r"(?!\s*(?:mg|mcg|µg|ug|ng|g|mm|cm|ml|mls|l|mmol|umol|µmol|iu|units?|cells|platelets|per|x10|%|/\s?(?:mm|[µu]?l))\b)"
PHONE = re.compile(rf"{_NOT_BEFORE}(?:{_BARE})(?!\w|[./,-]\d){_UNIT}", re.I)
_CUE = (
    r"\b(?:call|ring|phone|telephone|tel|mobile|mob|cell|whats\s?app|viber|text|sms|txt|contact|reach|fax|land\s?line|ph|handy|telefon|"
    r"numero|(?:phone |mobile |my |her |his |our |work |home |mum's |dad's )(?:no|nr|num|number))"
    r"(?:\s*(?:me|us|him|her|back|number|num|no|nr|is|on|at|under|anytime|please|mum|dad|home|work|:|=|#|\.))*\s*[:.#]?\s*"
)
CUED = re.compile(rf"({_CUE})(\(?\d(?:{GAP}\d){{5,13}})(?!\w|[./,]\d){_UNIT}", re.I)
_DIGIT = r"(?:zero|oh|o|nought|one|two|three|four|five|six|seven|eight|nine|hundred)"
SPOKEN = re.compile(
    rf"\b(?:plus\s+)?(?:(?:double|triple)\s+)?{_DIGIT}(?:[\s,-]+(?:(?:double|triple)\s+)?{_DIGIT}){{6,}}\b", re.I
)
_FREE = re.compile(r"\(?(?:\+?1[ .-]?)?\(?(?:1[38]00|080[08]|116|8(?:00|88|77|66|55|44|33))\D?|13 ?\d\d")
_HELP = re.compile(
    r"help|hot\s?line|\bline\b|service|support|crisis|poison|nurse|advice|info|charity|lifeline|blue|samaritan|hospital", re.I
)
_CODE = re.compile(
    r"\b(?:ndc|lot|batch|din|artg|gtin|pzn|pip code|product code|trial|study)(?:\s*(?:no\.?|number|code|:|#))*\s*$", re.I
)
_DATE = re.compile(r"\d{1,2}([-/. ])\d{1,2}\1\d{2,4}\D*|(?:19|20)\d{2}([-/. ])\d{1,2}\2\d{1,2}\D*")


def mask_phones(text: str) -> str:
    """``text`` with ``[phone number]`` for each phone number that is no line for help."""
    text = CUED.sub(
        lambda match: match.group(1) + _masked(match.group(2)) if not _FREE.match(match.group(2)) else match.group(), text
    )
    text = PHONE.sub(_unless_public, text)
    return SPOKEN.sub("[phone number]", text)


def _unless_public(match: re.Match[str]) -> str:
    """Free numbers of helplines and the codes on a box belong to no person."""
    near = match.string[max(0, match.start() - 40) : match.end() + 25]
    if _CODE.search(match.string[: match.start()]) or (_FREE.match(match.group()) and _HELP.search(near)):
        return match.group()
    return _masked(match.group())


def _masked(number: str) -> str:
    return number if is_help_line(number) or _DATE.fullmatch(number) else "[phone number]"


def is_help_line(number: str) -> bool:
    """Whether ``number``, however it is spaced, stands in places.yml."""
    return _plain(re.sub(r"\D", "", number)) in help_lines()


@lru_cache(maxsize=1)
def help_lines() -> frozenset[str]:
    """The digits of every number of places.yml, those in its labels and notes too, without a leading 1 (United States)."""
    found = set()
    for place in yaml.safe_load(PLACES.read_text(encoding="utf-8")).values():
        for line in place.values():
            if isinstance(line, dict):
                said = " ; ".join(str(line.get(key, "")) for key in ("number", "label", "note"))
                found |= {_plain(re.sub(r"\D", "", number)) for number in _LINES.findall(said)}
    return frozenset(found)


def _plain(digits: str) -> str:
    return digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
