"""Street addresses and postcodes.

A street is a number, one to four words and a word for a street. Many such words mean something else as well ('3 days in a row',
'2 hours drive', 'St John's wort'), so the words between are looked at, and the doubtful kinds must be written as names are.
"""

from __future__ import annotations

import re

# Words that only a street has, in any writing.
_CLEAR = (
    r"street|st|str|road|rd|avenue|ave|lane|crescent|cres|terrace|tce|parade|pde|boulevard|blvd|highway|hwy|circuit|cct|"
    r"esplanade|parkway|pkwy|mews|gardens|gdns"
)
# Words that need capital letters or "live at" in front.
_DOUBTFUL = (
    r"dr|drive|ct|court|cl|close|pl|place|way|grove|gr|square|sq|walk|row|hill|rise|green|park|view|ln|ter|cir|circle|quay|"
    r"loop|trail|track|villas|mansions|towers|broadway|heights|vale|wharf|nagar|marg|colony|sector|estate|av|gate|chase|drove|end|common|croft|meadow|wynd"
)
_SMALL_WORDS = (
    "a an in on of at to from for and or the per with by is was are my his her our your their after before about into over "
    "under than hour hours hr hrs minute minutes min mins day days week weeks month months year years yr yrs yo am pm times "
    "time x mg mcg ml mm cm kg g ng l litres units tablet tablets pill pills dose doses cyst cysts lump lumps tumour "
    "tumours tumor growth growths kid kids children child boys girls people more different first second third other big "
    "small large size kidney kidneys scan scans level levels mri ct degrees percent years-old year-old miles mile km blocks "
    "block metres meters that this did do does has have had it we he she i"
)
_NOT_IN_A_STREET = frozenset(_SMALL_WORDS.split())
_WORD = r"(?:[^\W\d_][\w'\u2019.-]*|\d{1,3}(?:st|nd|rd|th)\b)"
_UNIT = r"(?:(?:unit|flat|apt\.?|apartment|lot|level|suite|shop|floor|house|block|villa|room)\s*(?:no\.?\s*)?#?(?:\d{1,5}[a-z]?|[a-z]\d{1,4})?\b\s?[,/]?\s?)"
_NO = r"(?:no\.?\s*|number\s+|#)?\d{1,5}[a-z]?(?:\s?[-/\u2013]\s?\d{1,5}[a-z]?)?"
_DOOR = r"(?:flat|unit|apt\.?|apartment|house|villa|plot|door)\s*(?:no\.?\s*)?#?\d+[a-z]?"
STREET = re.compile(
    rf"(?<![\w.,/:-])({_UNIT}{{0,2}}{_NO}|{_DOOR})[,\s]\s*((?:{_WORD}\s+){{1,4}}?)({_CLEAR}|{_DOUBTFUL})(?!\w|['\u2019]|\s+(?:john|elev|seg|dep))",
    re.I,
)
FOREIGN = re.compile(
    r"(?<![\w-])[^\W\d_][\w-]{0,40}(?:stra(?:ss|\u00df)e|str\.|gasse|gracht|straat|laan|plein|gatan|v\u00e4gen|veien|vej|katu|utca)\s+\d{1,4}\s?[a-z]?\b"
    r"|\b(?:[^\W\d_][\w-]*\s)?(?:stra(?:ss|\u00df)e|platz|allee|damm|ufer)\s+\d{1,4}[a-z]?\b"
    r"|\b\d{1,4}(?:\s?(?:bis|ter))?,?\s+(?:rue|boulevard|chemin|impasse|avenue|all\u00e9e|quai)\s+(?:(?:de la|de l['\u2019]|de|du|des|la|le|l['\u2019])\s*)?[\w-]+"
    r"(?:[ -][A-Z][\w-]+)*"
    r"|\b(?:calle|avenida|avda\.?|plaza|viale|piazza|rua|ulica|ul\.|travessa|carrer)\s+(?:(?:de|del|da|dos|das|la|las|los|di)\s+)*[\w-]+"
    r"(?:\s[A-Z][\w-]+)*,?\s*(?:n[\u00ba\u00b0o]?\.?\s*)?\d{1,4}\b",
    re.I,
)
HOUSE_LAST = re.compile(r"\b[A-Z][\w'-]+(?:\s[A-Z][\w'-]+){0,2}\s\d{1,4}[a-z]?,\s*\d{4,5}\s(?:[A-Z]{2}\s)?[A-Z][a-z][\w-]+")
ITALIAN = re.compile(r"\bVia(?:\s(?:di|del|della|dei))?(?:\s[A-Z][a-z]+){1,3},?\s\d{1,4}\b")
PO_BOX = re.compile(r"\b(?:p\.?\s?o\.?\s?box|private bag|locked bag|gpo box|postfach)\s*[a-z]?\d+\b", re.I)
_PLAIN_END = (
    r"(?=[.!?;\n]|\s+(?:and|but|so|because|can|could|what|who|is|which|where|with|if|please|do|does|how|my|he|she|we|i)\b|$)"
)
AT_HOME = re.compile(
    rf"(\b(?:(?:home |postal |street |mailing |our |my |his |her )?address(?:'s|\s+is|\s+was)?\s*[:=]?|(?:live|lives|living|lived|stay|staying|based) at|"
    rf"(?:send|post|mail|deliver) (?:it|them|that|this|the \w+) to|(?:home|house|alone|ambulance|property|farm) (?:is |to |alone |now )?(?:at|on)|mov(?:e|ed|ing) (?:from|to|into|out of)|residing at)\s+)({_UNIT}{{0,2}}{_NO}[,\s]\s*[^.!?;\n]{{3,80}}?){_PLAIN_END}",
    re.I,
)
_STATES = r"NSW|VIC|QLD|SA|WA|TAS|ACT|NT|ON|QC|BC|AB|MB|SK|NS|NB|NL|PE|YT"
_US = (
    r"AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|"
    r"UT|VT|VA|WA|WV|WI|WY|DC"
)
_POST = rf"(?:(?:NSW|VIC|QLD|SA|WA|TAS|ACT|NT)\.?,?\s+\d{{4}}|(?:{_US}),?\s+\d{{5}}(?:-\d{{4}})?)"
# No inward letters C I K M O V, so no mg, mm, cm, ml, kg, am, pm.
_UK = r"(?!\w+ ?\d(?:st|nd|rd|th|hr|yr)\b)[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}"
_CANADA = r"[ABCEGHJ-NPRSTVXY]\d[A-Z][ -]?\d[A-Z]\d"
_IRELAND = r"(?:[AC-FHKNPRTV-Y]\d\d|D6W) ?(?=[\dA-Z]*\d)(?=[\dA-Z]*[A-Z])[\dAC-FHKNPRTV-Y]{4}"
POSTCODE = re.compile(rf"(?<![\w.,-])(?:{_UK}|{_CANADA})(?!\w|\.\d)", re.I)
EIRCODE = re.compile(rf"(?<![\w.,-]){_IRELAND}(?!\w)")
STATE = re.compile(rf"\b{_POST}(?!\w|[./-]\d)")
CUED = re.compile(
    r"(\b(?:post\s?codes?|zip(?:\s?code)?|pin\s?code|pin|plz|postleitzahl|code postal|c[o\u00f3]digo postal|eir\s?code|postal code)"
    rf"(?:\s*(?:is|was|of|here|:|=|-|number))*\s*)({_UK}|{_CANADA}|[a-z]\d\w ?[a-z\d]{{4}}|\d{{4,6}}(?:-\d{{4}}|\s?[A-Z]{{2}})?|[a-z]{{1,2}}\d[a-z\d]?)(?!\w)",
    re.I,
)
# What follows a masked street: suburb, town, state and postcode.
_TAIL = re.compile(
    r"\[address\](?:\s(?:N|S|E|W|NE|NW|SE|SW)\b)?((?:,\s*|\s+(?=(?:in\s+)?[A-Z]))(?:in\s+)?[A-Z][\w'\u2019-]+(?:[ -][A-Z][\w'\u2019-]+){0,3}){0,3}"
    rf"(?:,?\s*(?:{_STATES}|{_US})\b)?(?:[,\s]+(?:\d{{4,6}}(?:\s+[A-Z][a-z\u00e4\u00f6\u00fc\u00df]+)?|\[postcode\]))?"
)
_LOWER_TAIL = re.compile(
    rf"\[address\](?:,\s*|\s+)(?:[a-z'-]+\s+){{1,3}}(?:(?:{_STATES}|{_US})\s+)?(?:\d{{4,6}}\b|\[postcode\])", re.I
)


