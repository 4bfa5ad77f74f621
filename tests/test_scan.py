from __future__ import annotations

import datetime
import json
import os
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from newsroom import Newsroom, forms

import dedup
from dedup import Article, DumpError, Index, InputError, Pair, Report, Verdict, scan

FILES = {
    *("clusters.jsonl", "pairs.jsonl", "unique.jsonl", "rejected.jsonl"),
    *("summary.json", "report.html"),
}


def day(number: int) -> datetime.date:
    return datetime.date(2024, 1, 1) + datetime.timedelta(number)


def dump(path: Path, articles: list[Article]) -> Path:
    """Write articles as JSON Lines, with spaces that a re-encoding would lose."""
    rows = (
        {"id": a.id, "headline": a.title, "body": a.text, "date": str(a.date or ""), "n": 1.50}
        for a in articles
    )
    path.write_text("".join(json.dumps(row) + "  \n" for row in rows), encoding="utf-8")
    return path


def groups(report: Report) -> set[tuple[str, frozenset[str]]]:
    """Give representatives and members, whatever the clusters' order."""
    return {(c.representative, frozenset(m.id for m in c.members)) for c in report.clusters}


def found(report: Report) -> tuple[Any, ...]:
    return report.articles, report.clusters, report.pairs, report.rejected


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    """Forty stories; of eight of them two versions, and four notices of one template."""
    room = Newsroom(21)
    stories = room.articles(40)
    made = list(stories)
    for story in stories[:8]:
        copied, shouted = room.syndicated(story.text), room.shouted(story.text)
        made.append(replace(story, id=f"{story.id}-copy", text=copied, date=day(100)))
        made.append(replace(story, id=f"{story.id}-loud", text=shouted, date=day(200)))
    made += [Article(f"e{number}", room.earnings(), date=day(50)) for number in range(4)]
    random.Random(1).shuffle(made)
    return made


@pytest.fixture(scope="module")
def report(articles: list[Article]) -> Report:
    return scan(articles)


def test_versions_are_clustered_and_nothing_else(report: Report) -> None:
    assert report.articles == 60
    assert report.rejected == ()
    assert groups(report) == {
        (f"n{number:03}", frozenset({f"n{number:03}-copy", f"n{number:03}-loud"}))
        for number in range(8)
    }
    assert [cluster.id for cluster in report.clusters] == list(range(8))


def test_every_member_compares_with_the_representative_as_compare_says(
    report: Report, articles: list[Article]
) -> None:
    text = {article.id: article for article in articles}
    for cluster in report.clusters:
        for member in cluster.members:
            single = dedup.compare(text[cluster.representative], text[member.id])
            assert member.verdict is single.verdict
            assert member.probability == single.probability
            assert member.jaccard == single.jaccard
            assert member.verdict.is_version


def test_pairs_compare_as_compare_says(report: Report, articles: list[Article]) -> None:
    text = {article.id: article for article in articles}
    places = {article.id: place for place, article in enumerate(articles)}
    assert len(report.pairs) >= 8 * 2 + 3
    order = [(places[pair.a], places[pair.b]) for pair in report.pairs]
    assert order == sorted(set(order))
    assert all(a < b for a, b in order)
    for pair in report.pairs:
        single = dedup.compare(text[pair.a], text[pair.b])
        wanted = Pair(pair.a, pair.b, single.verdict, single.probability, single.jaccard)
        assert pair == wanted


def test_templates_are_pairs_and_no_clusters(report: Report) -> None:
    notices = [pair for pair in report.pairs if pair.a.startswith("e") and pair.b.startswith("e")]
    assert notices
    assert not any(pair.verdict.is_version for pair in notices)


def test_index_and_scan_agree(articles: list[Article]) -> None:
    distinct = [article for article in articles if not article.id.endswith("-loud")]
    index = Index()
    index.add(distinct)
    pairs = {(pair.a, pair.b): pair for pair in scan(distinct).pairs}
    for article in distinct[::4]:
        for match in index.query(article, limit=100):
            pair = pairs.get((article.id, match.id)) or pairs.get((match.id, article.id))
            if pair is not None:
                assert match.probability == pair.probability
                assert (match.verdict, match.jaccard) == (pair.verdict, pair.jaccard)
            else:
                assert not match.verdict.is_version


