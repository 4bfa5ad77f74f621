"""Places of digests in an open table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import COMPILED

from dedup.dump._claims import claim_places

pytestmark = pytest.mark.loops


@given(st.lists(st.lists(st.integers(1, 40), max_size=9), max_size=4))
@COMPILED
def test_places_are_claimed_as_in_a_dict(batches: list[list[int]]) -> None:
    keys, taken = np.zeros(128, np.uint64), np.zeros(128, np.uint64)
    known: dict[int, int] = {}
    place = 0
    for batch in batches:
        expected = []
        for digest in batch:
            place += 1
            expected.append(known.get(digest * 64, 0))
            known.setdefault(digest * 64, place)
        places = np.arange(place - len(batch) + 1, place + 1).astype(np.uint64)
        digests = np.array(batch, dtype=np.uint64) * np.uint64(64)
        assert claim_places(digests, places, keys, taken).tolist() == expected


@pytest.mark.parametrize(("size", "places"), [(0, 0), (6, 6), (8, 4)])
def test_a_table_of_a_wrong_size_is_refused(size: int, places: int) -> None:
    table = np.zeros(size, np.uint64), np.zeros(places, np.uint64)
    with pytest.raises(ValueError, match=f"{size} slots and {places} places"):
        claim_places(np.ones(1, np.uint64), np.ones(1, np.uint64), *table)
