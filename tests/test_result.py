"""What becomes of a scan's result: other thresholds, tables, pickles."""

from __future__ import annotations

import pickle
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
from newsroom import Newsroom

import dedup
from dedup import Article, DedupError, InputError, Report, scan


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    """Five stories that drift through forty versions each, so that many are nearly versions."""
    room, chance = Newsroom(3), random.Random(3)
    made = []
    for story in range(5):
        sentences = room.story(12).split(". ")
        for version in range(40):
            date = f"2024-01-{chance.randint(1, 28):02}"
            text = ". ".join(sentences)
            made.append(Article(f"{story}-{version}", text, f"Story {story}", date, "Post"))
            if chance.random() < 0.3:
                sentences[chance.randrange(len(sentences))] = room.story(1).rstrip(".")
            if chance.random() < 0.3 and len(sentences) > 6:
                sentences.pop(0)
    chance.shuffle(made)
    return made


@pytest.fixture(scope="module")
def report(articles: list[Article]) -> Report:
    return scan(articles)


@pytest.mark.parametrize("least", [0.5, 0.8, 0.99, 1.0])
def test_rethreshold_gives_what_a_scan_gives(
    articles: list[Article], report: Report, least: float, tmp_path: Path
) -> None:
    fresh = scan(articles, min_probability=least)
    fresh.write(tmp_path / "fresh", side_by_side=20)
    for found in (report.rethreshold(least), report.rethreshold(0.7).rethreshold(least)):
        assert found == fresh
        found.write(tmp_path / "again", side_by_side=20)
        for path in (tmp_path / "fresh").iterdir():
            assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


def test_rethreshold_asks_about_pairs_that_were_no_candidates(
    articles: list[Article], report: Report
) -> None:
    found = scan(articles, min_probability=0.99).rethreshold(0.6)
    candidates = {(pair.a, pair.b) for pair in report._grouping.candidates()}
    asked = [pair for pair in found.pairs if (pair.a, pair.b) not in candidates]
    assert len(asked) > 100
    assert found == report.rethreshold(0.6)


@pytest.mark.parametrize("least", [0.49, 0, 1.01, "high", True, float("nan")])
def test_what_no_verdict_calls_a_version_is_refused_with_the_reason(
    report: Report, least: Any
) -> None:
    for call in (report.rethreshold, lambda least: scan(["Rain."], min_probability=least)):
        with pytest.raises(InputError, match="below one half no verdict says version"):
            call(least)


def test_candidates_are_all_that_was_judged_the_most_probable_first(report: Report) -> None:
    found = report.candidates()
    assert set(report.pairs) < set(found)
    assert len({(pair.a, pair.b) for pair in found}) == len(found)
    probabilities = [pair.probability for pair in found]
    assert probabilities == sorted(probabilities, reverse=True)
    assert probabilities[-1] < 0.1


def test_pairs_are_looked_up_by_id_in_either_order(report: Report) -> None:
    pairs = report.pairs[:50]
    for turned in (False, True):
        asked = [(pair.b, pair.a) if turned else (pair.a, pair.b) for pair in pairs]
        assert report.judged(asked) == [*pairs]
    assert report.judged([("0-0", "4-0")]) == [None]
    with pytest.raises(InputError, match="got 'x', 'y', wanted ids that are in the data"):
        report.judged([("0-0", "x"), ("y", "0-0")])


def test_copies_are_looked_up_as_one() -> None:
    text = Newsroom(4).story()
    edited = text + " Nobody else was told."
    found = scan([text, edited, text.upper(), edited.upper()])
    one, two, three = found.judged([("2", "3"), ("0", "2"), ("0", "1")])
    assert one is not None
    assert two is not None
    assert three is not None
    assert two.verdict == dedup.Verdict.IDENTICAL
    assert one.probability == three.probability


def test_a_function_chooses_the_representative(articles: list[Article]) -> None:
    asked = []

    def best(article: Article, words: int) -> tuple[bool, int]:
        asked.append(article)
        return article.id.endswith("7"), words

    found = scan(articles, keep=best)
    lengths = {article.id: len(article.text.split()) for article in articles}
    assert [(one.id, one.title, one.text) for one in asked] == [
        (one.id, one.title, "") for one in articles
    ]
    for cluster in found.clusters:
        if not cluster.representative.endswith("7"):
            assert not any(member.id.endswith("7") for member in cluster.members)
            longest = max(lengths[member.id] for member in cluster.members)
            assert lengths[cluster.representative] >= longest - 5
    with pytest.raises(InputError, match="keep: the values of the function cannot be compared"):
        scan(["Rain.", "Sun."], keep=lambda article, words: [None, 1j][int(article.id)])


