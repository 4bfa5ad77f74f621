from __future__ import annotations

import bz2
import csv
import datetime
import gzip
import io
import json
import lzma
import os
import random
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packers import zstd_sized, zstd_stream

from dedup import Index, scan
from dedup.dump import Fields, Record, parse_date, read, read_values
from dedup.dump.files import lines
from dedup.dump.ids import is_made
from dedup.dump.packing import unpack
from dedup.dump.separated import CUT_SHORT
from dedup.errors import DedupError, DumpError, InputError, MissingExtraError
from dedup.model import Article, Rejected

Saver = Callable[[str, bytes | str], Path]


@pytest.fixture
def save(tmp_path: Path) -> Saver:
    def save_file(name: str, content: bytes | str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return save_file


def jsonl(*rows: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def split(found: list[Record | Rejected]) -> tuple[list[Record], list[Rejected]]:
    return (
        [item for item in found if isinstance(item, Record)],
        [item for item in found if isinstance(item, Rejected)],
    )


def load(*paths: str | Path, **options: Any) -> tuple[list[Record], list[Rejected]]:
    return split(list(read(paths, **options)))


RAIN = {"id": "1", "text": "Rain fell."}
STORY = Fields(text="story")
SNOW = {"id": "2", "text": "Snow fell."}


def test_json_lines_give_all_fields_and_the_line_itself(save: Saver) -> None:
    line = (
        b'{"ID": "a", "Headline": " Rain ", "published": "2023-10-31", "body": "Rain fell.",'
        b' "publisher": "Post", "URL": "http://x.org/a", "extra": [1, 2.50]}'
    )
    (record,), rejected = load(save("news.jsonl", b"\r\n" + line + b"\r\n\n"))
    article = record.article
    assert (article.id, article.title, article.text) == ("a", "Rain", "Rain fell.")
    assert (article.source, article.url) == ("Post", "http://x.org/a")
    assert article.date == datetime.date(2023, 10, 31)
    assert (record.line, record.notes, rejected) == (2, (), [])
    assert record.to_json_line() == line


def test_text_is_found_by_the_first_usual_name_that_holds_something(save: Saver) -> None:
    rows = [{"text": None, "content": "c"}, {"content": "c", "body": "b"}, {"article": "a"}]
    records, _ = load(save("a.jsonl", jsonl(*rows)))
    assert [record.article.text for record in records] == ["c", "b", "a"]


def test_named_fields_win_over_usual_names(save: Saver) -> None:
    path = save("a.jsonl", jsonl({"text": "no", "Story": "yes", "id": "x", "key": 7}))
    (record,), _ = load(path, fields=Fields(text="story", id="key"))
    assert (record.article.text, record.article.id) == ("yes", "7")


def test_a_named_field_that_is_not_there_is_noted(save: Saver) -> None:
    path = save("a.jsonl", jsonl({"text": "a", "date": "2023-10-31"}, {"text": "b", "When": "x"}))
    records, _ = load(path, fields=Fields(date="when"))
    missing, wrong = records
    assert missing.notes == ("date: no field 'when'",)
    assert wrong.notes == ("date: not a date",)
    assert records[0].article.date is None


def test_a_folder_that_cannot_be_listed_is_told(
    save: Saver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save("in/a.txt", "Rain fell.")
    save("in/b/c.txt", "Snow fell.")
    scandir = os.scandir

    def refuse(path: str) -> Any:
        if str(path).endswith("b"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    (record,), (rejected,) = load(tmp_path / "in")
    assert record.article.id == "a"
    assert rejected == Rejected(str(tmp_path / "in" / "b"), 0, "cannot be read: Permission denied")


def test_source_falls_back_to_the_host_and_takes_a_name_from_an_object(save: Saver) -> None:
    rows = [
        {"text": "a", "url": "https://www.Example.org:80/a"},
        {"text": "b", "source": {"id": None, "name": "BBC News"}},
        {"text": "c", "source": [[1]], "date": "soon"},
    ]
    records, _ = load(save("a.jsonl", jsonl(*rows)))
    assert [record.article.source for record in records] == ["example.org", "BBC News", ""]
    assert records[2].notes == ("date: not a date", "source: not a text")
    assert records[2].article.date is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            b'{"text": "half',
            "broken JSON: the line ends inside the string that begins at character 10",
        ),
        (b'["text"]x', "broken JSON"),
        (b"[1]", "not a JSON object but an array"),
        (b"7", "not a JSON object but a number"),
        (b"null", "not a JSON object but null"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"title": "t", "story": "s"}', "the fields are 'title, story'"),
        (b'{"text": ""}', "empty text: the field is text"),
        (b'{"text": " \\n"}', "empty text: the field is text"),
        (b'{"text": 5}', "text not a str: text is 5"),
        (b'{"text": [5]}', "text is list"),
        (b'{"text": "a", "id": [1]}', "id is list"),
        (b'{"text": "a", "id": true}', "id is True"),
        (b'{"text": "caf\xe9"}', "not utf-8: byte 0xe9 at offset 13"),
        (b'{"text": "long' + b"g" * 200 + b'"}', "longer than 150 bytes"),
    ],
)
def test_a_bad_record_is_set_aside_and_the_rest_goes_on(
    save: Saver, line: bytes, reason: str
) -> None:
    path = save("a.jsonl", jsonl(RAIN) + line + b"\n" + jsonl(SNOW))
    limit = 150 if b"long" in line else 1 << 20
    records, (rejected,) = load(path, max_line_bytes=limit)
    assert [record.article.id for record in records] == ["1", "2"]
    assert (rejected.source, rejected.line) == (str(path), 2)
    assert reason in rejected.reason


def test_a_half_written_last_line_is_told(save: Saver) -> None:
    records, (rejected,) = load(save("a.jsonl", jsonl(RAIN) + b'{"id": "2", "text": "Sno'))
    assert len(records) == 1
    assert rejected.line == 2
    assert "broken JSON" in rejected.reason


def test_odd_characters_come_through(save: Saver) -> None:
    texts = ["lone \ud800", "NUL \0", "שלום", "新闻报道", "\u2028line"]
    path = save("a.jsonl", jsonl(*({"text": text} for text in texts)))
    records, rejected = load(path)
    assert [record.article.text for record in records] == texts
    assert rejected == []


def test_ids_are_made_of_what_is_said_and_no_two_are_the_same(save: Saver) -> None:
    one, two = save("a/news.jsonl.gz", jsonl({"text": "x"})), save("b/news.jsonl", b'{"text":"x"}')
    assert [r.article.id for r in load(one)[0]] == [r.article.id for r in load(two)[0]]
    forth = {r.article.id for r in load(one, two)[0]}
    back = {r.article.id for r in load(two, one)[0]}
    assert forth == back
    assert len(forth) == 2


def test_a_second_record_of_one_id_is_rejected_with_the_place_of_the_first(save: Saver) -> None:
    one = save("a.jsonl", jsonl(RAIN, SNOW))
    two = save("b.jsonl", jsonl(SNOW, {"id": 1, "text": "other"}))
    records, rejected = load(one, two)
    assert len(records) == 2
    assert [item.line for item in rejected] == [1, 2]
    assert f"that of line 2 of {one}" in rejected[0].reason
    assert f"id taken: '1' is that of line 1 of {one}" in rejected[1].reason


@pytest.mark.parametrize(
    ("value", "made"), [("7.0", "7"), ("-2e3", "-2000"), ("7", "7"), ('"7.0"', "7.0")]
)
def test_a_whole_number_held_as_a_float_is_an_id(value: str, made: str, save: Saver) -> None:
    (record,), _ = load(save("a.jsonl", f'{{"id": {value}, "text": "Rain fell."}}'))
    assert record.article.id == made
    assert json.loads(record.to_json_line())["id"] == json.loads(value)


@pytest.mark.parametrize("value", ["7.5", "1e300", "true", "[1]"])
def test_another_number_is_no_id(value: str, save: Saver) -> None:
    _, (rejected,) = load(save("a.jsonl", f'{{"id": {value}, "text": "Rain fell."}}'))
    assert rejected.reason.startswith("id not a str or an int: id is ")


@given(
    st.lists(st.binary(max_size=12).map(lambda b: b.replace(b"\n", b"")), max_size=12),
    st.lists(st.integers(1, 9), min_size=1),
    st.integers(1, 12),
)
def test_lines_equal_a_plain_split(rows: list[bytes], sizes: list[int], limit: int) -> None:
    data = b"\n".join(rows)
    blocks, at = [], 0
    while at < len(data):
        size = sizes[len(blocks) % len(sizes)]
        blocks.append(data[at : at + size])
        at += size
    expected = [(n, r if len(r) <= limit else None) for n, r in enumerate(rows, start=1)]
    found = list(lines(blocks, limit))
    assert found == (expected if rows and rows[-1] else expected[: len(found)])
    assert len(rows) - len(found) <= 1


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstd": zstd_sized,
    "zstd stream": zstd_stream,
}