_PLACED = re.compile(r"\b(?:at|from|lives? (?:in|on)|address|home)[\s:,]+$", re.I)
_SHORT = "dr|ct|ln|cl|pl|ter|cir"
_TOWN_CODE = re.compile(
    r"(\b(?:flat|house|plot|door|block|phase|stage|cross|main|\w*nagar|layout|colony|sector|road|rd|street)\b.{0,60}?\b[a-z]{4,}[ ,-]+)"
    r"[1-9]\d{2} ?\d{3}(?![\w.])"
    r"|(\bsingapore[ ,(]+)s?\d{6}(?!\w)|(\b)s\(?\d{6}\)?(?!\w)",
    re.I,
)
"""India: a PIN code behind a town, where the message gives an address. Singapore: six digits."""
_SECTOR = re.compile(
    r"(\b(?:in|from|to|near|around|live|postcode)\s+)(?!t\d)[A-Z]{1,2}\d{1,2}[A-Z]? \d(?![\w./,-]?\d|\s?(?:mm|cm|mg|ml))\b",
    re.I,
)
"""The first half of a British postcode and a digit, after a word for a place."""
RURAL = re.compile(
    r"\bRR ?\d{1,2},? (?:site|box|stn)\b(?: ?\w*\d\w*)?(?:,? (?:box|comp) ?\d+)?|\b(?-i:RD) ?\d{1,2}\b|\b(?:stand|erf) \d{2,6}(?: ext(?:ension)? \d+)?",
    re.I,
)
HOUSE_NO = re.compile(
    r"\bh\.?\s?no\.?\s*\d[\d/-]*(?:/?[a-z])?\b(?:,?\s+(?:road|street|lane|cross) no\.? \d+)?"
    rf"|\b(?:(?:hse|house) )?(?:number|no\.?) \d{{1,4}}[a-z]? (?:on|in|at) (?:[a-z'\u2019-]+ ){{1,3}}(?:{_CLEAR})\b"
    rf"|\b[a-z'\u2019-]+ (?:{_CLEAR}) (?:number|no\.?) \d{{1,4}}[a-z]?\b",
    re.I,
)


