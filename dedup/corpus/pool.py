"""The articles of a scan as arrays, and the candidates among them from both lanes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import I64, U32, U64, Flags, Growing, Ragged, distinct, joined
from dedup.candidates import _sketches, lsh, terms
from dedup.candidates.lsh import Bands
from dedup.candidates.minhash import signatures
from dedup.corpus.checkpoint import NOTHING_KEPT, Checkpoint
from dedup.dump import Record
from dedup.dump.again import Places
from dedup.dump.batches import Batch, End, LineBlock
from dedup.dump.blocks import Block, Register, record_blocks
from dedup.dump.cards import Cards
from dedup.dump.packing import BrokenFileError
from dedup.dump.reading import nothing_usable
from dedup.dump.repeats import Contents, checksums
from dedup.dump.sources import Source
from dedup.dump.stored import restored, stored
from dedup.errors import DumpError
from dedup.model import Rejected
from dedup.text.vocabulary import english
from dedup.text.words import words_of_utf8
from dedup.threads import in_order


@dataclass(slots=True)
class Pool:
    """The articles of a dump in the order read.

    ``cards`` may be ids alone, ``words`` may be left out (``None``). ``keys`` u64[bands, n] are
    band keys, ``digests`` u64[n, 2] those of the words, ``counts`` i64[n] the numbers of words.
    ``places`` says where the lines stand, if they can be fetched singly. ``aside`` are the records
    set aside for their ids, by their numbers among all that could be used.
    """

    cards: Cards
    words: Ragged
    keys: U64
    digests: U64
    counts: I64
    places: Places | None
    rare_words: terms.RareWords
    rejected: list[Rejected] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)
    aside: Mapping[int, Rejected] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.cards)

    def sort_rejected(self, files: Sequence[str]) -> None:
        """Put what was set aside in the order of the files and their lines, what is no file first.

        It is in that order but for records of which another one has the id.
        """
        if self.aside:
            places = {name: place for place, name in reversed([*enumerate(files)])}
            self.rejected.sort(key=lambda item: (places.get(item.source, -1), item.line))

    def forget_sketches(self) -> None:
        """Let go of what only candidates are found by: band keys, digests and rare words."""
        self.forget_keys()
        self.digests = self.digests[:0].copy()
        self.rare_words = terms.RareWords()

    def forget_keys(self) -> None:
        """Let go of the band keys."""
        self.keys = self.keys[:, :0].copy()

    def forget_words(self) -> None:
        """Let go of the words of all rows."""
        self.words = Ragged.of([], np.uint32)

    def keep_words(self, rows: I64) -> None:
        """Let go of the words of all but some rows, ascending: those that may be judged."""
        self.words = self.words.thin(rows)

    def keys_of(self, rows: I64) -> U64:
        """Give the band keys of some rows, ascending; of all rows without a copy."""
        return self.keys[:, rows] if len(rows) < len(self) else self.keys


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of rows to judge, i64[m, 2], and copies: each with the first row of the same words.

    Both i < j, unique, sorted. Of several rows with the same words only the first stands in
    ``pairs``; ``copies`` ties each other one to it. ``left_out`` is how many pairs were not taken,
    of rows that are like very many others.
    """

    pairs: I64
    copies: I64
    left_out: int = 0


class Keeps(NamedTuple):
    """What to keep of articles beside ids, band keys and digests of their words.

    ``cards`` are the small fields, ``words`` the word ids, ``terms`` the rare words of each.
    """

    cards: bool = True
    words: bool = True
    terms: bool = True


ALL = Keeps()


