"""Dates of birth: dates that are said to be one. The dates of scans and operations stay, and so does a year alone (an age)."""

from __future__ import annotations

import re

_MONTH = (
    r"(?:jan(?:uary|uar|vier|\.)?|feb(?:ruary|ruar|\.)?|mar(?:ch|s|zo|\.)?|m(?:ä|ae)rz|apr(?:il|\.)?|may|mai|mayo|june?|juni|juin|"
    r"july?|juli|juillet|aug(?:ust|\.)?|sept?(?:ember|iembre|\.)?|oct(?:ober|obre|\.)?|okt(?:ober|\.)?|nov(?:ember|embre|\.)?|"
    r"de[cz](?:ember|embre|\.)?|enero|febrero|abril|junio|julio|agosto|octubre|noviembre|diciembre|f[ée]vrier|avril|ao[uû]t)"
)
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_UNITS = "one|two|three|four|five|six|seven|eight|nine"
_ORDINAL = (
    r"(?:twenty|thirty)?[ -]?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|tenth|eleventh|twelfth|"
    r"(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth"
)
_DAY = rf"(?:\d{{1,2}}(?:\s?(?:st|nd|rd|th)|\.)?|{_ORDINAL})"
_YEAR = (
    rf"(?:(?:19|20)\d\d|['\u2019]?\d\d|two thousand(?: and)?(?: (?:{_UNITS}|{_TEENS}))?"
    rf"|(?:nineteen|twenty)[ -](?:{_TEENS}|(?:oh|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -](?:{_UNITS}))?))"
)
_FULL = (
    rf"(?:19|20)\d\d\s?[-/.]\s?\d{{1,2}}\s?[-/.]\s?\d{{1,2}}|\d{{1,2}}\s?[-/.]\s?\d{{1,2}}\s?[-/.]\s?(?:(?:19|20)\d\d|\d\d)"
    r"|\d\d \d\d (?:19|20)\d\d"
    rf"|(?:19|20)\d\d[\s,]+{_MONTH}[\s,]+\d{{1,2}}"
    rf"|(?:the\s+)?{_DAY}\s?(?:of\s+|de\s+)?[-/]?\s?{_MONTH}(?:[\s,/-]+(?:of |de |del |in )?{_YEAR})?"
    rf"|{_MONTH}\s+(?:the\s+)?{_DAY}(?:[\s,]+{_YEAR})?|{_MONTH}[\s,]+(?:of\s+)?(?:(?:19|20)\d\d|['\u2019]\d\d)|\d{{1,2}}/(?:19|20)\d\d"
)
_FEAST = (
    rf"(?:xmas|christmas|boxing|new year(?:'?s)?|valentine'?s|st patrick'?s|australia|anzac|canada)\s(?:day|eve)(?:\s{_YEAR})?"
)
DATE = rf"(?:{_FULL}|{_FEAST}|\d{{1,2}}[-/.]\d{{1,2}}(?![\d/.-])|\d{{1,2}} \d{{1,2}} \d\d(?:\d\d)?|\d{{8}}|\d{{6}})(?!\w)"
"""Also what is a date only where one is expected: 4/3, 040312."""
_CUES = (
    r"\b(?:d\.?\s?o\.?\s?b\.?|(?:date|day|place and date)\s?of\s?b(?:irth|rith|irht|ith|rth|irh)|birth\s?date|birth\s?da?y|b-?day|geb\.|geboren(?:\s+am)?|geburtsdatum|"
    r"n[ée]e?\s+le|naci[dó]\w*|fecha de nacimiento|date de naissance|nat[oa]\s+il|data di nascita)"
)
_GAP = r"(?:\s*(?:is|was|are|were|on|in|the|of|el|le|am|:|=|-|\(|,|['\u2019]s|dd/mm/yy(?:yy)?))*\s*"
SAID = re.compile(rf"({_CUES}{_GAP})({DATE})", re.I)
BORN = re.compile(
    rf"(\bborn(?:\s+on)?\s+(?=\d\d \d\d \d\d\b)|\bborn\b(?!\s+with\b)(?:[^.\d!?;]|\d\d(?=\s*(?:weeks|wks|\+))|(?<=\+)\d){{0,45}}?(?<![\w]))((?:{_FULL}|{_FEAST}|\d\d \d\d \d\d)(?!\w))",
    re.I,
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
AGED = re.compile(
    rf"(\b(?:turn(?:s|ed|ing)?|(?:will|'ll|\u2019ll|gonna|to|can|she|he)\s?(?:be|is)|hes|shes|(?:he|she|they)['\u2019]?ll be)\s+(?:gonna be\s+)?(?:\d{{1,2}}|{_UNITS}|{_TEENS})"
    rf"\s+(?:on\s+|this\s+|next\s+){_WEEKDAY}(?:the\s+)?)((?:{_FULL})(?!\w))|(\b(?:weeks?|wks?|months?)\s+(?:early|prem(?:ature)?)\s+on\s+|\bb\.\s?)((?:{_FULL})(?!\w))",
    re.I,
)
"""A birthday without the word: he turned 6 on ..., she came five weeks early on ..., b. ..."""
AFTER = re.compile(
    rf"(?<![\w./-])((?:{_FULL})(?!\w))(?=[\s,(]*(?:(?:is|was|being|as|=|-)\s+)?(?:(?:my|his|her|our|the|their|[\w']+'s)\s+)?(?:d\.?o\.?b\b|date of birth|birth\s?date|"
    r"birth\s?day|b-?day|\(?born\b))",
    re.I,
)
_BLOCK = re.compile(r"scan|mri|diagnos|surgery|operat|start|since|tumou?r|transplant|dialys", re.I)


def mask_births(text: str) -> str:
    """``text`` with ``[date of birth]`` for each date that is said to be one."""
    text = SAID.sub(r"\1[date of birth]", text)
    text = BORN.sub(lambda match: match.group() if _BLOCK.search(match.group(1)) else f"{match.group(1)}[date of birth]", text)
    text = AGED.sub(lambda match: f"{match.group(1) or match.group(3)}[date of birth]", text)
    return AFTER.sub("[date of birth]", text)
