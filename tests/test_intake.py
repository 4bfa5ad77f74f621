"""What comes in: nothing lost, nothing invented, whatever form it has."""

from __future__ import annotations

import datetime
import decimal
import gzip
import json
import lzma
import os
import tracemalloc
import uuid
import zipfile
import zlib
from bz2 import compress as bzip2
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from newsroom import Newsroom

import dedup
from dedup import Article, DumpError, Fields, InputError, near_duplicates, scan
from dedup.candidates.lsh import choose_bands
from dedup.corpus.pool import ALL, read_pool
from dedup.dump import Record, read, read_values
from dedup.dump.cells import original_id
from dedup.dump.ids import is_made
from dedup.dump.sources import open_source
from dedup.model import Rejected

STORIES = Newsroom(7)
RAIN, SNOW = STORIES.story(), STORIES.story()


def articles(path: Path | list[Path], **options: Any) -> list[Article]:
    return [item.article for item in read(path, **options) if isinstance(item, Record)]


def save(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def jsonl(path: Path, *rows: dict[str, Any]) -> Path:
    return save(path, "".join(json.dumps(row) + "\n" for row in rows))


# --- ids


def test_a_made_id_takes_no_real_ones_place() -> None:
    rows = [{"id": 1, "text": RAIN}, {"id": None, "text": SNOW}, {"id": 2, "text": RAIN + " x"}]
    report = scan(rows)
    assert (report.articles, report.rejected) == (3, ())
    assert len(near_duplicates([Article("1", RAIN), RAIN])) == 1
    assert len(near_duplicates([RAIN, Article("0", RAIN)])) == 1


def test_made_ids_are_the_same_in_every_file_and_on_every_day(tmp_path: Path) -> None:
    monday = jsonl(tmp_path / "news.jsonl", {"text": RAIN}, {"text": SNOW, "title": "Snow"})
    (tmp_path / "tuesday").mkdir()
    tuesday = jsonl(tmp_path / "tuesday" / "news.jsonl", {"text": "Fog."}, {"text": RAIN})
    ids = [article.id for article in articles(monday)]
    assert all(map(is_made, ids))
    assert len(set(ids)) == 2
    assert articles(tuesday)[1].id == ids[0]
    assert articles(tuesday)[0].id not in ids


def test_the_same_said_twice_is_two_articles(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", *[{"text": RAIN}] * 3)
    ids = [article.id for article in articles(path)]
    assert ids == [ids[0], f"{ids[0]}-2", f"{ids[0]}-3"]
    (cluster,) = scan(path).clusters
    assert {member.id for member in cluster.members} == set(ids[1:])


def test_many_that_say_the_same_cost_linear_time(tmp_path: Path) -> None:
    path = save(tmp_path / "a.jsonl", b'{"text": "Rain."}\n' * 30_000)
    assert len({article.id for article in articles(path)}) == 30_000


def test_two_days_of_one_name_are_both_added(tmp_path: Path) -> None:
    index = dedup.Index()
    for day, text in (("monday", RAIN), ("tuesday", SNOW)):
        (tmp_path / day).mkdir()
        index.add(articles(jsonl(tmp_path / day / "news.jsonl", {"text": text})))
    assert len(index) == 2


IDS = [
    (7, "7"),
    (7.0, "7"),
    (uuid.UUID(int=5), str(uuid.UUID(int=5))),
    (decimal.Decimal("7.50"), "7.50"),
    (np.int64(7), "7"),
    (np.str_("x"), "x"),
    (b"x", "x"),
    ("007", "007"),
]


@pytest.mark.parametrize(("given", "identity"), IDS, ids=repr)
def test_ids_of_all_kinds_are_taken_and_given_back(given: object, identity: str) -> None:
    source = open_source([{"id": given, "text": RAIN}, {"id": "other", "text": SNOW}], None)
    pool = read_pool(source, choose_bands(0.5), 1, keeps=ALL)
    assert pool.cards.ids == [identity, "other"]
    back, _ = pool.cards.original_ids()
    assert back == given
    assert type(back) is type(given) or isinstance(given, np.generic)
    (record, _) = source.records()
    assert isinstance(record, Record)
    assert record.original_id == given


def test_ids_of_a_dump_are_given_back_too(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", {"id": 7, "text": RAIN}, {"id": "8", "text": SNOW})
    pool = read_pool(open_source(path, None), choose_bands(0.5), 1)
    assert pool.cards.original_ids() == [7, "8"]
    assert original_id("7", 1) == 7


def test_where_none_has_an_id_the_position_is_one() -> None:
    assert near_duplicates([RAIN, SNOW, RAIN]) == [("0", "2", 1.0)]
    assert near_duplicates(text for text in [RAIN, SNOW, RAIN]) == [("0", "2", 1.0)]
    pandas = pytest.importorskip("pandas")
    assert near_duplicates(pandas.DataFrame({"text": [RAIN, SNOW, RAIN]})) == [("0", "2", 1.0)]


def test_a_result_is_a_table_with_the_ids_as_they_came(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    rows = [{"id": n, "text": text} for n, text in enumerate([RAIN, SNOW, RAIN])]
    for given in (rows, iter(rows), pandas.DataFrame(rows), jsonl(tmp_path / "a.jsonl", *rows)):
        report = scan(given)
        frame = report.to_pandas()
        assert frame["id"].tolist() == [0, 1, 2]
        assert frame["id"].dtype == "int64"
        assert frame["verdict"].tolist()[2] == "identical"
        assert frame["cluster"].isna().tolist() == [False, True, False]
        assert report.to_arrow().to_pylist() == [
            {"id": 0, "cluster": 0, "representative": 0, **NO_SCORES},
            {"id": 1, "cluster": None, "representative": None, **NO_SCORES},
            {"id": 2, "cluster": 0, "representative": 0, **SCORES},
        ]
        assert [article.id for article in report.unique()] == ["0", "1"]
    keys = [uuid.UUID(int=n) for n in range(2)]
    mixed = scan([{"id": keys[0], "text": RAIN}, {"id": 5, "text": SNOW}, {"text": "Fog."}])
    assert mixed.to_pandas()["id"].tolist()[:2] == [keys[0], 5]
    assert mixed.to_arrow()["id"].to_pylist()[:2] == [str(keys[0]), "5"]
    assert scan([]).to_arrow().num_rows == len(scan([]).to_pandas()) == 0


NO_SCORES = {"verdict": None, "probability": None, "jaccard": None}
SCORES = {"verdict": "identical", "probability": pytest.approx(1, abs=0.01), "jaccard": 1.0}


def test_a_table_with_gaps_among_its_ids_loses_no_row() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"id": [1, None, 2, None], "text": [RAIN, SNOW, "Fog.", SNOW]})
    report = scan(frame)
    assert (report.articles, report.rejected) == (4, ())


# --- cells


@pytest.mark.parametrize("kind", ["mappings", "pandas", "arrow"])
def test_what_is_missing_is_missing_in_every_form(kind: str) -> None:
    pandas = pytest.importorskip("pandas")
    rows = [
        {"id": 1, "text": RAIN, "title": float("nan"), "date": pandas.NaT, "source": pandas.NA},
        {"id": 2, "text": SNOW, "title": None, "date": None, "source": float("nan")},
        {"id": 3, "text": float("nan"), "title": "x", "date": None, "source": None},
    ]
    given: Any = rows
    if kind != "mappings":
        given = pandas.DataFrame(rows).astype({"title": object, "source": object})
    if kind == "arrow":
        arrow = pytest.importorskip("pyarrow")
        given = arrow.table({"id": [1, 2, 3], "text": [RAIN, SNOW, None], "title": [None] * 3})
    first, second, third = open_source(given, None).records()
    for item in (first, second):
        assert isinstance(item, Record)
        article = item.article
        assert (article.title, article.date, article.source, item.notes) == ("", None, "", ())
        assert b"NaN" not in item.to_json_line()
        assert b"NaT" not in item.to_json_line()
    assert isinstance(third, Rejected)
    assert third.reason.startswith("empty text")


def test_the_first_usable_field_wins(tmp_path: Path) -> None:
    path = jsonl(
        tmp_path / "a.jsonl",
        {"text": " ", "body": 5, "content": RAIN, "title": " ", "headline": "H", "id": "x"},
        {"text": RAIN, "date": "soon", "publish_date": "2024-01-02", "id": " ", "_id": "m"},
        {"text": RAIN, "date": "n/a", "published": "2024-01-02", "id": "z"},
    )
    one, two, three = articles(path)
    assert (one.text, one.title) == (RAIN, "H")
    assert (two.id, two.date, three.date) == ("m", datetime.date(2024, 1, 2), two.date)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_times_that_no_calendar_has_cost_no_record(tmp_path: Path, unit: str) -> None:
    arrow = pytest.importorskip("pyarrow")
    import pyarrow.parquet

    large = {"s": 6 * 10**12, "ms": 6 * 10**15, "us": 6 * 10**18, "ns": 2**62}[unit]
    kind = arrow.timestamp(unit, tz="UTC")
    columns = {
        "id": [1, 2],
        "text": [RAIN, SNOW],
        "date": arrow.array([0, large], kind),
        "seen": arrow.array([large, 0], kind),
    }
    table = arrow.table(columns)
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    for given in (tmp_path / "a.parquet", table):
        report = scan(given)
        assert (report.articles, report.rejected) == (2, ())
        report.write(tmp_path / "out")
        rows = (tmp_path / "out" / "unique.jsonl").read_text().splitlines()
        assert len(rows) == 2


def test_a_bad_cell_for_a_text_sets_its_record_aside() -> None:
    arrow = pytest.importorskip("pyarrow")
    text = arrow.array([2**62, 0], arrow.timestamp("s"))
    with pytest.raises(DumpError, match="text not a str: text is BadCell"):
        scan(arrow.table({"text": text}))


# --- a text and a file


def test_a_path_is_a_file_and_a_str_a_text_in_every_call(tmp_path: Path) -> None:
    one, two = save(tmp_path / "1.txt", RAIN), save(tmp_path / "2.txt", RAIN)
    assert dedup.compare(one, two).verdict == "identical"
    with pytest.warns(UserWarning, match="is the text here, not the file"):
        assert dedup.compare(str(one), str(two)).a.text == str(one)
    assert dedup.align(one, two).coverage_a == 1
    assert dedup.trace(one, [two]).coverage == 1
    assert scan([one, two]).articles == 2
    assert [pair.jaccard for pair in scan([one, two]).pairs] == [1.0]
    with pytest.raises(InputError, match="paths and articles together"):
        scan([one, RAIN])
    with pytest.raises(InputError, match="paths and articles together"):
        scan([RAIN, one])
    with pytest.raises(DumpError, match="no such file"):
        scan("gone.jsonl")


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv.gz", "a.parquet", "a.zip", "a.json"])
def test_a_dump_is_no_text(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="a dump of many articles"):
        dedup.compare(tmp_path / name, RAIN)


def test_texts_of_a_generator_are_not_held(tmp_path: Path) -> None:
    def texts() -> Iterator[dict[str, object]]:
        for number in range(300):
            yield {"id": number, "text": f"{number} " + "rain " * 20_000}

    tracemalloc.start()
    source = open_source(texts(), None, scratch=tmp_path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10_000_000  # of 30 MB
    assert sum(1 for _ in source.records()) == 300
    assert list(tmp_path.iterdir()) == []


def test_a_generator_gives_what_its_list_gives(tmp_path: Path) -> None:
    values: list[Any] = [
        Article("x", RAIN, "T", datetime.date(2024, 1, 2), "S", "http://u"),
        {"id": 5, "body": SNOW, "date": datetime.datetime(2024, 1, 2, 3), "extra": [1, None]},
        {"id": 5, "body": "again"},
        "lone \ud800 surrogate",
        "",
        {"id": decimal.Decimal("1.0"), "text": "Fog.", "nan": float("nan")},
    ]
    listed = list(open_source(values, None).records())
    spooled = list(open_source(iter(values), None).records())
    assert len(spooled) == len(listed) == 6
    for one, other in zip(listed, spooled, strict=True):
        if isinstance(one, Rejected) or isinstance(other, Rejected):
            assert one == other
        else:
            assert (one.article, one.line, one.notes) == (other.article, other.line, other.notes)
            assert one.original_id == other.original_id
            assert json.loads(one.to_json_line()) == json.loads(other.to_json_line())


# --- envelopes

ROWS = [{"id": "a", "title": "Rain", "text": RAIN}, {"id": "b", "title": "Snow", "text": SNOW}]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(ROWS),
        json.dumps(ROWS, indent=2),
        json.dumps({"status": "ok", "totalResults": 2, "articles": ROWS}),
        json.dumps({"status": "ok", "articles": ROWS, "more": {"a": [1]}}, indent=2),
        json.dumps({"response": {"docs": ROWS, "n": 1}, "ok": True}),
        json.dumps({"hits": {"total": 2, "hits": [{"_id": "q", "_source": r} for r in ROWS]}}),
        "\n".join(json.dumps({"articles": [row]}) for row in ROWS),
        "\n".join(json.dumps(row, indent=1) for row in ROWS),
        "\ufeff" + "\n\ufeff".join(json.dumps(row) for row in ROWS),
        json.dumps({"@context": "x", "@graph": ROWS}),
        json.dumps({"articles": ROWS}).replace("}, {", "},\n{"),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_envelopes_are_opened(tmp_path: Path, content: str, pack: Any) -> None:
    path = save(tmp_path / "a.json", pack(content.encode()))
    found = list(read(path))
    records = [item for item in found if isinstance(item, Record)]
    assert [(r.article.id, r.article.text) for r in records] == [("a", RAIN), ("b", SNOW)]
    assert len(found) == 2
    report = scan(path)
    assert (report.articles, report.rejected) == (2, ())
    report.write(tmp_path / "out")
    written = (tmp_path / "out" / "unique.jsonl").read_text("utf-8").splitlines()
    assert len([json.loads(line) for line in written]) == 2


def test_a_list_inside_an_article_is_no_envelope(tmp_path: Path) -> None:
    rows = [
        {"articles": [{"url": "x"}], "id": n, "text": text} for n, text in enumerate([RAIN, SNOW])
    ]
    assert [a.id for a in articles(jsonl(tmp_path / "a.jsonl", *rows))] == ["0", "1"]
    rows = [{"id": n, "text": text, "items": [{"url": "x"}]} for n, text in enumerate([RAIN, SNOW])]
    assert [a.id for a in articles(jsonl(tmp_path / "b.jsonl", *rows))] == ["0", "1"]


def test_a_document_may_be_longer_than_memory_should_be(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with path.open("w") as stream:
        stream.write("[")
        for number in range(3_000):
            stream.write(json.dumps({"id": number, "text": "rain " * 2_000}) + ",\n")
        stream.write("]")
    tracemalloc.start()
    assert sum(1 for _ in read(path)) == 3_000
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 15_000_000  # of 30 MB
    found = list(read([path], max_line_bytes=5_000))
    assert all(isinstance(item, Rejected) for item in found)


def test_bodies_of_many_shapes_are_texts(tmp_path: Path) -> None:
    telegram = ["Rain fell on ", {"type": "bold", "text": "Oslo"}, ". Then ", {"text": "snow"}, "."]
    fundus = {"summary": ["Short."], "sections": [{"headline": ["H"], "paragraphs": ["A.", "B."]}]}
    path = jsonl(
        tmp_path / "a.jsonl",
        {"id": "t", "text": telegram},
        {"id": "f", "body": fundus, "publishing_date": "2021-03-05 12:00:00+01:00"},
        {"id": "s", "headline": "H", "articleBody": RAIN, "datePublished": "2021-03-05"},
        {"id": "w", "title": {"rendered": "AT&amp;T"}, "content": {"rendered": RAIN}},
        {"id": "p", "text": ["One.", "Two."]},
    )
    found = {article.id: article for article in articles(path)}
    assert found["t"].text == "Rain fell on Oslo. Then snow."
    assert found["f"].text == "Short.\n\nH\n\nA.\n\nB."
    assert found["s"].text == RAIN
    assert (found["w"].title, found["w"].text) == ("AT&T", RAIN)
    assert found["p"].text == "One.\n\nTwo."
    assert all(found[name].date is not None for name in "fs")


# --- texts put right


def test_references_and_spelled_line_breaks_are_undone(tmp_path: Path) -> None:
    path = jsonl(
        tmp_path / "a.jsonl",
        {
            "id": 1,
            "title": "AT&amp;T",
            "text": "It&#8217;s so.\\n\\nThen &amp;quot;snow&amp;quot;.",
        },
        {"id": 2, "text": "C:\\new & B&B; x"},
        {"id": 3, "text": "Has a\nbreak and \\nNone"},
    )
    one, two, three = articles(path)
    assert (one.title, one.text) == ("AT&T", 'It’s so.\n\nThen "snow".')
    assert two.text == "C:\\new & B&B; x"
    assert three.text == "Has a\nbreak and \\nNone"


def test_html_in_a_text_is_told_and_can_be_taken_out(tmp_path: Path) -> None:
    story = " ".join(RAIN.split())
    page = f"<p>{story}</p>\n<p>It &amp; snow.</p><script>alert(1)</script>"
    path = jsonl(tmp_path / "a.jsonl", {"id": 1, "text": page}, {"id": 2, "text": RAIN})
    report = scan(path)
    assert report.notes == {"text: HTML markup in it": 1}
    report = scan(path, extract_html=True)
    assert report.notes == {}
    (article, _) = articles(path, extract_html=True)
    assert article.text == f"{story}\n\nIt & snow."
    empty = jsonl(tmp_path / "b.jsonl", {"text": "<p></p><br>"}, {"text": RAIN})
    assert len(scan(empty, extract_html=True).rejected) == 1


# --- packed files


@pytest.mark.parametrize(
    ("suffix", "pack"), [("gz", gzip.compress), ("bz2", bzip2), ("xz", lzma.compress)]
)
def test_files_packed_in_many_ways(tmp_path: Path, suffix: str, pack: Any) -> None:
    lines = [json.dumps({"id": n, "text": f"{n} {RAIN}"}).encode() + b"\n" for n in range(300)]
    packed = pack(b"".join(lines[:100])) + pack(b"".join(lines[100:]))
    path = save(tmp_path / f"a.jsonl.{suffix}", packed)
    assert len(articles(path)) == 300
    found = list(read(save(tmp_path / f"b.jsonl.{suffix}", packed[:-9])))
    assert isinstance(found[-1], Rejected)
    assert "truncated" in found[-1].reason or "damaged" in found[-1].reason


def test_hits_of_search_services_are_read(tmp_path: Path) -> None:
    hit = {"_index": "news", "_id": "7", "_source": {"title": "Rain", "text": RAIN}}
    dumped = save(
        tmp_path / "dumped.jsonl", f"{json.dumps(hit)}\n{json.dumps(hit | {'_id': '8'})}\n"
    )
    both = [item for item in read(dumped) if isinstance(item, Record)]
    assert [(one.article.id, one.article.title) for one in both] == [("7", "Rain"), ("8", "Rain")]
    assert json.loads(both[0].to_json_line()) == hit
    assert scan(dumped).clusters[0].representative == "7"
    found = {"id": "world/1", "webTitle": "Rain", "webPublicationDate": "2024-01-01T10:00:00Z"}
    answer = {"response": {"results": [{**found, "fields": {"bodyText": RAIN}}]}}
    (article,) = scan(save(tmp_path / "answer.json", json.dumps(answer))).unique()
    assert (article.id, article.title, article.text) == ("world/1", "Rain", RAIN)
    assert str(article.date) == "2024-01-01 10:00:00+00:00"


def test_html_given_as_a_text_is_told_and_can_be_taken_out() -> None:
    page = f"<div><p>{RAIN}</p>\n<p>Then &amp; now.</p></div>"
    plain = f"{RAIN}\n\nThen & now."
    for ask in (
        lambda **options: dedup.compare(page, plain, **options).a.text,
        lambda **options: dedup.compare_many([(page, plain)], **options)[0].a.text,
        lambda **options: str(dedup.align(page, plain, **options)),
        lambda **options: repr(dedup.trace(plain, [page], **options)),
    ):
        with pytest.warns(UserWarning, match="HTML markup in the text; extract_html=True") as told:
            as_it_is = ask()
        assert len(told) == 1
        assert told[0].filename == __file__
        taken_out = ask(extract_html=True)
        assert taken_out != as_it_is
    assert dedup.compare(page, plain, extract_html=True).verdict == "identical"
    assert dedup.compare("If a < b and b > c", "<p> is a tag").a.text == "If a < b and b > c"


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_columns_without_a_field_are_read_for_what_is_written_alone(
    tmp_path: Path, kind: str
) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    photo = "photo of the rain " * 9
    rows = [{"photo": photo, "n": n, "Text": f"{RAIN} {n}", "id": str(n)} for n in range(2)]
    table = pyarrow.Table.from_pylist(rows)
    path = tmp_path / f"a.{kind}"
    if kind == "parquet":
        parquet.write_table(table, path, compression="none", use_dictionary=False)
    else:
        with pyarrow.ipc.new_file(str(path), table.schema) as writer:
            writer.write_table(table)
    report = scan(path)
    report.write(tmp_path / "out")
    lines = (tmp_path / "out" / "unique.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == rows[:1]

    cell = photo.encode()
    if kind == "parquet":  # where a cell begins with its length
        cell = len(cell).to_bytes(4, "little") + cell
    assert cell in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(cell, b"\xff" * len(cell)))
    report = scan(path)
    assert (report.articles, report.rejected) == (2, ())
    assert [article.id for article in report.unique()] == ["0"]
    with pytest.raises(DumpError, match=f"a.{kind}: a row cannot be read whole"):
        report.write(tmp_path / "out")
    assert (tmp_path / "out" / "unique.jsonl").read_text().splitlines() == lines


@pytest.mark.parametrize("kind", ["txt", "parquet"])
def test_a_zip_whose_names_are_torn_is_told(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "torn.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"\u00e9.{kind}", "Fog.")
    path.write_bytes(path.read_bytes().replace("\u00e9".encode(), b"\x90\x90", 1))
    (tmp_path / "good.txt").write_text(RAIN)
    (rejected,) = scan(tmp_path).rejected
    assert rejected.reason.startswith("damaged zip archive")


def test_a_zip_is_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "news.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../monday.jsonl", json.dumps({"id": 1, "text": RAIN}))
        archive.writestr("b.csv.gz", gzip.compress(b"id,text\n2,Snow fell.\n"))
        archive.writestr("c.pdf", "%PDF")
        archive.writestr("__MACOSX/d.jsonl", "x")
        archive.writestr("e.txt", "Fog.")
        archive.writestr("f/", "")
        archive.writestr(zipfile.ZipInfo(""), "Sun.")
    report = scan(path)
    assert [item.reason for item in report.rejected] == ["a file without a name"]
    assert report.articles == 3
    assert report.notes == {"files passed over in folders: .pdf": 1}
    assert not (tmp_path.parent.parent / "monday.jsonl").exists()
    _, one, *_ = read(path)
    assert isinstance(one, Record)
    assert one.source == f"{path}/../../monday.jsonl"
    misnamed = save(tmp_path / "z.jsonl", path.read_bytes())
    with pytest.raises(DumpError, match=r"a zip archive under another name; name it \.zip"):
        scan(misnamed)
    with pytest.raises(DumpError, match="no zip archive, or a damaged one"):
        scan(save(tmp_path / "bad.zip", path.read_bytes()[:-30]))


def packed_twice(wbits: int) -> list[bytes]:
    packer = zlib.compressobj(9, wbits=wbits)
    return [packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2)]


def test_a_bomb_is_not_read_on(tmp_path: Path) -> None:
    good = jsonl(tmp_path / "good.jsonl", {"text": RAIN})
    # A megabyte is packed once with and once without a head, and repeated: packing takes longest.
    (first, again), (raw, raw_again) = (packed_twice(wbits) for wbits in (31, -15))
    path = save(tmp_path / "bomb.jsonl.gz", first + again * 1_100)
    tracemalloc.start()
    report = scan([good, path])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 200_000_000
    assert "not read on: it unpacks to more than 250 times its size" in report.rejected[-1].reason
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w") as archive:
        archive.writestr("a.jsonl", raw + raw_again * 1_100)
        (member,) = archive.filelist
        member.compress_type, member.file_size = zipfile.ZIP_DEFLATED, 1_101 << 20
    report = scan([good, tmp_path / "bomb.zip"])
    assert "not read on" in report.rejected[-1].reason


def test_old_feather_is_named_for_what_it_is(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    with pytest.raises(DumpError, match="a Feather file of version 1"):
        scan(save(tmp_path / "a.feather", b"FEA1" + b"\0" * 100 + b"FEA1"))


@pytest.mark.parametrize(
    "value", ["[" * 900 + "]" * 900, '{"a":' * 900 + "1" + "}" * 900, "[" * 90_000], ids=len
)
@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_json_nested_deeply_is_read_or_told(tmp_path: Path, name: str, value: str) -> None:
    rows = [f'{{"id": 1, "text": "Rain.", "x": {value}}}', '{"id": 2, "text": "Snow."}']
    content = "\n".join(rows) if name == "a.jsonl" else "[" + ",\n".join(rows) + "]"
    good = jsonl(tmp_path / "good.jsonl", {"id": 3, "text": RAIN})
    report = scan([good, save(tmp_path / name, content)])
    assert report.articles + len(report.rejected) in {2, 3}
    report.write(tmp_path / "out")


# --- what is passed over is told


def test_files_passed_over_are_counted_by_suffix(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a.txt", "b.pdf", "c.pdf", "d.docx", "README", ".hidden"):
        save(tmp_path / "in" / name, "Rain fell.")
    report = scan(tmp_path / "in")
    assert report.articles == 1
    assert report.notes == {
        "files passed over in folders: .docx": 1,
        "files passed over in folders: .pdf": 2,
        "files passed over in folders: without a suffix": 1,
    }


@pytest.mark.parametrize("given", [[""], [{"story": RAIN}], [{"text": None}, {"text": 5}]])
def test_records_none_of_which_can_be_used_are_an_error(given: list[Any]) -> None:
    for job in (scan, near_duplicates):
        with pytest.raises(DumpError, match="no article could be used, every record was set aside"):
            job(given)
        with pytest.raises(DumpError, match="articles:1: "):
            job(iter(given))


def test_a_failed_scan_leaves_the_last_report(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "a.jsonl", {"text": RAIN})
    scan(path).write(tmp_path / "out")
    before = {item.name: item.read_bytes() for item in (tmp_path / "out").iterdir()}
    with pytest.raises(DumpError, match="the fields are 'text'"):
        scan(path, fields=Fields(text="story"), checkpoint=tmp_path / "out" / ".dedup-checkpoint")
    assert {item.name: item.read_bytes() for item in (tmp_path / "out").iterdir()} == before


def test_values_of_strange_types_are_read_or_refused() -> None:
    class Odd:
        def __eq__(self, other: object) -> bool:
            raise ValueError

        __hash__ = None  # type: ignore[assignment]

    (found,) = read_values([{"text": RAIN, "title": Odd(), "url": os, "date": Odd(), "id": 1}])
    assert isinstance(found, Record)
    assert found.article.text == RAIN
    assert set(found.notes) == {"title: not a text", "url: not a text", "date: not a date"}