def read_pool(
    source: Source | Iterator[Record | Rejected],
    bands: Bands,
    threads: int,
    *,
    keeps: Keeps = ALL,
    kept: Checkpoint = NOTHING_KEPT,
    tell: Callable[[int], None] | None = None,
) -> Pool:
    """Read every article: parse, cut and sketch blocks of the source on several threads.

    ``kept`` has what an earlier run finished, and takes what is finished now; ``keeps`` is ``ALL``
    then. ``tell`` hears how many articles were read. The order, and so the result, is that of the
    source for any number of threads; memory is bounded by the blocks under way and by what is
    kept of articles.
    Raises :class:`~dedup.errors.DumpError` where a dump has no record at all, or none of use.
    """
    dump = source.files.dump() if isinstance(source, Source) and source.files else None
    if dump is not None:
        blocks = dump.blocks()
        filling = _Filling(keeps, Register(dump.failed))
        filling.rejected += dump.failed
        if dump.is_plain():
            filling.places = Places(dump.inputs, dump.options)
    else:
        blocks = record_blocks(source.unclaimed() if isinstance(source, Source) else source)
        filling = _Filling(keeps, Register())
    work = partial(_sketch, bands=bands, with_cards=keeps.cards)
    for block, found in _kept_in_order(work, blocks, threads, kept):
        filling.take(block, found)
        if tell is not None:
            tell(len(filling.register.repeats))
    pool = filling.done(bands)
    if dump is not None:
        filling.register.close()
        pool.notes.update(dump.skipped)
    pool.sort_rejected([] if dump is None else [source.name for source in dump.inputs])
    if not len(pool) and pool.rejected:
        kept.clear()
        raise DumpError(nothing_usable(pool.rejected))
    return pool


_BLOCKS_A_PART = 32
"""Blocks after which what was read is kept: less than a second's work."""


def _kept_in_order(
    work: Callable[[Block], _Finished], blocks: Iterator[Block], threads: int, kept: Checkpoint
) -> Iterator[tuple[Block, _Finished]]:
    """Give what an earlier run finished, then work on the blocks that are left and keep that.

    The last few blocks are not kept: to read them again takes less than to tell that they are.
    """
    number = 0
    while (arrays := kept.find(f"read-{number}")) is not None:
        for found in _restored(arrays):
            yield next(blocks), found
        number += 1
    waiting: list[_Finished] = []
    for block, found in in_order(work, blocks, threads):
        yield block, found
        if kept.is_open:
            waiting.append(found)
            if len(waiting) == _BLOCKS_A_PART:
                kept.keep(f"read-{number}", _stored(waiting))
                waiting, number = [], number + 1


def _stored(finished: Sequence[_Finished]) -> dict[str, NDArray[Any]]:
    """Lay finished blocks end to end in arrays."""
    read = [found for found in finished if isinstance(found, _Sketched)]
    words = Ragged.joined([found.words for found in read])
    ends = [
        [found.reason, found.line] if isinstance(found, BrokenFileError) else found is None
        for found in finished
    ]
    return {
        **stored([found.batch for found in read]),
        "words": words.values,
        "word_offsets": words.offsets,
        "keys": np.concatenate([found.keys for found in read], axis=1) if read else np.empty(0),
        "digests": joined([found.digests for found in read], np.uint64),
        "checksums": joined([found.checksums for found in read], np.uint32),
        "ends": np.frombuffer(json.dumps(ends).encode("ascii"), dtype=np.uint8),
    }


def _restored(arrays: Mapping[str, NDArray[Any]]) -> Iterator[_Finished]:
    words = Ragged(arrays["words"], arrays["word_offsets"])
    batches = iter(restored(arrays))
    row = 0
    for end in json.loads(arrays["ends"].tobytes()):
        if end is True:
            yield None
        elif end is not False:
            yield BrokenFileError(*end)
        else:
            batch = next(batches)
            rows = np.arange(row, row + len(batch.ids))
            row += len(batch.ids)
            keys, digests = arrays["keys"][:, rows], arrays["digests"][rows]
            yield _Sketched(batch, words.take(rows), keys, digests, arrays["checksums"][rows])


class _Sketched(NamedTuple):
    """A block that was read: its batch without texts, words, band keys, digests, checksums."""

    batch: Batch
    words: Ragged
    keys: U64
    digests: U64
    checksums: U32


