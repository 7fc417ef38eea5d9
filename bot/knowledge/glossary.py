"""The words of the field behind an answer, in plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.knowledge.models import Term


class Glossary:
    """Finds the terms of ``glossary.yml`` in a text."""

    def __init__(self, terms: Mapping[str, Term]) -> None:
        self._term_of = {_key(form): term for term in terms.values() for form in spellings(term)}
        longest_first = sorted(self._term_of, key=len, reverse=True)
        self._forms = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.I) if terms else None

    def terms_in(self, text: str) -> list[Term]:
        """The terms that ``text`` speaks of, in the order of their first appearance. "CT" is not "ct"."""
        found: dict[str, Term] = {}
        for match in self._forms.finditer(text) if self._forms else ():
            term = self._term_of.get(_key(match.group()))
            if term:
                found.setdefault(term.term, term)
        return list(found.values())


def spellings(term: Term) -> list[str]:
    """What texts may call it: its forms or, without any, the term itself."""
    return term.forms or [term.term]


def _key(form: str) -> str:
    """Short forms in capitals keep them: "CT", "LAM"."""
    return form if form.isupper() or form.rstrip("s").isupper() else form.lower()
