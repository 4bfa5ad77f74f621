"""Rules for page furniture in other languages than English: labels, pointers, notices, dates.

The phrases of all languages are packed (``benchmarks/pack_languages.py``); a rule each tries them
where a paragraph or sentence begins as one of them does.
"""

from __future__ import annotations

from dedup.furniture.rule import Rule, Scope
from dedup.packed import load_json

_PHRASES: dict[str, dict[str, str]] = load_json("notices")
_LABEL, _POINTER, _COLUMN, _NOTICE, _DATE, _STAMP = (
    _PHRASES[kind] for kind in ("label", "pointer", "column", "notice", "date", "stamp")
)
_NUMBER = r"\d{1,4}(?!\d)(?:[年月日号號時时点點分년월일시분]|\.|h(?:\d\d)?\b|(?!\w))"
_WORD_END = r"(?![^\W\d])"


def _by_first_letter(pattern: str) -> str:
    """Group words, ``|`` between them, so that one look at a letter passes over nearly all.

    >>> _by_first_letter("mai|maj|juni")
    '(?=[mj])(?:m(?:ai|aj)|j(?:uni))'
    """
    rests: dict[str, list[str]] = {}
    for word in pattern.split("|"):
        rests.setdefault(word[0], []).append(word[1:])
    groups = (f"{letter}(?:{'|'.join(rest)})" for letter, rest in rests.items())
    return f"(?=[{''.join(rests)}])(?:{'|'.join(groups)})"


_DAY = (
    rf"(?:ב?{_by_first_letter(_DATE['pattern'])}{_WORD_END}|\d{{1,2}}[月월]"
    r"|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?!\w))"
)
_BESIDE = rf"(?:{_by_first_letter(_STAMP['pattern'])}{_WORD_END}|{_NUMBER}|[月火水木金土日])"
_BETWEEN = r"[\s,،、|/()（）·•:：.ª°º'’–—-]{0,5}"
_FIRST_OF_STAMPS = " ".join(w for w in _STAMP["first"].split() if len(w) > 1 or w > "\u3000")
"""A paragraph that begins with one letter is seldom a date."""

NOTICES: tuple[Rule, ...] = (
    Rule(
        "date abroad",
        Scope.LINE,
        rf"(?=[^\d]*\d)(?:{_BESIDE}{_BETWEEN}){{0,8}}{_DAY}(?:{_BETWEEN}(?:{_DAY}|{_BESIDE})){{0,14}}",
        "Mis à jour le mardi 31 octobre 2023 à 14h30",
        "Mardi 31 octobre 2023, il faisait froid",
        f"0 {_DATE['first']} {_FIRST_OF_STAMPS}",
    ),
    Rule(
        "list of stories abroad",
        Scope.LIST,
        rf"(?:{_COLUMN['pattern']}|{_POINTER['pattern']})",
        "Das könnte Sie auch interessieren",
        "Das könnte Sie auch interessieren, sagte er",
        f"{_COLUMN['first']} {_POINTER['first']}",
    ),
    Rule(
        "label abroad",
        Scope.LINE,
        rf"(?:{_LABEL['pattern']})",
        "Publicité",
        "Publicité mensongère, dit le tribunal",
        _LABEL["first"],
    ),
    Rule(
        "teaser abroad",
        Scope.LINE,
        rf"(?:{_POINTER['pattern']})\s{{0,2}}[:：]\s?\S.{{0,220}}",
        "Lesen Sie auch: Feuer am alten Hafen ist gelöscht",
        "Lesen Sie auch die Briefe von damals",
        _POINTER["first"],
        like_headline=True,
    ),
    Rule(
        "notice abroad",
        Scope.SENTENCE,
        rf"(?:{_NOTICE['pattern']})",
        "Este sitio utiliza cookies propias y de terceros.",
        "Este sitio será un museo, dijo la alcaldesa.",
        _NOTICE["first"],
    ),
)
