from __future__ import annotations

import datetime
import json
import re
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq
import pytest
from browser import EVIL, browse, printed, shown, violations
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.corpus.scanning import scan
from dedup.dump import Record, read_values
from dedup.errors import DumpError, InputError, MissingExtraError
from dedup.model import Article, Cluster, Member, Pair, Rejected, Verdict
from dedup.report import IN_PAGE, ScanFindings, check_folder, write
from dedup.report.figures import (
    Flow,
    arrivals,
    columns_over_time,
    duration,
    flows,
    followers,
    matrix,
    size_bars,
)
from dedup.report.findings import Listings
from dedup.report.page import listings_of
from dedup.report.parquet import MEMBERS, PAIRS, REJECTED, FieldTypes, fields_of, write_rows
from dedup.report.sides import shown_of
from dedup.report.tables import TableFormat
from dedup.views.wording import MEANING

RAIN = "Rain fell on Oslo for two days. Trams stood still in the centre."
SNOW = "Snow came early this year. Nobody was ready for it, the mayor said."
ARTICLES = [
    Article("a", RAIN, "Rain", datetime.date(2023, 10, 30), "Wire", "https://wire.example/1"),
    Article("b", RAIN + " More to come.", "Wet", datetime.date(2023, 10, 31), "Post"),
    Article("c", SNOW, "<script>alert(1)</script>", None, "Post & Co", "javascript:alert(1)"),
    Article("d", SNOW.upper(), "Sno\ud800w\0", datetime.date(2023, 11, 2), "Wire"),
    Article("e", "The sun shone.", "Sun"),
]
FINDINGS = ScanFindings(
    articles=5,
    clusters=(
        Cluster(0, "a", (Member("b", Verdict.SYNDICATED, 0.98765432, 0.75),)),
        Cluster(1, "c", (Member("d", Verdict.IDENTICAL, 1.0, 1.0),)),
    ),
    pairs=(
        Pair("a", "b", Verdict.SYNDICATED, 0.98765432, 0.75),
        Pair("c", "d", Verdict.IDENTICAL, 1.0, 1.0),
        Pair("a", "c", Verdict.PARTIAL, 0.2, 0.1),
    ),
    rejected=(Rejected("dump.jsonl", 7, "broken JSON: </script><b>"),),
    settings={"keep": "earliest"},
    notes={"date: not a date": 2},
)


def records() -> Iterator[Record | Rejected]:
    yield Rejected("dump.jsonl", 7, "broken JSON")
    for found in read_values(ARTICLES):
        assert isinstance(found, Record)
        yield Record(found.article, "dump.jsonl", found.line, b'{"n": "%d"}' % found.line)


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def embedded(page: str) -> Any:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found.group(1))


def compared(page: str) -> list[str]:
    return re.findall(r'<template id="pair-\d+">(.*?)</template>', page, re.DOTALL)


def texts_shown(findings: ScanFindings, most: int = IN_PAGE) -> set[str]:
    """Tell whose texts are laid side by side."""
    return {name for pair in shown_of(findings, most).pairs for name in pair}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out") / "new" / "report"
    write(folder, FINDINGS, records)
    return folder


def test_all_files_are_there_and_nothing_else(folder: Path) -> None:
    names = "clusters.jsonl pairs.jsonl rejected.jsonl report.html summary.json unique.jsonl"
    assert sorted(path.name for path in folder.iterdir()) == names.split()


def test_clusters_and_pairs(folder: Path) -> None:
    first, second = lines(folder / "clusters.jsonl")
    assert first == {
        "id": 0,
        "representative": "a",
        "title": "Rain",
        "date": "2023-10-30",
        "source": "Wire",
        "url": "https://wire.example/1",
        "members": [
            {
                "id": "b",
                "verdict": "syndicated",
                "probability": 0.987654,
                "jaccard": 0.75,
                "title": "Wet",
                "date": "2023-10-31",
                "source": "Post",
                "url": "",
            }
        ],
    }
    assert second["members"][0]["title"] == "Sno\ud800w\0"
    assert lines(folder / "pairs.jsonl")[1] == {
        **{"a": "c", "b": "d", "verdict": "identical"},
        **{"probability": 1.0, "jaccard": 1.0},
        **{"title_a": "<script>alert(1)</script>", "source_a": "Post & Co"},
        **{"title_b": "Sno\ud800w\0", "source_b": "Wire"},
    }


def test_unique_holds_the_original_lines_without_versions(folder: Path) -> None:
    assert (folder / "unique.jsonl").read_bytes() == b'{"n": "1"}\n{"n": "3"}\n{"n": "5"}\n'


def test_rejected_and_summary(folder: Path) -> None:
    assert lines(folder / "rejected.jsonl") == [
        {"source": "dump.jsonl", "line": 7, "reason": "broken JSON: </script><b>"}
    ]
    summary = json.loads((folder / "summary.json").read_text())
    assert summary == {
        **{"format": "dedup scan", "format_version": 1},
        **{"articles": 5, "unique": 3, "versions": 2, "clusters": 2},
        **{"pairs": {"identical": 1, "partial": 1, "syndicated": 1}, "rejected": 1},
        **{"notes": {"date: not a date": 2}, "settings": {"keep": "earliest"}},
    }


