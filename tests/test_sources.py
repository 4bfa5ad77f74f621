from __future__ import annotations

import datetime
import gzip
import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from dedup import (
    Article,
    DumpError,
    Fields,
    Index,
    InputError,
    MissingExtraError,
    Rejected,
    near_duplicates,
    scan,
)
from dedup.dump import Record
from dedup.dump.sources import open_source

RAIN = Article(
    "r", "Rain fell.", title="Rain", date=datetime.date(2024, 1, 2), url="http://x.example/r"
)


def read(articles: Any, fields: Fields | None = None) -> tuple[list[Record], list[Rejected]]:
    found = list(open_source(articles, fields).records())
    return (
        [item for item in found if isinstance(item, Record)],
        [item for item in found if isinstance(item, Rejected)],
    )


def texts(articles: Any) -> list[str]:
    return [record.article.text for record in read(articles)[0]]


def save(path: Path, rows: Iterable[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_articles_texts_and_mappings_are_taken_together() -> None:
    mapping = {"ID": 7, "Headline": "Snow", "body": "Snow fell.", "published": "2024-01-03"}
    records, rejected = read([RAIN, "Hail fell.", mapping])
    assert rejected == []
    assert [(r.article.id, r.article.title, r.article.text) for r in records] == [
        ("r", "Rain", "Rain fell."),
        (records[1].article.id, "", "Hail fell."),
        ("7", "Snow", "Snow fell."),
    ]
    assert records[0].article is RAIN
    assert str(records[2].article.date) == "2024-01-03"


def test_texts_get_an_id_each() -> None:
    records, _ = read(["One.", "Two.", "Two."])
    assert len({record.article.id for record in records}) == 3


def test_mappings_obey_named_fields() -> None:
    (record,), _ = read([{"story": "Yes.", "text": "No."}], Fields(text="story"))
    assert record.article.text == "Yes."


def test_a_record_in_memory_is_written_with_the_fields_it_has() -> None:
    (article, mapping), _ = read([RAIN, {"n": 1, "body": "Snow.", "id": "s"}])
    row = json.loads(article.to_json_line())
    assert {name: value for name, value in row.items() if value} == {
        "id": "r",
        "text": "Rain fell.",
        "title": "Rain",
        "date": "2024-01-02",
        "url": "http://x.example/r",
    }
    assert mapping.to_json_line() == b'{"n":1,"body":"Snow.","id":"s"}'


def test_an_article_without_text_is_set_aside_and_the_rest_goes_on() -> None:
    records, rejected = read(["", " \n", Article("e", ""), {"title": "no text"}, "Good."])
    assert [record.article.text for record in records] == ["Good."]
    assert [item.line for item in rejected] == [1, 2, 3, 4]
    assert all("empty" in item.reason for item in rejected[:3])
    assert "title" in rejected[3].reason


@pytest.mark.parametrize("wrong", [None, 3, b"Rain.", ["Rain."]])
def test_what_is_no_article_is_refused_with_its_place(wrong: object) -> None:
    with pytest.raises(InputError, match=r"articles\[1\]: got"):
        read(["Rain.", wrong])


def test_the_second_of_two_articles_with_one_id_is_set_aside() -> None:
    records, rejected = read([RAIN, {"id": "s", "text": "Snow."}, {"id": "r", "text": "Fog."}])
    assert [record.article.id for record in records] == ["r", "s"]
    (twin,) = rejected
    assert "'r'" in twin.reason
    assert "taken" in twin.reason


def test_a_generator_can_be_read_again() -> None:
    source = open_source((f"Text {number}." for number in range(3)), None)
    first = [record.article for record in source.records() if isinstance(record, Record)]
    again = [record.article for record in source.records() if isinstance(record, Record)]
    assert len(first) == 3
    assert first == again


@pytest.mark.parametrize("form", [str, Path], ids=["str", "Path"])
def test_files_globs_and_folders_are_read(form: type, tmp_path: Path) -> None:
    save(tmp_path / "b.jsonl", [{"text": "Second."}])
    save(tmp_path / "a.jsonl", [{"text": "First."}])
    (tmp_path / "c.txt").write_text("Third.", encoding="utf-8")
    both = [tmp_path / "b.jsonl", tmp_path / "a.jsonl"]
    assert texts(form(both[0])) == ["Second."]
    assert texts(both) == ["First.", "Second."]
    assert texts(form(tmp_path / "*.jsonl")) == ["First.", "Second."]
    assert texts(form(tmp_path)) == ["First.", "Second.", "Third."]


@pytest.mark.parametrize("form", [str, Path], ids=["str", "Path"])
def test_a_single_name_is_a_path_and_one_in_a_list_a_text(form: type, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with pytest.raises(DumpError, match=r"a\.jsonl: no such file"):
        read(form(path))
    save(path, [{"text": "First."}])
    assert texts(form(path)) == ["First."]
    with pytest.warns(UserWarning, match=r"articles\[0\]: .* is the text here, not the file"):
        assert texts([str(path)]) == [str(path)]
    assert texts([path]) == ["First."]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Rain fell on the town. " * 20, id="longer than a file name"),
        pytest.param("Did rain fall? [Yes] * * *", id="like a glob"),
        pytest.param("\ud800/did rain fall?", id="surrogate like a glob"),
        pytest.param("\ud800", id="surrogate"),
        pytest.param("Rain\0fell", id="NUL"),
        pytest.param("a/" * 200 + "x", id="like a deep folder"),
        pytest.param("Rain\nfell", id="lines"),
    ],
)
def test_texts_are_not_taken_for_paths(text: str) -> None:
    assert texts([text, "Snow."]) == [text, "Snow."]


def test_many_texts_that_look_like_globs_do_not_search_the_disk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    listed = []
    scandir = os.scandir

    def counted(*arguments: Any) -> Any:
        listed.append(arguments)
        return scandir(*arguments)

    monkeypatch.setattr(os, "scandir", counted)
    assert len(texts([f"Did rain fall on day {number}?" for number in range(50)])) == 50
    assert len(listed) <= 1


def test_paths_and_articles_together_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="paths and articles together"):
        read([tmp_path, RAIN])


