"""Batches of articles as plain arrays, to be kept on disk and read back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import Ragged, joined
from dedup.dump.batches import Batch
from dedup.dump.cards import FIELDS, Columns
from dedup.model import Rejected
from dedup.moments import from_iso

Arrays = Mapping[str, NDArray[Any]]


def stored(batches: Sequence[Batch]) -> dict[str, NDArray[Any]]:
    """Lay batches end to end in arrays; their texts are left out. All must have cards.

    >>> from dedup.model import Article
    >>> cards, none = Columns.of([Article("a", "", "Rain")]), Ragged.joined([], np.uint8)
    >>> batch = Batch(none, np.array([3]), ["a"], cards, np.zeros(1, np.uint8))
    >>> restored(stored([batch]))[0].ids
    ['a']
    """
    columns = [batch.cards for batch in batches if batch.cards is not None]
    facts = [_facts(batch, part) for batch, part in zip(batches, columns, strict=True)]
    small = Columns.joined(columns).small
    places = [batch.places for batch in batches if batch.places is not None]
    return {
        "numbers": joined([batch.numbers for batch in batches], np.int64),
        "kinds": joined([batch.kinds for batch in batches], np.uint8),
        "places": joined(places, np.int64).reshape(-1, 2),
        "small": small.values,
        "small_offsets": small.offsets,
        "facts": np.frombuffer(json.dumps(facts).encode("ascii"), dtype=np.uint8),
    }


def restored(arrays: Arrays) -> list[Batch]:
    """Make the batches of the arrays, without texts."""
    return list(_batches(arrays))


def _batches(arrays: Arrays) -> Iterator[Batch]:
    small = Ragged(arrays["small"], arrays["small_offsets"])
    row = place = 0
    for facts in json.loads(arrays["facts"].tobytes()):
        end = row + len(facts["ids"])
        places = None
        if facts["places"]:
            places = arrays["places"][place : place + end - row]
            place += end - row
        own = small.take(np.arange(row * FIELDS, end * FIELDS))
        yield Batch(
            texts=Ragged(np.empty(0, np.uint8), np.zeros(1, np.int64)),
            numbers=arrays["numbers"][row:end],
            ids=facts["ids"],
            cards=Columns([value and from_iso(value) for value in facts["dates"]], own),
            kinds=arrays["kinds"][row:end],
            places=places,
            lines=facts["lines"],
            rejected=[Rejected(*item) for item in facts["rejected"]],
            notes=Counter(facts["notes"]),
        )
        row = end


def _facts(batch: Batch, columns: Columns) -> dict[str, Any]:
    """Give what of a batch is no array, as JSON can hold it."""
    return {
        "ids": batch.ids,
        "dates": [date and date.isoformat() for date in columns.dates],
        "places": batch.places is not None,
        "lines": batch.lines,
        "rejected": [[item.source, item.line, item.reason] for item in batch.rejected],
        "notes": batch.notes,
    }
