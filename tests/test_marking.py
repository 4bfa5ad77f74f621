"""Rows of a pool marked: as one text at a time, and furniture by repetition on top."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from newsroom import Newsroom

from dedup.arrays import encoded
from dedup.candidates.lsh import choose_bands
from dedup.corpus import marking
from dedup.corpus.checkpoint import Checkpoint
from dedup.corpus.marking import MarkedRows, mark_rows
from dedup.corpus.pool import read_pool
from dedup.dump.sources import open_source
from dedup.model import Article
from dedup.reading.texts import marks_of, read_marked
from dedup.text.marks import Mark
from dedup.text.words import words_of_utf8

FOOTER = "The Evening Lantern is printed on recycled paper by a cooperative of its readers."


def marked(articles: list[Article], rows: list[int], folder: Path | None = None) -> MarkedRows:
    source = open_source(articles, None)
    pool = read_pool(source, choose_bands(0.5), 2)
    heard: list[int] = []
    kept = Checkpoint(folder, dict)
    found = mark_rows(
        source, pool, np.array(rows, np.int64), threads=2, kept=kept, tell=heard.append
    )
    assert heard == sorted(heard)
    assert not heard or heard[-1] == len(rows)
    return found


def stories(count: int, source: str = "", tail: str = "") -> list[Article]:
    news = Newsroom(12)
    texts = [f"{news.story()}\n\n{tail}".strip() for _ in range(count)]
    return [Article(f"{source}-{n}", text, source=source) for n, text in enumerate(texts)]


def test_marks_are_those_of_reading_one_by_one() -> None:
    articles = stories(12)
    rows = [0, 3, 4, 11]
    found = marked(articles, rows)
    words, marks = read_marked([articles[row].text for row in rows])
    assert found.marks.values.tolist() == marks.values.tolist()
    assert found.marks.offsets.tolist() == marks.offsets.tolist()
    taken = found.taken(np.array([3, 11]))
    assert taken[0][0].tolist() == words[1].tolist()
    assert taken[1][1].tolist() == marks[3].tolist()


def test_words_of_another_text_are_an_error() -> None:
    words = words_of_utf8(encoded(["Rain fell on Oslo."]))
    for other in ("Snow fell.", "Snow fell on Oslo."):
        with pytest.raises(ValueError, match="words: those of text 0"):
            marks_of(encoded([other]), words)


def test_no_rows_are_marked_without_a_word() -> None:
    found = marked(stories(2), [])
    assert len(found.marks) == 0


def furniture(found: MarkedRows) -> list[int]:
    return [int(np.count_nonzero(found.marks[k] & Mark.FURNITURE)) for k in range(len(found.rows))]


def test_a_line_in_many_stories_of_one_source_is_furniture() -> None:
    words = len(FOOTER.split())
    assert furniture(marked(stories(6, "Lantern", FOOTER), list(range(6)))) == [words] * 6
    assert furniture(marked(stories(4, "Lantern", FOOTER), list(range(4)))) == [0] * 4


def test_a_line_in_stories_of_many_sources_or_of_none_known_is_not() -> None:
    one_each = [
        Article(article.id, article.text, source=f"paper {n}")
        for n, article in enumerate(stories(8, "Lantern", FOOTER))
    ]
    assert furniture(marked(one_each, list(range(8)))) == [0] * 8
    assert furniture(marked(stories(8, "", FOOTER), list(range(8)))) == [0] * 8


@pytest.mark.parametrize("at_once", [1, 3, 8])
def test_repeated_lines_are_marked_some_rows_at_once(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    articles = [*stories(8, "Lantern", FOOTER), *stories(3), *stories(8, "Beacon")]
    whole = marked(articles, list(range(19)))
    monkeypatch.setattr(marking, "_ROWS_AT_ONCE", at_once)
    again = marked(articles, list(range(19)))
    assert again.marks.values.tolist() == whole.marks.values.tolist()
    assert furniture(again) == [len(FOOTER.split())] * 8 + [0] * 11


@pytest.mark.parametrize("parts_kept", [0, 1, 2])
def test_kept_parts_are_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts_kept: int
) -> None:
    monkeypatch.setattr(marking, "_WORDS_A_PART", 1)
    articles = stories(600, "Lantern", FOOTER)
    rows = [*range(0, 600, 2), 599]
    whole = marked(articles, rows, tmp_path)
    names = sorted(path.name for path in tmp_path.glob("marks-*"))
    assert names == ["marks-0.dedup-part", "marks-1.dedup-part"]
    for name in names[parts_kept:]:
        (tmp_path / name).unlink()
    read: list[int] = []
    monkeypatch.setattr(marking, "marks_of", lambda t, w: (read.append(len(w)), marks_of(t, w))[1])
    again = marked(articles, rows, tmp_path)
    assert sum(read) == [len(rows), len(rows) - 256, 0][parts_kept]
    assert again.marks.values.tolist() == whole.marks.values.tolist()