@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED.keys())
def test_packed_files_of_several_members_are_read(
    save: Saver, pack: Callable[[bytes], bytes]
) -> None:
    rows = [{"id": n, "text": f"story {n} " * 40} for n in range(500)]
    half = pack(jsonl(*rows[:250])), pack(b""), pack(jsonl(*rows[250:]))
    for name in ("a.jsonl.gz", "a.jsonl.zst", "misnamed.jsonl"):
        records, rejected = load(save(name, b"".join(half)))
        assert [record.article.id for record in records] == [str(n) for n in range(500)]
        assert rejected == []


@pytest.mark.parametrize(
    "pack", [*PACKED.values(), bz2.compress, lzma.compress], ids=[*PACKED, "bzip2", "xz"]
)
def test_what_is_unpacked_at_once_is_bounded(pack: Callable[[bytes], bytes]) -> None:
    size = 9 << 20
    pieces = [len(piece) for piece in unpack(io.BytesIO(pack(bytes(size))))]
    assert sum(pieces) == size
    assert max(pieces) <= 4 << 20


def test_padding_between_members_is_passed_over(save: Saver) -> None:
    skippable = b"\x53\x2a\x4d\x18\x04\0\0\0note"
    zstd = skippable + zstd_stream(jsonl(RAIN)) + skippable + zstd_stream(jsonl(SNOW)) + skippable
    gz = gzip.compress(jsonl(RAIN)) + bytes(512) + gzip.compress(jsonl(SNOW)) + bytes(99_999)
    for data in (zstd, gz):
        records, rejected = load(save("a.jsonl", data))
        assert ([record.article.id for record in records], rejected) == (["1", "2"], [])