def test_the_same_findings_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write(tmp_path, FINDINGS, records)
    for path in folder.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_an_earlier_report_is_replaced_and_other_files_stay(tmp_path: Path) -> None:
    write(tmp_path, FINDINGS, records)
    (tmp_path / "notes.txt").write_text("mine")
    write(tmp_path, ScanFindings(5, (), ()), records)
    assert lines(tmp_path / "pairs.jsonl") == []
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert len((tmp_path / "unique.jsonl").read_bytes().splitlines()) == 5


@pytest.mark.parametrize("name", ["summary.json", "thesis.doc"])
def test_a_folder_of_other_files_is_refused_and_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("{}")
    with pytest.raises(DumpError, match="holds no earlier report; name a new or empty folder"):
        write(tmp_path, FINDINGS, records)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    for folder in (tmp_path / "out", tmp_path / "out" / "below"):
        with pytest.raises(DumpError, match="out"):
            write(folder, FINDINGS, records)


def test_a_folder_that_may_not_be_written_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: path != tmp_path)
    with pytest.raises(DumpError, match="not writable; change its permissions"):
        check_folder(tmp_path / "new" / "report")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_earlier_report_as_it_was(tmp_path: Path) -> None:
    def fail() -> Iterator[Record | Rejected]:
        yield from list(records())[:2]
        raise OSError(28, "No space left on device")

    write(tmp_path, FINDINGS, records)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(DumpError, match=r"cannot be written \(No space left on device\)"):
        write(tmp_path, ScanFindings(5, (), ()), fail)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    with pytest.raises(DumpError):
        write(tmp_path / "new", FINDINGS, fail)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("beside", [True, False])