def test_seeds_among_others_are_found(seed_texts: tuple[str, str]) -> None:
    others = Newsroom(31).articles(200)
    others.insert(70, Article("newer", seed_texts[1], date=day(400)))
    others.insert(150, Article("older", seed_texts[0], date=day(399)))
    report = scan(others)
    (cluster,) = report.clusters
    assert cluster.representative == "older"
    assert [(m.id, m.verdict) for m in cluster.members] == [("newer", Verdict.REWRITTEN)]


# --- keep, min_probability


@pytest.mark.parametrize(
    ("keep", "representative"), [("earliest", "second"), ("longest", "third"), ("first", "first")]
)
def test_keep_chooses_the_representative(keep: str, representative: str) -> None:
    text = Newsroom(4).story()
    versions = [
        Article("first", text, date=day(9)),
        Article("second", text + " Cut.", date=day(1)),
        Article("third", text + " A little more was said here.", date=day(5)),
        Article("none", text + " Undated."),
    ]
    (cluster,) = scan(versions, keep=keep).clusters
    assert cluster.representative == representative
    assert len(cluster.members) == 3


def test_members_of_a_higher_probability_only(report: Report, articles: list[Article]) -> None:
    least = min(m.probability for c in report.clusters for m in c.members)
    bound = (least + 1.0) / 2
    strict = scan(articles, min_probability=bound)
    members = [member for cluster in strict.clusters for member in cluster.members]
    assert members
    assert all(member.probability >= bound for member in members)
    assert len(members) < sum(len(cluster.members) for cluster in report.clusters)


@pytest.mark.parametrize("keep", ["earliest", "longest", "first"])
def test_copies_of_a_version_are_in_its_cluster_whoever_represents_it(keep: str) -> None:
    room = Newsroom(6)
    text = room.story(20)
    edited = text + " Nobody else was told."
    versions = [
        Article("a1", text, date=day(5)),
        Article("b1", edited, date=day(6)),
        Article("a2", text, date=day(1)),
        Article("b2", edited, date=day(7)),
        Article("b3", edited, date=day(8)),
        Article("a3", text, date=day(9)),
    ]
    (cluster,) = scan(versions, keep=keep).clusters
    assert {cluster.representative, *(m.id for m in cluster.members)} == {a.id for a in versions}


# --- what goes in


def test_texts_and_mappings_are_scanned() -> None:
    room = Newsroom(2)
    text, other = room.story(), room.story()
    report = scan([text, {"id": 5, "body": other, "published": "2024-05-01"}, text + " More."])
    (cluster,) = report.clusters
    (member,) = cluster.members
    assert report.articles == 3
    assert "5" not in {cluster.representative, member.id}


def test_short_texts_are_no_paths() -> None:
    texts = ["Rain fell on the town at noon. " * 12, "Rain fell on the town at noon. " * 12 + "!"]
    assert len(scan(texts).clusters) == 1


def test_bad_articles_are_set_aside_and_the_rest_goes_on() -> None:
    text = Newsroom(2).story()
    report = scan([Article("a", text), {}, "", {"id": "a", "text": text.upper()}, text + " More."])
    assert report.articles == 2
    assert len(report.clusters) == 1
    assert len(report.rejected) == 3
    assert "taken" in report.rejected[2].reason


def test_dumps_folders_and_globs_give_the_same(articles: list[Article], tmp_path: Path) -> None:
    half = len(articles) // 2
    one = dump(tmp_path / "a.jsonl", articles[:half])
    two = dump(tmp_path / "b.jsonl", articles[half:])
    wanted = found(scan([one, two]))
    assert wanted[1]
    assert found(scan([two, one])) == wanted
    assert found(scan(str(tmp_path))) == wanted
    assert found(scan(str(tmp_path / "*.jsonl"))) == wanted
    in_memory = scan([replace(article, source="") for article in articles])
    assert in_memory.pairs == wanted[2]
    assert in_memory.clusters == wanted[1]


def test_a_folder_of_texts(seed_paths: tuple[Path, Path]) -> None:
    report = scan(seed_paths[0].parent)
    assert report.articles == 2
    (pair,) = report.pairs
    assert pair.verdict is Verdict.REWRITTEN
    assert [pair.a, pair.b] == sorted({pair.a, pair.b})