@pytest.mark.parametrize(
    "wrong", [None, 5, RAIN, b"Rain.", {"id": "r", "text": "Rain."}], ids=lambda v: type(v).__name__
)
def test_what_is_no_batch_of_articles_is_refused(wrong: object) -> None:
    with pytest.raises(InputError, match="articles: got"):
        read(wrong)


def test_fields_of_another_type_are_refused() -> None:
    with pytest.raises(InputError, match="fields: got"):
        read(["Rain."], "story")  # type: ignore[arg-type]


# --- tables: stand-ins that do what pandas and polars do, and pyarrow itself


class Missing:
    """As ``pandas.NA``: whether it equals anything is unknown, and unknown is neither."""

    def __ne__(self, other: object) -> Any:
        return self

    def __bool__(self) -> bool:
        raise TypeError("boolean value of NA is ambiguous")

    __hash__ = None  # type: ignore[assignment]


class NotATime(datetime.datetime):
    """As ``pandas.NaT``: a datetime that does not equal itself."""

    def __ne__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


class Timestamp(datetime.datetime):
    """As ``pandas.Timestamp``: it warns about nanoseconds, unless told not to."""

    def to_pydatetime(self, warn: bool = True) -> datetime.datetime:
        assert not warn
        return datetime.datetime.fromisoformat(self.isoformat())


class Frame:
    """Rows under names; ``read`` counts how often they were asked for."""

    def __init__(self, columns: list[Any], rows: list[tuple[Any, ...]]) -> None:
        self.columns = columns
        self.rows = rows
        self.read = 0


class PandasFrame(Frame):
    def __iter__(self) -> Iterator[Any]:  # over the names, which are no texts
        return iter(self.columns)

    def itertuples(self, index: bool = True, name: str | None = "Pandas") -> Iterator[Any]:
        assert (index, name) == (False, None)
        self.read += 1
        return iter(self.rows)


class PolarsFrame(Frame):
    schema = ()

    def iter_rows(self) -> Iterator[tuple[Any, ...]]:
        self.read += 1
        return iter(self.rows)


class LazyFrame:
    """A plan of a table, as polars has, whose columns cost something."""

    @property
    def columns(self) -> list[str]:
        raise AssertionError("asked before the plan was carried out")

    def collect_schema(self) -> None: ...

    def collect(self) -> PolarsFrame:
        return PolarsFrame(COLUMNS, ROWS)