@pytest.mark.parametrize("pack", PACKED.values(), ids=PACKED.keys())
def test_a_truncated_file_keeps_what_came_before(
    save: Saver, pack: Callable[[bytes], bytes]
) -> None:
    data = os.urandom(200_000).hex().encode()
    rows = [{"id": n, "text": data[n * 400 : n * 400 + 400].decode()} for n in range(1_000)]
    packed = pack(jsonl(*rows))
    other = save("b.jsonl", jsonl({"id": "last", "text": "x"}))
    records, (rejected,) = load(save("a.jsonl.gz", packed[: len(packed) * 2 // 3]), other)
    assert 300 < len(records) < 999
    assert records[-1].article.id == "last"
    assert rejected.line == len(records)
    assert "truncated" in rejected.reason


def test_damaged_gzip_is_told(save: Saver) -> None:
    rows = [{"id": n, "text": os.urandom(300).hex()} for n in range(1_000)]
    packed = bytearray(gzip.compress(jsonl(*rows)))
    packed[-8] ^= 0xFF
    records, (rejected,) = load(save("a.jsonl.gz", bytes(packed)))
    assert 500 < len(records) == rejected.line - 1
    assert "damaged gzip data" in rejected.reason


def test_csv_keeps_lines_quotes_nul_and_original_fields(save: Saver) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Nr", "Headline", "Text", "Date"])
    writer.writerow(["1", 'He said "no", twice', "First.\n\nSecond, with \0.", "31.10.2023"])
    writer.writerow(["2", "", "Rain fell.", ""])
    (one, two), rejected = load(save("a.csv", b"\xef\xbb\xbf" + out.getvalue().encode()))
    assert rejected == []
    assert (one.line, two.line) == (2, 5)
    assert one.article.text == "First.\n\nSecond, with \0."
    assert one.article.date == datetime.date(2023, 10, 31)
    assert is_made(one.article.id)
    assert is_made(two.article.id)
    assert json.loads(two.to_json_line()) == {
        **{"Nr": "2", "Headline": "", "Text": "Rain fell."},
        "Date": "",
    }


@pytest.mark.parametrize(("name", "mark"), [("a.csv", ";"), ("a.tsv", "\t"), ("a.csv", "|")])
def test_other_separators(save: Saver, name: str, mark: str) -> None:
    rows = f"\nid{mark}text\nx{mark}Rain, then sun.\n"
    (record,), _ = load(save(name, rows))
    assert (record.article.id, record.article.text, record.line) == ("x", "Rain, then sun.", 3)


def test_a_carriage_return_in_the_names_of_a_csv_is_told(save: Saver) -> None:
    with pytest.raises(DumpError, match=r"a\.csv: the names of the fields: broken CSV"):
        load(save("a.csv", b"id,te\rxt\n1,Rain fell.\r\n"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "id,text\r1,Rain fell.\r2,Snow fell.\r"),
        ("a.tsv", "id\ttext\r1\tRain fell.\r2\tSnow fell.\r"),
        ("a.jsonl", '{"id": 1, "text": "Rain fell."}\r{"id": 2, "text": "Snow fell."}\r'),
    ],
)
def test_lines_that_end_in_a_carriage_return_alone(save: Saver, name: str, content: str) -> None:
    records, rejected = load(save(name, content))
    assert [(r.article.id, r.article.text) for r in records] == [
        ("1", "Rain fell."),
        ("2", "Snow fell."),
    ]
    assert rejected == []
    assert scan(save(name, content)).articles == 2


def test_a_quotation_mark_in_a_tsv_is_one(save: Saver) -> None:
    rows = 'id\ttext\n1\t"Rain" fell\n2\t"Snow, she said\n3\t\\N\n4\tFog\\nand\\\\n \\t sun\n\\.\n'
    records, (missing,) = load(save("a.tsv", rows))
    texts = [record.article.text for record in records]
    assert texts == ['"Rain" fell', '"Snow, she said', "Fog\nand\\n \t sun"]
    assert (missing.line, missing.reason) == (4, "empty text: the field is text")


def test_a_separator_that_is_told_and_names_told_twice(save: Saver) -> None:
    rows = "sep=;\nid;text\n1;Rain, fell.\nid;text\n2;Snow.\n"
    records, (again,) = load(save("a.csv", rows))
    assert [record.article.text for record in records] == ["Rain, fell.", "Snow."]
    assert (again.line, again.reason) == (4, "the names of the fields again")


def test_quotation_marks_escaped_by_a_backslash_are_read_and_told(save: Saver) -> None:
    rows = 'id,text\n1,"He said \\"no\\", twice"\n2,"C:\\"\n3,"Snow ""fell""."\n'
    records, rejected = load(save("a.csv", rows))
    texts = [record.article.text for record in records]
    assert texts == ['He said "no", twice', "C:\\", 'Snow "fell".']
    assert rejected == []
    assert [len(record.notes) for record in records] == [1, 0, 0]


@pytest.mark.parametrize("kind", ["csv", "parquet", "arrow", "pandas"])
def test_two_columns_of_one_name_are_refused_where_they_are_read(save: Saver, kind: str) -> None:
    pandas = pytest.importorskip("pandas")
    arrow = pytest.importorskip("pyarrow")

    def made(names: list[str]) -> Any:
        rows = [["1", "Rain fell.", "x"], ["2", "Snow fell.", "y"]]
        table = arrow.table([list(column) for column in zip(*rows, strict=True)], names=names)
        if kind == "pandas":
            return pandas.DataFrame(rows, columns=names)
        if kind == "arrow":
            return table
        path = save(f"a.{kind}", ",".join(names) + "\n1,Rain fell.,x\n2,Snow fell.,y\n")
        if kind == "parquet":
            import pyarrow.parquet

            pyarrow.parquet.write_table(table, path)
        return path

    with pytest.raises(DedupError, match="two columns are named 'text'"):
        scan(made(["id", "text", "Text"]))
    with pytest.raises(DedupError, match="two columns are named 'text'"):
        scan(made(["id", "text", "text"]))
    found = scan(made(["tag", "text", "tag"]))
    assert found.articles == 2


def test_a_csv_without_a_column_for_the_text_is_told_once(save: Saver) -> None:
    told = r"a\.csv: no text: the columns are 'id, story'; name the one that holds it"
    with pytest.raises(DumpError, match=told):
        load(save("a.csv", b"id,story\n1,Rain fell.\n2,Snow fell.\n"))
    (record, _), _ = load(tmp := save("a.csv", b"id,story\n1,Rain.\n2,Snow.\n"), fields=STORY)
    assert (record.article.text, record.source) == ("Rain.", str(tmp))


@given(st.binary(max_size=80))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_csv_of_any_bytes_is_read_or_told(save: Saver, content: bytes) -> None:
    with suppress(DumpError):
        load(save("a.csv", b"id,text\n1,Rain fell.\n" + content))
        load(save("a.csv", content))


def test_bad_csv_rows_are_set_aside(save: Saver) -> None:
    rows = (
        b"id,text\n1,ok\n2,caf\xe9\n3,a,b\n4\n5," + b"y" * 200 + b'\n6,"quo"ted\n'
        b'7,fine\n8,"never closed\nby anyone\n'
    )
    records, rejected = load(save("a.csv", rows), max_line_bytes=150)
    assert [record.article.id for record in records] == ["1", "7"]
    assert [item.line for item in rejected] == [3, 4, 5, 6, 7, 9]
    wanted = [
        "0xe9 at offset 5",
        "too many values: 3 for the 2 fields",
        "too few values: 1 for the 2 fields",
        "longer than 150",
        "broken CSV",
        "9 to 10",
    ]
    assert all(part in item.reason for part, item in zip(wanted, rejected, strict=True))


@pytest.mark.parametrize(
    ("broken", "good"),
    [
        ('1,"never closed\n', '2,"Snow fell."\n3,Sun.\n'),
        ('1,"never closed\n\nin two paragraphs\n', '2,"Snow."\n3,"Sun."\n'),
        ('1,"never closed\n', '"2","Snow."\n"3","Sun.\n\nAt last."\n'),
        ('1,"never closed\n', "2,Snow.\n3,Sun.\n"),
    ],
)
def test_a_quote_that_is_never_closed_costs_one_row(broken: str, good: str, save: Saver) -> None:
    records, (rejected,) = load(save("a.csv", "id,text\n" + broken + good))
    assert [record.article.id for record in records] == ["2", "3"]
    last = 1 + len(broken.splitlines())
    assert (rejected.line, records[0].line) == (2, last + 1)
    assert rejected.reason.startswith("broken CSV: ")
    assert rejected.reason.endswith(f" (lines 2 to {last})") == (last > 2)


def test_paragraphs_of_a_row_cut_short_are_no_rows(save: Saver) -> None:
    text = 'id,text\n1,Rain.\n2,"Snow fell\non Oslo, they said,\nand on Bergen'
    records, (rejected,) = load(save("a.csv", text))
    assert [record.article.id for record in records] == ["1"]
    assert "(lines 3 to 5)" in rejected.reason


def test_many_quotes_that_are_never_closed_cost_linear_time(save: Saver) -> None:
    rows = "".join(f'{n},"never closed\n' for n in range(20_000))
    records, rejected = load(save("a.csv", "id,text\n" + rows))
    assert len(records) + len(rejected) == 20_000


def test_long_csv_fields_are_no_error(save: Saver) -> None:
    (record,), _ = load(save("a.csv", "text\n" + "word " * 100_000))
    assert len(record.article.text) == 500_000


def test_a_json_array_and_a_pretty_printed_object_are_read(save: Saver) -> None:
    path = save("a.json", json.dumps([RAIN, 3, {"id": 2, "text": "Snow\nfell."}], indent=2))
    (one, two), (rejected,) = load(path)
    assert (one.line, two.line, rejected.line) == (2, 7, 6)
    assert two.to_json_line() == b'{"id":2,"text":"Snow\\nfell."}'
    (single,), _ = load(save("b.json", json.dumps(SNOW, indent=2)))
    assert single.article.id == "2"


def test_a_broken_json_array_keeps_what_came_before(save: Saver) -> None:
    records, (rejected,) = load(save("a.json", '[{"id":"1","text":"a"},\n{"id":"2","te'))
    assert len(records) == 1
    assert rejected.line == 2
    assert "rest of the file" in rejected.reason


def test_a_folder_is_read_in_order_of_names(save: Saver, tmp_path: Path) -> None:
    save("in/b/two.txt", "Snow fell.")
    save("in/a.txt.gz", gzip.compress(b"\xef\xbb\xbfRain fell."))
    save("in/c.jsonl", jsonl({"id": "c", "text": "Fog."}))
    save("in/.hidden.txt", "no")
    save("in/notes.pdf", "no")
    save("in/wrong.txt", b"caf\xe9")
    save("in/empty.txt", b"")
    (tmp_path / "in" / "gone.txt").symlink_to(tmp_path / "elsewhere.txt")
    records, rejected = load(tmp_path / "in")
    assert [record.article.id for record in records] == ["a", "b/two", "c"]
    assert [record.article.text for record in records] == ["Rain fell.", "Snow fell.", "Fog."]
    assert [Path(item.source).name for item in rejected] == ["gone.txt", "empty.txt", "wrong.txt"]
    assert rejected[0].reason == "a link to a file that is not there"
    assert json.loads(records[1].to_json_line()) == {"id": "b/two", "text": "Snow fell."}


def test_globs_and_files_named_twice(save: Saver, tmp_path: Path) -> None:
    save("2023-01.jsonl", jsonl(RAIN))
    save("2023-02.jsonl", jsonl(SNOW))
    records, rejected = load(str(tmp_path / "2023-*.jsonl"), tmp_path / "2023-01.jsonl")
    assert [record.article.id for record in records] == ["1", "2"]
    assert rejected == []


def test_standard_input_may_be_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = io.BytesIO(gzip.compress(b'{"text": "Rain fell."}\n{"text": '))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(packed))
    (record,), (rejected,) = load("-")
    assert (record.article.text, record.source) == ("Rain fell.", "standard input")
    assert rejected.line == 2


def test_other_encodings(save: Saver) -> None:
    line = '{"id": "1", "text": "café"}\n'
    for name, data, options in [
        ("latin.jsonl", line.encode("latin-1"), {"encoding": "latin-1"}),
        ("utf16.jsonl", line.encode("utf-16"), {}),
        ("utf16le.jsonl", line.encode("utf-16-le"), {"encoding": "utf-16-le"}),
        ("bom.jsonl", line.encode("utf-8-sig"), {}),
        ("utf32.csv", "id,text\n1,café\n".encode("utf-32"), {}),
    ]:
        (record,), rejected = load(save(name, data), **options)
        assert (record.article.text, rejected) == ("café", []), name
        assert json.loads(record.to_json_line())["text"] == "café"


def test_failing_files_among_good_ones_are_named(save: Saver, tmp_path: Path) -> None:
    good = save("good.jsonl", jsonl(RAIN))
    (tmp_path / "none").mkdir()
    bad = [tmp_path / "missing.jsonl", save("a.docx", "x"), save("e.jsonl", ""), tmp_path / "none"]
    bad.append(save("cut.jsonl.gz", gzip.compress(jsonl(RAIN))[:12]))
    bad.append(tmp_path / "z*.jsonl")
    records, rejected = load(*bad, good)
    assert len(records) == 1
    assert {item.source for item in rejected} == {str(path) for path in bad}
    reasons = " ".join(item.reason for item in rejected)
    for part in ("no such file", "unknown format .docx", "no article", "truncated", "a name like"):
        assert part in reasons
    for path in bad:
        with pytest.raises(DumpError, match=path.name.replace("*", r"\*")):
            load(path)


def test_a_file_that_cannot_be_opened_is_named(
    save: Saver, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = save("good.jsonl", jsonl(RAIN)), save("bad.jsonl", jsonl(SNOW))
    plain_open = Path.open

    def refuse(path: Path, *args: Any, **options: Any) -> Any:
        if path == bad:
            raise PermissionError(13, "Permission denied")
        return plain_open(path, *args, **options)

    monkeypatch.setattr(Path, "open", refuse)
    records, (rejected,) = load(bad, good)
    assert len(records) == 1
    assert rejected == Rejected(str(bad), 0, "cannot be read: Permission denied")


def test_arguments_are_checked(save: Saver) -> None:
    path = save("a.jsonl", jsonl(RAIN))
    with pytest.raises(InputError, match="encoding: got 'utf-99'"):
        read(path, encoding="utf-99")
    with pytest.raises(InputError, match="paths: got 5"):
        read([5])  # type: ignore[list-item]
    with pytest.raises(InputError, match=r"Fields\.text"):
        Fields(text="")
    for name, reason in [
        ("", "no name of a file"),
        ("x" * 5_000, "name too long"),
        ("\0", "no such"),
    ]:
        with pytest.raises(DumpError, match=reason):
            read(name)
    with pytest.raises(DumpError, match="paths: got none"):
        read([])


@pytest.mark.parametrize("mark", [",", "\t"])
def test_a_row_that_is_cut_short_is_told(save: Saver, mark: str) -> None:
    rows = "id,title,text,date\n1,Rain,Rain fell.,2024-01-02\n2,Snow\n3,Fog,Fog lay\n"
    found, (rejected,) = load(save(f"a.{'csv' if mark == ',' else 'tsv'}", rows.replace(",", mark)))
    assert [(record.line, record.notes) for record in found] == [(2, ()), (4, (CUT_SHORT,))]
    assert rejected.line == 3
    assert rejected.reason == "too few values: 2 for the 4 fields of the first line"


BINARIES = {
    "a.jsonl": (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "a PDF and no text; take its text out"),
    "a.html": (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "a PDF and no text"),
    "a.csv": (b"PK\3\4" + bytes(26) + b"[Content_Types].xml", "an Office document and no text"),
    "a.txt": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "an image and no text"),
    "b.txt": (b"\x7fELF\2\1\1\0\0\0\0\0\xd0\xff" * 9, "binary and no text"),
    "b.jsonl": (b"\x7fELF\2\1\1\0\0\0\0\0\xd0\xff\n" * 9, "binary and no text"),
    "d.txt": (random.Random(1).randbytes(5_000), "binary and no text"),
    "d.csv": (random.Random(2).randbytes(500), "binary and no text"),
    "c.jsonl": ('{"text": "Rain."}\n'.encode("utf-16-le"), r"\(--encoding\) to utf-16-le"),
    "c.txt": ("Дождь шёл.".encode("utf-16-be"), r"\(--encoding\) to utf-16-be"),
}


@pytest.mark.parametrize("name", BINARIES)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_what_is_no_text_is_told(save: Saver, name: str, pack: Callable[[bytes], bytes]) -> None:
    content, told = BINARIES[name]
    path = save(name, pack(content))
    good = save("good.txt", "Rain fell.")
    (record,), (rejected,) = load(path, good)
    assert record.article.id == "good"
    assert (rejected.line, rejected.source) == (0, str(path))
    assert re.search(told, rejected.reason)
    assert scan([path, good]).rejected == (rejected,)
    with pytest.raises(DumpError, match=told):
        scan(path)


def test_a_stray_control_character_is_no_binary(save: Saver) -> None:
    found, rejected = load(
        save("a.txt", "Rain\0 fell on Oslo."), save("b.txt", "\x1b[1mSnow\x1b[0m")
    )
    assert ([record.article.text[:4] for record in found], rejected) == (["Rain", "\x1b[1m"], [])


DAY = datetime.date(2023, 10, 31)
NOON = datetime.datetime(2023, 10, 31, 15, 5)
UTC = datetime.UTC
EASTERN = NOON.replace(tzinfo=datetime.timezone(datetime.timedelta(hours=-5)))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *((form, DAY) for form in ("2023-10-31", "20231031", 20231031, "2023/10/31", "2023.10.31")),
        *((form, DAY) for form in ("31.10.2023", "10/31/2023", "31/10/2023", "31-10-2023")),
        *((form, DAY) for form in ("Oct. 31, 2023", "October 31st, 2023", "31 October 2023")),
        *((form, DAY) for form in ("Tuesday, October 31, 2023", "31-Oct-2023", " 2023-10-31 ")),
        *((form, NOON) for form in ("2023-10-31T15:05:00", "2023-10-31 15:05", NOON)),
        *((form, NOON) for form in ("Oct 31, 2023 3:05 PM", "31 October 2023, 15:05")),
        *((form, NOON) for form in ("October 31, 2023 at 3:05 p.m. ET",)),
        *(
            (form, NOON.replace(tzinfo=UTC))
            for form in ("2023-10-31T15:05:00Z", "2023-10-31 15:05:00 UTC", 1698764700)
        ),
        *(
            (form, NOON.replace(tzinfo=UTC))
            for form in ("2023-10-31 15:05:00 +0000 UTC", "Tue, 31 Oct 2023 15:05:00 +0000")
        ),
        *((form, NOON.replace(tzinfo=UTC)) for form in ("1698764700", "1698764700000")),
        ("1612120400000", datetime.datetime(2021, 1, 31, 19, 13, 20, tzinfo=UTC)),
        ("05/05/2023", datetime.date(2023, 5, 5)),
        *((form, None) for form in ("", " ", "NaN", "null", None)),
        ({"$date": {"$numberLong": "1698764700000"}}, NOON.replace(tzinfo=UTC)),
        *((form, NOON) for form in ("31.10.2023 15:05", "31.10.2023, 15:05 Uhr")),
        *((form, NOON) for form in ("10/31/2023 3:05 PM", "10/31/2023, 3:05:00 p.m. ET")),
        *((form, NOON) for form in ("2023年10月31日 15:05", "2023年10月31日(火) 午後3時05分")),
        *((form, NOON) for form in ("2023년 10월 31일 오후 3:05", "Tue Oct 31 15:05:00 2023")),
        *((form, EASTERN) for form in ("Oct 31, 2023 3:05 PM EST", "2023-10-31 15:05:00 EST")),
        *((form, EASTERN) for form in ("31 October 2023 3:05 pm -0500", "31.10.2023 15:05-05:00")),
        *((form, EASTERN) for form in ("Tue Oct 31 15:05:00 EST 2023", "2023-10-31 15:05-05:00")),
    ],
)
def test_dates(written: object, meant: datetime.date | None) -> None:
    assert (found := parse_date(written)) == meant
    assert getattr(found, "tzinfo", None) == getattr(meant, "tzinfo", None)


