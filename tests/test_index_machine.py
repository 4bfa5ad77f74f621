"""An index goes in step with a dict from id to text, whatever is done to both."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from newsroom import Newsroom

from dedup import Article, Index, InputError, Verdict

_ROOM = Newsroom(99)
_STORIES = [_ROOM.story(6) for _ in range(6)]
TEXTS = [
    *_STORIES,
    *(_ROOM.syndicated(text) for text in _STORIES[:3]),
    *(_ROOM.shouted(text) for text in _STORIES[:2]),
    _ROOM.earnings(),
    _ROOM.earnings(),
    "Rain",
    "",
]
IDS = [f"id{number}" for number in range(20)]
ids, some_texts = st.sampled_from(IDS), st.sampled_from(TEXTS)
batches = st.lists(st.builds(Article, ids, some_texts), max_size=6, unique_by=lambda a: a.id)


class IndexMachine(RuleBasedStateMachine):
    """Adds, removes, saves and asks; the dict ``kept`` says what the index must hold."""

    @initialize()
    def begin(self) -> None:
        self.index = Index()
        self.kept: dict[str, str] = {}

    @rule(batch=batches)
    def add(self, batch: list[Article]) -> None:
        if any(article.id in self.kept for article in batch):
            with pytest.raises(InputError, match="not yet used"):
                self.index.add(batch)
        else:
            self.index.add(batch)
            self.kept.update((article.id, article.text) for article in batch)

    @rule(batch=batches, wrong=st.sampled_from([None, 5, b"bytes"]))
    def add_something_wrong(self, batch: list[Article], wrong: object) -> None:
        with pytest.raises(InputError):
            self.index.add([*batch, wrong])  # type: ignore[list-item]

    @rule(key=ids)
    def remove(self, key: str) -> None:
        if key in self.kept:
            self.index.remove(key)
            del self.kept[key]
        else:
            with pytest.raises(InputError, match="id: got"):
                self.index.remove(key)

    @precondition(lambda self: self.kept)
    @rule(chance=st.randoms(use_true_random=False))
    def remove_most(self, chance: object) -> None:
        for key in list(self.kept)[: -max(1, len(self.kept) // 4)]:
            self.remove(key)

    @rule(text=some_texts)
    def ask(self, text: str) -> None:
        found = {match.id: match for match in self.index.query(text, limit=100)}
        assert set(found) <= set(self.kept)
        same = {key for key, kept in self.kept.items() if kept == text and text}
        assert same <= set(found)
        assert all(found[key].verdict is Verdict.IDENTICAL for key in same)
        assert all(found[key].jaccard == 1.0 for key in same)

    @rule(text=some_texts)
    def ask_a_fresh_index(self, text: str) -> None:
        fresh = Index()
        fresh.add(Article(key, self.kept[key]) for key in sorted(self.kept))
        assert self.index.query(text, limit=100) == fresh.query(text, limit=100)

    @rule(text=some_texts)
    def save_and_load(self, text: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "index"
            self.index.save(path)
            loaded = Index.load(path)
        assert loaded.query(text, limit=100) == self.index.query(text, limit=100)
        self.index = loaded

    @invariant()
    def holds_what_the_dict_holds(self) -> None:
        assert len(self.index) == len(self.kept)
        assert set(self.index) == set(self.kept)
        assert all((key in self.index) == (key in self.kept) for key in IDS)


IndexMachine.TestCase.settings = settings(deadline=None, max_examples=12, stateful_step_count=20)
TestIndex = IndexMachine.TestCase
