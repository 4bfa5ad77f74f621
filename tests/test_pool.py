"""A pool is the same however its source is read: in blocks or by record, on any threads."""

from __future__ import annotations

import gzip
import io
import json
import sys
import threading
import weakref
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from newsroom import Newsroom

from dedup import Article, DumpError
from dedup.arrays import Growing, Ragged
from dedup.candidates.lsh import choose_bands
from dedup.corpus.pool import Keeps, Pool, find_copies, read_pool
from dedup.dump import blocks
from dedup.dump.ids import is_made
from dedup.dump.sources import Source, open_source
from dedup.threads import in_order

BANDS = choose_bands(0.5)


@pytest.fixture
def dump(tmp_path: Path, newsroom: Newsroom) -> Path:
    """A dump of plain and odd lines in a plain and a packed file."""
    rows = [{"id": n, "text": newsroom.story(), "title": f"T{n}"} for n in range(40)]
    rows[7]["text"], rows[20]["id"], rows[30]["date"] = rows[3]["text"], 4, "soon"
    rows[31]["text"] = "Ha Nội — Tiếng Việt đẹp, e\u0301 中文 \U0001d400"
    lines = [json.dumps(row, ensure_ascii=bool(n % 2)) for n, row in enumerate(rows)]
    lines[11:11] = ["broken", "", '{"text": "lone \\ud800 half", "date": "x"}', '{"text": " "}']
    (tmp_path / "a.jsonl").write_text("\n".join(lines[:25]), encoding="utf-8")
    packed = gzip.compress("\n".join(lines[25:]).encode())
    (tmp_path / "b.jsonl.gz").write_bytes(packed)
    (tmp_path / "c.csv").write_text("id,text\nz,Rain fell.\n2,taken\n")
    return tmp_path


def articles(pool: Pool) -> list[Article]:
    return list(map(pool.cards.article, range(len(pool))))


def same(one: Pool, other: Pool) -> bool:
    arrays = ("keys", "digests", "counts")
    assert articles(one) == articles(other)
    assert (one.rejected, one.notes) == (other.rejected, other.notes)
    assert one.words.values.tolist() == other.words.values.tolist()
    assert one.words.offsets.tolist() == other.words.offsets.tolist()
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays)


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("size", [400, 1 << 20])
def test_blocks_and_records_give_one_pool(
    dump: Path, monkeypatch: pytest.MonkeyPatch, threads: int, size: int
) -> None:
    monkeypatch.setattr(blocks, "BLOCK_BYTES", size)
    source = open_source(dump, None)
    found = read_pool(source, BANDS, threads)
    again = read_pool(source.settled(found.aside).records(), BANDS, 1)
    assert same(found, again)
    assert len(found) == 41
    assert found.notes == {"date: not a date": 2}
    assert sum("id taken" in item.reason for item in found.rejected) == 2
    assert found.counts.tolist() == np.diff(found.words.offsets).tolist()