@pytest.mark.parametrize(
    "written",
    [
        *("02/03/2023", "2023-13-01", "2023-02-30", "soon", "2023", "31.02.2023", "9" * 5_000),
        *(True, 5, -1e30, float("nan"), float("inf"), [2023], "Oct 31, 2023 25:00", "²" * 8),
        "Tue, 31 Oct 2023 99:05:00 +0000",
    ],
)
def test_no_dates(written: object) -> None:
    with pytest.raises(ValueError, match="no date"):
        parse_date(written)


@given(st.one_of(st.text(max_size=30), st.integers(), st.floats(), st.binary(max_size=3)))
def test_any_value_is_a_date_or_a_value_error(value: object) -> None:
    try:
        found = parse_date(value)
    except ValueError:
        return
    assert found is None or isinstance(found, datetime.date)


@given(st.datetimes(), st.sampled_from(["%Y-%m-%d %H:%M:%S", "%B %d, %Y %I:%M:%S %p"]))
def test_written_datetimes_are_read_back(moment: datetime.datetime, form: str) -> None:
    if moment.year < 1000:
        moment = moment.replace(year=1999, day=1)
    found = parse_date(moment.strftime(form))
    assert isinstance(found, datetime.datetime)
    assert found.replace(second=0) == moment.replace(second=0, microsecond=0)


