"""Stars without chains, and who represents them."""

from __future__ import annotations

import datetime
import time
from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dedup.corpus.clusters import Preference, rank, stars
from dedup.errors import InputError

UTC = datetime.UTC
DAY = datetime.date(2023, 10, 31)
edges = st.sets(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda edge: edge[0] < edge[1]),
    max_size=20,
)
orders = st.permutations(range(10))


class Judge:
    """Says which articles are versions of each other, and remembers what it was asked."""

    def __init__(self, versions: set[tuple[int, int]]) -> None:
        self.versions = versions
        self.rounds: list[list[tuple[int, int]]] = []

    def same(self, one: int, other: int) -> bool:
        return (min(one, other), max(one, other)) in self.versions

    def __call__(self, asked: NDArray[np.int64]) -> list[bool]:
        assert asked.dtype == np.int64
        self.rounds.append([(one, other) for one, other in asked.tolist()])
        return [self.same(one, other) for one, other in self.rounds[-1]]

    @property
    def asked(self) -> list[tuple[int, int]]:
        return [question for questions in self.rounds for question in questions]


def cut(
    pairs: Sequence[tuple[int, int]], order: Sequence[int], judge: Judge
) -> list[tuple[int, list[int]]]:
    array = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return stars(array, np.array(order, dtype=np.int64), judge)


@given(edges, edges, orders)
def test_every_member_was_verified_against_its_representative(
    known: set[tuple[int, int]], more: set[tuple[int, int]], order: list[int]
) -> None:
    judge = Judge(known | more)
    found = cut(sorted(known), order, judge)
    places = {article: place for place, article in enumerate(order)}
    seen: list[int] = []
    for representative, members in found:
        assert members == sorted(members)
        assert members
        for member in members:
            assert judge.same(representative, member)
            assert places[representative] < places[member]
        seen += [representative, *members]
    assert len(seen) == len(set(seen))
    heads = [places[representative] for representative, _ in found]
    assert heads == sorted(heads)


@given(edges, edges, orders)
def test_only_free_articles_with_a_common_version_are_asked_about_and_once(
    known: set[tuple[int, int]], more: set[tuple[int, int]], order: list[int]
) -> None:
    judge = Judge(known | more)
    cut(sorted(known), order, judge)
    links = Judge(known)
    assert len(set(judge.asked)) == len(judge.asked)
    assert all(judge.rounds)
    for one, other in judge.asked:
        assert one != other
        assert not links.same(one, other)
        assert any(links.same(one, x) and links.same(x, other) for x in range(10))


def test_groups_that_hang_together_ask_all_at_once() -> None:
    chains = [(10 * k + step, 10 * k + step + 1) for k in range(50) for step in (0, 1)]
    judge = Judge(set(chains))
    assert cut(chains, range(500), judge) == [(10 * k, [10 * k + 1]) for k in range(50)]
    assert judge.rounds == [[(10 * k, 10 * k + 2) for k in range(50)]]


@given(edges, orders)
def test_nobody_is_left_who_is_a_version_of_a_representative(
    known: set[tuple[int, int]], order: list[int]
) -> None:
    """Left alone are only articles whose versions all went to others before."""
    found = cut(sorted(known), order, Judge(known))
    placed = {x for representative, members in found for x in (representative, *members)}
    for one, other in known:
        assert one in placed or other in placed
    for representative, _ in found:
        for one, other in known:
            if representative in (one, other):
                assert {one, other} <= placed


@given(edges, edges, orders, st.randoms(use_true_random=False))
def test_the_order_and_direction_of_pairs_do_not_matter(
    known: set[tuple[int, int]],
    more: set[tuple[int, int]],
    order: list[int],
    random: Random,
) -> None:
    judge = Judge(known | more)
    expected = cut(sorted(known), order, judge)
    shuffled = [*known, *((j, i) for i, j in known)]
    random.shuffle(shuffled)
    assert cut(shuffled, order, judge) == expected


def test_a_chain_is_cut_and_a_missed_candidate_is_verified() -> None:
    chain = [(0, 1), (1, 2), (2, 3)]
    assert cut(chain, range(4), Judge(set(chain))) == [(0, [1]), (2, [3])]
    judge = Judge({*chain, (0, 2)})
    assert cut(chain, range(4), judge) == [(0, [1, 2])]
    assert judge.asked == [(0, 2)]


def test_the_best_in_rank_represents() -> None:
    pairs = [(0, 1), (0, 2), (1, 2)]
    assert cut(pairs, [2, 0, 1], Judge(set(pairs))) == [(2, [0, 1])]


def test_no_pairs_no_stars() -> None:
    assert cut([], range(3), Judge(set())) == []
    assert cut([], [], Judge(set())) == []


def asked_of(pairs: Sequence[tuple[int, int]], order: Sequence[int]) -> int:
    """Count the comparisons asked for when no two articles but the pairs are versions."""
    judge = Judge(set(pairs))
    cut(pairs, order, judge)
    return len(judge.asked)


def test_a_long_chain_asks_for_few_comparisons() -> None:
    n = 10_000
    assert asked_of([(k, k + 1) for k in range(n)], range(n + 1)) <= n


