"""Add to an index what can be used of what is given: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from dedup.dump.ids import id_taken
from dedup.dump.records import Fields
from dedup.errors import InputError
from dedup.index.records import Given, read_batches, usable_articles
from dedup.index.rows import TakenRow
from dedup.index.store import Store, Work
from dedup.model import Article, Rejected
from dedup.progress import Progress

_IN_INDEX = "an article in the index; with replace this one takes its place"
Usable = dict[str, tuple[str, Article]]
"""Articles by id, each with the name of the place where it stood."""
_TOLD = 1 << 8
"""Articles read after which it is told again."""


class AddOptions(NamedTuple):
    """How articles are read, whether they replace others, on how many threads, and who hears."""

    replace: bool
    fields: Fields | None
    encoding: str
    threads: int
    tell: Progress
    extract_html: bool = False


def usable_by_id(given: Given, skipped: list[Rejected] | None, options: AddOptions) -> Usable:
    """Give the articles that can be used, no id twice.

    What cannot is put to ``skipped`` or, where that is ``None``, an :class:`InputError`.
    """
    found: Usable = {}
    for place, article in usable_articles(
        given, options.fields, options.encoding, extract_html=options.extract_html
    ):
        if isinstance(article, Rejected):
            if skipped is None:
                raise InputError(f"{place}: {article.reason}")
            skipped.append(article)
        elif article.id in found:
            _refuse(place, article, found[article.id][0], skipped)
        else:
            found[article.id] = place, article
            if len(found) % _TOLD == 0:
                options.tell("read", len(found), None)
    return found


def add_usable(
    store: Store,
    found: Usable,
    skipped: list[Rejected] | None,
    options: AddOptions,
    taken: TakenRow | None = None,
) -> int:
    """Add articles, of a file that is ``taken``; one whose id is there replaces the old, or is
    refused. Gives how many were added.
    """
    with store.changing():
        held = store.catalog.numbers(list(found))
        if not options.replace:
            for key in held:
                _refuse(*found.pop(key), _IN_INDEX, skipped)
            held = {}
        batch = [article for _, article in found.values()]
        if batch or taken is not None:
            work = Work(options.threads, _counting(options.tell, len(batch)))
            store.add(read_batches(batch), sorted(held.values()), taken, work)
    return len(batch)


def _counting(tell: Progress, total: int) -> Callable[[int], None]:
    """Give who hears of articles as they are added, and tells how many those are by now."""
    count = 0

    def done(more: int) -> None:
        nonlocal count
        count += more
        tell("add", count, total)

    return done


def _refuse(place: str, article: Article, other: str, skipped: list[Rejected] | None) -> None:
    """Set an article aside, or raise, as ``other`` has its id."""
    if skipped is None:
        told = f"an id not yet used: it is that of {other}"
        raise InputError.of(f"{place}.id", article.id, told)
    name, _, line = place.rpartition(":")
    source, number = (name, int(line)) if name and line.isdecimal() else (place, 0)
    skipped.append(Rejected(source, number, id_taken(article.id, other)))