def test_a_failure_beside_the_unique_articles_or_of_them_leaves_nothing(
    beside: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []

    def lines(versions: frozenset[str], listings: Listings) -> Iterator[bytes]:
        for number in range(10**9):
            written.append(number)
            yield b"{}\n"
            if not beside and number == 1000:
                raise OSError(28, "No space left on device")

    def fail(*_: object) -> str:
        while not written:
            time.sleep(0.001)
        raise OSError(28, "No space left on device")

    if beside:
        monkeypatch.setattr("dedup.report.folder.page", fail)
    with pytest.raises(DumpError, match="No space left on device"):
        write(tmp_path / "new", FINDINGS, records, unique_lines=lines)
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_was_killed_is_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def die(path: Path, target: Path) -> Path:
        if path.name == "rejected.jsonl":
            raise SystemExit
        return replace(path, target)

    write(tmp_path, ScanFindings(5, (), ()), records)
    monkeypatch.setattr(Path, "replace", die)
    with pytest.raises(SystemExit):
        write(tmp_path, FINDINGS, records)
    assert not (tmp_path / "summary.json").exists()
    monkeypatch.undo()
    write(tmp_path, FINDINGS, records)
    assert len(lines(tmp_path / "clusters.jsonl")) == 2
    assert len(list(tmp_path.iterdir())) == 6


def test_writing_tells_how_many_articles_were_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dedup.report.folder._TELL_EVERY", 2)
    told: list[int] = []
    write(tmp_path, FINDINGS, records, tell=told.append)
    assert told == [0, 2, 4]


# --- Parquet

PARQUET = TableFormat.PARQUET


@pytest.fixture(scope="module")
def parquet_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parquet")
    write(folder, FINDINGS, records, PARQUET)
    return folder


def columns_of(path: Path) -> dict[str, str]:
    schema = pq.read_schema(path)
    return {name: str(kind) for name, kind in zip(schema.names, schema.types, strict=True)}


def test_parquet_has_the_same_tables(folder: Path, parquet_folder: Path) -> None:
    names = "clusters.parquet pairs.parquet rejected.parquet report.html summary.json"
    assert sorted(path.name for path in parquet_folder.iterdir()) == [
        *names.split(),
        "unique.parquet",
    ]
    assert (parquet_folder / "summary.json").read_bytes() == (folder / "summary.json").read_bytes()
    for name in ("pairs", "rejected", "unique"):
        rows = pq.read_table(parquet_folder / f"{name}.parquet").to_pylist()
        wanted = json.dumps(lines(folder / f"{name}.jsonl")).replace("\\ud800", "\\ufffd")
        assert rows == json.loads(wanted)
    page = (parquet_folder / "report.html").read_text()
    assert "The file pairs.parquet beside this page" in page
    assert ".jsonl beside" not in page


def test_a_row_of_the_clusters_is_a_member_beside_its_representative(parquet_folder: Path) -> None:
    first, second = pq.read_table(parquet_folder / "clusters.parquet").to_pylist()
    assert first == {
        **{"cluster": 0, "representative": "a", "id": "b", "verdict": "syndicated"},
        **{"probability": 0.987654, "jaccard": 0.75, "title": "Wet", "source": "Post", "url": ""},
        "date": datetime.datetime(2023, 10, 31, tzinfo=datetime.UTC),
        **{"representative_title": "Rain", "representative_source": "Wire"},
        "representative_date": datetime.datetime(2023, 10, 30, tzinfo=datetime.UTC),
        "representative_url": "https://wire.example/1",
    }
    assert second["title"] == "Sno\ufffdw\0"
    assert second["representative_date"] is None


def test_the_types_of_the_tables_are_the_documented_ones(parquet_folder: Path) -> None:
    for name, documented in (("clusters", MEMBERS), ("pairs", PAIRS), ("rejected", REJECTED)):
        assert columns_of(parquet_folder / f"{name}.parquet") == dict(documented)


def test_a_scan_without_anything_has_tables_with_columns(tmp_path: Path) -> None:
    write(tmp_path, ScanFindings(0, (), ()), lambda: iter(()), PARQUET)
    for name, columns in (("clusters", MEMBERS), ("pairs", PAIRS), ("rejected", REJECTED)):
        table = pq.read_table(tmp_path / f"{name}.parquet")
        assert (table.num_rows, table.column_names) == (0, [*columns])
    assert pq.read_table(tmp_path / "unique.parquet").num_rows == 0


def test_parquet_is_the_same_bytes_twice(parquet_folder: Path, tmp_path: Path) -> None:
    write(tmp_path, FINDINGS, records, PARQUET)
    for path in parquet_folder.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_tables_of_an_earlier_report_in_the_other_format_go(tmp_path: Path) -> None:
    kept = {"report.html", "summary.json"}
    for kind in (TableFormat.JSONL, PARQUET, TableFormat.JSONL):
        write(tmp_path, FINDINGS, records, kind)
        suffixes = {path.suffix for path in tmp_path.iterdir() if path.name not in kept}
        assert suffixes == {f".{kind}"}
        assert len(list(tmp_path.iterdir())) == 6


def test_a_failure_in_parquet_leaves_nothing(tmp_path: Path) -> None:
    readings = []

    def fail_later() -> Iterator[Record | Rejected]:
        readings.append(1)
        yield from list(records())[:2]
        if len(readings) == 2:
            raise OSError(28, "No space left on device")

    with pytest.raises(DumpError, match="No space left on device"):
        write(tmp_path / "new", FINDINGS, fail_later, PARQUET)
    assert list(tmp_path.iterdir()) == []


def test_without_pyarrow_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(MissingExtraError, match=r"writing Parquet needs .*dedup-news\[parquet\]"):
        write(tmp_path / "new", FINDINGS, records, PARQUET)
    assert list(tmp_path.iterdir()) == []


def test_formats_are_read_by_name() -> None:
    assert TableFormat.parse("parquet") is PARQUET
    with pytest.raises(InputError, match="format: got 'csv', wanted one of jsonl, parquet"):
        TableFormat.parse("csv")


def stored(path: Path, *rows: Mapping[str, Any]) -> Any:
    """Write rows of any shape as the unique records are written; read the table again."""
    types = FieldTypes()
    for row in rows:
        types.take(row)
    with path.open("wb") as stream:
        write_rows(stream, types.columns(), map(types.fitted, rows))
    return pq.read_table(path)


def test_fields_of_many_shapes_make_one_table(tmp_path: Path) -> None:
    day = datetime.date(2023, 10, 31)
    moment = datetime.datetime(2023, 10, 31, 9, 30, tzinfo=datetime.UTC)
    table = stored(
        tmp_path / "t.parquet",
        {"id": 1, "text": "One \ud800.", "rank": 2**60 + 1, "tags": [], "day": day},
        {
            "id": "b",
            "rank": 0.5,
            "tags": ["x", None],
            "at": moment,
            "meta": {"a": [1]},
            "none": None,
        },
        {"new": True, "tags": None, "at": None, "mixed": [1, "x"], "huge": 2**70},
    )
    assert table.column_names == [
        *("id", "text", "rank", "tags", "day", "at", "meta", "none", "new", "mixed", "huge")
    ]
    kinds = [str(field.type) for field in table.schema]
    assert kinds == [
        *("string", "string", "double", "list<element: string>", "date32[day]"),
        *("timestamp[us, tz=UTC]", "string", "string", "bool", "string", "string"),
    ]
    as_json = [f.name for f in table.schema if (f.metadata or {}).get(b"encoding") == b"json"]
    assert as_json == ["id", "meta", "mixed", "huge"]
    first, second, third = table.to_pylist()
    assert (first["id"], second["id"], third["id"]) == ("1", '"b"', None)
    assert first["text"] == "One \ufffd."
    assert first["rank"] == float(2**60)
    assert (first["tags"], second["tags"], third["tags"]) == ([], ["x", None], None)
    assert (first["day"], second["at"], third["new"]) == (day, moment, True)
    assert (second["meta"], third["mixed"]) == ('{"a":[1]}', '[1,"x"]')


some_text = st.text('a"é\0\ud800\U0001f600', max_size=4)
one_value = st.one_of(
    *(st.none(), st.booleans(), some_text, st.integers(-(2**70), 2**70)),
    st.floats(allow_nan=False, allow_infinity=False),
)
several = st.lists(one_value, max_size=2) | st.dictionaries(some_text, one_value, max_size=2)
json_values = one_value | several | st.lists(several, max_size=2)
json_rows = st.lists(st.dictionaries(st.sampled_from("abc"), json_values, max_size=3), max_size=4)


@settings(max_examples=60, deadline=None)
@given(json_rows)
def test_any_records_can_be_stored_and_json_text_gives_them_back(rows: list[Any]) -> None:
    with TemporaryDirectory() as place:
        table = stored(Path(place) / "t.parquet", *rows)
    assert table.num_rows == len(rows) * bool(table.column_names)
    for field in table.schema:
        if (field.metadata or {}).get(b"encoding") == b"json":
            values = table.column(field.name).to_pylist()
            again = [None if value is None else json.loads(value) for value in values]
            assert again == [row.get(field.name) for row in rows]


def test_names_beyond_reason_stand_in_one_column(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dedup.report.parquet._MOST_FIELDS", 2)
    rows = [{"id": "1", "text": "Rain."}, {"id": "2", "k2": 5, "x": None}, {"text": "Sun."}]
    table = stored(tmp_path / "t.parquet", *rows)
    assert table.column_names == ["id", "text", "other_fields"]
    assert table.column("other_fields").to_pylist() == [None, '{"k2":5,"x":null}', None]
    assert table.column("id").to_pylist() == ["1", "2", None]


def test_row_groups_end_by_rows_and_by_characters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dedup.report.parquet._GROUP_ROWS", 3)
    monkeypatch.setattr("dedup.report.parquet._GROUP_CHARACTERS", 100)
    rows = [{"text": "x" * length} for length in (1, 1, 1, 1, 150, 99, 1)]
    stored(tmp_path / "t.parquet", *rows)
    groups = pq.ParquetFile(tmp_path / "t.parquet").metadata
    sizes = [groups.row_group(n).num_rows for n in range(groups.num_row_groups)]
    assert sizes == [3, 2, 2]


def test_the_fields_of_a_line_are_read_as_it_was_read_first() -> None:
    assert fields_of(b'{"a": NaN, "b": "\\ud800"}')["b"] == "\ud800"
    assert [*fields_of({"\ud800": 1, 2: 3})] == ["\ufffd", "2"]


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_the_page_needs_nothing_else_and_takes_no_text_for_markup(folder: Path) -> None:
    page = (folder / "report.html").read_text()
    tags = Tags()
    tags.feed(page)
    assert not [tag for tag, _ in tags.seen if tag in {"link", "img", "iframe", "base"}]
    assert not [attrs for _, attrs in tags.seen if "src" in attrs or "onclick" in attrs]
    assert [tag for tag, _ in tags.seen].count("script") == 2
    assert "<script>alert" not in page
    assert "</script><b>" not in page
    assert "\ud800" not in page
    assert 'Beside them, 1 pair is <a href="#apart">partial</a>.' in page
    assert "<small>1 story, 1 day later</small>" in page


def test_the_page_lists_clusters_with_members_and_comparisons(folder: Path) -> None:
    data = embedded((folder / "report.html").read_text())
    first, second = data["clusters"]
    assert first[:2] == [0, "Wire"]
    assert first[2][0] == ["a", "Rain", "2023-10-30", "Wire", "https://wire.example/1", "first", ""]
    assert first[2][1][:7] == ["b", "Wet", "2023-10-31", "Post", "", "1 day later", ""]
    assert data["verdicts"][first[2][1][7]] == "syndicated"
    assert first[2][1][8:] == [0.988, 0.75, 0]
    assert second[2][0][1] == "<script>alert(1)</script>"
    assert second[2][1][1] == "Sno\ufffdw␀"


def test_two_texts_stand_side_by_side_in_the_page(folder: Path) -> None:
    first, second, third = compared((folder / "report.html").read_text())
    columns = re.findall(r"<article[^>]*>(.*?)</article>", first, re.DOTALL)
    left, right = (re.sub(r"<[^>]*>", "", column) for column in columns)
    assert left == RAIN
    assert right == RAIN + " More to come."
    assert '<span class="s added" id="0-b3" tabindex="0" data-p="3"' in first
    assert '<a class="s copied" id="0-a1" href="#0-b1"' in first
    assert "<td>any two articles, before the evidence</td>" in first
    assert "<td>the words are the same, one by one</td>" in second
    assert 'id="2-a1"' in third


UNTITLED = [replace(article, title="") for article in ARTICLES]
LONG = "The harbour of Stavanger\n\nwas closed on Sunday after a ferry lost its rudder at the quay."


def test_an_article_without_a_title_is_listed_by_its_first_words(tmp_path: Path) -> None:
    untitled = [*UNTITLED[:2], replace(UNTITLED[2], text=LONG), *UNTITLED[3:]]
    # The texts of c and d are not kept.
    write(tmp_path, FINDINGS, lambda: read_values(untitled), side_by_side=1)
    first, second = embedded((tmp_path / "report.html").read_text())["clusters"]
    assert [row[6] for row in first[2]] == [
        "Rain fell on Oslo for two days. Trams stood still in the centre.",
        "Rain fell on Oslo for two days. Trams stood still in the centre. More to come.",
    ]
    assert second[2][0][6] == (
        "The harbour of Stavanger was closed on Sunday after a ferry lost its rudder at…"
    )
    assert lines(tmp_path / "clusters.jsonl")[1]["title"] == "", "no title is made up"


def test_first_words_are_not_kept_of_what_has_a_title_or_is_not_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dedup.report.sides.LISTED", 1)
    findings = replace(FINDINGS, pairs=())
    wanted = listings_of(findings, shown_of(findings, 0))
    for article in (ARTICLES[0], *UNTITLED[1:]):
        wanted.take(article)
    assert [wanted.needs_text(article.id, "") for article in ARTICLES] == [True, True, *[False] * 3]
    assert not wanted.needs_text("a", "Rain")
    assert [wanted.opening(key)[:12] for key in "abcde"] == ["", "Rain fell on", "", "", ""]


@pytest.mark.parametrize("title", ["", "Rain"])
def test_a_scan_lists_first_words_however_its_lines_are_fetched(title: str, tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    rows = [
        {"id": key, "title": title, "text": RAIN + key * (key == "c")} for key in ("a", "b", "c")
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    scan(path).write(tmp_path / "fetched")
    scan(rows).write(tmp_path / "passed")
    pages = [tmp_path / name / "report.html" for name in ("fetched", "passed")]
    ((_, _, listed),) = embedded(pages[0].read_text())["clusters"]
    assert [row[6] for row in listed] == [
        "" if title else row["text"] for row in rows if row["id"] in {each[0] for each in listed}
    ]
    assert embedded(pages[0].read_text()) == embedded(pages[1].read_text())


def test_the_page_tells_what_it_leaves_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dedup.report.sides.LISTED", 1)
    write(tmp_path, FINDINGS, records, side_by_side=1)
    page = (tmp_path / "report.html").read_text()
    assert "Listed are the 1 largest of 2 stories" in page
    assert "1 pair can be seen side by side here" in page
    data = embedded(page)
    assert len(data["clusters"]) == len(compared(page)) == 1


def test_the_most_telling_pairs_are_compared_one_of_each_cluster_first() -> None:
    kinds = (Verdict.IDENTICAL, 1.0), (Verdict.SYNDICATED, 0.8), (Verdict.REWRITTEN, 0.1)
    members = tuple(Member(f"m{n}", kind, 0.9, jaccard) for n, (kind, jaccard) in enumerate(kinds))
    small = Member("s", Verdict.SYNDICATED, 0.9, 0.7)
    clusters = (Cluster(0, "small", (small,)), Cluster(1, "large", members))
    findings = replace(FINDINGS, clusters=clusters, pairs=())
    for most, chosen in ((1, {"large", "m2"}), (2, {"large", "m2", "small", "s"})):
        assert texts_shown(findings, most) == chosen
    assert texts_shown(findings, 3) == {"large", "m2", "small", "s", "m1"}


def test_pairs_that_the_page_has_no_room_for_open_in_pages_beside_it(tmp_path: Path) -> None:
    stories = [
        [
            Article(
                f"{n}{side}", f"Rain fell on town {n} for {n} days. Trams stood still.", f"Rain {n}"
            )
            for side in "ab"
        ]
        for n in range(450)
    ]
    clusters = tuple(
        Cluster(n, a.id, (Member(b.id, Verdict.IDENTICAL, 1.0, 1.0),))
        for n, (a, b) in enumerate(stories)
    )
    findings = ScanFindings(articles=900, clusters=clusters, pairs=())
    articles = [article for story in stories for article in story]

    def written(most: int) -> list[str]:
        write(tmp_path, findings, lambda: read_values(articles), side_by_side=most)
        return sorted(path.name for path in tmp_path.glob("[pr]*.html"))

    assert written(1000) == ["pairs-2.html", "pairs-3.html", "report.html"]
    data = embedded((tmp_path / "report.html").read_text())
    places = [rows[1][-1] for _, _, rows in data["clusters"]]
    assert sorted(places) == list(range(450)), "each story has one"
    (number,) = (n for n, place in enumerate(places) if place == 417)
    beside = (tmp_path / "pairs-3.html").read_text()
    assert f"Rain {number}</bdi>" in re.split('id="pair-4(?:17|18)"', beside)[1]
    look = """document.title = [...document.querySelectorAll(".list a.button")].slice(-1)[0].href
      .replace(/.*[/]/, "");"""
    step = "for (let n = 0; n < 8; n++) document.getElementById('on').click();"
    assert "<title>pairs-3.html#pair-449</title>" in browse(tmp_path / "report.html", step + look)
    seen = """location.hash = "#pair-417";
      document.title = [...document.querySelectorAll("section")].filter((each) =>
        getComputedStyle(each).display !== "none").map((each) => each.id);"""
    assert "<title>pair-417</title>" in browse(tmp_path / "pairs-3.html", seen)
    assert written(250) == ["pairs-2.html", "report.html"]
    assert written(0) == ["report.html"]
    written(450)
    asked_for = 'location.hash = "#pair-217";'
    assert violations(tmp_path / "pairs-2.html", asked_for, 800, dark=True) == []


def test_pairs_that_are_no_versions_are_compared_after_one_of_each_cluster() -> None:
    assert texts_shown(FINDINGS) == {"a", "b", "c", "d"}
    apart = tuple(Pair("a", f"p{n}", Verdict.PARTIAL, 0.2, n / 1000) for n in range(300))
    findings = replace(FINDINGS, clusters=(), pairs=(*FINDINGS.pairs, *apart))
    assert texts_shown(findings) == {"a"} | {f"p{n}" for n in range(260, 300)}, "most alike first"


def test_a_scan_without_versions_lists_the_other_pairs(tmp_path: Path) -> None:
    pairs = (Pair("a", "c", Verdict.PARTIAL, 0.2, 0.1), Pair("a", "e", Verdict.TEMPLATE, 0.1, 0.6))
    write(tmp_path, ScanFindings(5, (), pairs), records)
    script = 'document.querySelectorAll(".list > li > button").forEach((each) => each.click());'
    seen = shown(browse(tmp_path / "report.html", script))
    assert "No article is a version of another" in seen
    assert MEANING[Verdict.TEMPLATE] in seen
    form, part = re.findall(r'class="tag (template|partial)">', seen)[::2]
    assert (form, part) == ("template", "partial"), "most alike first"
    assert "The sun shone." in seen
    assert seen.count('<div class="sides columns">') == 2


def test_a_scan_without_versions_has_a_page(tmp_path: Path) -> None:
    write(tmp_path, ScanFindings(0, (), ()), lambda: iter(()))
    assert "No article is a version of another" in (tmp_path / "report.html").read_text()


def test_many_clusters_make_a_page_of_bounded_size(tmp_path: Path) -> None:
    articles = [Article(f"id-{n}", RAIN, "A headline of usual length " * 2) for n in range(6_000)]
    clusters = tuple(
        Cluster(n, f"id-{3 * n}", tuple(_member(f"id-{3 * n + k}") for k in (1, 2)))
        for n in range(2_000)
    )
    write(tmp_path, ScanFindings(6_000, clusters, ()), lambda: read_values(articles))
    assert (tmp_path / "report.html").stat().st_size < 2_000 * 1_000


def _member(name: str) -> Member:
    return Member(name, Verdict.SYNDICATED, 0.9, 0.5)


def _findings(*groups: list[Article]) -> tuple[list[Cluster], Listings]:
    clusters = [
        Cluster(n, group[0].id, tuple(_member(article.id) for article in group[1:]))
        for n, group in enumerate(groups)
    ]
    names = frozenset(article.id for group in groups for article in group)
    listings = Listings(names, frozenset())
    for group in groups:
        for article in group:
            listings.take(article)
    return clusters, listings


def _at(source: str, date: str | None) -> Article:
    return Article(f"{source} {date}", "text", date=date, source=source)  # type: ignore[arg-type]


def test_size_bars_reach_to_the_largest() -> None:
    clusters, _ = _findings(*([_at("x", None)] * size for size in (2, 2, 7, 60)))
    assert [(bar.label, bar.count) for bar in size_bars(clusters)] == [
        *(("2", 2), ("3", 0), ("4", 0), ("5", 0)),
        *(("6–10", 1), ("11–20", 0), ("21–50", 0), ("51+", 1)),
    ]
    assert size_bars([]) == []


@pytest.mark.parametrize(
    ("dates", "labels"),
    [
        (["2023-10-30", "2023-11-01"], ["2023-10-30", "2023-10-31", "2023-11-01"]),
        (["2023-10-30", "2024-02-01"], ["2023-10", "2023-11", "2023-12", "2024-01", "2024-02"]),
        (["1990-10-30", "2023-10-31T09:00:00Z"], [str(year) for year in range(1990, 2024)]),
        ([None], []),
    ],
)
def test_columns_follow_one_another_without_gaps(dates: list[str], labels: list[str]) -> None:
    clusters, listings = _findings(*([_at("first", None), _at(f"{d}", d)] for d in dates))
    columns = columns_over_time(clusters, listings)
    assert [column.label for column in columns] == labels
    assert sum(column.total for column in columns) == len(labels and dates)
    assert all(column.counts[1] == column.total for column in columns)


def test_followers_are_told_by_time_or_by_day() -> None:
    wire = _at("Wire", "2023-10-31T09:00:00+00:00")
    assert followers([wire, _at("Post", "2023-10-31T09:30:00")]) == (
        "Wire",
        {"Post": datetime.timedelta(minutes=30)},
    )
    assert followers([_at("Post", "2023-10-31T10:30:00+02:00"), wire])[0] == "Post"
    assert followers([wire, _at("Post", "2023-10-31")]) == ("", {})
    assert followers([wire, _at("Post", "2023-11-01")]) == (
        "Wire",
        {"Post": datetime.timedelta(days=1)},
    )
    assert followers([wire, _at("Wire", "2023-11-01"), _at("Post", None)]) == ("", {})
    assert followers([]) == ("", {})
    assert followers([wire, _at("Edge", "0001-01-01T00:00:00+05:00")])[0] == "Edge"


def test_arrivals_are_told_by_time_or_by_day() -> None:
    wire = _at("Wire", "2023-10-31T09:00:00+00:00")
    local = _at("Post", "2023-10-31T12:30:00+02:00")
    assert arrivals([local, wire, _at("", None)]) == ["1.5 hours later", "first", ""]
    assert arrivals([wire, wire]) == ["same time", "same time"]
    assert arrivals([wire, _at("Post", "2023-10-31"), _at("Blog", "2023-11-02")]) == [
        *("same day", "same day", "2 days later")
    ]
    assert arrivals([wire, _at("Post", "2023-11-01")]) == ["first", "1 day later"]
    assert arrivals([_at("A", None), _at("B", None)]) == ["", ""]
    assert arrivals([]) == []


def test_dates_are_listed_in_utc_so_that_they_sort(tmp_path: Path) -> None:
    articles = [
        Article("late", RAIN, "", datetime.datetime.fromisoformat("2023-10-31T01:30-05:00"), "A"),
        Article("early", RAIN, "", datetime.datetime.fromisoformat("2023-10-31T05:00"), "B"),
    ]
    clusters = (Cluster(0, "late", (_member("early"),)),)
    write(tmp_path, ScanFindings(2, clusters, ()), lambda: read_values(articles))
    ((_, first, rows),) = embedded((tmp_path / "report.html").read_text())["clusters"]
    assert first == "B"
    assert [row[2] for row in rows] == ["2023-10-31 06:30", "2023-10-31 05:00"]
    assert [row[5] for row in rows] == ["1.5 hours later", "first"]


def test_flows_are_counted_once_a_story_with_their_median_delay() -> None:
    days = [
        ("2023-10-01", "2023-10-02"),
        ("2023-10-01", "2023-10-04"),
        ("2023-10-03", "2023-10-01"),
    ]
    clusters, listings = _findings(*([_at("A", one), _at("B", two)] for one, two in days))
    found = flows(clusters, listings)
    assert [(f.first, f.later, f.count, f.delay.days) for f in found] == [
        ("A", "B", 2, 2),
        ("B", "A", 1, 2),
    ]
    table = matrix(found)
    assert (table.firsts, table.laters) == (("A", "B"), ("B", "A"))
    assert (table.highest, table.left_out) == (2, 0)
    assert table.cells[0] == (found[0], None)


def test_the_matrix_shows_the_busiest_sources_and_counts_the_rest() -> None:
    day = datetime.timedelta(days=1)
    found = [Flow(f"first {n}", f"later {n}", 30 - n, day) for n in range(20)]
    table = matrix(found)
    assert table.firsts == tuple(f"first {n}" for n in range(12))
    assert table.left_out == sum(30 - n for n in range(12, 20))
    lonely = [*found[:12], *(Flow("busy", f"minor {n}", 5, day) for n in range(9))]
    assert "busy" not in matrix(lonely).firsts


def test_durations() -> None:
    delays = [30, 60, 5_400, 86_400, 216_000, 490.5 * 86_400, 1_177 * 86_400]
    worded = [duration(datetime.timedelta(seconds=seconds)) for seconds in delays]
    assert worded == [
        *("0.5 minutes", "1 minute", "1.5 hours", "1 day", "2.5 days", "490 days", "3.2 years")
    ]


def test_the_browser_lists_the_clusters_under_the_pages_own_policy(folder: Path) -> None:
    seen = shown(browse(folder / "report.html"))
    assert seen.count("<details") == 3, "two stories, and a pair that is no version"
    assert "2 stories" in seen
    assert "&lt;script&gt;alert(1)" in seen


def test_the_browser_filters_opens_and_compares(tmp_path: Path) -> None:
    write(tmp_path, FINDINGS, records)
    script = """
      const press = (element, kind) => element.dispatchEvent(new Event(kind, { bubbles: true }));
      const source = document.getElementById("source");
      source.value = "Post & Co";
      press(source, "input");
      document.title = document.getElementById("found").textContent;
      source.value = "";
      press(source, "input");
      document.querySelector(".matrix button").click();
      document.title += "; " + document.getElementById("found").textContent;
      const details = document.querySelector(".list details");
      details.open = true;
      setTimeout(() => details.querySelector("button").click(), 100);
    """
    seen = browse(tmp_path / "report.html", script)
    assert "<title>1 of 2 stories; 1 of 2 stories</title>" in seen
    seen = shown(seen)
    assert seen.count('data-p="') == 5
    assert "More to come." in seen
    assert "<td>any two articles, before the evidence</td>" in seen
    origin = "<bdi>Wire</bdi> first, then <bdi>Post</bdi> · 2023-10-30 to 2023-10-31"
    assert origin in seen, "a source keeps its own direction"
    assert "1 day later" in seen


def test_the_browser_shows_first_words_beside_the_id_and_finds_them(tmp_path: Path) -> None:
    write(tmp_path, FINDINGS, lambda: read_values(UNTITLED))
    script = """
      const search = document.getElementById("search");
      search.value = "trams stood";
      search.dispatchEvent(new Event("input", { bubbles: true }));
      setTimeout(() => {
        const details = document.querySelector(".list details");
        details.open = true;
      }, 300);
    """
    seen = shown(browse(tmp_path / "report.html", script))
    assert 'Trams stood still in the centre. <small dir="auto">a</small>' in seen
    rows = "in the head and in two rows, and in the head of a pair that is no version"
    assert seen.count("Rain fell on Oslo for two days") == 4, rows


def test_the_browser_steps_from_story_to_story_by_key(tmp_path: Path) -> None:
    write(tmp_path, FINDINGS, records)
    script = """
      const key = (name) => document.body.dispatchEvent(
        new KeyboardEvent("keydown", { key: name, bubbles: true }));
      const details = document.querySelector(".list details");
      details.open = true;
      setTimeout(() => {
        details.querySelector("button").click();
        key("j");
        key("j");
        const stops = [...document.querySelectorAll("summary")];
        document.title = document.activeElement.querySelector(".title").textContent;
        key("k");
        document.title += stops.indexOf(document.activeElement);
        key("/");
        document.title += document.activeElement.id;
      }, 100);
    """
    seen = browse(tmp_path / "report.html", script)
    assert "<title>&lt;script&gt;alert(1)&lt;/script&gt;0search</title>" in seen


def test_paper_says_which_of_the_stories_it_holds(tmp_path: Path) -> None:
    articles = [Article(f"id-{n}", RAIN, f"Headline {n}") for n in range(240)]
    clusters = tuple(Cluster(n, f"id-{2 * n}", (_member(f"id-{2 * n + 1}"),)) for n in range(120))
    write(tmp_path, ScanFindings(240, clusters, ()), lambda: read_values(articles))
    first, *_, last = printed(tmp_path / "report.html")
    assert "120 stories 2 Headline 0 " in first, "the list begins below its heading"
    assert "Stories 1 to 50 " in last
    assert "Back" not in last, "a button is no use on paper"


def test_a_link_that_is_no_web_address_is_not_made(tmp_path: Path) -> None:
    write(tmp_path, FINDINGS, records)
    script = 'document.querySelectorAll(".list details").forEach((each) => (each.open = true));'
    seen = shown(browse(tmp_path / "report.html", script))
    assert re.findall(r'href="([^"]*)"', seen) == [
        "#rejected",
        "#rejected",
        "#apart",
        "https://wire.example/1",
        "https://wire.example/1",
    ]


HOSTILE = [
    Article(EVIL, RAIN + EVIL, EVIL, None, EVIL, "javascript:document.title=`owned`"),
    Article(
        "../../x\x1b]0;t\x07", RAIN + " More.", "\0" + EVIL, None, "../" + EVIL, "data:text/html,x"
    ),
    Article("../etc/passwd", SNOW + RAIN, EVIL, None, EVIL, f"https://a.example/{EVIL}"),
]
OPEN_ALL = """
  for (const each of document.querySelectorAll(".list > li > button")) each.click();
  document.body.dataset.opened = document.querySelectorAll(".sides article").length;
"""


def hostile_page(folder: Path) -> Path:
    first, second, third = (article.id for article in HOSTILE)
    findings = ScanFindings(
        3,
        (Cluster(0, first, (Member(second, Verdict.REWRITTEN, 0.9, 0.5),)),),
        (Pair(first, third, Verdict.PARTIAL, 0.3, 0.2),),
        (Rejected(f"../{EVIL}", 7, f"{EVIL}: {EVIL}"),),
        {"keep": EVIL},
        {EVIL: 2},
    )
    write(folder, findings, lambda: read_values(HOSTILE))
    return folder / "report.html"


def test_nothing_that_a_text_holds_runs_even_without_the_policy(tmp_path: Path) -> None:
    page = hostile_page(tmp_path)
    for seen in (browse(page), browse(page, OPEN_ALL)):
        assert "<title>owned" not in seen
    assert 'data-opened="4"' in seen
    assert "\x1b" not in shown(seen)
    links = re.findall(r'href="([^"#]*)"', shown(seen))
    assert links
    assert all(link.startswith("https://a.example/") for link in links)


def test_the_policy_lets_no_other_script_run(tmp_path: Path) -> None:
    page = hostile_page(tmp_path)
    other = "document.title = `owned`;"
    assert "<title>owned" in browse(page, other)
    seen = browse(page, other, with_policy=True)
    assert "<title>owned" not in seen
    assert "1 story" in seen, "the page's own script ran"


@pytest.mark.parametrize(("width", "dark"), [(1400, False), (800, True), (400, False)])
def test_the_page_breaks_no_rule_of_accessibility(folder: Path, width: int, dark: bool) -> None:
    assert violations(folder / "report.html", OPEN_ALL, width, dark=dark) == []
