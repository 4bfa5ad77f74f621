"""A scan against an index, and scans in which only articles near by date are looked at."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from newsroom import Newsroom

import dedup
from dedup import Article, Index, InputError, Report


def day(number: int) -> datetime.date:
    return datetime.date(2024, 1, 1) + datetime.timedelta(days=number)


def news(count: int = 8) -> list[Article]:
    """Give stories and, some days later, a client paper's copy and a copy word for word of each."""
    room, found = Newsroom(41), []
    for number, story in enumerate(room.articles(count)):
        copy, same = room.syndicated(story.text), room.shouted(story.text)
        found += [
            Article(f"s{number}", story.text, "First", day(number), "Wire"),
            Article(f"c{number}", copy, "Copy", day(number + 5), "Post"),
            Article(f"e{number}", same, "Same", day(number + 20), "Echo"),
        ]
    return sorted(found, key=lambda article: article.date or day(0))


def grouped(report: Report) -> dict[str, set[str]]:
    return {c.representative: {member.id for member in c.members} for c in report.clusters}


def test_a_scan_against_an_index_finds_what_a_scan_of_both_finds() -> None:
    articles = news()
    old, new = articles[:12], articles[12:]
    index = Index()
    index.add(old)
    whole, found = dedup.scan(articles), dedup.scan(new, against=index)
    names = {article.id for article in new}
    assert found.articles == len(new)
    wanted = {
        first: members for first, members in grouped(whole).items() if names & {first, *members}
    }
    assert grouped(found) == wanted
    assert {(pair.a, pair.b): pair.verdict for pair in found.pairs} == {
        (pair.a, pair.b): pair.verdict for pair in whole.pairs if pair.b in names
    }
    assert any(pair.a not in names for pair in found.pairs)
    assert sorted(index) == sorted(article.id for article in old)


def test_articles_of_the_index_come_before_those_of_the_scan() -> None:
    text = Newsroom(7).story()
    index = Index()
    index.add([Article("past", text, date=day(9))])
    (cluster,) = dedup.scan([Article("new", text)], against=index, keep="first").clusters
    assert (cluster.representative, cluster.members[0].id) == ("past", "new")
    (pair,) = dedup.scan([Article("new", text)], against=index).pairs
    assert (pair.a, pair.b, pair.probability) == ("past", "new", 1.0)


def test_articles_of_the_index_that_are_scanned_again_count_once() -> None:
    articles = news(3)
    index = Index()
    index.add([*articles, Article("other", articles[0].text)])
    report = dedup.scan(articles, against=index)
    names = [
        name for c in report.clusters for name in (c.representative, *(m.id for m in c.members))
    ]
    assert len(names) == len(set(names)) == 10
    alone = dedup.scan([Article("a", articles[0].text), Article("b", articles[0].text)])
    assert [(pair.a, pair.b) for pair in alone.pairs] == [("a", "b")]
    past = Index()
    past.add([Article("a", articles[0].text), Article("b", articles[0].text)])
    report = dedup.scan([Article("a", articles[0].text)], against=past)
    assert [(pair.a, pair.b) for pair in report.pairs] == [("b", "a")]


def test_stories_of_the_index_alone_are_not_reported() -> None:
    room = Newsroom(7)
    text = room.story()
    index = Index()
    index.add([Article("a", text), Article("b", room.syndicated(text))])
    report = dedup.scan([Article("new", room.story())], against=index)
    assert (report.clusters, report.pairs) == ((), ())


def test_an_empty_index_changes_nothing() -> None:
    articles = news(3)
    one, other = dedup.scan(articles), dedup.scan(articles, against=Index())
    assert (one.clusters, one.pairs) == (other.clusters, other.pairs)


