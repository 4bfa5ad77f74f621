"""Align texts: sentences linked, what was copied, rewritten, added and dropped.

Links and runs come from :mod:`dedup.alignment.finding`, the facts that differ from
:mod:`dedup.facts.changes`, regions from :mod:`dedup.alignment.regions`; here they become passages
in reading order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dedup.alignment._stars import MOST_MERGED
from dedup.alignment.finding import Links, find_links, runs_inside
from dedup.alignment.laid import lay, lay_read
from dedup.alignment.making import make_passage, make_sentence, make_span
from dedup.arrays import I64
from dedup.model import Aligned, Change, Passage, PassageKind, Region, Sentence, Span
from dedup.reading.texts import Texts
from dedup.text.tokens import Flagged, Tokens
from dedup.text.wrapping import reset

if TYPE_CHECKING:
    from dedup.facts.changes import Facts

ADDED, DROPPED, BOILERPLATE = PassageKind.ADDED, PassageKind.DROPPED, PassageKind.BOILERPLATE
COPIED, REWRITTEN = PassageKind.COPIED, PassageKind.REWRITTEN

LONGEST_COMPARED = 5_000
"""Characters of the longest passage whose facts are compared: beyond, it is a list or a table."""

Run = tuple[int, int, int]


def align(
    a: Tokens,
    b: Tokens,
    furniture_a: Sequence[bool],
    furniture_b: Sequence[bool],
    *,
    with_regions: bool = True,
) -> Aligned:
    """Align two texts; the flags say which of their sentences are site furniture.

    Each sentence stands in exactly one passage; ``align(b, a, …)`` is the mirror image. Regions
    are empty where they are not wanted.

    >>> from dedup.reading.texts import read
    >>> a, b = read("Rain fell on Oslo. Trams stood."), read("It was cold. Rain fell on Oslo.")
    >>> [p.kind.value for p in align(a, b, (False, False), (False, False)).passages]
    ['added', 'copied', 'dropped']
    """
    texts = Flagged(a, tuple(map(bool, furniture_a))), Flagged(b, tuple(map(bool, furniture_b)))
    keys = [(text.tokens.text, text.furniture) for text in texts]
    chosen, turned = _in_one_order(keys, [(0, 1)])
    laid = lay(texts)
    links = find_links(laid, chosen, with_regions=with_regions)
    linked = Linked(links, 0, turned[0])
    regions: list[Region] = []
    if with_regions:
        from dedup.alignment.regions import find_regions  # which a comparison never needs

        regions = find_regions(texts, laid, chosen, links)[0]
    if turned[0]:
        regions = sorted((Region(r.b, r.a) for r in regions), key=lambda r: (r.a, r.b))
    return Aligned(linked.passages(*texts), tuple(regions), *linked.coverage)


def link_pairs(found: Texts, texts: Sequence[str], pairs: Sequence[Sequence[int]]) -> list[Linked]:
    """Link the sentences of pairs of texts that were read, given by their numbers."""
    chosen, turned = _in_one_order(texts, pairs)
    links = find_links(lay_read(found, texts.__getitem__), chosen, with_regions=False)
    return [Linked(links, m, turn) for m, turn in enumerate(turned)]


def _in_one_order(keys: Sequence[Any], pairs: Sequence[Sequence[int]]) -> tuple[I64, list[bool]]:
    """Turn some pairs round: all choices are made in one order of two texts, that of their keys.

    So swapping them changes no more than the sides.
    """
    turned = [keys[j] < keys[i] for i, j in pairs]
    chosen = [pair[::-1] if turn else pair for pair, turn in zip(pairs, turned, strict=True)]
    return np.array(chosen, np.int64), turned


class _Link(NamedTuple):
    """Linked sentences and what was found in them; ``kept``: they have all words in common."""

    a: tuple[int, ...]
    b: tuple[int, ...]
    similarity: float
    kept: bool
    moved: bool
    runs: list[Run]


class Linked:
    """Two texts whose sentences were linked; their passages are made when they are asked for.

    It holds no text. ``coverage`` is the share of either's words in linked sentences, furniture
    left out.
    """

    __slots__ = (
        "_groups",
        "_kept",
        "_labels",
        "_moved",
        "_similarity",
        "_size",
        "_turned",
        "_words",
        "coverage",
    )

    def __init__(self, links: Links, pair: int, turned: bool) -> None:
        start, end = links.offsets[pair : pair + 2].tolist()
        first, second, last = links.numbers[1][2 * pair : 2 * pair + 3].tolist()
        self._turned = turned
        self._groups = links.groups[start:end]
        self._similarity = links.similarity[start:end]
        self._kept = links.kept[start:end]
        self._moved = links.moved[start:end]
        self._words = links.numbers[0][first:last]
        self._labels = links.labels[first:last]
        self._size = second - first
        a, b = links.coverage[pair].tolist()
        self.coverage = (b, a) if turned else (a, b)

    def passages(self, a: Flagged, b: Flagged) -> tuple[Passage, ...]:
        """Make the passages of the two texts, in the reading order of b."""
        links = self._links()
        one, other = _Text.of(a), _Text.of(b)
        told = _told(b, a, links) if self._turned else _told(a, b, links)
        if self._turned:
            links = [_mirrored(link) for link in links]
            told = [tuple([Change(c.kind, c.b, c.a) for c in changes]) for changes in told]
        made = [
            (link, _passage(one, other, link, changes))
            for link, changes in zip(links, told, strict=True)
        ]
        return _laid_out(one, other, made)

    def _links(self) -> list[_Link]:
        """Give the links, their sides as they were when they were chosen."""
        made = [
            _Link(_members(row[:MOST_MERGED]), _members(row[MOST_MERGED:]), score, kept, moved, [])
            for row, score, kept, moved in zip(
                self._groups.tolist(),
                self._similarity.tolist(),
                self._kept.astype(bool).tolist(),
                self._moved.astype(bool).tolist(),
                strict=True,
            )
        ]
        runs = runs_inside(self._words, self._labels, self._size)
        owners = self._labels[runs[:, 0]]
        for owner, (a, b, length) in zip(owners.tolist(), runs.tolist(), strict=True):
            made[owner].runs.append((a, b, length))
        return made


def _members(row: list[int]) -> tuple[int, ...]:
    """Drop the places in a group that no sentence takes."""
    return tuple(row[: row.index(-1)]) if -1 in row else tuple(row)


class _Text(NamedTuple):
    """A text with its sentences as passages hold them."""

    tokens: Tokens
    furniture: tuple[bool, ...]
    sentences: list[Sentence]

    @classmethod
    def of(cls, flagged: Flagged) -> _Text:
        """Make the sentences of a text, each once."""
        tokens, flags = flagged
        text = tokens.text
        sentences = [make_sentence(s, e, text[s:e]) for s, e in tokens.sentences]
        return cls(tokens, flags, sentences)


def _told(a: Flagged, b: Flagged, links: list[_Link]) -> list[tuple[Change, ...]]:
    """Compare the facts of each link."""
    if all(link.kept for link in links):
        return [()] * len(links)
    from dedup.facts.changes import Facts  # which a verdict does not need

    facts = Facts.of(a.tokens, b.tokens)
    told = [() if link.kept else _changes(facts, link) for link in links]
    if all(text.tokens.plain is text.tokens.text for text in (a, b)):
        return told
    return [tuple([Change(c.kind, reset(c.a), reset(c.b)) for c in found]) for found in told]


def _mirrored(link: _Link) -> _Link:
    """Swap the sides of a link."""
    runs = sorted([(at_b, at_a, length) for at_a, at_b, length in link.runs])
    return link._replace(a=link.b, b=link.a, runs=runs)


def _laid_out(a: _Text, b: _Text, linked: list[tuple[_Link, Passage]]) -> tuple[Passage, ...]:
    """Put passages of links, and of the sentences that only one text has, in reading order."""
    ahead = {i: link.b[0] for link, _ in linked for i in link.a}
    behind = {j for link, _ in linked for j in link.b}
    dropped = {
        i: make_passage(BOILERPLATE if flag else DROPPED, ((a.sentences[i],), ()))
        for i, flag in enumerate(a.furniture)
        if i not in ahead
    }
    passages = {
        j: make_passage(BOILERPLATE if flag else ADDED, ((), (b.sentences[j],)))
        for j, flag in enumerate(b.furniture)
        if j not in behind
    }
    passages |= {link.b[0]: passage for link, passage in linked}
    return _in_reading_order(passages, dropped, ahead)


def _passage(a: _Text, b: _Text, link: _Link, changes: tuple[Change, ...]) -> Passage:
    """Make the passage of a link."""
    kind = BOILERPLATE if a.furniture[link.a[0]] else COPIED if link.kept else REWRITTEN
    sides = tuple([a.sentences[i] for i in link.a]), tuple([b.sentences[j] for j in link.b])
    if link.kept:
        copied = _spans(a.tokens, b.tokens, [_whole(a.tokens, b.tokens, link)])
        return make_passage(kind, sides, 1.0, link.moved, (copied, ()))
    copied = _spans(a.tokens, b.tokens, link.runs)
    return make_passage(kind, sides, link.similarity, link.moved, (copied, changes))


def _whole(a: Tokens, b: Tokens, link: _Link) -> Run:
    """Give the run that linked sentences are, of no words where they have none."""
    start = a.bounds[link.a[0]]
    return start, b.bounds[link.b[0]], a.bounds[link.a[-1] + 1] - start


def _spans(a: Tokens, b: Tokens, runs: list[Run]) -> tuple[tuple[Span, Span], ...]:
    """Give verbatim runs their characters."""
    starts_a, ends_a, starts_b, ends_b = a.starts, a.ends, b.starts, b.ends
    return tuple(
        [
            (
                make_span(starts_a[at_a], ends_a[at_a + length - 1]),
                make_span(starts_b[at_b], ends_b[at_b + length - 1]),
            )
            for at_a, at_b, length in runs
            if length
        ]
    )


def _changes(facts: Facts, link: _Link) -> tuple[Change, ...]:
    """Compare the facts of linked sentences, where they are no list or table."""
    spans_a, spans_b = facts.a.spans, facts.b.spans
    length_a = spans_a[link.a[-1]][1] - spans_a[link.a[0]][0]
    length_b = spans_b[link.b[-1]][1] - spans_b[link.b[0]][0]
    if max(length_a, length_b) > LONGEST_COMPARED:
        return ()
    return facts.changes(link.a, link.b)


def _in_reading_order(
    passages: dict[int, Passage], dropped: dict[int, Passage], ahead: dict[int, int]
) -> tuple[Passage, ...]:
    """Order passages as b reads, each dropped one behind the passage before it in a.

    ``passages`` are filed by their first sentence of b, ``dropped`` by theirs of a; ``ahead`` gives
    for each linked sentence of a the first sentence of b in its passage.
    """
    behind: dict[int, list[Passage]] = {}
    before = _FRONT
    for i in range(len(ahead) + len(dropped)):
        if i in ahead:
            before = ahead[i]
        else:
            behind.setdefault(before, []).append(dropped[i])
    placed = behind.get(_FRONT, [])
    for j in sorted(passages):
        placed.append(passages[j])
        if j in behind:
            placed += behind[j]
    return tuple(placed)


_FRONT = -1
"""Stands for the passage before the first."""
