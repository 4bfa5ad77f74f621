"""Add to an index what can be used of what is given: all of it, or nothing."""

from __future__ import annotations

from dedup.dump.records import Fields
from dedup.errors import InputError
from dedup.index.records import Given, read_batches, usable_articles
from dedup.index.rows import TakenRow
from dedup.index.store import Store
from dedup.model import Article, Rejected

__all__ = ["ID_TAKEN", "Usable", "add_usable", "usable_by_id"]

ID_TAKEN = "an id not yet used"
Usable = dict[str, tuple[str, Article]]
"""Articles by id, each with the name of the place where it stood."""


def usable_by_id(
    given: Given,
    skipped: list[Rejected] | None,
    fields: Fields | None,
    encoding: str,
    *,
    extract_html: bool = False,
) -> Usable:
    """Give the articles that can be used, no id twice.

    What cannot is put to ``skipped`` or, where that is ``None``, an :class:`InputError`.
    """
    found: Usable = {}
    for place, article in usable_articles(given, fields, encoding, extract_html=extract_html):
        if isinstance(article, Rejected):
            if skipped is None:
                raise InputError(f"{place}: {article.reason}")
            skipped.append(article)
        elif article.id in found:
            _refuse(place, article, "an id not yet used in this call", skipped)
        else:
            found[article.id] = place, article
    return found


def add_usable(
    store: Store,
    found: Usable,
    replace: bool,
    skipped: list[Rejected] | None,
    taken: TakenRow | None = None,
) -> int:
    """Add articles, of a file that is ``taken``; one whose id is there replaces the old, or is
    refused. Gives how many were added.
    """
    with store.changing():
        held = store.catalog.numbers(list(found))
        if not replace:
            for key in held:
                _refuse(*found.pop(key), ID_TAKEN, skipped)
            held = {}
        batch = [article for _, article in found.values()]
        if batch or taken is not None:
            store.add(read_batches(batch), sorted(held.values()), taken)
    return len(batch)


def _refuse(place: str, article: Article, wanted: str, skipped: list[Rejected] | None) -> None:
    if skipped is None:
        raise InputError.of(f"{place}.id", article.id, wanted)
    name, _, line = place.rpartition(":")
    source, number = (name, int(line)) if name and line.isdecimal() else (place, 0)
    skipped.append(Rejected(source, number, f"id: got {article.id!r}, wanted {wanted}"))
