"""Align two texts: sentences linked, what was copied, rewritten, added and dropped.

Sentence pairs are scored in :mod:`dedup.alignment.similarity` and chosen in
:mod:`dedup.alignment.links`, verbatim
runs come from :mod:`dedup.alignment.runs`, the facts that differ from :mod:`dedup.facts.changes`,
regions from
:mod:`dedup.alignment.regions`; here they become passages in reading order.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import compress, pairwise
from operator import sub
from typing import NamedTuple

import numpy as np

from dedup.alignment.links import Group, link
from dedup.alignment.order import heaviest_chain
from dedup.alignment.regions import regions
from dedup.alignment.runs import Run, number_words, verbatim_runs
from dedup.alignment.similarity import Candidates, Vectors, candidates, vectors
from dedup.arrays import I64
from dedup.facts.changes import Facts
from dedup.model import Alignment, Change, Passage, PassageKind, Region, Sentence, Span
from dedup.text.tokens import Flagged, Tokens

__all__ = ["PLAIN_STEPS", "Steps", "align"]

Flags = tuple[bool, ...]

ADDED, DROPPED, BOILERPLATE = PassageKind.ADDED, PassageKind.DROPPED, PassageKind.BOILERPLATE
COPIED, REWRITTEN = PassageKind.COPIED, PassageKind.REWRITTEN

LEAST_RUN = 2
"""Words of the shortest run that is shown inside linked sentences."""
LEAST_LONG_RUN = 5
"""Words of the shortest run that counts wherever it stands: shorter ones are mostly idiom."""
LONGEST_COMPARED = 5_000
"""Characters of the longest passage whose facts are compared: beyond, it is a list or a table."""


class Steps(NamedTuple):
    """The steps that make most of an alignment's work, each by one of two ways with one result.

    The plain ones are those of :mod:`dedup.alignment.similarity`, :mod:`dedup.alignment.links`,
    :mod:`dedup.alignment.runs` and
    :mod:`dedup.alignment.order`.
    """

    number_words: Callable[[tuple[str, ...], tuple[str, ...]], tuple[I64, ...]]
    vectors: Callable[[Tokens, Tokens], Vectors]
    candidates: Callable[[Vectors], Candidates]
    link: Callable[[Vectors, Candidates], list[Group]]
    verbatim_runs: Callable[[I64, I64, int, tuple[I64, I64] | None], list[Run]]
    chain: Callable[[list[int], list[int], list[float]], list[int]]


PLAIN_STEPS = Steps(number_words, vectors, candidates, link, verbatim_runs, heaviest_chain)


def align(
    a: Tokens,
    b: Tokens,
    furniture_a: Sequence[bool],
    furniture_b: Sequence[bool],
    *,
    with_regions: bool = True,
    steps: Steps = PLAIN_STEPS,
) -> Alignment:
    """Align two texts; the flags say which of their sentences are site furniture.

    Each sentence stands in exactly one passage; ``align(b, a, …)`` is the mirror image. Regions
    take a third of the time; they are empty where they are not wanted. ``steps`` change the time
    and nothing else.

    >>> from dedup.text.tokens import read
    >>> a, b = read("Rain fell on Oslo. Trams stood."), read("It was cold. Rain fell on Oslo.")
    >>> [p.kind.value for p in align(a, b, (False, False), (False, False)).passages]
    ['added', 'copied', 'dropped']
    """
    one = Flagged(a, tuple(map(bool, furniture_a)))
    other = Flagged(b, tuple(map(bool, furniture_b)))
    if (b.text, other.furniture) < (a.text, one.furniture):
        links, found = _chosen(other, one, with_regions, steps)
        links = [_turned(link) for link in links]
        found = sorted((Region(r.b, r.a) for r in found), key=lambda r: (r.a, r.b))
    else:
        links, found = _chosen(one, other, with_regions, steps)
    return _laid_out(_Text.of(one), _Text.of(other), links, tuple(found))


class _Link(NamedTuple):
    """Linked sentences and what was found in them; ``whole``: they have all words in common."""

    group: Group
    whole: bool
    moved: bool
    runs: list[Run]
    changes: tuple[Change, ...]


def _chosen(
    one: Flagged, other: Flagged, with_regions: bool, steps: Steps
) -> tuple[list[_Link], list[Region]]:
    """Choose the links and the regions, in the one order of the texts that all choices are made."""
    (a, flags_a), (b, flags_b) = one, other
    numbers_a, numbers_b = steps.number_words(a.words, b.words)
    made = steps.vectors(a, b)
    found = steps.candidates(made)
    long_runs: list[Run] = []
    if with_regions or not made.kept.all():
        long_runs = steps.verbatim_runs(numbers_a, numbers_b, LEAST_LONG_RUN, None)
        found = found.merged(_kept_whole(a, b, long_runs))
    groups = [
        group
        for scored in _story_and_furniture(found, flags_a, flags_b)
        for group in steps.link(made, scored)
    ]
    signs = [g for g in _wordless(a, b, groups) if flags_a[g.a[0]] == flags_b[g.b[0]]]
    groups = sorted(groups + signs, key=lambda group: group.b)
    labels_a = _labels(a, [group.a for group in groups])
    labels_b = _labels(b, [group.b for group in groups])
    runs: list[list[Run]] = [[] for _ in groups]
    for run in steps.verbatim_runs(numbers_a, numbers_b, LEAST_RUN, (labels_a, labels_b)):
        runs[labels_a[run[0]]].append(run)
    in_order = set(steps.chain(*_places(a, b, groups)))
    links = _links(a, b, groups, runs, in_order)
    if not with_regions:
        return links, []
    long_runs = [run for run in long_runs if _runs_in_story(one, other, run)]
    story = _of_story(found, flags_a, flags_b)
    return links, regions(a, b, story, long_runs, (numbers_a, numbers_b))


def _story_and_furniture(
    found: Candidates, flags_a: Flags, flags_b: Flags
) -> tuple[Candidates, ...]:
    """Part the pairs of story sentences from those of furniture; others are of no use."""
    if not any(flags_a) and not any(flags_b):
        return (found,)
    aside_a = np.array(flags_a, dtype=bool)[found.a]
    aside_b = np.array(flags_b, dtype=bool)[found.b]
    return found.where(~(aside_a | aside_b)), found.where(aside_a & aside_b)


def _of_story(found: Candidates, flags_a: Flags, flags_b: Flags) -> Candidates:
    """Leave out the pairs of which a sentence is furniture."""
    story_a, story_b = ~np.array(flags_a, dtype=bool), ~np.array(flags_b, dtype=bool)
    return found.where(story_a[found.a] & story_b[found.b])


def _runs_in_story(one: Flagged, other: Flagged, run: Run) -> bool:
    """Tell whether the middle of a run is no furniture in either text."""
    at_a, at_b, length = run
    (a, flags_a), (b, flags_b) = one, other
    middle_a = bisect_right(a.bounds, at_a + length // 2) - 1
    middle_b = bisect_right(b.bounds, at_b + length // 2) - 1
    return not flags_a[middle_a] and not flags_b[middle_b]


def _turned(link: _Link) -> _Link:
    """Swap the sides of a link."""
    group, whole, moved, runs, changes = link
    return _Link(
        Group(group.b, group.a, group.similarity),
        whole,
        moved,
        sorted([(at_b, at_a, length) for at_a, at_b, length in runs]),
        tuple([Change(change.kind, change.b, change.a) for change in changes]),
    )


def _kept_whole(a: Tokens, b: Tokens, runs: list[Run]) -> Candidates:
    """Pair the sentences that stand whole in one verbatim run on both sides.

    The scores find them too, but not where a long text repeats its words everywhere.
    """
    found_a, found_b = [], []
    for at_a, at_b, length in runs:
        i, j = bisect_left(a.bounds, at_a), bisect_left(b.bounds, at_b)
        while (
            i < len(a.sentences)
            and j < len(b.sentences)
            and max(a.bounds[i + 1] - at_a, b.bounds[j + 1] - at_b) <= length
        ):
            ahead = (a.bounds[i] - at_a) - (b.bounds[j] - at_b)
            if ahead == 0 and 0 < a.bounds[i + 1] - a.bounds[i] == b.bounds[j + 1] - b.bounds[j]:
                found_a.append(i)
                found_b.append(j)
            i, j = i + (ahead <= 0), j + (ahead >= 0)
    rows, columns = np.array(found_a, dtype=np.int64), np.array(found_b, dtype=np.int64)
    return Candidates(rows, columns, np.ones(len(rows)))


def _wordless(a: Tokens, b: Tokens, groups: list[Group]) -> list[Group]:
    """Link sentences of signs alone, the same on both sides, that follow linked sentences."""
    behind = {group.a[-1] + 1: group.b[-1] + 1 for group in groups} | {0: 0}
    found = []
    for i, (first, last) in enumerate(pairwise(a.bounds)):
        if first != last:
            continue
        j = behind.get(i, len(b.sentences))
        if j < len(b.sentences) and b.bounds[j] == b.bounds[j + 1] and _sign(a, i) == _sign(b, j):
            found.append(Group((i,), (j,), 1.0))
            behind[i + 1] = j + 1
    return found


def _sign(tokens: Tokens, index: int) -> str:
    return tokens.text[slice(*tokens.sentences[index])]


def _labels(tokens: Tokens, members: list[tuple[int, ...]]) -> I64:
    """Give each word the number of the group that its sentence is in, -1 for none; i64[words]."""
    group_of = [-1] * len(tokens.sentences)
    for group, mine in enumerate(members):
        for sentence in mine:
            group_of[sentence] = group
    bounds = np.array(tokens.bounds)
    return np.array(group_of, dtype=np.int64).repeat(bounds[1:] - bounds[:-1])


def _links(
    a: Tokens, b: Tokens, groups: list[Group], runs: list[list[Run]], in_order: set[int]
) -> list[_Link]:
    """Look into linked sentences: what was kept, what was moved, which facts differ."""
    facts = Facts.of(a, b)
    made = []
    for number, (group, mine) in enumerate(zip(groups, runs, strict=True)):
        moved, whole = number not in in_order, _kept(a, b, group)
        if whole:
            made.append(_Link(group, True, moved, [whole], ()))
        else:
            found = _changes(facts, a, b, group)
            made.append(_Link(group, False, moved, mine, found))
    return made


class _Text(NamedTuple):
    """A text with its sentences as passages hold them."""

    tokens: Tokens
    furniture: Flags
    sentences: list[Sentence]

    @classmethod
    def of(cls, flagged: Flagged) -> _Text:
        """Make the sentences of a text, each once."""
        tokens, flags = flagged
        text = tokens.text
        return cls(tokens, flags, [Sentence(s, e, text[s:e]) for s, e in tokens.sentences])


def _laid_out(a: _Text, b: _Text, links: list[_Link], found: tuple[Region, ...]) -> Alignment:
    """Make the passages of links and of the sentences that only one text has."""
    ahead = {i: link.group.b[0] for link in links for i in link.group.a}
    linked = {j for link in links for j in link.group.b}
    dropped = {
        i: Passage(BOILERPLATE if flag else DROPPED, (a.sentences[i],), ())
        for i, flag in enumerate(a.furniture)
        if i not in ahead
    }
    passages = {
        j: Passage(BOILERPLATE if flag else ADDED, (), (b.sentences[j],))
        for j, flag in enumerate(b.furniture)
        if j not in linked
    }
    coverage = _coverage(a, dropped), _coverage(b, passages)
    passages |= {made.group.b[0]: _passage(a, b, made) for made in links}
    return Alignment(_in_reading_order(passages, dropped, ahead), found, *coverage)


def _passage(a: _Text, b: _Text, link: _Link) -> Passage:
    group, whole, moved, runs, found = link
    kind = COPIED if whole else REWRITTEN
    return Passage(
        BOILERPLATE if a.furniture[group.a[0]] else kind,
        tuple([a.sentences[i] for i in group.a]),
        tuple([b.sentences[j] for j in group.b]),
        1.0 if whole else group.similarity,
        moved,
        _spans(a.tokens, b.tokens, runs),
        found,
    )


def _kept(a: Tokens, b: Tokens, group: Group) -> Run | None:
    """Give the run that linked sentences are on both sides, where they are nothing else."""
    of_a, of_b = group.a, group.b
    at_a, at_b = a.bounds[of_a[0]], b.bounds[of_b[0]]
    length = a.bounds[of_a[-1] + 1] - at_a
    if length != b.bounds[of_b[-1] + 1] - at_b:
        return None
    gaps = of_a[-1] - of_a[0] >= len(of_a) or of_b[-1] - of_b[0] >= len(of_b)
    if gaps or a.words[at_a : at_a + length] != b.words[at_b : at_b + length]:
        return None
    return at_a, at_b, length


def _spans(a: Tokens, b: Tokens, runs: list[Run]) -> tuple[tuple[Span, Span], ...]:
    """Give verbatim runs their characters."""
    return tuple(
        [
            (
                Span(a.starts[at_a], a.ends[at_a + length - 1]),
                Span(b.starts[at_b], b.ends[at_b + length - 1]),
            )
            for at_a, at_b, length in runs
            if length
        ]
    )


def _sizes(tokens: Tokens) -> list[int]:
    """Count the words of each sentence."""
    return list(map(sub, tokens.bounds[1:], tokens.bounds))


def _changes(facts: Facts, a: Tokens, b: Tokens, group: Group) -> tuple[Change, ...]:
    """Compare the facts of linked sentences, where they are no list or table."""
    length_a = a.sentences[group.a[-1]][1] - a.sentences[group.a[0]][0]
    length_b = b.sentences[group.b[-1]][1] - b.sentences[group.b[0]][0]
    if max(length_a, length_b) > LONGEST_COMPARED:
        return ()
    return facts.changes(group.a, group.b)


def _places(a: Tokens, b: Tokens, groups: list[Group]) -> tuple[list[int], list[int], list[float]]:
    """Give the places of groups in both texts and their words, for the order most is told in."""
    sizes_a, sizes_b = _sizes(a), _sizes(b)
    weights = [
        float(sum(map(sizes_a.__getitem__, group.a)) + sum(map(sizes_b.__getitem__, group.b)))
        for group in groups
    ]
    return [group.a[0] for group in groups], [group.b[0] for group in groups], weights


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


def _coverage(text: _Text, alone: Iterable[int]) -> float:
    """Give the share of words that stand in linked sentences, furniture left out."""
    sizes, flags = _sizes(text.tokens), text.furniture
    total = sum(sizes) - sum(compress(sizes, flags))
    missing = sum([sizes[i] for i in alone if not flags[i]])
    return (total - missing) / total if total else 0.0