def mask_addresses(text: str) -> str:
    """``text`` with ``[address]`` and ``[postcode]`` in the place of such."""
    # Between placeholders that were there before, each part by itself: a street of this text has its town behind it, they have not.
    return "[address]".join(map(_masked, text.split("[address]")))


def _masked(text: str) -> str:
    text = _SECTOR.sub(r"\1[postcode]", CUED.sub(r"\1[postcode]", text))
    text = _TOWN_CODE.sub(lambda match: f"{match.group(1) or match.group(2) or ''}[postcode]", text)
    text = HOUSE_NO.sub("[address]", RURAL.sub("[address]", text))
    text = STATE.sub("[postcode]", EIRCODE.sub("[postcode]", POSTCODE.sub("[postcode]", text)))
    text = AT_HOME.sub(r"\1[address]", text)
    text = STREET.sub(
        _street, PO_BOX.sub("[address]", ITALIAN.sub("[address]", HOUSE_LAST.sub("[address]", FOREIGN.sub("[address]", text))))
    )
    # Among capitals nothing tells the town from the next sentence.
    return _LOWER_TAIL.sub("[address]", text if text.isupper() else _TAIL.sub("[address]", text))


def _street(match: re.Match[str]) -> str:
    """A street's name holds no small words and no units; the doubtful kinds of street begin with capitals."""
    words, kind = match.group(2).split(), match.group(3)
    shouted = match.string.isupper()
    # 'MG Road' is a street of every Indian town.
    if any(
        word.lower().strip(".,") in _NOT_IN_A_STREET and (shouted or not (word.isupper() and len(word) > 1)) for word in words
    ):
        return match.group()
    named = all(word[0].isupper() for word in [*words, kind]) and not shouted
    clear = re.fullmatch(_CLEAR, kind, re.I) or re.match(r"unit|flat|apt|apartment", match.group(), re.I)
    # '509 sycamore dr', but not '2 enlarged ln'.
    short = len(words) == 1 and re.fullmatch(r"\d{3,4}[a-z]?", match.group(1)) and re.fullmatch(_SHORT, kind, re.I)
    placed = len(words) <= 2 and _PLACED.search(match.string[: match.start()])
    return "[address]" if named or clear or short or placed else match.group()
