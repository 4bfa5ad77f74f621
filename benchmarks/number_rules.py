"""Spell numbers by the rules of CLDR (`npm pack cldr-rbnf`): RBNF, as far as ranks need it.

https://unicode-org.github.io/icu/userguide/format_parse/numbers/rbnf.html
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from pathlib import Path

__all__ = ["NumberRules"]

_TOKEN = re.compile(r"([←→=])([^←→=]*)\1|\[([^\]]*)\]|([^←→=\[\]]+)")


class NumberRules:
    """The rule sets of a language, by name: whole numbers from 1 on."""

    def __init__(self, folder: Path, language: str) -> None:
        path = folder / f"{language}.json"
        sets = json.loads(path.read_text(encoding="utf-8"))["rbnf"]["rbnf"] if path.exists() else {}
        self._sets = {
            name: [(*self._base(key), rule) for key, rule in rules if re.fullmatch(r"[\d/]+", key)]
            for name, rules in sets.get("SpelloutRules", {}).items()
            if name.startswith("%")
        }

    @staticmethod
    def _base(key: str) -> tuple[int, int]:
        """Read the least number of a rule and what it is divided by: ``61/20``."""
        base, _, radix = key.partition("/")
        least, step = int(base), int(radix or 10)
        divisor = step
        while divisor * step <= least:
            divisor *= step
        return least, divisor

    def named(self, beginning: str) -> list[str]:
        """Give the rule sets whose names begin so."""
        return [name for name in self._sets if name.startswith(beginning)]

    def spell(self, number: int, name: str) -> str:
        """Spell a number; what no rule spells out stays in digits."""
        rules = self._sets[name]
        at = bisect_right([base for base, _, _ in rules], number) - 1
        if at < 0:
            return str(number)
        _, divisor, rule = rules[at]
        text = rule.removesuffix(";").removeprefix("'").replace("\xad", "")
        return self._filled(text, number, divisor, name)

    def _filled(self, text: str, number: int, divisor: int, name: str) -> str:
        found = ""
        for sign, other, optional, literal in _TOKEN.findall(text):
            if literal:
                found += literal
            elif not sign:
                found += self._filled(optional, number, divisor, name) if number % divisor else ""
            else:
                part = {"←": number // divisor, "→": number % divisor, "=": number}[sign]
                is_set = other.startswith("%") or not other
                found += self.spell(part, other or name) if is_set else str(part)
        return found
