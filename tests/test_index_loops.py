"""The compiled loops of an index go in step with naive twins."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import posting_lists, row_scores

from dedup.arrays import Ragged
from dedup.candidates.lsh import choose_bands
from dedup.index import _lists, _lookups, _rows
from dedup.index._lookups import NO_MOMENT
from dedup.index.merging import FAN, LARGEST, to_merge
from dedup.index.rows import SegmentRow
from dedup.index.segment import Part, Segment, band_keys, common_words, merged
from dedup.text.vocabulary import word_ids

COMMON = [1, 5, 2**32 - 1]
words = st.one_of(st.integers(0, 12), st.integers(0, 2**32 - 1), st.sampled_from(COMMON))
some_rows = st.lists(st.lists(words, max_size=30), min_size=1, max_size=12)
quick = settings(deadline=None, max_examples=60)


def ragged(rows: list[list[int]]) -> Ragged:
    return Ragged.of([np.array(row, np.uint32) for row in rows], np.uint32)


def steps_of(packed: Any, start: int, end: int) -> list[int]:
    """Unpack a posting list by hand."""
    rows, row, value, shift = [], -1, 0, 0
    for byte in packed[start:end].tolist():
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            row += 1 + value
            rows.append(row)
            value = shift = 0
    return rows


@quick
@given(some_rows, st.integers(0, 2**30))
def test_rows_are_unpacked_as_they_were_packed(rows: list[list[int]], seed: int) -> None:
    held = ragged(rows)
    chance = np.random.default_rng(seed)
    marks = chance.choice(np.array([0, 0, 0, 1, 2, 4, 8, 16, 31, 12], np.uint8), len(held.values))
    vocabulary, numbers = np.unique(held.values, return_inverse=True)
    packed, ends = _rows.pack_rows(numbers.astype(np.uint32), marks, held.offsets)
    wanted = chance.integers(0, len(rows), 5)
    found, found_marks, offsets = _rows.unpack_rows(packed, ends, wanted, vocabulary)
    of_marks = Ragged(marks, held.offsets)
    assert found.tolist() == [word for row in wanted for word in rows[row]]
    assert found_marks.tolist() == of_marks.take(wanted).values.tolist()
    assert np.diff(offsets).tolist() == [len(rows[row]) for row in wanted]
    other = np.arange(len(vocabulary), dtype=np.uint32)[::-1].copy()
    again, again_ends = _rows.recode(packed, ends, wanted, other)
    flipped = _rows.unpack_rows(again, again_ends, np.arange(5), vocabulary[::-1].copy())
    assert flipped[0].tolist() == found.tolist()
    assert flipped[1].tolist() == found_marks.tolist()


@quick
@given(some_rows)
def test_words_are_inverted_to_lists_of_rows(rows: list[list[int]]) -> None:
    held = ragged(rows)
    ids, numbers, counts, found, starts = _lists.invert(held.values, held.offsets)
    every = [word for row in rows for word in row]
    assert ids.tolist() == list(dict.fromkeys(every))
    assert ids[numbers].tolist() == every
    assert counts.tolist() == [every.count(word) for word in ids.tolist()]
    lists = posting_lists(rows, ())
    chosen = np.argsort(ids)
    packed, ends = _lists.pack_postings(found, starts, chosen)
    unpacked = {
        int(ids[number]): steps_of(packed, ends[at], ends[at + 1])
        for at, number in enumerate(chosen.tolist())
    }
    assert unpacked == lists


@quick
@given(some_rows)
def test_the_terms_of_a_row_are_its_words_but_the_common_ones(rows: list[list[int]]) -> None:
    held = ragged(rows)
    common = np.array(sorted(COMMON), np.uint32)
    terms = Ragged(*_lists.row_terms(held.values, held.offsets, common))
    for row, own in enumerate(rows):
        assert terms[row].tolist() == [w for w in dict.fromkeys(own) if w not in COMMON]


def laid_out(rows: list[list[int]], first: int = 0) -> Segment:
    numbers = np.arange(first, first + len(rows), dtype=np.int64)
    held = ragged(rows)
    marks = (held.values % 32).astype(np.uint8)
    return Segment.of(numbers, numbers * 10, held, marks, choose_bands(0.5))


@quick
@given(some_rows, st.lists(words, max_size=40), st.data())
def test_rows_are_scored_and_the_best_kept(
    rows: list[list[int]], text: list[int], data: st.DataObject
) -> None:
    segment = laid_out(rows)
    alive = data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    part = Part.of(segment).without(~np.array(alive))
    terms = np.array(sorted(set(text)), np.uint32)
    counts = np.zeros(len(terms), np.int64)
    bounds = part.find_lists(terms, counts)
    common = set(common_words().tolist())
    lists = posting_lists(rows, common)
    assert counts.tolist() == [len(lists.get(term, ())) for term in terms.tolist()]
    last = max((row for row, lives in enumerate(alive) if not lives), default=-1)
    chosen = np.arange(len(terms))
    _lookups.count_dead(segment.postings, bounds, chosen, part.alive, last, counts)
    living = {term: [row for row in own if alive[row]] for term, own in lists.items()}
    assert counts.tolist() == [len(living.get(term, ())) for term in terms.tolist()]
    gains = np.array([0.5 + term % 7 for term in terms.tolist()])
    window = (data.draw(st.integers(-5, 60)), data.draw(st.integers(0, 120)))
    end, but = data.draw(st.integers(0, 12)), data.draw(st.integers(-1, 12))
    least = data.draw(st.sampled_from([0.0, 3.0, 8.0, 20.0]))
    best = np.empty((1, 4), np.int64), np.empty((1, 4)), np.zeros(1, np.int64)
    texts = (
        chosen.astype(np.int32),
        np.array([0, len(terms)]),
        np.array([len(terms)]),
        np.array([least]),
        np.array([[*window, end, but]]),
    )
    for first in (0, 100):  # a second segment, of the same rows
        postings = segment.postings, bounds
        _lookups.score_rows(postings, gains, texts, part.filters, first, best)
    naive = row_scores(lists, terms.tolist(), dict(zip(terms.tolist(), gains, strict=True)))
    wanted = sorted(
        (-score, first + row)
        for row, score in naive.items()
        for first in (0, 100)
        if alive[row]
        and window[0] <= 10 * row <= window[1]
        and row < end
        and row != but
        and score * len(terms) >= least * min(len(terms), int(segment.sizes[row]))
    )
    found = zip(best[1][0], best[0][0], strict=True)
    assert [(-score, row) for score, row in found][: best[2][0]] == wanted[:4]


@quick
@given(some_rows, st.lists(st.lists(words, max_size=20), min_size=1, max_size=4))
def test_rows_that_share_band_keys_and_words_are_found(
    rows: list[list[int]], texts: list[list[int]]
) -> None:
    segment, bands = laid_out(rows), choose_bands(0.5)
    asked = [*texts, rows[-1]]
    keys = np.ascontiguousarray(band_keys(ragged(asked), bands).T)
    own = band_keys(ragged(rows), bands).T
    windows = np.array([[NO_MOMENT + 1, 2**62, len(rows), -1]] * len(asked))
    taken = np.zeros(keys.shape, np.int64)
    found = _lookups.collisions(
        keys,
        (segment.band_keys, segment.band_rows),
        windows,
        Part.of(segment).filters,
        taken,
        3,
    )
    wanted = []
    for text in range(len(asked)):
        for band in range(bands.bands):
            same = np.flatnonzero(own[:, band] == keys[text, band]).tolist()
            wanted += [(text, row) for row in same[:3]]
    assert sorted(zip(*(column.tolist() for column in found), strict=True)) == sorted(wanted)
    assert taken.sum() == len(wanted)

    terms = [sorted(set(text)) for text in asked]
    pairs = np.array([(text, row) for text in range(len(asked)) for row in range(len(rows))])
    shared = segment.shared_terms(ragged(terms), pairs)
    assert shared.tolist() == [len(set(terms[t]) & set(rows[r])) for t, r in pairs.tolist()]


@quick
@given(st.lists(st.sampled_from([1, 3, 200, 1_000, 8_000, LARGEST]), min_size=1, max_size=300))
def test_merges_keep_segments_few_and_rewrite_no_row_more_often_than_it_doubles(
    batches: list[int],
) -> None:
    held: list[SegmentRow] = []
    rewritten = 0
    for number, rows in enumerate(batches):
        held.append(SegmentRow(f"{number}", number, number, rows, rows, None))
        while run := to_merge(held):
            at = held.index(run[0])
            assert run == held[at : at + len(run)]
            rows = sum(one.rows for one in run)
            rewritten += rows
            held[at : at + len(run)] = [run[0]._replace(last=run[-1].last, rows=rows, live=rows)]
            assert rows <= LARGEST
    added = sum(batches)
    doublings = LARGEST.bit_length()
    assert sum(one.rows for one in held) == added
    assert rewritten <= doublings * added
    assert len(held) <= doublings + FAN + 2 * added // LARGEST


@quick
@given(st.lists(some_rows, min_size=1, max_size=4), st.data())
def test_a_merged_segment_is_that_of_the_rows_alive(
    parts: list[list[list[int]]], data: st.DataObject
) -> None:
    held, kept, first = [], [], 0
    for rows in parts:
        alive = data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
        alive[0] = True
        held.append(Part.of(laid_out(rows, first)).without(~np.array(alive)))
        kept += [(first + at, row) for at, row in enumerate(rows) if alive[at]]
        first += len(rows)
    found = merged(held)
    wanted = laid_out([row for _, row in kept])
    every = np.arange(len(kept))
    assert found.numbers.tolist() == [number for number, _ in kept]
    assert found.moments.tolist() == [10 * number for number, _ in kept]
    for one, other in zip(found.read(every), wanted.read(every), strict=True):
        left, right = (x.values if isinstance(x, Ragged) else x for x in (one, other))
        assert left.tolist() == right.tolist()
    for name in ("sizes", "terms", "counts", "postings", "posting_ends", "band_keys", "band_rows"):
        assert getattr(found, name).tolist() == getattr(wanted, name).tolist(), name
    assert set(found.vocabulary.tolist()) >= set(wanted.vocabulary.tolist())


def test_what_leads_out_of_bounds_is_refused() -> None:
    segment = laid_out([word_ids(f"row {n} of a few".split()).tolist() for n in range(6)])
    part = Part.of(segment)
    rows = np.arange(3)

    def unpack(**changes: Any) -> None:
        given = {"packed": segment.packed, "ends": segment.ends, "rows": rows}
        _rows.unpack_rows(*{**given, "vocabulary": segment.vocabulary, **changes}.values())

    unpack()
    for wrong in (
        {"ends": segment.ends + 1000},
        {"ends": -segment.ends},
        {"rows": np.array([6])},
        {"rows": np.array([-1])},
        {"vocabulary": segment.vocabulary[:1]},
        {"packed": np.full(len(segment.packed), 255, np.uint8)},
        {"packed": segment.packed[:9]},
    ):
        with pytest.raises(ValueError, match="row"):
            unpack(**wrong)
        held = {name: getattr(segment, name) for name in ("packed", "ends", "vocabulary")} | wrong
        wanted = held.pop("rows", rows)
        with pytest.raises(ValueError, match="row"):
            _lists.shared_terms(
                (segment.terms, np.array([0, len(segment.terms)])),
                np.stack((np.zeros(len(wanted), np.int64), wanted), axis=1),
                *held.values(),
            )
    counts = np.zeros(len(segment.terms), np.int64)
    bounds = part.find_lists(segment.terms, counts)
    every = np.arange(len(segment.terms))
    dead = np.zeros(2, np.uint8)
    with pytest.raises(ValueError, match="not there"):
        _lookups.count_dead(segment.postings, bounds, every, dead, 5, counts)
    with pytest.raises(ValueError, match="past the end"):
        _lookups.find_lists(
            segment.terms, segment.posting_ends, segment.counts, 3, segment.terms, counts
        )
    with pytest.raises(ValueError, match="not of the same words"):
        _rows.pack_rows(np.zeros(3, np.uint32), np.zeros(2, np.uint8), np.array([0, 3]))
    order, moved = every, np.arange(3, dtype=np.int32)
    of_rows = np.column_stack((bounds, np.zeros(len(bounds)), np.full(len(bounds), 3)))
    with pytest.raises(ValueError, match="not there"):
        _lists.merge_postings(
            segment.terms, segment.postings, of_rows.astype(np.int64), moved, order
        )
