"""A scan on Spark gives what a scan on one machine gives, however the rows are parted."""

from __future__ import annotations

import gc
import json
import os
import random
import shutil
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from newsroom import Newsroom, forms

import dedup
from dedup import DumpError, InputError
from dedup.arrays import Ragged, offsets
from dedup.candidates import lsh
from dedup.text.vocabulary import word_ids

JAVA = shutil.which("java") or os.environ.get("JAVA_HOME")
pytestmark = [
    pytest.mark.skipif(find_spec("pyspark") is None, reason="pyspark is not installed"),
    pytest.mark.skipif(not JAVA, reason="Spark needs Java 17 or later, which is not installed"),
    pytest.mark.filterwarnings("default"),  # Spark and its dependencies warn of one another
    pytest.mark.xdist_group("spark"),  # one session: it takes ten seconds to start
]
ROOT = Path(dedup.__file__).parents[1]
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # half the seconds
COLUMNS = ("id", "title", "date", "source", "text", "photo")
Dump = list[dict[str, str | None]]


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    places = [str(ROOT), str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(places)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if running := SparkSession.getActiveSession():  # of the guide, not as wanted here
            running.stop()
        session = (
            SparkSession.builder.master("local[2, 4]")  # a task that fails is tried again
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.shuffle.partitions", "4")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.extraJavaOptions", QUICK)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.python.daemon.module", "spark_daemon")
            .getOrCreate()
        )
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


def make_dump(seed: int, stories: int = 40) -> Dump:
    """Invent a dump with all that may go wrong when its rows are parted."""
    chance, room = random.Random(seed), Newsroom(seed)
    rows: Dump = []

    def add(text: str | None, **fields: str | None) -> None:
        date = f"2024-03-{chance.randint(1, 28):02}" if chance.random() < 0.8 else None
        source = chance.choice(("Post", "Wire", "Herald", None))
        row = {"id": f"n{len(rows)}", "title": "", "date": date, "source": source, "text": text}
        rows.append({**row, "photo": f"{len(rows)}.jpg", **fields})

    for number in range(stories):
        text = room.story()
        if number % 4 == 0:
            text += "\n\nSend your best pictures of the harbour to our desk by Friday."
            add(text, source="Post")
        else:
            add(text)
        for change in chance.sample((room.syndicated, room.shouted, room.excerpt, str), 2):
            if chance.random() < 0.4:
                add(change(text))
    one = room.story()
    for number in range(70):  # more than a bucket gives all pairs of
        add(f"{one} {room.name()} {number}.")
    for _ in range(3):
        add(room.earnings())
    for text in (None, "", "   ", "…", "…"):
        add(text)
    for row in chance.sample(rows[:40], 6):  # without an id, and some of these twice
        bare = {**row, "id": None}
        rows += [bare] * chance.randint(1, 3)
    rows += chance.sample(rows[:stories], 4)  # the same record again
    rows += [
        {**row, "text": f"{row['text']} And more."} for row in chance.sample(rows[:stories], 3)
    ]
    chance.shuffle(rows)
    return rows


def in_spark(spark: Any, rows: Dump, parts: int) -> Any:
    schema = ", ".join(f"{name} string" for name in COLUMNS)
    values = [tuple(row[name] for name in COLUMNS) for row in rows]
    return spark.createDataFrame(values, schema).repartition(parts)


def reasons(found: Sequence[str]) -> Counter[str]:
    """Count why records were set aside; where the other stood is left out."""
    return Counter(reason.split(" is that of ")[0] for reason in found)