def _sketch(block: Block, bands: Bands, with_cards: bool) -> _Sketched | BrokenFileError | None:
    """Parse, cut and sketch a block; ``None`` for the end of a file."""
    if isinstance(block, End):
        return None
    try:
        batch = block.read(with_cards=with_cards)
    except BrokenFileError as error:
        return error
    words, sums = words_of_utf8(batch.texts), checksums(batch.texts)
    batch.texts = Ragged.joined([], np.uint8)
    keys = _sketches.band_keys(signatures(words, bands.permutations), bands.bands, bands.rows)
    return _Sketched(batch, words, keys, _sketches.row_digests(words.values, words.offsets), sums)


_Finished = _Sketched | BrokenFileError | None
"""A block that was read, one that could not be, and the end of a file."""


class _Filling:
    """A pool while blocks are added in order."""

    def __init__(self, keeps: Keeps, register: Register) -> None:
        self.keeps = keeps
        self.register = register
        self.cards = Cards()
        self.places: Places | None = None
        self.rejected: list[Rejected] = []
        self._notes: Counter[str] = Counter()
        self._rare_words = _rare_words(keeps)
        self._words = Growing()
        self._keys: list[U64] = []
        self._digests: list[U64] = []
        self._counts: list[I64] = []

    def take(self, block: Block, found: _Sketched | BrokenFileError | None) -> None:
        """Add what a block holds; one that cannot be read is told and ends its file."""
        register = self.register
        if isinstance(block, End):
            self.rejected += register.end(block)
        elif isinstance(found, BrokenFileError) and block.source is not None:
            self.rejected += register.fail(block.source, found.reason)
        elif isinstance(found, _Sketched) and not register.is_broken:
            contents = Contents(found.digests[:, 0], found.checksums)
            batch, going_on = register.enter(block, found.batch, contents)
            found = found._replace(batch=batch)
            if going_on is not None:
                found = _of_rows(found, np.flatnonzero(going_on))
            self._add(block, found)

    def _add(self, block: Block, sketched: _Sketched) -> None:
        batch, words, keys, digests, _ = sketched
        self.rejected += batch.rejected
        self._notes.update(batch.notes)
        if batch.cards is None:
            self.cards.ids += batch.ids
        else:
            self.cards.add(batch.ids, batch.cards, batch.kinds)
        if self.places is not None and isinstance(block, LineBlock) and batch.places is not None:
            self.places.add(block.number, batch.places)
        if self.keeps.words:
            self._words.append(words)
        if self.keeps.terms:
            self._rare_words.add(words)
        self._keys.append(keys)
        self._digests.append(digests)
        self._counts.append(np.diff(words.offsets))

    def done(self, bands: Bands) -> Pool:
        """Give the pool; nothing may be added after."""
        rows = len(self.cards)
        pool = Pool(
            cards=self.cards,
            words=self._words.done(),
            keys=_side_by_side(self._keys, bands.bands, rows),
            digests=joined(self._digests, np.uint64).reshape(-1, 2),
            counts=joined(self._counts, np.int64),
            places=self.places,
            rare_words=self._rare_words,
            rejected=self.rejected,
            notes=dict(self._notes),
            aside=self.register.repeats.aside(),
        )
        pool.rejected += pool.aside.values()
        left = self.register.repeats.left()
        return self._taken(pool, np.delete(np.arange(rows), left)) if len(left) else pool

    def _taken(self, pool: Pool, rows: I64) -> Pool:
        """Leave out all but some rows, ascending, of which another one has the id."""
        words = pool.words.take(rows) if self.keeps.words else pool.words
        self._rare_words = _rare_words(self.keeps)
        if self.keeps.terms:
            self._rare_words.add(words)
        return replace(
            pool,
            cards=pool.cards.taken(rows),
            words=words,
            keys=np.ascontiguousarray(pool.keys[:, rows]),
            digests=pool.digests[rows],
            counts=pool.counts[rows],
            places=None if pool.places is None else pool.places.taken(rows),
            rare_words=self._rare_words,
        )


