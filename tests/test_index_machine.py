"""An index on disk goes in step with a dict and naive search, whatever is done to both.

At each file that is opened, renamed or deleted in its folder a copy of the folder is taken, as a
power cut would leave it: each opens, and holds what was there before the change or after it.
"""

from __future__ import annotations

import datetime
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from newsroom import Newsroom
from oracles import first_of_stories

import dedup
from dedup import Article, Comparison, Index, InputError, Verdict

_ROOM = Newsroom(99)
_STORIES = [_ROOM.story(6) for _ in range(5)]
TEXTS = [
    *_STORIES,
    *(_ROOM.syndicated(text) for text in _STORIES[:3]),
    *(_ROOM.shouted(text) for text in _STORIES[:2]),
    _ROOM.excerpt(_STORIES[0]),
    _ROOM.earnings(),
    _ROOM.earnings(),
    "Rain",
    "...",
]
IDS = [f"id{number}" for number in range(16)]
DAYS = [None, *(datetime.date(2024, 1, day) for day in range(1, 9))]
ids, some_texts, days = st.sampled_from(IDS), st.sampled_from(TEXTS), st.sampled_from(DAYS)
some_articles = st.builds(Article, ids, some_texts, date=days)
batches = st.lists(some_articles, max_size=5, unique_by=lambda a: a.id)


@cache
def compared(a: str, b: str) -> Comparison:
    return dedup.compare(a, b)


class Seen(NamedTuple):
    """What a reader sees of an index."""

    articles: list[tuple[str, datetime.date | None]]
    stories: dict[str, list[str]]


def seen(index: Index) -> Seen:
    stories = {one.id: sorted(member.id for member in one.members) for one in index.stories()}
    return Seen([(row.id, row.date) for row in index.articles()], stories)


class _Crashes:
    """Calls what is set whenever a file in a folder is touched."""

    def __init__(self) -> None:
        self.folder, self.call = "", lambda: None
        self._busy = False
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.folder or self._busy or event not in ("open", "os.rename", "os.remove"):
            return
        if str(arguments[0]).startswith(self.folder):
            self._busy = True
            try:
                self.call()
            finally:
                self._busy = False

    @contextmanager
    def at(self, folder: Path, call: Callable[[], None]) -> Iterator[None]:
        self.folder, self.call = str(folder), call
        try:
            yield
        finally:
            self.folder = ""


CRASHES = _Crashes()