TABLE = {
    "nr": [7, 8],
    "Body": ["Rain fell.", None],
    "published": [datetime.datetime(2023, 10, 31, 9, 30), None],
}


@pytest.mark.parametrize("kind", ["parquet", "arrow", "stream.arrow", "feather"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd_stream])
def test_tables_are_read(save: Saver, kind: str, pack: Callable[[bytes], bytes]) -> None:
    pa = pytest.importorskip("pyarrow")
    content = written_table(pa.table(TABLE, schema=table_schema(pa)), kind)
    (record,), (rejected,) = load(save(f"news.{kind}", pack(content)), fields=Fields(id="nr"))
    assert (record.article.id, record.article.text, record.line) == ("7", "Rain fell.", 1)
    assert record.article.date == datetime.datetime(2023, 10, 31, 9, 30)
    assert json.loads(record.to_json_line())["published"].startswith("2023-10-31T09:30")
    assert (rejected.line, rejected.reason) == (2, "empty text: the field is Body")


def table_schema(pa: Any) -> Any:
    fields = [("nr", pa.int64()), ("Body", pa.string()), ("published", pa.timestamp("ns"))]
    return pa.schema(fields)


def written_table(table: Any, kind: str) -> bytes:
    pa = pytest.importorskip("pyarrow")
    out = io.BytesIO()
    if kind == "parquet":
        pytest.importorskip("pyarrow.parquet").write_table(table, out)
        return out.getvalue()
    new = pa.ipc.new_stream if kind == "stream.arrow" else pa.ipc.new_file
    with new(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_tables_without_a_text_or_damaged_are_told(save: Saver, kind: str) -> None:
    pa = pytest.importorskip("pyarrow")
    good = save("good.jsonl", jsonl(RAIN))
    content = written_table(pa.table({"a": [1], "b": [2]}), kind)
    _, (rejected,) = load(save(f"a.{kind}", content), good)
    assert (rejected.line, "the columns are 'a, b'" in rejected.reason) == (0, True)
    _, (rejected,) = load(save(f"b.{kind}", content[: len(content) // 2]), good)
    assert "damaged" in rejected.reason


PAGE = """<html><head><title>Rain in Oslo</title><meta property="og:site_name" content="Post">
<meta property="article:published_time" content="2023-10-31T09:30:00Z"></head><body>
<nav><a href="/">Home</a></nav><article><h1>Rain in Oslo</h1>
<p>Rain fell on the city of Oslo for two days, and trams stood still in the whole of the centre.</p>
<p>Nobody was ready for it, the mayor said, and promised that next year would be quite another.</p>
</article></body></html>"""


def test_web_pages_are_read(save: Saver, tmp_path: Path) -> None:
    pytest.importorskip("trafilatura")
    save("in/rain.html.gz", gzip.compress(PAGE.encode()))
    save("in/none.htm", "<html><body></body></html>")
    save("in/text.txt", "Snow fell.")
    (page, text), (rejected,) = load(tmp_path / "in", fields=Fields(text="story"))
    assert page.article.id == "rain"
    assert "Rain fell on the city of Oslo for two days" in page.article.text
    assert "Home" not in page.article.text
    assert page.article.date == datetime.datetime(2023, 10, 31, 9, 30, tzinfo=UTC)
    assert (page.article.title, page.article.source) == ("Rain in Oslo", "Post")
    assert (text.article.id, text.article.text) == ("text", "Snow fell.")
    assert "no article" in rejected.reason


META = '<meta property="article:published_time" content="2023-10-31T09:30:00Z">'


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ('<meta content="2023-10-31T23:30:00-05:00" name="datePublished">', "23:30:00-05:00"),
        ('<meta name="DC.date.issued" content="Tue, 31 Oct 2023 09:30:00 EST">', "09:30:00-05:00"),
        (
            '<meta property="article:modified_time" content="2023-10-31T12:00:00Z">'
            '<script type="application/ld+json">{"@graph": [{"dateModified": "2023-10-31T11:00Z",'
            '"datePublished": "2023-10-31T09:30:00\\u002B01:00"}]}</script>',
            "09:30:00+01:00",
        ),
        (
            '<meta name="date" content="2023-10-31"><time class=updated datetime=2023-10-31T12:00Z>'
            "12:00</time> <time datetime='2023-10-31T09:30&#43;02:00'>9:30</time>",
            "09:30:00+02:00",
        ),
        (
            '<meta name="date" content="2023-10-31"><time datetime=2023-10-31T09:30Z>9:30</time>'
            '<span itemprop="datePublished" content="2023-10-31T08:00:00Z"></span>',
            "08:00:00+00:00",
        ),
        ('<meta name="date" content="2023-10-31"><time datetime=2023-11-09T09:30Z></time>', ""),
    ],
)
def test_a_web_page_keeps_the_hour_of_its_publishing(save: Saver, named: str, meant: str) -> None:
    pytest.importorskip("trafilatura")
    ((record,), _) = load(save("rain.html", PAGE.replace(META, named)))
    assert record.article.date is not None
    assert record.article.date.isoformat() == "2023-10-31" + ("T" + meant if meant else "")


@pytest.mark.parametrize(
    "told",
    [
        "<p>The mayor of Oslo has held her office since 2016, longer than any before.</p>",
        "<p>It had not rained like this in the city since March 3, 2009, the mayor said.</p>",
        "<footer>© 2019 Post</footer>",
        "<p>The trams of the city were last stopped by rain on 2009-03-03, the mayor said.</p>",
    ],
)
def test_a_year_that_a_page_speaks_of_is_not_its_date(save: Saver, told: str) -> None:
    pytest.importorskip("trafilatura")
    ((record,), _) = load(save("rain.html", PAGE.replace(META, "").replace("</article>", told)))
    assert record.article.date is None


@pytest.mark.parametrize(
    "named",
    [
        "<p>2023-10-31</p>",
        "<p class=byline>By Ann Lee, 2023-10-31</p>",
        "<p>Oslo, 2023-10-31: Rain fell on the city for two days, and nobody was ready for it.</p>",
        "<time>2023-10-31</time><p>The rain began on 2023-10-31 and did not stop, she said.</p>",
    ],
)
def test_a_day_that_a_page_names_for_itself_is_its_date(save: Saver, named: str) -> None:
    pytest.importorskip("trafilatura")
    page = PAGE.replace(META, "").replace("</h1>", f"</h1>{named}")
    ((record,), _) = load(save("rain.html", page))
    assert str(record.article.date) == "2023-10-31"


def test_the_earliest_of_two_pages_of_one_day_is_told_by_the_hour(tmp_path: Path) -> None:
    pytest.importorskip("trafilatura")
    for name, hour in (("a", "17"), ("b", "09")):
        (tmp_path / f"{name}.html").write_text(PAGE.replace("T09:30", f"T{hour}:30"))
    (cluster,) = scan(tmp_path).clusters
    assert cluster.representative == "b"
    with Index.open(tmp_path / "an.index") as index:
        assert [taken.articles for taken in index.follow(tmp_path, wait=False)] == [1, 1]
        (story,) = index.stories()
    assert (story.id, str(story.date)) == ("b", "2023-10-31 09:30:00+00:00")


def warc_record(kind: str, url: str, content: bytes) -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{kind}-{url}>\r\n"
        f"WARC-Target-URI: {url}\r\nContent-Type: application/http; msgtype={kind}\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n\r\n"


def http_answer(status: str, kind: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@pytest.fixture
def archive() -> bytes:
    pytest.importorskip("warcio")
    page, other = PAGE.encode(), PAGE.replace("two", "three").encode()
    answers = {
        "http://x.org/rain": http_answer("200 OK", "text/html; charset=utf-8", page),
        "http://x.org/i.png": http_answer("200 OK", "image/png", b"\x89PNG"),
        "http://x.org/gone": http_answer("404 Not Found", "text/html", b"<p>gone</p>"),
        "http://x.org/rain2": http_answer("200 OK", "text/html", other),
    }
    return b"".join(
        warc_record("request", url, b"GET / HTTP/1.1\r\n\r\n")
        + warc_record("response", url, answer)
        for url, answer in answers.items()
    )


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd_stream])
def test_web_archives_are_read(save: Saver, archive: bytes, pack: Callable[[bytes], bytes]) -> None:
    pytest.importorskip("trafilatura")
    records, rejected = load(save("a.warc.gz", pack(archive)))
    assert [record.article.url for record in records] == ["http://x.org/rain", "http://x.org/rain2"]
    assert [record.line for record in records] == [2, 8]
    assert all(record.article.id.startswith("urn:uuid:") for record in records)
    assert [(item.line, item.reason) for item in rejected] == [
        (4, "no page: image/png at http://x.org/i.png"),
        (6, "no answer: status 404 for http://x.org/gone"),
    ]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_truncated_web_archive_keeps_what_came_before(
    save: Saver, archive: bytes, pack: Callable[[bytes], bytes]
) -> None:
    pytest.importorskip("trafilatura")
    cut = pack(archive[:-200]) if pack is bytes else pack(archive)[:-20]
    records, rejected = load(save("a.warc.gz", cut))
    assert [record.article.url for record in records] == ["http://x.org/rain"]
    assert (rejected[-1].line, "truncated" in rejected[-1].reason) == (8, True)


@pytest.mark.parametrize(
    ("kind", "extra"), [("parquet", "parquet"), ("html", "html"), ("warc", "warc")]
)
def test_a_missing_extra_is_named_before_reading_begins(
    save: Saver, monkeypatch: pytest.MonkeyPatch, kind: str, extra: str
) -> None:
    monkeypatch.setattr("dedup.dump.extras.find_spec", lambda name: None)
    path = save(f"a.{kind}", "x")
    with pytest.raises(MissingExtraError, match=rf"dedup-news\[{extra}\]"):
        read([save("good.jsonl", jsonl(RAIN)), path])


def test_values_at_hand_are_read() -> None:
    article = Article("x", "Fog.", date="2023-10-31")  # type: ignore[arg-type]
    values = [article, "Rain.", {"id": "x", "text": "again"}, {"body": "Snow."}, "", {"a": 1}]
    records, rejected = split(list(read_values(values, "mine")))
    assert [record.article.text for record in records] == ["Fog.", "Rain.", "Snow."]
    assert [is_made(record.article.id) for record in records] == [False, True, True]
    assert records[0].article is article
    assert json.loads(records[0].to_json_line())["date"] == "2023-10-31"
    assert [(item.line, item.reason.partition(":")[0]) for item in rejected] == [
        *((3, "id taken"), (5, "empty text"), (6, "no text")),
    ]
    with pytest.raises(InputError, match=r"mine\[0\]: got bytes"):
        list(read_values([b"bytes"], "mine"))  # type: ignore[list-item]


@pytest.mark.parametrize(("suffix", "what"), [("jsonl", "field"), ("csv", "column")])
def test_a_text_field_that_is_not_there_is_named(save: Saver, suffix: str, what: str) -> None:
    data = {"jsonl": jsonl({"id": "1", "text": "Rain."}), "csv": b"id,text\n1,Rain.\n"}[suffix]
    path = save(f"a.{suffix}", data)
    with pytest.raises(
        DedupError, match=rf"no text: no {what} 'story': the {what}s are 'id, text'"
    ):
        scan(path, fields=Fields(text="story"))
    with pytest.raises(DedupError, match="wanted a column 'story'"):
        scan(pandas.DataFrame({"id": ["1"], "text": ["Rain."]}), fields=Fields(text="story"))
