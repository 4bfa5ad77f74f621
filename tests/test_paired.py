"""Two ways to compare: by NumPy and by compiled loops, with one result."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from newsroom import Newsroom
from strategies import COMPILED, texts

import dedup
from dedup import comparison
from dedup.comparison import compare_compiled, compare_plainly
from dedup.model import Article
from dedup.verdict import paired, stories
from dedup.verdict.measuring import measure

HARD_TEXTS = [
    *("", "\0", "\ud800 rain \udfff", "word", "... !!!", "今天下雨。昨天晴。", "ירד גשם. היה קר."),
    "rain\n" * 2_000,
    "of the long rain " * 2_000,
    "Latest stories\n\nShare this\n\nCopyright 2024",
]


def check_both_ways(a: str, b: str) -> None:
    one, other = Article("a", a), Article("b", b)
    compiled, plain = compare_compiled(one, other), compare_plainly(one, other)
    assert compiled == plain
    assert compiled.to_json() == plain.to_json()


@COMPILED
@given(texts, texts)
def test_measured_alike(a: str, b: str) -> None:
    plain, compiled = measure(a, b), paired.measure(a, b)
    assert compiled.resemblance == plain.resemblance
    assert (compiled.a.furniture, compiled.b.furniture) == (plain.a.furniture, plain.b.furniture)
    assert asdict(compiled.evidence) == pytest.approx(asdict(plain.evidence), abs=1e-9)


@COMPILED
@given(texts, texts)
def test_compared_alike(a: str, b: str) -> None:
    check_both_ways(a, b)


def test_seeds_are_compared_alike(seed_texts: tuple[str, str]) -> None:
    check_both_ways(*seed_texts)
    check_both_ways(*seed_texts[::-1])


@pytest.mark.parametrize("seed", range(12))
def test_news_is_compared_alike(seed: int) -> None:
    newsroom = Newsroom(seed)
    story = newsroom.story()
    for version in (
        story,
        newsroom.syndicated(story),
        newsroom.excerpt(story),
        newsroom.shouted(story),
        newsroom.story(),
    ):
        check_both_ways(story, version)
    check_both_ways(newsroom.earnings(), newsroom.earnings())


@pytest.mark.parametrize("text", HARD_TEXTS, ids=range(len(HARD_TEXTS)))
def test_hard_texts_are_compared_alike(text: str) -> None:
    check_both_ways(text, text)
    check_both_ways(text, "Rain fell on Oslo.")


def test_more_sentence_pairs_than_a_table_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stories, "_MOST_LINKS", 1)
    newsroom = Newsroom(3)
    story = newsroom.story()
    check_both_ways(story, newsroom.syndicated(story))


def test_threads_compare_alike() -> None:
    newsroom = Newsroom(5)
    told = [newsroom.story() for _ in range(8)]
    pairs = [(Article("a", one), Article("b", newsroom.syndicated(one))) for one in told]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda pair: compare_compiled(*pair), pairs))
    assert found == [compare_plainly(*pair) for pair in pairs]


@pytest.mark.parametrize(
    ("comparisons", "before", "pays"),
    [
        (comparison.LOADING_PAYS - 1, True, False),
        (comparison.LOADING_PAYS, True, True),
        (comparison.LOADING_PAYS, False, False),
        (comparison.COMPILING_PAYS, False, True),
    ],
)
def test_the_compiled_way_begins_where_it_pays(
    comparisons: int, before: bool, pays: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, "_compiled_before", lambda: before)
    assert comparison._pays(comparisons) is pays


def test_a_process_that_goes_on_comparing_turns_to_the_compiled_way() -> None:
    script = f"""
import sys, dedup
from dedup import comparison
comparison._compiled_before = lambda: True
found = [dedup.compare("Rain fell on Oslo.", "Rain fell on Leeds.")]
for _ in range({comparison.LOADING_PAYS} - 1):
    found.append(dedup.compare("Rain fell on Oslo.", "Rain fell on Leeds."))
assert "numba" not in sys.modules
found.append(dedup.compare("Rain fell on Oslo.", "Rain fell on Leeds."))
assert "numba" in sys.modules
assert all(one == found[0] for one in found)
"""
    folder = Path(dedup.__file__).parent.parent
    subprocess.run([sys.executable, "-c", script], cwd=folder, check=True, timeout=120)