class IndexMachine(RuleBasedStateMachine):
    """Changes an index and asks it; ``kept`` says what it must hold, in the order added."""

    @initialize()
    def begin(self) -> None:
        self.root = Path(tempfile.mkdtemp())
        self.place = self.root / "i"
        self.index = Index.open(self.place)
        self.reader = Index.open(self.place)
        self.kept: dict[str, Article] = {}

    def teardown(self) -> None:
        if hasattr(self, "root"):
            self.index.close()
            self.reader.close()
            shutil.rmtree(self.root)

    def changed(self, change: Callable[[], object], kept: dict[str, Article]) -> None:
        """Make a change that leads to ``kept``, with crashes on the way."""
        before, copies = seen(self.index), []

        def copy() -> None:
            copies.append(self.root / f"copy{len(copies)}")
            shutil.copytree(self.place, copies[-1])

        with CRASHES.at(self.place, copy):
            change()
        self.kept = kept
        after = seen(self.index)
        for path in copies:
            with Index.open(path) as crashed:
                assert seen(crashed) in (before, after)
                asked = crashed.query(TEXTS[0], limit=50)
                held = {key for key, _ in seen(crashed).articles}
                assert {match.id for match in asked} <= held
                crashed.add([Article("afterwards", TEXTS[0])])
                assert "afterwards" in crashed
            names = {found.suffix for found in path.iterdir()}
            assert names <= {".segment", ".sqlite"}
            shutil.rmtree(path)

    @rule(batch=batches, replace=st.booleans())
    def add(self, batch: list[Article], replace: bool) -> None:
        known = any(article.id in self.kept for article in batch)
        if known and not replace:
            with pytest.raises(InputError, match="not yet used"):
                self.index.add(batch)
            return
        own = {article.id: article for article in batch}
        others = {key: held for key, held in self.kept.items() if key not in own}
        self.changed(lambda: self.index.add(batch, replace), {**others, **own})

    @rule(batch=batches, wrong=st.sampled_from([None, 5, b"bytes"]))
    def add_something_wrong(self, batch: list[Article], wrong: object) -> None:
        with pytest.raises(InputError):
            self.index.add([*batch, wrong])  # type: ignore[list-item]

    @rule(key=ids)
    def remove(self, key: str) -> None:
        if key in self.kept:
            others = {held: article for held, article in self.kept.items() if held != key}
            self.changed(lambda: self.index.remove(key), others)
        else:
            with pytest.raises(InputError, match="ids: got"):
                self.index.remove(key)

    @rule(day=st.sampled_from(DAYS[1:]))
    def expire(self, day: datetime.date) -> None:
        left = {k: a for k, a in self.kept.items() if a.date is None or a.date >= day}
        self.changed(lambda: self.index.expire(day), left)

    @rule()
    def compact(self) -> None:
        self.changed(self.index.compact, self.kept)
        assert self.index.stats().segments <= 1

    @precondition(lambda self: self.kept)
    @rule(text=some_texts, within=st.sampled_from([None, 0, 2]), day=days)
    def ask(self, text: str, within: int | None, day: datetime.date | None) -> None:
        wanted = {}
        for key, held in self.kept.items():
            near = within is None or day is None or held.date is None
            found = compared(text, held.text)
            if near or abs(held.date - day).days <= within:
                wanted[key] = (found.verdict, found.probability, found.jaccard, held.date)
        matches = self.index.query(Article("query", text, date=day), limit=50, within=within)
        assert matches == self.reader.query(Article("query", text, date=day), 50, within)
        given = {m.id: (m.verdict, m.probability, m.jaccard, m.date) for m in matches}
        assert given.items() <= wanted.items()
        missed = {key for key in wanted.keys() - given.keys() if self.kept[key].text != "..."}
        assert all(not wanted[key][0].is_version for key in missed) or text == "..."
        assert all(found[0] is not Verdict.UNRELATED for found in given.values())

    @rule(text=some_texts)
    def ask_a_fresh_index(self, text: str) -> None:
        fresh = Index()
        fresh.add(self.kept.values())
        assert self.index.query(text, limit=50) == fresh.query(text, limit=50)
        assert seen(self.index) == seen(fresh)

    @rule()
    def open_again(self) -> None:
        self.index.close()
        self.index = Index.open(self.place)

    @rule(text=some_texts)
    def save_and_load(self, text: str) -> None:
        self.index.save(self.root / "saved")
        loaded = Index.load(self.root / "saved")
        assert loaded.query(text, limit=50) == self.index.query(text, limit=50)
        assert seen(loaded) == seen(self.index)

    @invariant()
    def readers_see_what_the_dict_holds(self) -> None:
        wanted = [(key, article.date) for key, article in self.kept.items()]
        for index in (self.index, self.reader):
            assert len(index) == len(self.kept)
            assert seen(index).articles == wanted
            assert all((key in index) == (key in self.kept) for key in IDS)

    @invariant()
    def stories_are_as_defined(self) -> None:
        held = [one for one in self.kept.values() if one.text != "..."]
        versions = [
            (a, b)
            for b in range(len(held))
            for a in range(b)
            if compared(held[a].text, held[b].text).is_version
        ]
        first = first_of_stories([one.date for one in held], versions)
        wanted: dict[str, list[str]] = {}
        for row, story in enumerate(first):
            if row != story:
                wanted.setdefault(held[story].id, []).append(held[row].id)
        assert seen(self.reader).stories == {key: sorted(own) for key, own in wanted.items()}


IndexMachine.TestCase.settings = settings(deadline=None, max_examples=8, stateful_step_count=15)
TestIndex = IndexMachine.TestCase