def test_ids_twice_and_bad_lines_name_their_place(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text('{"id": "a", "text": "Rain."}\n{broken\n{"id": "a", "text": "Snow."}\n')
    report = scan(path)
    (kept,) = report.unique()
    taken = {"Rain.": 3, "Snow.": 1}[kept.text]
    assert [(r.source, r.line) for r in report.rejected] == [
        (str(path), line) for line in sorted((2, taken))
    ]


def test_nothing_to_scan() -> None:
    report = scan([])
    assert found(report) == (0, (), (), ())
    report = scan(["...", "!"])
    assert (report.articles, report.clusters) == (2, ())


def test_dumps_without_articles_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DumpError, match="no such file"):
        scan(tmp_path / "missing.jsonl")
    with pytest.raises(DumpError, match="holds no file"):
        scan(tmp_path)
    (tmp_path / "empty.jsonl").write_bytes(b"")
    with pytest.raises(DumpError, match="no article in it"):
        scan(tmp_path / "empty.jsonl")


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"keep": "latest"}, "keep"),
        ({"keep": None}, "keep"),
        ({"min_probability": 1.5}, "min_probability"),
        ({"min_probability": -0.1}, "min_probability"),
        ({"min_probability": "high"}, "min_probability"),
        ({"threads": 0}, "threads"),
        ({"threads": 1.5}, "threads"),
        ({"fields": "text"}, "fields"),
    ],
)
def test_bad_options_are_refused_by_name(options: dict[str, Any], name: str) -> None:
    with pytest.raises(InputError, match=f"{name}: got"):
        scan(["Rain fell.", "Rain fell!"], **options)


@pytest.mark.parametrize("wrong", [None, 5, b"Rain.", {"text": "Rain."}, Article("a", "Rain.")])
def test_what_is_no_batch_is_refused(wrong: Any) -> None:
    with pytest.raises(InputError, match="articles: got"):
        scan(wrong)


# --- the same result, whatever the machine does


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_threads_change_nothing(threads: int, report: Report, articles: list[Article]) -> None:
    assert found(scan(articles, threads=threads)) == found(report)


def test_the_order_of_articles_changes_no_cluster(report: Report, articles: list[Article]) -> None:
    turned = scan(articles[::-1])
    assert groups(turned) == groups(report)
    members = {member.id: member for cluster in report.clusters for member in cluster.members}
    assert members == {member.id: member for c in turned.clusters for member in c.members}


def test_another_process_with_another_hash_seed_writes_the_same(
    articles: list[Article], tmp_path: Path
) -> None:
    path = dump(tmp_path / "news.jsonl", articles)
    script = "import sys, dedup; dedup.scan(sys.argv[1]).write(sys.argv[2])"
    environment = {**os.environ, "PYTHONHASHSEED": "31337"}
    command = [sys.executable, "-c", script, str(path), str(tmp_path / "there")]
    subprocess.run(command, env=environment, check=True)
    scan(path).write(tmp_path / "here")
    for name in FILES:
        assert (tmp_path / "here" / name).read_bytes() == (tmp_path / "there" / name).read_bytes()


def test_many_copies_stay_linear(tmp_path: Path) -> None:
    text = Newsroom(12).story(4)

    def seconds(count: int) -> float:
        began = time.process_time()
        report = scan([Article(f"{n:05}", text, date=day(n % 7)) for n in range(count)])
        (cluster,) = report.clusters
        assert len(cluster.members) == count - 1
        assert len(report.pairs) == count - 1
        assert all(member.verdict is Verdict.IDENTICAL for member in cluster.members)
        return time.process_time() - began

    seconds(10)
    assert seconds(3000) < 25 * max(seconds(300), 0.05)


def test_many_notices_of_one_template_end() -> None:
    room = Newsroom(13)
    report = scan([Article(f"{n:03}", room.earnings()) for n in range(40)])
    assert report.articles == 40


def test_progress_is_told(articles: list[Article]) -> None:
    told: list[tuple[str, int, int | None]] = []
    scan(articles, progress=lambda stage, done, total: told.append((stage, done, total)))
    stages = list(dict.fromkeys(stage for stage, _, _ in told))
    assert stages == ["read", "match", "prepare", "judge", "group"]
    assert ("read", 60, None) in told
    assert all(0 <= done <= (total if total is not None else done) for _, done, total in told)


# --- what is written


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_files_hold_the_report(articles: list[Article], tmp_path: Path) -> None:
    path = dump(tmp_path / "news.jsonl", articles)
    with path.open("a") as stream:
        stream.write("{broken\n")
    report = scan(path)
    report.write(tmp_path / "out")
    assert {item.name for item in (tmp_path / "out").iterdir()} == FILES
    clusters = lines(tmp_path / "out" / "clusters.jsonl")
    assert [(c["representative"], [m["id"] for m in c["members"]]) for c in clusters] == [
        (c.representative, [m.id for m in c.members]) for c in report.clusters
    ]
    pairs = lines(tmp_path / "out" / "pairs.jsonl")
    assert [(p["a"], p["b"], p["verdict"]) for p in pairs] == [
        (p.a, p.b, p.verdict.value) for p in report.pairs
    ]
    (rejected,) = lines(tmp_path / "out" / "rejected.jsonl")
    assert (rejected["source"], rejected["line"]) == (str(path), 61)
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert (summary["articles"], summary["clusters"], summary["versions"]) == (60, 8, 16)
    assert (summary["unique"], summary["rejected"]) == (44, 1)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert all(cluster.representative in page for cluster in report.clusters)