def check_same(rows: Dump, found: Any, report: dedup.Report) -> None:
    """Hold what Spark found against a scan's report, as far as that does not hang on order."""
    pairs = {(*sorted((p.a, p.b)), p.verdict.value, p.probability, p.jaccard) for p in report.pairs}
    listed = [tuple(row) for row in found.pairs.collect()]
    assert len(listed) == len(set(listed))
    assert set(listed) == pairs
    members = {
        (m.id, cluster.representative, m.verdict.value, m.probability, m.jaccard)
        for cluster in report.clusters
        for m in cluster.members
    }
    articles = [row.asDict() for row in found.members.collect()]
    names = ("id", "representative", "verdict", "probability", "jaccard")
    versions = [row for row in articles if row["verdict"]]
    assert {tuple(row[name] for name in names) for row in versions} == members
    assert (
        len(articles) == len({row["id"] for row in articles}) == report.articles == found.articles
    )
    sizes = {row.representative: row.members for row in found.clusters.collect()}
    assert sizes == {c.representative: len(c.members) for c in report.clusters}
    ones = {row["representative"]: row["cluster"] for row in versions}
    assert {row["id"]: row["cluster"] for row in articles if row["id"] in ones} == ones
    unique = Counter(tuple(row) for row in found.unique.collect())
    assert unique == unique_rows(rows, report)
    rejected = [row.reason for row in found.rejected.collect()]
    assert reasons(rejected) == reasons([record.reason for record in report.rejected])


def unique_rows(rows: Dump, report: dedup.Report) -> Counter[tuple[str | None, ...]]:
    """Count the rows that stay: those of a scan's articles that are in no cluster as members."""
    members = {member.id for cluster in report.clusters for member in cluster.members}
    taken = {line.line for line in report.rejected}
    seen: Counter[str] = Counter()
    kept: Counter[tuple[str | None, ...]] = Counter()
    for line, row in enumerate(rows, start=1):
        if line in taken:
            continue
        identity = row["id"] or made(row, seen)
        if identity not in members:
            kept[tuple(row[name] for name in COLUMNS)] += 1
    return kept


def made(row: dict[str, str | None], seen: Counter[str]) -> str:
    """Name a row without an id as a scan does."""
    bare = {key: value for key, value in row.items() if key != "photo"}
    (article,) = dedup.scan([bare, {"id": "other", "text": "Other."}])._cards.ids[:1]
    seen[article] += 1
    return article if seen[article] == 1 else f"{article}-{seen[article]}"


