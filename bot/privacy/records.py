"""Record, insurance, identity and account numbers: by what they are called, or by a shape that nothing clinical has."""

from __future__ import annotations

import re

from bot.privacy.phones import is_help_line

_VALUE = r"(?:[A-Z]{1,5}[ /-]?)?(?:[A-Z]{1,5}[/-]?)?\d[\dA-Z]*(?:[./-][\dA-Z]*\d[\dA-Z]*|[ ][A-Z]{0,4}\d[\dA-Z]*(?![\dA-Z]*[./]\d)|[ -][A-Z]{1,2}\b(?!\s+[a-z]))*"
"""Letters and digits in groups; each group but a last one of a letter or two holds a digit, and none is a reading (38.9, 190/110)."""
_PLAIN_VALUE = r"(?:(?-i:[A-Z]{1,3}) )?[A-Z]{0,5}-?\d[\dA-Z]*(?:[ -]\d[\dA-Z]{2,})*(?:-[A-Z]{1,3})?"
_NUMBER = (
    r"(?:\s*(?:card|record|patient|file|reference|ref|insurance|policy|identity|identifier|id|member|membership|medical)){0,3}"
)
_SAY = r"(?:\s*(?:on (?:his|her|my|the) \w+|says?|reads?|numbers?|nu?mb?e?rs?|nos?\b\.?|nrs?\b\.?|num\b|code|#|\u2116|n[\u00b0\u00ba]|is|are|was|of|for|ends? in|ending|here|it's|its|:|=|-|\(|,|\.)){0,5}\s*"
# Names of numbers: what follows them is one, whatever it looks like.
_STRONG = (
    r"(?:m\.?r\.?n|u\.?r\.?n?|nhs|n\.?h\.?i|c\.?h\.?i|h\s?(?:&|and)\s?c|ihi|medicare|medicaid|s\.?s\.?n|social security|(?:my|his|her|the) social|ssi|pps(?:n|\sn)?|"
    r"national insurance|ni|national id|aadh?aar|aadhar|abha|ayushman|pan card|ohip|health\s?card|health insurance|phn|ramq|hcn|tfn|tax file|crn|centrelink|"
    r"ndis|dva|uhid|empi|grp|wrist\s?band|bar\s?code|hicn|mbi|passport|driver'?s?\s?licen[cs]e|driving licen[cs]e|licen[cs]e|sa id|identity|id|iban|bsb|sort code|"
    r"credit card|debit card|account|acct|a/c|philhealth|personn\w*|personal\s?(?:no|number|nr|id)|cpr|cnp|pesel|dni|nric|steuer\w*|matricule|"
    r"(?:trial|study)?\s?(?:participant|subject|screening)(?: id| no\.?| number| code)?|(?:incident|complaint|pals|job|query|nhs 111|call)\s*(?:number|no\b\.?|nr|id|ref\w*|#)|rx|"
    r"versicherten\w*|krankenkass\w*|versicherungs\w*|bsn|nif|nie|cpf|codice fiscale|carte vitale|"
    r"(?:hosp\w{0,6}|folder|patient|medical|record|chart|file|case|claim|policy|member(?:ship)?|insurance|reference|ref|referral|booking|appointment|"
    r"prescription|script|rx|group|plan|subscriber|episode|visit|admission|accession|specimen|lab|customer|student|ticket|tracking|"
    r"registration|reg|enrolment|invoice|order|hospital record|medical record)\s*(?:card\s*|record\s*|file\s*|reference\s*|ref\s*)?"
    r"(?:nu?mb?e?rs?|no\b\.?|nr\b\.?|num\b|id|#|code|ref(?:erence)?))"
)
# These are also everyday words: only a number of five digits or more behind them counts.
_WEAK = r"(?:hospital|patient|record|chart|file|case|claim|policy|member(?:ship)?|insurance|insurer|reference|ref|card|bupa|medibank|hcf|aetna|cigna|kaiser|blue cross|discovery|vhi|laya)"
STRONG = re.compile(rf"(\b{_STRONG}(?!\w){_NUMBER}{_SAY})({_VALUE})(?![\w])", re.I)
WEAK = re.compile(rf"(\b{_WEAK}\b{_NUMBER}{_SAY})({_PLAIN_VALUE})(?![\w])", re.I)
GLUED = re.compile(r"\b((?:mrn|urn?|nhs|nhi|chi|uhid|empi|hosp(?:ital)?|pt)(?:no)?[:#]?)\d{5,}[a-z]?\b", re.I)
_STUDY = r"(?!NCT|ISRCTN|EUCTR|ACTRN|PMID|PMC|DOI|TSC|RAD|DRKS|UMIN)"
SHAPES = re.compile(
    r"(?<![\w.,/+-])(?:"
    r"\d{3}-\d{2}-\d{4}"  # United States, social security
    r"|[2-6]\d{3}[ -]\d{5}[ -]\d(?:[/ -]\d)?"  # Australia, Medicare
    r"|[1-9][A-Z][A-Z\d]\d-?[A-Z][A-Z\d]\d-?[A-Z]{2}\d{2}"  # United States, Medicare
    r"|(?!NCT|TSC|RAD)[A-HJ-NP-Z]{3}\d{4}|(?!NCT)[A-HJ-NP-Z]{3}\d{2}[A-Z]{2}"  # New Zealand, NHI
    r"|[A-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D]"  # United Kingdom, national insurance
    r"|\d{7}[A-W][A-IW]?"  # Ireland, PPS
    r"|\d{4}[ -]\d{4}[ -]\d{4}(?:[ -]\d{4}|[ -]\d{1,3})?"  # India, Aadhaar; bank cards
    r"|(?!1[38]00)[1-9]\d{3}-\d{3}-\d{3}(?:-[A-Z]{2})?"  # Ontario
    r"|[A-Z]{5}\d{4}[A-Z]"  # India, PAN
    r"|[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){3,7}(?: ?[A-Z\d]{1,3})?"  # IBAN
    rf"|{_STUDY}[A-Z]{{1,4}}-?\d{{6,12}}[A-Z]?"  # letters and a long number
    rf"|{_STUDY}[A-Z]{{2,4}}-\d{{2,4}}-\d{{3,8}}"
    r")(?![\w]|[.,/-]\d)"
)
CODE = re.compile(r"(?<![\w.,:;/+@#%*>_-])(?=[A-Z\d/-]*\d)[A-Z\d]+(?:[/-][A-Z\d]+)*(?![\w@%*>]|[.,:;/-]\w)", re.I)
"""Letters and digits in groups, as registers write them; ``_is_code`` tells them from dates, ranges, genes and amounts."""
_KNOWN = re.compile(
    r"(?:NCT|ISRCTN|EUCTR|ACTRN|PMID|PMC|DOI|DRKS|UMIN|CTRI|JPRN|ENS[GTP]|rs|chr)\d|(?:19|20)\d\d[/-](?:19|20)?\d\d(?:[/-]\d\d)?$"
    r"|\d{1,2}[/-](?:\d{1,2}|[a-z]{3,9})[/-](?:19|20)?\d\d$|(?:19|20)\d\d-?[01]\d-?[0-3]\d$",
    re.I,
)
"""Trials, papers and genes, school years, dates."""
_MEASURED = re.compile(
    r"\d(?:mg|mcg|ug|ng|g|kg|mls?|l|mm|cm|mmhg|mmol|umol|iu|units?|k|m|x|am|pm|hrs?|h|hz|bpm|yrs?|wks?|st|nd|rd|th)$", re.I
)
_UNIT = re.compile(r"\s?(?:mg|mm|cm|ml|mcg|ng|kg|%|years?|yrs?|months?|weeks?|days?|hours?)\b", re.I)
_LONG = re.compile(r"(?<![\w.,/+-])(?!(?:19|20)\d\d(?:0\d|1[0-2])[0-3]\d\b)\d{7,8}(?![\w]|[.,/-]\d)")
_COUNTED = re.compile(
    r"(?:platelets?|plt|count|wbc|white\w*|cells?|bacteria|viral|load|leu[kc]o\w*|thrombo\w*|copies)\W+(?:\w+\W+){0,3}$", re.I
)
_AMOUNT = re.compile(r"\s*(?:mg|ml|units?|iu|cells|platelets|per|copies|x\s?10|%|/)", re.I)