def _rare_words(keeps: Keeps) -> terms.RareWords:
    return terms.RareWords(english().common(terms.COMMON) if keeps.terms else None)


def _of_rows(sketched: _Sketched, rows: I64) -> _Sketched:
    """Keep some rows of a block."""
    batch, words, keys, digests, sums = sketched
    return _Sketched(batch.take(rows), words.take(rows), keys[:, rows], digests[rows], sums[rows])


def _side_by_side(parts: list[U64], bands: int, rows: int) -> U64:
    """Put batches of band keys beside each other, u64[bands, rows], each let go once copied."""
    keys = np.empty((bands, rows), dtype=np.uint64)
    at = 0
    parts.reverse()
    while parts:
        part = parts.pop()
        keys[:, at : at + part.shape[1]] = part
        at += part.shape[1]
    return keys


def find_candidates(
    pool: Pool,
    settings: terms.TermSettings,
    threads: int,
    near: Callable[[I64], Flags] | None = None,
    *,
    keeps_keys: bool = True,
) -> Candidates:
    """Find the pairs worth judging: by shared bands and by shared rare terms.

    What is found hangs on the articles' words and ids, not on the order in which they were read.
    Where pairs that share a band are very many, rows in many of them need no rare terms to meet.
    Of pairs of rows that ``near`` refuses none takes the place of another where they are thinned
    out; those with copies, which may be nearer, are left to :meth:`Window.parted`. The pool's rare
    words are used up, and its band keys unless it keeps them.
    """
    first, copies = find_copies(pool)
    found, similar = _alike(pool, first, copies, threads, near)
    if not keeps_keys:
        pool.forget_keys()
    related, _ = terms.candidate_pairs(
        pool.rare_words,
        english(),
        settings,
        threads=threads,
        skipped=copies[:, 1],
        keys=pool.digests[:, 0],
    )
    left_out = len(found) - len(similar)
    if left_out:
        alike = lsh.crowded(found, len(pool))
        between = alike[related].all(axis=1)
        related, left_out = related[~between], left_out + int(between.sum())
    packed = distinct(np.concatenate((lsh.pack_pairs(similar), lsh.pack_pairs(related))))
    return Candidates(lsh.unpack_pairs(packed), copies, left_out)


def _alike(
    pool: Pool,
    first: I64,
    copies: I64,
    threads: int,
    near: Callable[[I64], Flags] | None,
) -> tuple[I64, I64]:
    """Find the pairs of rows that share a band, and those of them that are left of very many."""
    order = np.argsort(pool.digests[first, 0], kind="stable")
    keys = pool.keys_of(first)
    found = lsh.candidate_pairs(keys, threads=threads, order=order)
    if near is not None:
        has_copies = np.isin(first, copies[:, 0])
        found = found[near(first[found]) | has_copies[found].any(axis=1)]
    return first[found], first[lsh.thinned(found, keys, order)]


def find_copies(pool: Pool) -> tuple[I64, I64]:
    """Put aside rows without words, and of rows of the same words all but that of the least id.

    Returns the rows left, i64[f] ascending, and the pairs (first, copy), i64[m, 2], sorted; the
    first of a pair, the one that is left, may come after the copy.
    """
    rows = np.flatnonzero(pool.counts)
    digests = pool.digests[rows]
    order = np.lexsort((digests[:, 1], digests[:, 0]))
    digests, rows = digests[order], rows[order]
    starts = np.ones(len(rows), dtype=np.bool_)
    starts[1:] = (digests[1:] != digests[:-1]).any(axis=1)
    edges = np.append(np.flatnonzero(starts), len(rows))
    ids = pool.cards.ids
    pairs: list[tuple[int, int]] = []
    for at in np.flatnonzero(np.diff(edges) > 1).tolist():
        group = rows[edges[at] : edges[at + 1]].tolist()
        first = min(group, key=ids.__getitem__)
        pairs += [(first, copy) for copy in group if copy != first]
    copies = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    is_left = pool.counts > 0
    is_left[copies[:, 1]] = False
    return np.flatnonzero(is_left), copies