def test_a_long_chain_of_near_versions_is_cut_in_few_rounds() -> None:
    n = 3_000
    chain = [(k, k + 1) for k in range(n - 1)]
    judge = Judge({*chain, *((k, k + 2) for k in range(n - 2))})
    assert cut(chain, range(n), judge) == [(k, [k + 1, k + 2]) for k in range(0, n, 3)]
    assert len(judge.rounds) < 5
    assert len(judge.asked) == len(set(judge.asked)) < 2 * n


def test_many_small_groups_cost_no_more_than_their_number() -> None:
    """Quadratic work would take minutes."""
    n = 30_000
    pairs = np.arange(2 * n).reshape(n, 2)
    found = stars(pairs, np.arange(2 * n), lambda asked: [False] * len(asked))
    assert len(found) == n


def test_many_copies_behind_what_represents_them_cost_no_more_than_their_number() -> None:
    """Each is alone then; looking for what each may ask, when all is asked, took half a minute."""
    n = 20_000
    copies = np.array([(1, copy) for copy in (0, *range(2, n))])
    began = time.process_time()
    assert stars(copies, np.arange(n), lambda asked: [False] * len(asked)) == [(0, [1])]
    assert time.process_time() - began < 5.0


@pytest.mark.parametrize("place", ["first", "last"])
def test_a_hub_of_many_versions_asks_for_comparisons_linear_in_its_pairs(place: str) -> None:
    """A roundup that is a version of 1,000 stories that are no versions of each other."""
    n = 1_000
    order = [0, *range(1, n + 1)] if place == "first" else [*range(1, n + 1), 0]
    assert asked_of([(0, leaf) for leaf in range(1, n + 1)], order) <= 4 * n


def ranked(
    keep: str,
    dates: Sequence[datetime.date | None],
    lengths: Sequence[int],
    sources: Sequence[str] | None = None,
) -> list[int]:
    ids = [f"{row:03}" for row in range(len(lengths))]
    found = rank(Preference.parse(keep), dates, lengths, sources or [""] * len(lengths), ids)
    assert found.dtype == np.int64
    return [int(row) for row in found]


@pytest.mark.parametrize("keep", ["earliest", "longest", "first", "source=Wire"])
def test_ties_go_by_input_order(keep: str) -> None:
    assert ranked(keep, [None] * 5, [7] * 5) == [0, 1, 2, 3, 4]
    assert ranked(keep, [DAY] * 3, [7] * 3) == [0, 1, 2]
    assert ranked(keep, [], []) == []


def test_longest_and_first() -> None:
    assert ranked("longest", [None] * 4, [3, 9, 0, 9]) == [1, 3, 0, 2]
    assert ranked("first", [DAY, None, DAY], [3, 9, 0]) == [0, 1, 2]


def test_earliest_takes_dates_times_zones_and_none() -> None:
    dates = [
        None,
        datetime.date(2023, 11, 1),
        datetime.datetime(2023, 10, 31, 12),
        datetime.datetime(2023, 10, 31, 12, tzinfo=datetime.timezone(datetime.timedelta(hours=2))),
        DAY,
        datetime.datetime(2023, 10, 31, tzinfo=UTC),
        datetime.date.min,
        None,
        datetime.datetime.max,
    ]
    assert ranked("earliest", dates, [1] * 9) == [6, 4, 5, 3, 2, 1, 8, 0, 7]


@given(st.lists(st.one_of(st.none(), st.dates(), st.datetimes(timezones=st.none())), max_size=9))
def test_earliest_is_a_permutation_in_order(dates: list[datetime.date | None]) -> None:
    found = ranked("earliest", dates, [0] * len(dates))
    assert sorted(found) == list(range(len(dates)))
    keys = [str(dates[k]) for k in found if type(dates[k]) is datetime.date]
    assert keys == sorted(keys)
    assert [dates[k] is None for k in found] == sorted(date is None for date in dates)


def test_preferred_sources_come_first_in_their_order_then_the_earliest() -> None:
    sources = ["Blog", "Post", "wire", "", "WIRE", "Post"]
    days = [datetime.date(2023, 10, day) for day in (5, 9, 8, 1, 7, 2)]
    assert ranked("source=Wire,Post", days, [1] * 6, sources) == [4, 2, 5, 1, 3, 0]
    assert ranked("source=post , wire,Post", days, [1] * 6, sources) == [5, 1, 4, 2, 3, 0]
    assert ranked("source=Nobody", days, [1] * 6, sources) == ranked("earliest", days, [1] * 6)


@pytest.mark.parametrize("text", ["earliest", "longest", "first", "source=Wire,Evening Post"])
def test_a_preference_reads_what_it_writes(text: str) -> None:
    assert str(Preference.parse(text)) == text
    assert Preference.parse(Preference.parse(text)) == Preference.parse(text)


@pytest.mark.parametrize(
    "wrong", ["", "latest", "source", "source=", "source= , ", "first=Wire", "first=", None, 1]
)
def test_other_preferences_are_refused_and_the_known_ones_named(wrong: object) -> None:
    with pytest.raises(InputError, match=r"keep: got .*wanted earliest, .* or source=NAME"):
        Preference.parse(wrong)


def test_preferred_sources_that_no_article_has_are_named() -> None:
    assert Preference.parse("source=Wire,Pots,AP").unknown(["ap", "WIRE", ""]) == ("Pots",)
    assert Preference.parse("first").unknown(["ap"]) == ()
