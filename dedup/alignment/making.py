"""Make a passage, its sentences and spans without the frozen classes' own ``__init__``.

That one sets each field by ``object.__setattr__``, which takes three times as long; a comparison
makes hundreds of these objects. What is made is the same.
"""

from __future__ import annotations

from typing import Any

from dedup.model import Change, Passage, PassageKind, Sentence, Span

_new: Any = object.__new__


def _setters(cls: type) -> list[Any]:
    """Give the functions that set the fields of a class with slots, in their order."""
    return [cls.__dict__[name].__set__ for name in cls.__match_args__]  # type: ignore[attr-defined]


_span_start, _span_end = _setters(Span)
_sentence_start, _sentence_end, _sentence_text = _setters(Sentence)
_kind, _a, _b, _similarity, _moved, _copied, _changes = _setters(Passage)


def make_span(start: int, end: int) -> Span:
    """Make a span.

    >>> make_span(1, 2) == Span(1, 2)
    True
    """
    made: Span = _new(Span)
    _span_start(made, start)
    _span_end(made, end)
    return made


def make_sentence(start: int, end: int, text: str) -> Sentence:
    """Make a sentence."""
    made: Sentence = _new(Sentence)
    _sentence_start(made, start)
    _sentence_end(made, end)
    _sentence_text(made, text)
    return made


def make_passage(
    kind: PassageKind,
    sides: tuple[tuple[Sentence, ...], tuple[Sentence, ...]],
    similarity: float = 0.0,
    moved: bool = False,
    found: tuple[tuple[tuple[Span, Span], ...], tuple[Change, ...]] = ((), ()),
) -> Passage:
    """Make a passage; ``found`` are the copied spans and the changes.

    >>> make_passage(PassageKind.ADDED, ((), ())) == Passage(PassageKind.ADDED, (), ())
    True
    """
    made: Passage = _new(Passage)
    _kind(made, kind)
    _a(made, sides[0])
    _b(made, sides[1])
    _similarity(made, similarity)
    _moved(made, moved)
    _copied(made, found[0])
    _changes(made, found[1])
    return made