@pytest.mark.parametrize("within", [0, 3, 5, 15, 16, 40])
def test_only_articles_within_days_of_each_other_are_paired(within: int) -> None:
    articles = news()
    dates = {article.id: article.date for article in articles}
    report = dedup.scan(articles, within=within)

    def near(a: str, b: str) -> bool:
        one, other = dates[a], dates[b]
        return one is None or other is None or abs(one - other).days <= within

    whole = dedup.scan(articles)
    assert all(near(pair.a, pair.b) for pair in report.pairs)
    for cluster in report.clusters:
        assert all(near(cluster.representative, member.id) for member in cluster.members)
    pairs = {frozenset((pair.a, pair.b)) for pair in report.pairs}
    for number in range(8):
        is_paired = frozenset((f"s{number}", f"c{number}")) in pairs
        assert is_paired == (within >= 5) or within >= 20, "where e stands for s"
        linked = {f"s{number}", f"c{number}", f"e{number}"}
        clusters = [{c.representative, *(m.id for m in c.members)} for c in report.clusters]
        assert (linked in clusters) == (within >= 20)
    assert (report.pairs == whole.pairs) == (within >= 20)
    index = Index()
    index.add(articles[:10])
    past = dedup.scan(articles[10:], against=index, within=datetime.timedelta(days=within))
    assert all(near(pair.a, pair.b) for pair in past.pairs)


def test_texts_that_are_run_again_and_again_are_paired_with_their_neighbours() -> None:
    text = Newsroom(7).story()
    weekly = [Article(f"w{number}", text, date=day(7 * number)) for number in range(6)]
    undated = Article("u", text)
    report = dedup.scan(weekly, within=7)
    assert sorted((pair.a, pair.b) for pair in report.pairs) == [
        ("w0", "w1"),
        ("w2", "w3"),
        ("w4", "w5"),
    ]
    assert len(dedup.scan([*weekly, undated], within=7).clusters[0].members) >= 1
    similar = dedup.near_duplicates(weekly, within=7)
    assert [(pair.a, pair.b) for pair in similar] == [("w0", "w1"), ("w2", "w3"), ("w4", "w5")]
    assert len(dedup.near_duplicates(weekly)) == 5
    edited = [
        Article(f"e{number}", text + f" Again for the {number}th time.", date=day(7 * number))
        for number in range(6)
    ]
    found = {(pair.a, pair.b) for pair in dedup.near_duplicates(edited, within=7)}
    assert found == {(f"e{number}", f"e{number + 1}") for number in range(5)}


@pytest.mark.parametrize("within", [-1, "7", True])
def test_a_bad_window_is_refused(within: Any) -> None:
    for job in (dedup.scan, dedup.near_duplicates):
        with pytest.raises(InputError, match="within: got"):
            job(["Rain."], within=within)


def test_the_report_names_articles_of_the_index(tmp_path: Path) -> None:
    articles = news()
    index = Index()
    index.add(articles[:12])
    report = dedup.scan(articles[12:], against=index)
    report.write(tmp_path / "out")
    lines = (tmp_path / "out" / "clusters.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    first = next(row for row in rows if row["representative"] == "s0")
    assert (first["title"], first["source"], first["date"]) == ("First", "Wire", "2024-01-01")
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    unique = (tmp_path / "out" / "unique.jsonl").read_text(encoding="utf-8").splitlines()
    assert summary["articles"] == 12
    assert summary["unique"] == len(unique)
    versions = {member.id for cluster in report.clusters for member in cluster.members}
    wanted = [article.id for article in articles[12:] if article.id not in versions]
    assert [json.loads(line)["id"] for line in unique] == wanted


def test_forms_that_an_index_holds_are_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dedup.candidates.lsh._MANY_PAIRS", 0)
    form = "Order {} for Ann of Oslo was confirmed and comes in {} days."
    story = Newsroom(3).story()
    index = Index()
    old = [*(form.format(n, n % 7) for n in range(40)), story]
    index.add([Article(f"old {n}", text) for n, text in enumerate(old)])
    new = [*(form.format(n, n % 5) for n in range(50, 90)), story + " More."]
    report = dedup.scan([Article(str(n), text) for n, text in enumerate(new)], against=index)
    ((note, left_out),) = report.notes.items()
    assert "not looked at" in note
    assert left_out > 40 * 40 / 2
    across = [pair for pair in report.pairs if pair.a.startswith("old ")]
    assert {pair.b for pair in across} == {str(n) for n in range(41)}
    # Two an article by wording, two by rare words, and the one with its cluster's representative.
    assert len(report.candidates()) <= 5 * (len(old) + len(new)) < left_out
    assert ("old 40", "40") in [(pair.a, pair.b) for pair in across]
