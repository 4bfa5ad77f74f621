from __future__ import annotations

import csv
import gzip
import json
import random
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from newsroom import Newsroom, forms
from oracles import words

import dedup
from dedup import Article, InputError, SimilarPair, near_duplicates


def shingles(text: str) -> set[tuple[str, ...]]:
    """List the distinct word 3-shingles of a text; a shorter text has one."""
    found = [*words(text)]
    if found and len(found) < 3:
        return {tuple(found)}
    return {tuple(found[at : at + 3]) for at in range(len(found) - 2)}


def jaccard(a: set[tuple[str, ...]], b: set[tuple[str, ...]]) -> float:
    return len(a & b) / len(a | b)


def brute_force(articles: list[Article], threshold: float) -> dict[tuple[str, str], float]:
    sets = [shingles(article.text) for article in articles]
    return {
        (str(i), str(j)): jaccard(sets[i], sets[j])
        for i, j in combinations(range(len(sets)), 2)
        if sets[i] and sets[j] and jaccard(sets[i], sets[j]) >= threshold
    }


def numbered(texts: list[str]) -> list[Article]:
    return [Article(str(number), text) for number, text in enumerate(texts)]


def variants(text: str, chance: random.Random) -> list[str]:
    """Replace more and more words of a text, for pairs of all degrees of similarity."""
    found = [" ".join(text.split())]
    for share in (0.005, 0.01, 0.03, 0.06, 0.1, 0.2):
        changed = [
            f"other{chance.random()}" if chance.random() < share else w for w in text.split()
        ]
        found.append(" ".join(changed))
    return found


@pytest.fixture(scope="module")
def pool() -> list[Article]:
    room, chance = Newsroom(7), random.Random(7)
    texts = [text for _ in range(30) for text in variants(room.story(), chance)]
    chance.shuffle(texts)
    return numbered(list(dict.fromkeys(texts)))


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.8, 0.9])
def test_pairs_are_those_of_brute_force(pool: list[Article], threshold: float) -> None:
    wanted = brute_force(pool, threshold)
    found = {(pair.a, pair.b): pair.jaccard for pair in near_duplicates(pool, threshold=threshold)}
    assert len(wanted) > 20
    assert set(found) <= set(wanted), "a pair below the threshold, or one too many"
    assert all(found[pair] == pytest.approx(wanted[pair], abs=1e-9) for pair in found)
    assert len(found) >= 0.95 * len(wanted)


def test_a_higher_recall_finds_more(pool: list[Article]) -> None:
    wanted = len(brute_force(pool, 0.4))
    sparse = near_duplicates(pool, threshold=0.4, recall=0.2)
    dense = near_duplicates(pool, threshold=0.4, recall=0.999)
    assert len(sparse) < len(dense)
    assert len(dense) >= 0.99 * wanted


def test_a_threshold_of_one_finds_equal_sets_alone() -> None:
    texts = ["a b c a b c", "c x y", "a b c a b", "A, B: c a b c"]
    found = near_duplicates(numbered(texts), threshold=1.0)
    assert [(pair.a, pair.b) for pair in found] == [("0", "2"), ("0", "3")]


def test_texts_of_the_same_words_are_each_paired_with_the_first() -> None:
    texts = ["Rain fell on the town.", "Snow.", "RAIN fell on the town", "Rain fell: on the town"]
    assert near_duplicates(numbered(texts)) == [
        SimilarPair("0", "2", 1.0),
        SimilarPair("0", "3", 1.0),
    ]


def test_pairs_name_ids_in_input_order(newsroom: Newsroom) -> None:
    text = newsroom.story()
    articles = [Article("z", text), Article("m", newsroom.story()), Article("a", text + " More.")]
    (pair,) = near_duplicates(articles)
    assert (pair.a, pair.b) == ("z", "a")
    assert pair.jaccard == dedup.compare(articles[0], articles[2]).jaccard


def test_of_forms_each_keeps_two_pairs_that_tie_all_together(
    monkeypatch: pytest.MonkeyPatch, newsroom: Newsroom
) -> None:
    story = newsroom.story()
    few = [story, f"{story} More.", f"{story} Less."]
    texts = [*forms(), *few]
    whole = near_duplicates(texts, threshold=0.3)
    monkeypatch.setattr("dedup.candidates.lsh._MANY_PAIRS", 0)
    found = near_duplicates(texts, threshold=0.3)
    assert set(found) < set(whole)
    assert len(found) <= 2 * len(texts) < len(whole) / 4
    assert [pair for pair in found if int(pair.a) >= 200] == whole[-3:]
    for row in map(str, range(200)):
        partners = [pair.jaccard for pair in whole if row in pair[:2]]
        assert max(partners) == max(pair.jaccard for pair in found if row in pair[:2])


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_threads_change_nothing(pool: list[Article], threads: int) -> None:
    assert near_duplicates(pool, threads=threads) == near_duplicates(pool)


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.csv"])
def test_a_dump_gives_what_its_articles_give(
    pool: list[Article], tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    rows = [{"id": article.id, "text": article.text} for article in pool]
    if name == "a.csv":
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, ["id", "text"])
            writer.writeheader()
            writer.writerows(rows)
    else:
        data = "\n".join(map(json.dumps, rows)).encode()
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    assert near_duplicates(path) == near_duplicates(pool)


def test_empty_input_and_texts_without_words_give_no_pairs() -> None:
    assert near_duplicates([]) == []
    assert near_duplicates(["...", "!!!", "..."]) == []


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(["中国新闻报道。" * 3, "中国新闻报道" * 3], id="CJK"),
        pytest.param(["أخبار المساء اليوم.", "أخبار المساء اليوم"], id="RTL"),
        pytest.param(["rain \ud800 fell on us", "rain fell on us"], id="surrogate"),
        pytest.param(["rain\0fell on us", "rain fell on us"], id="NUL"),
        pytest.param(["Rain", "rain!"], id="one word"),
    ],
)
def test_odd_texts_are_found(texts: list[str]) -> None:
    assert near_duplicates(numbered(texts)) == [SimilarPair("0", "1", 1.0)]


few_words = st.lists(st.sampled_from("abcd"), min_size=1, max_size=9).map(" ".join)


@settings(deadline=None, max_examples=60)
@given(st.lists(few_words, max_size=12))
def test_every_pair_of_short_texts_is_verified(texts: list[str]) -> None:
    articles = numbered(texts)
    wanted = brute_force(articles, 0.6)
    for pair in near_duplicates(articles, threshold=0.6, threads=1):
        assert pair.jaccard == pytest.approx(wanted[pair.a, pair.b])


def test_many_copies_stay_linear() -> None:
    texts = ["The mayor of the town resigned on a Monday after a vote."] * 5000
    found = near_duplicates(numbered(texts))
    assert len(found) == 4999
    assert {pair.a for pair in found} == {"0"}


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"threshold": 0}, "threshold"),
        ({"threshold": 1.5}, "threshold"),
        ({"threshold": "high"}, "threshold"),
        ({"recall": 1}, "recall"),
        ({"num_perm": 0}, "num_perm"),
        ({"num_perm": "many"}, "num_perm"),
        ({"num_perm": 100_000}, "num_perm"),
        ({"threads": 0}, "threads"),
        ({"threads": -1}, "threads"),
        ({"threads": "all"}, "threads"),
    ],
)
def test_bad_options_are_refused_by_name(options: dict[str, Any], name: str) -> None:
    with pytest.raises(InputError, match=f"{name}: got"):
        near_duplicates(["Rain fell.", "Rain fell!"], **options)