def test_pairs_have_titles_and_sources(report: Report) -> None:
    rows = report.to_dicts("pairs")
    first, pair = rows[0], report.pairs[0]
    assert len(rows) == len(report.pairs)
    assert (first["a"], first["b"], first["verdict"]) == (pair.a, pair.b, pair.verdict)
    assert first["title_a"] == report.article(pair.a).title
    assert first["source_b"] == "Post"
    assert first["date_a"] == report.article(pair.a).date
    frame = report.to_pandas("pairs")
    assert frame["title_b"].tolist() == [row["title_b"] for row in rows]
    assert str(frame["date_b"].dtype) == "datetime64[us, UTC]"
    assert report.to_arrow("candidates").num_rows == len(report.candidates())
    with pytest.raises(InputError, match="'articles', 'pairs' or 'candidates'"):
        report.to_pandas("clusters")
    with pytest.raises(InputError, match="id of an article"):
        report.article("nowhere")


def test_a_report_says_what_it_found(report: Report) -> None:
    assert len(report) == report.articles == 200
    versions = sum(len(cluster.members) for cluster in report.clusters)
    assert repr(report) == (
        f"<dedup.Report of 200 articles: {versions} versions of {len(report.clusters)} others, "
        f"{len(report.pairs)} pairs, 0 rejected>"
    )


def test_a_pickled_report_holds_all_but_the_texts(articles: list[Article], report: Report) -> None:
    again = pickle.loads(pickle.dumps(report))
    assert again == report
    assert hash(again) == hash(report)
    assert again.rethreshold(0.9) == scan(articles, min_probability=0.9)
    assert again.to_dicts() == report.to_dicts()
    with pytest.raises(DedupError, match="pickled"):
        again.unique()


WIRE = "The mayor of Oslo resigned on Monday after a vote. Her party lost four members in March."
PAPER = "The mayor of Oslo resigned on Monday after a vote. Her party lost five members in March."


def results() -> Iterator[object]:
    """Give one of each result that a call of the library gives."""
    yield from (dedup.compare(WIRE, PAPER), dedup.align(WIRE, PAPER), dedup.trace(PAPER, [WIRE]))
    yield from (dedup.why(WIRE, PAPER), tuple(dedup.near_duplicates([WIRE, WIRE])))
    news = [Article("w", WIRE, "Mayor", "2024-01-31", "Wire"), {"id": "p", "text": PAPER}, {"x": 1}]
    index = dedup.Index()
    rejected = index.add(news, on_error="skip")
    assert rejected
    yield from (rejected, tuple(index.query(WIRE)), tuple(index.stories()), index.stats())
    report = scan(news)
    yield from (report, report.clusters, report.pairs, report.rejected, tuple(report.unique()))
    found = dedup.evaluate([("w", "p", "version")], report)
    yield from (found, found.at(0.5), found.at(0.5).precision, dedup.Fields(text="story"))


def test_every_result_has_a_hash_equals_one_made_again_and_can_be_pickled() -> None:
    for one, again in zip(results(), results(), strict=True):
        assert one == again
        assert hash(one) == hash(again)
        loaded = pickle.loads(pickle.dumps(one))
        assert (loaded, hash(loaded)) == (one, hash(one))
        assert type(loaded) is type(one)
    matches = pickle.loads(pickle.dumps(dedup.Index().query(WIRE)))
    assert isinstance(matches, dedup.Matches)


@pytest.mark.parametrize("error", [DedupError, InputError, dedup.DumpError, dedup.FormatError])
def test_errors_can_be_pickled(error: type[Exception]) -> None:
    assert str(pickle.loads(pickle.dumps(error("dump: none")))) == "dump: none"


@pytest.mark.parametrize("date", [pandas.NaT, float("nan"), np.datetime64("NaT", "D"), None])
def test_a_date_that_is_missing_is_none(date: Any) -> None:
    assert Article("a", "Rain fell.", date=date).date is None