COLUMNS = ["ID", "Headline", "body", "published"]
ROWS = [
    (7, "Rain", "Rain fell on Oslo all day long.", datetime.datetime(2024, 1, 2, 3)),
    ("s", None, "Rain fell on Oslo, all day long!", None),
    ("t", "No text", None, None),
]


def arrow_table() -> Any:
    ids = [str(row[0]) for row in ROWS]
    days = pa.array([row[3] for row in ROWS], pa.timestamp("ns"))
    return pa.table([ids, *([row[n] for row in ROWS] for n in (1, 2)), days], COLUMNS)


def reader() -> Any:
    table = arrow_table()
    return pa.RecordBatchReader.from_batches(table.schema, table.to_batches())


TABLES = {
    "pandas": lambda: PandasFrame(COLUMNS, ROWS),
    "polars": lambda: PolarsFrame(COLUMNS, ROWS),
    "polars, lazy": LazyFrame,
    "pyarrow": arrow_table,
    "pyarrow batch": lambda: arrow_table().to_batches()[0],
    "pyarrow reader, which flows once": reader,
}


@pytest.mark.parametrize("make", TABLES.values(), ids=TABLES)
def test_tables_are_read_by_the_usual_names_as_often_as_asked(make: Any) -> None:
    source = open_source(make(), None)
    for _ in range(2):
        first, second, none = source.records()
        assert isinstance(first, Record)
        assert isinstance(second, Record)
        article = first.article
        assert (article.id, article.title) == ("7", "Rain")
        assert article.date == datetime.datetime(2024, 1, 2, 3)
        assert (second.article.title, second.article.date) == ("", None)
        assert json.loads(second.to_json_line())["Headline"] is None
        assert none == Rejected("articles", 3, "empty text: the field is body")


@pytest.mark.parametrize("make", TABLES.values(), ids=TABLES)
def test_scan_near_duplicates_and_index_take_tables(make: Any) -> None:
    (pair,) = scan(make()).pairs
    assert (pair.a, pair.b, pair.verdict) == ("7", "s", "identical")
    assert near_duplicates(make()) == [("7", "s", 1.0)]
    index = Index()
    with pytest.raises(InputError, match=r"articles\[2\]: empty text"):
        index.add(make())
    assert len(index) == 0


def test_an_index_takes_the_ids_of_a_table_or_makes_them() -> None:
    index, bare = Index(), Index()
    index.add(arrow_table().slice(0, 2))
    assert list(index) == ["7", "s"]
    bare.add(arrow_table().slice(0, 2).select(["Headline", "body"]), on_error="skip")
    assert all(name.startswith("dedup:") for name in bare)
    assert len(bare) > 0


def test_cells_that_are_missing_or_of_the_frame_become_plain() -> None:
    moment = Timestamp(2024, 1, 2, 3)
    cells = [np.nan, Missing(), NotATime(2024, 1, 1), np.int64(5), np.array([1, 2]), moment]
    frame = PandasFrame(["text", *range(6)], [("Rain.", *cells)])
    (record,), _ = read(frame)
    row = json.loads(record.to_json_line())
    assert [row[str(n)] for n in range(6)] == [None, None, None, 5, [1, 2], "2024-01-02T03:00:00"]
    assert isinstance(record.raw, dict)
    assert type(record.raw["5"]) is datetime.datetime


def test_the_rows_of_a_table_are_not_kept() -> None:
    frame = PandasFrame(COLUMNS, ROWS)
    source = open_source(frame, None)
    assert frame.read == 0
    assert len(list(source.records())) == len(list(source.records())) == 3
    assert frame.read == 2


@pytest.mark.parametrize("kind", [PandasFrame, PolarsFrame])
def test_a_table_without_a_text_is_refused_by_its_columns(kind: type[Frame]) -> None:
    frame = kind(["key", "story"], [("a", "Rain fell.")])
    for take in (scan, near_duplicates, Index().add):
        with pytest.raises(InputError, match="of 'key, story', wanted a column for the text"):
            take(frame)
    (record,), _ = read(frame, Fields(text="story"))
    assert record.article.text == "Rain fell."