def test_standard_input_gives_the_pool_of_its_file(
    dump: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (dump / "a.jsonl").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    source = open_source("-", None)
    found = read_pool(source, BANDS, 2)
    assert {item.source for item in found.rejected} == {"standard input"}
    assert same(found, read_pool(source.settled(found.aside).records(), BANDS, 2))
    assert any(map(is_made, found.cards.ids))


def test_only_what_is_wanted_is_kept(dump: Path) -> None:
    source = open_source(dump, None)
    lean = read_pool(source, BANDS, 2, keeps=Keeps(cards=False, words=False, terms=False))
    full = read_pool(source, BANDS, 2)
    assert lean.cards.ids == full.cards.ids
    assert len(lean.words.values) == 0
    assert np.array_equal(lean.keys, full.keys)
    assert np.array_equal(lean.counts, full.counts)


def test_progress_ends_with_all_articles(dump: Path) -> None:
    heard: list[int] = []
    pool = read_pool(open_source(dump, None), BANDS, 2, tell=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == len(pool)


def test_a_dump_without_a_record_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\n")
    with pytest.raises(DumpError, match="no article in it"):
        read_pool(open_source(tmp_path, None), BANDS, 2)


def test_copies_are_chained_to_the_first_and_rows_without_words_left_out() -> None:
    texts = ["b a", "...", "a b", "b, A!", "a b c", "A b", "a", "!"]
    first, copies = find_copies(read_pool(open_source(texts, None), BANDS, 1))
    assert first.tolist() == [0, 2, 4, 6]
    assert copies.tolist() == [[0, 3], [2, 5]]
    first, copies = find_copies(read_pool(open_source([], None), BANDS, 1))
    assert (first.shape, copies.shape) == ((0,), (0, 2))


def texts_again(source: Source, pool: Pool, rows: list[int]) -> list[str]:
    batches = list(source.texts(np.array(rows, dtype=np.int64), pool.places))
    assert [row for batch in batches for row in batch.rows.tolist()] == rows
    found = []
    for batch in batches:
        texts = batch.read()
        found += [
            texts[row].tobytes().decode("utf-8", "surrogatepass") for row in range(len(texts))
        ]
    return found


@pytest.mark.parametrize("name", ["a.jsonl", ".", "b.jsonl.gz"])
def test_texts_come_again_by_row(dump: Path, name: str) -> None:
    source = open_source(dump / name, None)
    pool = read_pool(source, BANDS, 2)
    assert (pool.places is not None) == source.is_at_hand == (name == "a.jsonl")
    every = list(range(len(pool)))
    wanted = texts_again(source, pool, every)
    assert len(set(wanted)) > 10
    assert texts_again(source, pool, every[1::3]) == wanted[1::3]
    assert texts_again(source, pool, []) == []
    records = [found.article.text for found in source.records() if hasattr(found, "article")]
    assert wanted == records


@pytest.mark.parametrize("threads", [1, 3])
def test_work_is_done_in_order_and_not_far_ahead(threads: int) -> None:
    taken: list[int] = []

    def items() -> object:
        for number in range(100):
            taken.append(number)
            yield number

    for number, (item, result) in enumerate(in_order(str, items(), threads)):  # type: ignore[arg-type]
        assert (item, result) == (number, str(number))
        assert len(taken) <= number + 4 * threads + 1


def test_work_that_nobody_waits_for_is_not_begun() -> None:
    begun: list[int] = []
    stop = threading.Event()

    def work(number: int) -> None:
        if number:
            begun.append(number)
            stop.wait(10)

    found = in_order(work, range(100), 2)
    next(found)
    threading.Timer(0.1, stop.set).start()
    found.close()  # type: ignore[attr-defined]
    assert len(begun) <= 2


def test_a_pool_lets_go_of_what_it_forgets(dump: Path) -> None:
    pool = read_pool(open_source(dump, None), BANDS, 1)
    rows, held = len(pool), [weakref.ref(pool.keys), weakref.ref(pool.digests)]
    pool.forget_sketches()
    pool.forget_words()
    assert [ref() for ref in held] == [None, None]  # not held by a view of nothing, either
    assert len(pool) == rows


@given(st.lists(st.lists(st.integers(0, 9), max_size=4), max_size=20), st.data())
def test_words_of_other_rows_are_let_go(lists: list[list[int]], data: st.DataObject) -> None:
    rows = data.draw(st.sets(st.sampled_from(range(len(lists))))) if lists else set()
    growing = Growing()
    growing.append(Ragged.of([np.array(words, np.uint32) for words in lists], np.uint32))
    found = growing.done().thin(np.array(sorted(rows), np.int64))
    kept = [words if row in rows else [] for row, words in enumerate(lists)]
    assert [found[row].tolist() for row in range(len(found))] == kept
    assert len(found.values) == sum(map(len, kept))


def test_an_array_that_is_another_ones_memory_is_copied_to_let_go_of_it() -> None:
    shared = np.frombuffer(bytearray([0, 1, 2, 3]), np.uint8)
    found = Ragged(shared, np.array([0, 1, 4])).thin(np.array([1]))
    assert found.values.tolist() == [1, 2, 3]
    assert found.values.base is None
