"""From what is given to :meth:`dedup.Index.add` to articles with ids, their words and marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dedup.arrays import U8, Ragged, joined
from dedup.dump.frames import Table, open_frame
from dedup.dump.ids import made_id
from dedup.dump.reading import make_options, read, read_value
from dedup.dump.records import Fields, Record
from dedup.errors import InputError
from dedup.hints import warn_of_a_file
from dedup.model import Article, Rejected
from dedup.reading.texts import read_marked

_READ_AT_ONCE = 1 << 10
_A_BATCH = 1 << 13
"""Articles that one batch has at most: what bounds the memory of adding."""
_CHARACTERS = 1 << 28
"""Those of all texts of a batch; only a batch of one text may have more."""

Given = Iterable[Article | str | Mapping[str, Any] | Path] | Article | str | Path | Table


def usable_articles(
    given: Given, fields: Fields | None, encoding: str, *, extract_html: bool = False
) -> Iterator[tuple[str, Article | Rejected]]:
    """Give each article with the name of its place, in the order given, or why there is none.

    Raises :class:`~dedup.errors.InputError` for what holds no articles at all.
    """
    if isinstance(given, (Article, str, Path)):
        given = [given]
    options = make_options(fields, encoding, extract_html=extract_html)
    frame = open_frame(given)
    if frame is not None:
        frame.check(fields, "text")
        given = frame.rows()
    if isinstance(given, (Mapping, bytes)) or not isinstance(given, Iterable):
        raise InputError.of("articles", given, "an iterable of articles, texts, mappings or paths")
    told = False
    for position, value in enumerate(given):
        name = f"articles[{position}]"
        told = told or (isinstance(value, str) and warn_of_a_file(value, name))
        if isinstance(value, str) and value.strip():
            identity = made_id(value.encode("utf-8", "surrogatepass"), "", None, "", "")
            yield name, Article(identity, value)
        elif isinstance(value, Path):
            yield from _records(read([value], fields, encoding=encoding, extract_html=extract_html))
        else:
            found = read_value(value, position, "articles", options)
            yield name, found if isinstance(found, Rejected) else found.article


def _records(
    records: Iterator[Record | Rejected],
) -> Iterator[tuple[str, Article | Rejected]]:
    for found in records:
        place = f"{found.source}:{found.line}"
        yield place, found if isinstance(found, Rejected) else found.article


def read_rows(texts: Sequence[str]) -> tuple[Ragged, U8]:
    """Read texts: their words, ragged u32, and a byte of marks for each, u8."""
    parts = [
        read_marked(texts[at : at + _READ_AT_ONCE]) for at in range(0, len(texts), _READ_AT_ONCE)
    ]
    marks = joined([marks.values for _, marks in parts], np.uint8)
    return Ragged.joined([words for words, _ in parts]), marks


def read_batches(
    articles: Sequence[Article], *, characters: int = _CHARACTERS
) -> Iterator[tuple[Sequence[Article], Ragged, U8]]:
    """Read articles in batches of about so many ``characters``: they, their words and marks."""
    ends = np.cumsum([len(article.text) for article in articles])
    start = 0
    while start < len(articles):
        room = characters + (ends[start - 1] if start else 0)
        end = min(start + _A_BATCH, max(start + 1, int(np.searchsorted(ends, room, "right"))))
        batch = articles[start:end]
        yield batch, *read_rows([article.text for article in batch])
        start = end