@settings(max_examples=2, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@example(  # pairs of one bucket that are too far apart by date, before those left are thinned
    seed=37546,
    keep="earliest",
    least=0.5,
    within=0,
    parts=2,
    a_part=60,
    a_block=250_000,
    many=150,
    copies=500,
)
@example(  # a group asks about a pair that was judged, which another stood for
    seed=455736430,
    keep="source=Wire,Herald",
    least=0.5,
    within=30,
    parts=6,
    a_part=40,
    a_block=250_000,
    many=200_000,
    copies=500,
)
@given(
    seed=st.integers(0, 1 << 30),
    keep=st.sampled_from(("earliest", "longest", "source=Wire,Herald")),
    least=st.sampled_from((0.5, 0.8)),
    within=st.sampled_from((None, 0, 3)),
    parts=st.integers(1, 7),
    a_part=st.sampled_from((40, 60, 50_000)),
    a_block=st.sampled_from((60, 250_000)),
    many=st.sampled_from((150, 200_000)),
    copies=st.sampled_from((2, 500)),
)
def test_any_partitioning_gives_what_one_machine_gives(
    spark: Any,
    seed: int,
    keep: str,
    least: float,
    within: int | None,
    parts: int,
    a_part: int,
    a_block: int,
    many: int,
    copies: int,
) -> None:
    from dedup.spark import scanning

    rows = make_dump(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lsh, "_MANY_PAIRS", many)  # above, a scan thins them
        patch.setattr(scanning, "_COPIES_A_PART", copies)  # from so many on they stay aside
        patch.setattr(scanning, "_ROWS_A_PART", a_part)
        patch.setattr(scanning, "_ROWS_A_BLOCK", a_block)
        report = dedup.scan(rows, keep=keep, min_probability=least, within=within)
        assert report.clusters
        assert report.rejected
        frame = in_spark(spark, rows, parts)
        found = scanning.scan(frame, keep=keep, min_probability=least, within=within)
        check_same(rows, found, report)


@pytest.mark.parametrize(
    ("within", "stay"),
    [
        (None, (5, True)),
        (20, (5, True)),  # what lies in the window whole
        (3, (1, False)),  # what has no dates
    ],
)
def test_copies_stay_where_they_are_and_follow_what_represents_them(
    spark: Any, monkeypatch: pytest.MonkeyPatch, within: int | None, stay: tuple[int, bool]
) -> None:
    from dedup.spark import scanning

    aside: list[tuple[int, bool]] = []
    release = scanning._Scan._release

    def releasing(scan: Any, *flows: Any) -> bool:
        aside.append((len(scan.heads.value.digests), release(scan, *flows)))
        return aside[-1][1]

    monkeypatch.setattr(scanning._Scan, "_release", releasing)
    monkeypatch.setattr(scanning, "_COPIES_A_PART", 4)
    monkeypatch.setattr(scanning, "_ROWS_A_PART", 60)
    rows = many_copies()
    report = dedup.scan(rows, within=within)
    assert max(len(cluster.members) for cluster in report.clusters) >= 39
    check_same(rows, scanning.scan(in_spark(spark, rows, 3), within=within), report)
    assert aside == [stay]


def many_copies() -> Dump:
    """Invent texts with forty copies each: alone, and with versions that represent or follow."""
    room = Newsroom(8)
    rows: Dump = []
    nothing: dict[str, str | None] = dict.fromkeys(COLUMNS)
    for story, others in enumerate(((), (1,), (28,), (1, 28))):
        text = room.story()
        days = [20, *range(5, 25), *range(5, 24)]
        for day in days:
            row = {"id": f"{story}-{len(rows) * 7 % 41}-{len(rows)}", "date": f"2024-03-{day:02}"}
            rows.append(nothing | row | {"text": text, "source": "Wire"})
        for day in others:
            row = {"id": f"{story}-{day}", "date": f"2024-03-{day:02}"}
            rows.append(nothing | row | {"text": room.syndicated(text)})
    rows += [nothing | {"text": room.story(), "photo": "sea.jpg"}] * 40
    return rows


def test_forms_of_two_shapes_are_thinned_out_as_on_one_machine(
    spark: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dedup.spark import scanning

    monkeypatch.setattr(lsh, "_MANY_PAIRS", 0)
    rows = [dict.fromkeys(COLUMNS) | {"id": f"{n}", "text": text} for n, text in enumerate(forms())]
    report = dedup.scan(rows)
    assert report.notes
    assert len(report.pairs) <= 3 * len(rows)
    check_same(rows, scanning.scan(in_spark(spark, rows, 3)), report)


def test_tasks_that_fail_and_blocks_that_are_lost_change_nothing(
    spark: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyspark import TaskContext

    from dedup.spark import scanning
    from dedup.spark.flow import Flow

    mapped = Flow.mapped

    def failing_once(flow: Flow, work: Any) -> Flow:
        def run(items: Any) -> Any:
            yield from work(items)
            task = TaskContext.get()
            if task and task.attemptNumber() == task.partitionId() == 0:
                raise OSError("the machine is gone")

        return mapped(flow, run)

    monkeypatch.setattr(Flow, "mapped", failing_once)
    monkeypatch.setattr(scanning, "_ROWS_A_PART", 60)
    rows = make_dump(4, stories=20)
    found = scanning.scan(in_spark(spark, rows, 3))
    for blocks in [*spark.sparkContext._jsc.getPersistentRDDs().values()]:
        blocks.unpersist(True)
    check_same(rows, found, dedup.scan(rows))


def test_tables_are_written_all_or_none(spark: Any, tmp_path: Path) -> None:
    from pyspark.sql import functions

    from dedup.spark import scan
    from dedup.spark.writing import write

    found = scan(in_spark(spark, make_dump(5, stories=4), 2))
    target = tmp_path / "found"
    bad = spark.range(1).select(functions.raise_error(functions.lit("no")).alias("id"))
    with pytest.raises(Exception, match="no"):
        write({"pairs": found.pairs, "rejected": bad}, str(target))
    assert [*tmp_path.iterdir()] == []
    found.write(str(target))
    assert sorted(path.name for path in target.iterdir()) == sorted(
        ("pairs", "members", "clusters", "unique", "rejected")
    )
    assert spark.read.parquet(str(target / "members")).count() == found.articles
    with pytest.raises(DumpError, match="something already"):
        found.write(str(target))


def test_a_scan_goes_on_from_what_was_finished(
    spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dedup.spark import scan, scanning

    dump, kept = tmp_path / "dump", str(tmp_path / "kept")
    rows = make_dump(7, stories=4)[:60]
    in_spark(spark, rows, 2).write.parquet(str(dump))
    frame = spark.read.parquet(str(dump))
    found = [tuple(row) for row in scan(frame, checkpoint=kept).pairs.collect()]
    assert found
    shutil.rmtree(tmp_path / "kept" / "judged")
    shutil.rmtree(tmp_path / "kept" / "clusters-0.5-0")
    (tmp_path / "kept" / "rows" / "_SUCCESS").unlink()  # as after a kill in the midst of it
    monkeypatch.setattr(scanning, "_ROWS_A_PART", 9)  # as on a cluster with more cores
    again = [tuple(row) for row in scan(frame, checkpoint=kept).pairs.collect()]
    assert sorted(again) == sorted(found)
    with pytest.raises(DumpError, match="another scan"):
        scan(frame, keep="longest", checkpoint=kept)


def test_what_cannot_be_scanned_is_refused(spark: Any) -> None:
    from dedup.spark import scan

    frame = in_spark(spark, make_dump(6)[:2], 1)
    with pytest.raises(InputError, match="no row is first"):
        scan(frame, keep="first")
    with pytest.raises(InputError, match="wanted one for the text"):
        scan(frame.drop("text"))
    with pytest.raises(InputError, match="within"):
        scan(frame, within=-1)
    with pytest.raises(InputError, match="min_probability"):
        scan(frame, min_probability=0)
    with pytest.raises(DumpError, match="every record was set aside: df: empty text"):
        scan(in_spark(spark, [{**make_dump(6)[0], "text": " "}], 1))


def test_an_empty_frame_has_no_articles(spark: Any) -> None:
    from dedup.spark import scan

    found = scan(in_spark(spark, [], 1))
    assert found.articles == found.pairs.count() == found.members.count() == 0
    assert found.unique.count() == found.clusters.count() == found.rejected.count() == 0


def test_each_part_is_a_partition_of_its_own(spark: Any) -> None:
    from dedup.spark.flow import Flow

    flow = Flow(spark.sparkContext.parallelize([None], 1)).sent(
        lambda items: ((part, part) for _ in items for part in range(13)), 13
    )
    assert sorted(flow.mapped(lambda items: [[*items]]).collect()) == [[k] for k in range(13)]


def test_garbage_is_searched_for_in_what_tasks_made_alone(spark: Any) -> None:
    from dedup.spark.flow import Flow

    flow = Flow(spark.sparkContext.parallelize([None], 1))
    (searched,) = flow.mapped(lambda _: [len(gc.get_objects())]).collect()
    assert searched < 1000  # a worker has loaded 48,000


def test_every_article_of_a_large_block_meets_its_copy(spark: Any) -> None:
    from dedup.candidates.terms import rank_words, ranked
    from dedup.spark.matching import SETTINGS, join_block
    from dedup.text.vocabulary import english

    half = 11_000  # more in all than are weighed at once
    own = np.arange(1, 3 * half + 1, dtype=np.uint32)
    counts = np.full(len(own), 2, np.int32)
    ranking = rank_words(own, counts, 2 * half, english(), SETTINGS)
    words = Ragged(np.tile(own, 2), np.arange(0, 6 * half + 1, 3))
    values, ends, terms = ranked(words, ranking, SETTINGS)
    keys = np.arange(2 * half, dtype=np.uint64) + np.uint64(7)
    items = [(keys, Ragged(values, ends), terms)]
    found = [*join_block(iter(items), spark.sparkContext.broadcast(ranking))]
    pairs = np.concatenate([np.stack((near.keys, near.others), axis=1) for near in found])
    one, other = keys[:half].tolist(), keys[half:].tolist()
    wanted = {*zip(one, other, strict=True), *zip(other, one, strict=True)}
    assert {*map(tuple, pairs.tolist())} == wanted
    assert all((near.shares == 1).all() for near in found)


@settings(deadline=None)  # the first example loads Spark's package
@given(
    links=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=40),
    cuts=st.lists(st.integers(1, 39), max_size=3),
)
def test_forests_of_any_parts_give_what_hangs_together(
    links: list[tuple[int, int]], cuts: list[int]
) -> None:
    from dedup.spark import grouping
    from dedup.spark.judging import Verdicts

    pairs = np.array(links, np.uint64)
    forests = []
    for part in np.split(pairs, sorted({cut for cut in cuts if cut < len(pairs)})):
        sent = grouping.send_forest(iter([Verdicts.of_copies(part)]))
        forests += [forest for _, forest in sent]
    (found,) = grouping.merge_forests(iter(forests))
    least = {end: end for link in links for end in link}
    for _ in links:  # the least of a neighbour, handed on from each to the next
        for one, other in links:
            least[one] = least[other] = min(least[one], least[other])
    assert dict(zip(found.keys.tolist(), found.labels.tolist(), strict=True)) == least


@given(
    st.lists(
        st.lists(
            st.tuples(
                st.sampled_from(("the", "of", "harbour")).map(lambda word: int(word_ids([word])[0]))
                | st.sampled_from((0, 1, 2**32 - 1))
                | st.integers(0, 2**32 - 1),
                st.integers(0, 31),
            ),
            max_size=9,
        ),
        max_size=5,
    ),
    st.randoms(use_true_random=False),
)
def test_packed_rows_give_back_words_and_marks(
    rows: list[list[tuple[int, int]]], chance: random.Random
) -> None:
    from dedup.spark.packing import Packed

    def packed(some: list[list[tuple[int, int]]]) -> Packed:
        every = [word for row in some for word in row]
        words = Ragged(np.array([w for w, _ in every], np.uint32), offsets(map(len, some)))
        return Packed.of(words, np.array([mark for _, mark in every], np.uint8))

    def unpacked(some: Packed) -> list[list[tuple[int, int]]]:
        words, marks = some.unpacked()
        return [
            [*zip(words[k].tolist(), marks[k].tolist(), strict=True)] for k in range(len(words))
        ]

    order = chance.sample(range(len(rows)), len(rows))
    shuffled = packed(rows).take(np.array(order, np.int64))
    assert unpacked(Packed.joined([packed(rows), shuffled])) == rows + [rows[k] for k in order]
    ends = np.array(sorted({0, len(rows) - 1}) if rows else [], np.int64)
    others = [[(7, 1)] for _ in ends]
    expected = [[(7, 1)] if k in ends else row for k, row in enumerate(rows)]
    assert unpacked(packed(rows).replaced(ends, packed(others))) == expected


def test_the_command_reads_and_writes_with_spark(spark: Any, tmp_path: Path) -> None:
    from click.testing import CliRunner

    from dedup.cli import command

    dump, out = tmp_path / "news.jsonl", tmp_path / "found"
    text = Newsroom(9).story()
    rows = [{"id": str(k), "body": body} for k, body in enumerate((text, text.upper()))]
    dump.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    result = CliRunner().invoke(command, ["spark", str(dump), "--out", str(out), "--within", "7d"])
    assert result.exit_code == 0, result.output
    (pair,) = spark.read.parquet(str(out / "pairs")).collect()
    assert (pair.a, pair.b, pair.verdict) == ("0", "1", "identical")


def test_spark_is_loaded_only_when_it_is_used() -> None:
    code = (
        "import sys, dedup; dedup.scan; assert 'pyspark' not in sys.modules;"
        "assert dedup.spark.scan.__module__ == 'dedup.spark.scanning';"
        "assert 'pyspark' in sys.modules"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, cwd=ROOT)
