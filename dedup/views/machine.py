"""Findings for machines: plain values and JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict

from dedup.model import Article, Findings, Passage, Sentence, Span
from dedup.views.reasons import reasons

_SCORES = ("probability", "jaccard", "containment_a", "containment_b", "coverage_a", "coverage_b")
_SURROGATE = re.compile("[\ud800-\udfff]")


def to_dict(findings: Findings) -> dict[str, object]:
    """Give the findings as dicts, lists, strings, numbers and booleans alone.

    The keys are the names of the attributes; ``reasons`` are those of :func:`dedup.why`. An
    article stands without its text, which the sentences of the passages quote; offsets are into
    the text as it was given.

    >>> from dedup.model import Article, Findings, Verdict
    >>> a, b = Article("a1", "Rain fell."), Article("b1", "Snow fell.")
    >>> found = Findings(a, b, Verdict.UNRELATED, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0, (), {})
    >>> to_dict(found)["verdict"], to_dict(found)["is_version"]
    ('unrelated', False)
    """
    return {
        "a": {"id": findings.a.id, **listing(findings.a)},
        "b": {"id": findings.b.id, **listing(findings.b)},
        "verdict": findings.verdict.value,
        "is_version": findings.is_version,
        **{name: float(getattr(findings, name)) for name in _SCORES},
        "passages": [_passage(passage) for passage in findings.passages],
        "evidence": {name: float(value) for name, value in findings.evidence.items()},
        "reasons": [asdict(reason) for reason in reasons(findings.evidence)],
    }


def to_json(findings: Findings, indent: int | None = None) -> str:
    r"""Give the findings as a JSON object (RFC 8259).

    Text stays readable; only lone surrogates, which UTF-8 cannot carry, are escaped.

    >>> from dedup.model import Article, Findings, Verdict
    >>> a, b = Article("a\ud800", ""), Article("é", "")
    >>> found = Findings(a, b, Verdict.UNRELATED, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0, (), {})
    >>> to_json(found)[:16].encode()
    b'{"a": {"id": "a\\'
    """
    written = json.dumps(to_dict(findings), ensure_ascii=False, indent=indent)
    return _SURROGATE.sub(lambda match: f"\\u{ord(match.group()):04x}", written)


def listing(article: Article) -> dict[str, object]:
    """Give what is known of an article beside its id and its text."""
    return {
        "title": article.title,
        "date": article.date.isoformat() if article.date else None,
        "source": article.source,
        "url": article.url,
    }


def _passage(passage: Passage) -> dict[str, object]:
    return {
        "kind": passage.kind.value,
        "a": _sentences(passage.a),
        "b": _sentences(passage.b),
        "similarity": float(passage.similarity),
        "moved": passage.moved,
        "copied": [{"a": _span(in_a), "b": _span(in_b)} for in_a, in_b in passage.copied],
        "changes": [
            {"kind": change.kind.value, "a": change.a, "b": change.b} for change in passage.changes
        ],
    }


def _sentences(sentences: Iterable[Sentence]) -> list[dict[str, object]]:
    return [{"start": int(s.start), "end": int(s.end), "text": s.text} for s in sentences]


def _span(span: Span) -> dict[str, int]:
    return {"start": int(span.start), "end": int(span.end)}
