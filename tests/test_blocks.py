"""Batches say of a dump what reading it record by record says."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packers import zstd_sized

from dedup.arrays import decoded
from dedup.dump import Fields, Record, blocks
from dedup.dump.again import Places
from dedup.dump.batches import Batch, End
from dedup.dump.blocks import Dump, Register
from dedup.dump.cards import Cards
from dedup.dump.ids import is_made
from dedup.dump.inputs import find_inputs
from dedup.dump.packing import BrokenFileError
from dedup.dump.reading import FORMATS, make_options
from dedup.dump.stored import restored, stored
from dedup.errors import DumpError
from dedup.model import Article, Rejected

pytestmark = [pytest.mark.loops, pytest.mark.filterwarnings("error")]


@dataclass
class Found:
    cards: list[Article] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    original_ids: list[object] = field(default_factory=list)
    error: str = ""


def dump_of(paths: Iterable[Path | str], **options: Any) -> Dump:
    inputs, failed = find_inputs(paths, FORMATS)
    return Dump(inputs, failed, make_options(**options))


def by_record(dump: Dump) -> Found:
    found = Found()
    try:
        for item in dump.records():
            if isinstance(item, Rejected):
                found.rejected.append(item)
                continue
            article = item.article
            found.original_ids.append(item.original_id)
            found.cards.append(replace(article, text=""))
            found.texts.append(article.text)
            found.notes.update(item.notes)
    except DumpError as error:
        found.error = str(error)
    return found


def by_batch(dump: Dump, places: Places | None = None) -> Found:
    found = Found(rejected=list(dump.failed))
    register, cards = Register(dump.failed), Cards()
    for block in dump.blocks():
        if isinstance(block, End):
            found.rejected += register.end(block)
            continue
        if register.is_broken:
            continue
        try:
            batch = block.read()
        except BrokenFileError as error:
            assert block.source is not None
            found.rejected += register.fail(block.source, error.reason)
            continue
        batch, kept = register.enter(block, batch)
        if kept is not None:
            batch = batch.take(np.flatnonzero(kept))
        add(found, cards, batch)
        if places is not None and batch.places is not None:
            places.add(block.number, batch.places)
    try:
        register.close()
    except DumpError as error:
        found.error = str(error)
    found.cards = list(map(cards.article, range(len(cards))))
    found.original_ids = cards.original_ids()
    found.rejected += register.repeats.aside().values()
    order = {source.name: place for place, source in enumerate(dump.inputs)}
    found.rejected.sort(key=lambda item: (order.get(item.source, -1), item.line))
    return found


def add(found: Found, cards: Cards, batch: Batch) -> None:
    assert batch.cards is not None
    cards.add(batch.ids, batch.cards, batch.kinds)
    found.texts += [decoded(batch.texts[row]) for row in range(len(batch.texts))]
    found.rejected += batch.rejected
    found.notes.update(batch.notes)


NAMES = [
    *("publish_date", "articleBody", "link", "_id", "guid"),
    *("text", "Text", "body", "content", "title", "headline", "date", "published", "source"),
    *("url", "id", "ID", "other", " text", "te\u212at", "ſource", "tex\\u0074", "", "NULL"),
]
STRINGS = [
    *('""', '" "', '"Rain fell."', '"a\\nb"', '"\\u0000"', '"\\ud83d\\ude00"', '"\\ud83d"'),
    *('"\\udc00x"', '"caf\\u00e9"', '"café 新闻 😀"', '"\\q"', '"\\u12g4"', '"tab\there"'),
    *('"2024-01-02"', '"soon"', '"\u3000"', '" \u2028\\t"', '"\\/\\b\\f\\r\\t\\"\\\\"'),
    *('"It&#8217;s &amp;amp; so"', '"<p>Rain</p><p>&nbsp;</p>"', '"&lt;p&gt;Rain&lt;/p&gt;"'),
    *(
        '"Rain.\\\\nSnow."',
        '"&nbsp;"',
        '"<p></p><br>"',
        '"AT&T <3"',
        '"\\u00a0"',
        '"n/a"',
        '"\u2003"',
    ),
    *('"http://www.X.org/a"', '" padded\u00a0"', '"\x7f"', '"20240102"', '"\u2028x"'),
]
OTHERS = [
    *("null", "true", "false", "0", "-0", "7", "-12", "01", "1.5", "-1.25e-7", "1e5", "1E+05"),
    *("1e400", "1.", ".5", "+1", "1e", "123456789012345678", "12345678901234567890", "NaN"),
    *("Infinity", "nul", "trueish", "[]", "{}", "[1, [2, {}]]", '{"name": "Post"}', "[1,]"),
    *('{"a": {"text": "x"}}', "{,}", '{"a" 1}', "[1 2]", "20240102", "1704189600", "9" * 250),
    *(
        "1" * 200 + "e99",
        "1" * 200 + "e999",
        '["\\ud83d"]',
        '{"a": 1, "a": 2}',
        "[" * 70 + "]" * 70,
    ),
]
values = st.sampled_from(STRINGS) | st.sampled_from(STRINGS + OTHERS)
space = st.sampled_from(["", "", "", " ", "\t", "\r", "  ", "\x0b", "\x0c", "\u00a0"])


@st.composite
def objects(draw: st.DrawFn) -> bytes:
    pairs = draw(st.lists(st.tuples(st.sampled_from(NAMES), values), max_size=6))
    if draw(st.booleans()):
        pairs.append(("text", draw(st.sampled_from(STRINGS))))
    joined = ",".join(f'{draw(space)}"{name}"{draw(space)}:{value}' for name, value in pairs)
    return f"{draw(space)}{{{joined}{draw(space)}}}{draw(space)}".encode()


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    line = bytearray(draw(objects()))
    at = draw(st.integers(0, len(line)))
    kind = draw(st.sampled_from(["cut", "insert", "replace", "drop"]))
    new = draw(st.sampled_from(list(b'{}[]",:\\\r \x00\x1f\xff\xc0\x80\xed\xa0\xf4\x90\xe2u0Ae-.')))
    if kind == "cut":
        del line[at:]
    elif kind == "insert":
        line.insert(at, new)
    elif at < len(line):
        line[at : at + 1] = bytes([new]) if kind == "replace" else b""
    return bytes(line)


raw = st.sampled_from(
    [b"", b" ", b"\r", b"\x0b", b"7", b"null", b"[]x", b"\xff", b"\xef\xbb\xbf{}"]
)
lines = st.lists(objects() | mutated() | objects() | raw, max_size=12)
FIELDS = [
    None,
    Fields(text="other"),
    Fields(id="url", date="nowhere"),
    Fields(text="ſource", title="Text"),
    Fields(source="source", id="id", url=" text"),
]


@settings(deadline=None, max_examples=400, suppress_health_check=list(HealthCheck))
@given(
    lines,
    st.sampled_from(FIELDS),
    st.integers(1, 200),
    st.booleans(),
    st.sampled_from([30, 999]),
    st.booleans(),
)
def test_batches_equal_records(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[bytes],
    fields: Fields | None,
    size: int,
    packed: bool,
    limit: int,
    extract: bool,
) -> None:
    path = tmp_path_factory.mktemp("dump", numbered=True) / "a.jsonl"
    data = b"\n".join(rows)
    path.write_bytes(gzip.compress(data) if packed else data)
    dump = dump_of([path], fields=fields, max_line_bytes=limit, extract_html=extract)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_BYTES", size)
        assert by_batch(dump) == by_record(dump)


@pytest.mark.parametrize("value", [*STRINGS, *OTHERS], ids=repr)
@pytest.mark.parametrize("name", ["text", "title", "id", "date", "source", "other"])
def test_every_value_in_every_field(tmp_path: Path, name: str, value: str) -> None:
    rows = [f'{{"text": "Rain.", "{name}": {value}}}', f'{{"{name}": {value}, "body": "Snow."}}']
    path = tmp_path / "a.jsonl"
    path.write_bytes("\n".join(rows).encode())
    dump = dump_of([path])
    assert by_batch(dump) == by_record(dump)


def plain_line(number: int) -> bytes:
    row = {"id": f"n{number}", "title": f" T{number} ", "text": f"Story {number}, “as\ntold”. é"}
    return json.dumps(row | {"date": "2024-01-02", "url": "http://www.x.org/a"}).encode()


def forbid_full_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise AssertionError("a plain line went through the full parser")

    monkeypatch.setattr("dedup.dump.batches.read_json_line", refuse)


def test_plain_lines_need_no_full_parser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forbid_full_parser(monkeypatch)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n".join(map(plain_line, range(50))))
    found = by_batch(dump_of([path]))
    assert found.texts[7] == "Story 7, “as\ntold”. é"
    day = datetime.date(2024, 1, 2)
    assert found.cards[7] == Article("n7", "", "T7", day, "x.org", "http://www.x.org/a")


@pytest.mark.parametrize("value", ["1.5e-7", "[1, {}]", '{"a": [null, true]}', "[0.1, -2e5]"])
def test_values_of_other_fields_are_no_reason_for_the_full_parser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    forbid_full_parser(monkeypatch)
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"more": {value}, "text": "Rain.", "id": 7}}')
    assert by_batch(dump_of([path])).cards[0].id == "7"


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "zstd": zstd_sized,
    "utf-8 mark": lambda data: b"\xef\xbb\xbf" + data,
    "utf-16": lambda data: data.decode().encode("utf-16"),
    "truncated": lambda data: gzip.compress(data, mtime=0)[:-40],
    "array": lambda data: b"[" + data.replace(b"\n", b",\n") + b"]",
}


@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED.keys())
@pytest.mark.parametrize("size", [1, 500, 1 << 20])
def test_every_packing_and_block_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes], size: int
) -> None:
    monkeypatch.setattr(blocks, "BLOCK_BYTES", size)
    (tmp_path / "a.jsonl").write_bytes(pack(b"\n".join(map(plain_line, range(90)))))
    (tmp_path / "b.csv").write_text("id,text\nn3,taken\nx,Rain.\n,Snow.\n")
    (tmp_path / "c.jsonl").write_bytes(plain_line(4) + b"\n" + plain_line(200) + b"\nbroken\n")
    (tmp_path / "d.txt").write_text("Fog.")
    (tmp_path / "e.jsonl").write_text("\n \n")
    dump = dump_of([tmp_path, tmp_path / "missing.jsonl"])
    found = by_batch(dump)
    assert found == by_record(dump)
    assert len(found.cards) > 60
    assert any("id taken" in item.reason for item in found.rejected)


def test_a_dump_without_a_record_is_an_error(tmp_path: Path) -> None:
    for name, content in {"a.jsonl": "", "b.jsonl": "\n", "c.txt": ""}.items():
        (tmp_path / name).write_text(content)
    dump = dump_of([tmp_path])
    found = by_batch(dump)
    assert "no article in it" in found.error
    assert found == by_record(dump)


def test_standard_input_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"\n".join(map(plain_line, range(9))) + b'\n{"text": "no id"}'
    for read in (by_batch, by_record):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        found = read(dump_of(["-"]))
        assert [card.id for card in found.cards[:9]] == [f"n{n}" for n in range(9)]
        assert is_made(found.cards[9].id)


@pytest.mark.parametrize("packed", [False, True])
def test_a_line_that_is_too_long_is_passed_over(tmp_path: Path, packed: bool) -> None:
    rows = [plain_line(1), b'{"text": "' + b"x" * (3 << 20) + b'"}', plain_line(2), b"y" * 5000]
    data = b"\n".join(rows)
    (tmp_path / "a.jsonl").write_bytes(gzip.compress(data) if packed else data)
    dump = dump_of([tmp_path / "a.jsonl"], max_line_bytes=2000)
    found = by_batch(dump)
    assert found == by_record(dump)
    assert [item.line for item in found.rejected] == [2, 4]


def test_a_file_that_vanishes_while_it_is_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n".join(map(plain_line, range(9))))
    dump = dump_of([path])
    register = Register(dump.failed)
    cut = list(dump.blocks())
    path.unlink()
    assert not isinstance(cut[0], End)
    with pytest.raises(BrokenFileError, match="cannot be read") as caught:
        cut[0].read()
    (told,) = register.fail(dump.inputs[0], caught.value.reason)
    assert (told.source, told.line) == (str(path), 0)
    assert register.is_broken
    assert isinstance(cut[-1], End)
    assert register.end(cut[-1]) == []
    assert not register.is_broken


def test_rows_are_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 700)
    monkeypatch.setattr("dedup.dump.again._BYTES_AT_ONCE", 900)
    for name in ("a.jsonl", "b.jsonl"):
        start = 100 * (name == "b.jsonl")
        rows = [plain_line(number) for number in range(start, start + 60)]
        rows[7:7] = [
            b"broken",
            b"",
            plain_line(3),
            b'{"text": "lone \\ud800", "id": "odd' + name.encode() + b'"}',
        ]
        (tmp_path / name).write_bytes(b"\n".join(rows))
    dump = dump_of([tmp_path])
    assert dump.is_plain()
    places = Places(dump.inputs, dump.options)
    found = by_batch(dump, places)
    assert len(places) == len(found.texts) > 120
    for wanted in (range(len(found.texts)), range(0, len(found.texts), 7), [61], []):
        sets = list(places.line_sets(np.array(wanted, dtype=np.int64)))
        again = [decoded(text) for one in sets for text in unragged(one.read())]
        assert again == [found.texts[row] for row in wanted]
        assert [row for one in sets for row in one.rows.tolist()] == list(wanted)


def unragged(texts: Any) -> list[Any]:
    return [texts[row] for row in range(len(texts))]


def test_rows_of_a_file_that_has_changed_are_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n".join(map(plain_line, range(9))))
    dump = dump_of([path])
    places = Places(dump.inputs, dump.options)
    by_batch(dump, places)
    path.write_bytes(b"x" * 2000)
    (lines_again,) = places.line_sets(np.arange(9))
    with pytest.raises(DumpError, match="changed"):
        lines_again.read()
    path.unlink()
    with pytest.raises(DumpError, match="cannot be read again"):
        lines_again.read()


def test_what_cannot_be_read_in_any_order_is_not_plain(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    plain.write_bytes(plain_line(1))
    packed.write_bytes(gzip.compress(plain_line(2)))
    array, table = tmp_path / "c.json", tmp_path / "d.csv"
    array.write_text("[]")
    table.write_text("id,text\n1,Rain.\n")
    assert dump_of([plain]).is_plain()
    assert not dump_of([plain], encoding="latin-1").is_plain()
    for other in (packed, array, table, "-"):
        assert not dump_of([plain, other]).is_plain()
    assert all(isinstance(item, Record) for item in dump_of([plain]).records())


def test_names_are_mended_once_whatever_way_they_took(tmp_path: Path) -> None:
    """What one pass makes of ``&amp;amp;`` is the name: a second one would undo more."""
    title, source = " AT&amp;amp;T ", "Post\u2003"
    (tmp_path / "a.csv").write_text(f"id,title,source,text\n1,{title},{source},Rain.\n", "utf-8")
    line = {"id": "2", "title": title, "source": source, "text": "Rain."}
    (tmp_path / "b.jsonl").write_text(json.dumps(line), "utf-8")
    for name in ("a.csv", "b.jsonl"):
        dump = dump_of([tmp_path / name])
        (batch,) = (block.read() for block in dump.blocks() if not isinstance(block, End))
        batches = [batch, *restored(stored([batch]))]
        for one in batches:
            found, cards = Found(), Cards()
            add(found, cards, one)
            assert cards.article(0).title == "AT&amp;T"
            assert cards.sources() == ["Post"]