def test_a_column_of_texts_is_no_table() -> None:
    class Column(list[str]):
        def __arrow_c_stream__(self) -> None:
            raise AssertionError("taken for a table")

    assert texts(Column(["One.", "Two."])) == ["One.", "Two."]


def test_an_arrow_table_without_pyarrow_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    table = arrow_table()
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"dedup-news\[parquet\]"):
        open_source(table, None)


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
@pytest.mark.parametrize("stage", ["match", "write"])
def test_a_dump_that_changes_while_it_is_in_use_is_told(
    tmp_path: Path, name: str, stage: str
) -> None:
    pack = gzip.compress if name.endswith(".gz") else bytes
    rows = [{"id": str(n), "text": "Rain fell on the harbour all day."} for n in range(4)]
    lines = [json.dumps(row).encode() for row in rows]
    path = tmp_path / name
    path.write_bytes(pack(b"\n".join(lines)))

    def change(told: str, done: int, total: int | None, /) -> None:
        if told == stage:
            path.write_bytes(pack(b"\n".join(lines[:2])))

    with pytest.raises(DumpError, match="the file has changed while it was in use"):
        scan(path, progress=change).write(tmp_path / "out", progress=change)
    assert not (tmp_path / "out" / "summary.json").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_read_once_and_kept(tmp_path: Path) -> None:
    pipe, copy = tmp_path / "pipe", tmp_path / "copy.jsonl"
    rows = [{"id": n, "text": "Rain fell on the harbour all day."} for n in "ab"]
    save(copy, [*rows, {"id": "c"}])
    os.mkfifo(pipe)
    writer = Thread(target=lambda: pipe.write_bytes(copy.read_bytes()))
    writer.start()
    found = scan(pipe)
    writer.join()
    assert found.clusters == scan(copy).clusters != ()
    assert [(item.source, item.line) for item in found.rejected] == [(str(pipe), 3)]
    found.write(tmp_path / "out")
    assert (tmp_path / "out" / "unique.jsonl").read_bytes().count(b"\n") == 1


LATIN = "Der Bürgermeister trat am Montag zurück – “überraschend”, sagte er."


@pytest.mark.parametrize("name", ["news.csv", "news.jsonl"])
def test_files_in_another_encoding_are_read_where_it_is_named(name: str, tmp_path: Path) -> None:
    line = json.dumps({"id": "a", "text": LATIN}, ensure_ascii=False)
    path = tmp_path / name
    path.write_text(
        f"id;text\na;{LATIN}\n" if name == "news.csv" else line, encoding="windows-1252"
    )
    with pytest.raises(DumpError, match=r"not utf-8: byte 0xfc at .*; set encoding \(--encoding\)"):
        scan(path)
    report = scan(path, encoding="windows-1252")
    assert (report.articles, report.rejected) == (1, ())
    report.write(tmp_path / "out")
    assert "zurück – “überraschend”" in (tmp_path / "out" / "unique.jsonl").read_text("utf-8")


def test_an_encoding_is_named_for_near_duplicates_too(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_bytes(b'{"text": "Caf\xe9 in Orl\xe9ans zu."}\n' * 2)
    (pair,) = near_duplicates(path, encoding="latin-1")
    assert pair.jaccard == 1.0


@pytest.mark.parametrize("encoding", ["utf-9", "", "utf\0", "rot13", None])
def test_an_unknown_encoding_is_refused_before_anything_is_read(encoding: Any) -> None:
    with pytest.raises(InputError, match=r"encoding: got .*, wanted the name of a text encoding"):
        scan(Path("missing.csv"), encoding=encoding)
    with pytest.raises(InputError, match="encoding: got"):
        scan(["Rain fell."], encoding=encoding)


def test_a_checkpoint_is_of_one_encoding(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_bytes(json.dumps({"text": LATIN}, ensure_ascii=False).encode())
    scan(path, checkpoint=tmp_path / "kept")
    report = scan(path, checkpoint=tmp_path / "kept", encoding="latin-1")
    report.write(tmp_path / "out")
    assert "BÃ¼rgermeister" in (tmp_path / "out" / "unique.jsonl").read_text("utf-8")