def test_unique_keeps_the_original_bytes_in_order(articles: list[Article], tmp_path: Path) -> None:
    path = dump(tmp_path / "news.jsonl", articles)
    report = scan(path)
    report.write(tmp_path / "out")
    versions = {member.id for cluster in report.clusters for member in cluster.members}
    wanted = [
        line.strip()
        for line in path.read_bytes().splitlines()
        if json.loads(line)["id"] not in versions
    ]
    assert len(wanted) == 44
    assert (tmp_path / "out" / "unique.jsonl").read_bytes().splitlines() == wanted


def test_articles_in_memory_are_written_too(tmp_path: Path) -> None:
    text = Newsroom(2).story()
    report = scan(article for article in [Article("a", text, title="T"), Article("b", text + " x")])
    report.write(str(tmp_path / "out"))
    (row,) = lines(tmp_path / "out" / "unique.jsonl")
    assert {name: value for name, value in row.items() if value} == {
        "id": "a",
        "text": text,
        "title": "T",
    }


def test_a_folder_with_other_files_is_refused_and_left(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    report = scan(["Rain fell.", "Rain fell!"])
    with pytest.raises(DumpError, match="not empty"):
        report.write(tmp_path)
    assert [item.name for item in tmp_path.iterdir()] == ["mine.txt"]
    report.write(tmp_path / "out")
    report.write(tmp_path / "out")
    assert {item.name for item in (tmp_path / "out").iterdir()} == FILES


def test_forms_are_thinned_out_within_their_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dedup.candidates.lsh._MANY_PAIRS", 0)
    monkeypatch.setattr("dedup.candidates.terms.ALL_PAIRS", 0)
    rows = [
        {
            "id": str(n),
            "text": f"Order {n} for Ann of Oslo was confirmed and comes in {n % 7} days.",
            "date": f"2024-01-{n % 14 + 1:02}",
        }
        for n in range(84)
    ]
    days = {row["id"]: int(row["date"][-2:]) for row in rows}
    report = scan(rows, within=0)
    assert report.notes
    assert all(days[pair.a] == days[pair.b] for pair in report.pairs)
    assert {one for pair in report.pairs for one in (pair.a, pair.b)} == {*days}


def test_forms_of_two_shapes_list_no_more_than_two_pairs_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dedup.candidates.lsh._MANY_PAIRS", 0)
    texts = [*forms(), *(Newsroom(3).story(),) * 2, Newsroom(4).story()]
    report = scan(texts)
    (left_out,) = report.notes.values()
    # A member stands in a pair with its representative, too, whatever was looked at.
    of = {(member.id, one.representative) for one in report.clusters for member in one.members}
    listed = [pair for pair in report.pairs if not of & {(pair.a, pair.b), (pair.b, pair.a)}]
    assert len(listed) <= 2 * len(texts) < left_out
    assert {one for pair in report.pairs for one in (pair.a, pair.b)} >= set(map(str, range(200)))


def test_forms_that_are_like_very_many_others_are_bounded_and_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("dedup.candidates.lsh._MANY_PAIRS", 0)
    texts = [
        f"Order {n} for Ann of Oslo was confirmed and comes in {n % 7} days." for n in range(60)
    ]
    story = Newsroom(3).story()
    rows = [
        {"id": str(n), "text": text} for n, text in enumerate([*texts, story, story + " More."])
    ]
    report = scan(rows)
    assert scan(rows[::-1]).notes == report.notes
    ((note, left_out),) = report.notes.items()
    assert "not looked at" in note
    assert left_out > len(report.pairs)
    assert len(report.pairs) <= 12 * len(rows)  # two by bands, ten by rare words
    assert {"60", "61"} in [{pair.a, pair.b} for pair in report.pairs if pair.verdict != "template"]
    report.write(tmp_path / "out")
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["notes"] == report.notes
    assert f"{note}</span>: {left_out:,}" in (tmp_path / "out" / "report.html").read_text()