def mask_records(text: str) -> str:
    """``text`` with ``[record number]`` for each number that is called one, or looks like one and like nothing else."""
    text = GLUED.sub(r"\1[record number]", text)
    text = STRONG.sub(lambda match: _named(match, 3), text)
    text = WEAK.sub(lambda match: _named(match, 4 if re.match(r"[A-Z]", match.group(2), re.I) else 5), text)
    return SHAPES.sub("[record number]", text)


def mask_long_numbers(text: str) -> str:
    """``text`` with ``[record number]`` for what is left of registers' codes and bare numbers of seven or eight digits."""
    return _LONG.sub(_unnamed, CODE.sub(_code, text))


def _named(match: re.Match[str], least: int) -> str:
    """What follows the name of a number, when it has enough digits and is no year, dose or reading."""
    said, value = match.groups()
    digits = sum(letter.isdigit() for letter in value)
    year = re.fullmatch(r"(?:19|20)\d\d", value) is not None
    amount = _UNIT.match(match.string[match.end() :])
    reading = re.fullmatch(r"\d{1,3}(?:[.]\d{1,2}|/\d{2,3})", value)
    if digits < least or year or amount or reading or is_help_line(value):
        return match.group()
    return f"{said}[record number]"


def _code(match: re.Match[str]) -> str:
    """Letters with five digits or more, or groups of digits with a long one: a register's number, whatever it is called."""
    code = match.group()
    groups = re.split(r"[/-]", code)
    digits = sum(letter.isdigit() for letter in code)
    longest = max((len(group) for group in groups if any(letter.isdigit() for letter in group)), default=0)
    if _KNOWN.match(code) or _MEASURED.search(code) or is_help_line(code) or _AMOUNT.match(match.string[match.end() :]):
        return code
    lettered = digits >= 5 and any(letter.isalpha() for letter in code)
    grouped = len(groups) > 1 and digits >= 8 and longest >= 6 and not code.endswith("000")
    return "[record number]" if lettered or grouped else code


def _unnamed(match: re.Match[str]) -> str:
    """A bare number of seven or eight digits, unless it counts something (platelets 1500000)."""
    text = match.string
    counts = _COUNTED.search(text[: match.start()]) or _AMOUNT.match(text[match.end() :]) or match.group().endswith("0000")
    return match.group() if counts else "[record number]"
