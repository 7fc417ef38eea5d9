"""Names that are everyday words as well ('will', 'may', 'hope'): where the words beside one say that it is no name."""

from __future__ import annotations

import re

_MONTH = (
    r"\b(?:in|since|last|next|this|until|till|by|from|before|after|early|late|mid|during|of|for|on|end|\d(?:st|nd|rd|th)?)[\s-]+$",
    r"^[\s,]+(?:\d|and (?:june|july|may)|last|this|next|appointment|scan)",
)
_MODAL_FOLLOWS = (
    r"^\s+(?:i|you|he|she|it|we|they|this|that|the|my|our|his|her|your|be|have|not|need|get|also|never|always|still|then|it'll|make|take|start|stop|"
    r"cause|help|go|come|do|give|see|work|grow|bleed|happen|want|change|keep|last|die|lose|feel|show|mark|affect|[a-z]+ (?:be|have|need|get|take))\b|"
    r"^n['\u2019]?t\b|"
    # "Will dialysis be needed one day?", "Will surgery help": what the guide is asked about, or a question to its end
    r"^\s+(?:everolimus|sirolimus|votubia|afinitor|rapamune|dialysis|surgery|emboli[sz]ation|treatment|scans?|tablets?|medicines?|"
    r"amls?|cysts?|kidneys?|children|people)\b|^\s+(?!has|is|was|had|and|takes|got|does|did)[a-z]+(?: [a-z]+){1,12}\?"
)
# For each word what stands before it, and what stands behind it, when it is no name. Empty: nothing does.
NO_NAME: dict[str, tuple[str, str]] = {
    "will": (
        r"\b(?:it|this|that|he|she|they|we|i|you|there|what|when|how|who|which|good|free|of|doctor|nurse|team|drug|scan)\s+$",
        _MODAL_FOLLOWS,
    ),
    "may": (rf"{_MONTH[0]}|\b(?:it|this|that|he|she|they|we|i|you|there|which|and)\s+$", f"{_MODAL_FOLLOWS}|{_MONTH[1]}"),
    "april": _MONTH,
    "june": _MONTH,
    "august": _MONTH,
    "march": _MONTH,
    "summer": (r"\b(?:in|the|this|last|next|every|all|over|of|and)\s+$", r"^\s+(?:holiday|camp|heat|break|sun|term|school)"),
    "autumn": (r"\b(?:in|the|this|last|next|every)\s+$", ""),
    "hope": (
        r"\b(?:i|we|no|any|the|of|and|some|give|lose|lost|little|more|there's|in|only)\s+$",
        r"^\s+(?:it|it['\u2019]s|its|he|she|they|you|we|i|this|that|so|to|for|the|my|someone|everyone|all|not|of|is not)\b",
    ),
    "faith": (r"\b(?:have|in|good|lost|of|no|the|some|any|losing)\s+$", r"^\s+in\b"),
    "grace": (r"\b(?:a|of|with|the|by|saying)\s+$", r"^\s+(?:period|of)\b"),
    "joy": (r"\b(?:the|a|no|pure|of|any|what|for|with|my)\s+$", r"^\s+of\b"),
    "dawn": (r"\b(?:at|of|before|since|by|till|until|the|around|after)\s+$", ""),
    "mark": (
        r"\b(?:a|the|skin|white|black|red|birth|this|that|bite|needle|question|to|brown|each|of|one|any)\s+$",
        r"^\s+(?:on|the|it|in|where|of|my|down|up|that)\b",
    ),
    "bill": (r"\b(?:the|a|hospital|this|that|medical|pay|huge|pharmacy|my|of|big)\s+$", r"^\s+(?:for|from|is \$|came)\b"),
    "rose": (
        r"\b(?:it|level|levels|temperature|temp|creatinine|pressure|which|and|fever|a|has|wild)\s+$",
        r"^\s+(?:to|from|again|bush|hip|after|by|above|water|pink|up)\b",
    ),
    "chase": (r"\b(?:to|a|the|should|can|i|we|must|and)\s+$", r"^\s+(?:up|it|them|the|this|my|his|her)\b"),
    "frank": (
        r"\b(?:be|to be|being|very|perfectly|was|quite)\s+$",
        r"^\s+(?:blood|h?a?ematuria|bleed\w*|with|about|discussion|talk|answer|urine)\b",
    ),
    "stone": (r"\b(?:kidney|a|the|bladder|gall|renal|small|one|this|that|ureteric|my)\s+$", r"^\s+(?:in|or|passed|size)\b"),
    "drew": (r"\b(?:they|he|she|nurse|doctor|who)\s+$", r"^\s+(?:blood|up|the|a|it|my|his|her|two|some|bloods)\b"),
    "pat": (r"\b(?:to|and|then)\s+$", r"^\s+(?:the|it|dry|down|him|her)\b"),
    "sue": (r"\b(?:to|can|could|you|we|they|should|i)\s+$", r"^\s+(?:the|them|for|him|her)\b"),
    "crystal": (r"\b(?:a|the|uric|of)\s+$", r"^\s+clear\b"),
    "amber": (
        r"\b(?:dark|an?|is|was|light|pale|the|urine|wee|pee|colou?r)\W+$",
        r"^\s+(?:colou?r\w*|urine|wee|pee|alert|flag|light)\b",
    ),
    "ruby": (r"\b(?:dark|the|bright)\s+$", r"^\s+(?:red|colou?r\w*|again)\b"),
    "robin": (r"\b(?:a|the)\s+$", r"^['\u2019]?s?\s+eggs?\b"),
    "ray": (r"\bx[\s-]?$", ""),
    "gene": (
        r"\b(?:the|a|faulty|this|that|which|one|same|tsc\d?|of|no|changed)\s+$",
        r"^\s+(?:test\w*|therapy|change|mutation|panel|is|and)\b",
    ),
    "miles": (r"\b(?:\d+|few|many|of|hundred|thousand)\s+$", r"^\s+(?:from|away|an|trial|study|to|per|off)\b"),
    "love": ("", r"^[\s,]+(?:mum|mom|dad|nan|gran\w*|from|to|it|the|you|her|him)\b"),
    "true": (r"\b(?:is it|it|that|is|be|come|not|isn't|grow)\W+$", r"^\s*\?"),
    "nan": (r"\b(?:my|our|his|her|love|the|from|a)\W+$", r"^\s+(?:here|has|says|takes|is|was|had)\b"),
    "christian": (r"\b(?:a|we are|are|good|the)\s+$", r"^\s+(?:family|church|faith|school|home|charity|and)\b"),
    "dean": (r"\bthe\s+$", r"^['\u2019]s\s+list"),
    "jordan": (r"\b(?:in|to|from|near|of|the)\s+$", r"^\s+(?:valley|river)\b"),
    "sage": (r"\b(?:and|of|or)\s+$", r"^\s+(?:tea|and|oil|advice)\b"),
    "angel": (r"\b(?:little|an|my|our|wee|guardian|the|is)\s+(?:an\s+)?$", ""),
    "rain": (r"\b(?:as|the|in)\s+$", ""),
    "short": (r"", r"^\s+(?:of|term|time)\b"),
    "price": (r"\b(?:the|a|full|what)\s+$", r"^\s+of\b"),
    "guy": (r"\b(?:a|the|this|that|little|another)\s+$", ""),
    "young": (r"\b(?:a|too|so|very|the|is|my|was)\s+$", r"^\s+(?:man|woman|people|person|adults?|girl|boy|child\w*|kids?)\b"),
}
_COMPILED = {word: [re.compile(pattern, re.I) if pattern else None for pattern in both] for word, both in NO_NAME.items()}


def is_word_here(text: str, begin: int, stop: int) -> bool:
    """Whether the word between ``begin`` and ``stop`` is an everyday word where it stands, although it can be a name."""
    patterns = _COMPILED.get(text[begin:stop].lower())
    if patterns is None:
        return False
    before, behind = patterns
    if before is not None and before.search(text[max(0, begin - 30) : begin]):
        return True
    return behind is not None and behind.search(text[stop : stop + 40]) is not None
