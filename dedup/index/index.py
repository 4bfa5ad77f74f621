"""An index of articles in memory: add, query, remove, save, load."""

from __future__ import annotations

import hashlib
import json
import operator
import os
import secrets
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from tokenize import TokenError
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import distinct, joined
from dedup.candidates.lsh import Bands, check_permutations, choose_bands
from dedup.candidates.minhash import SEED, as_lean_minhash, signatures
from dedup.candidates.resemblance import resemblance
from dedup.candidates.terms import weigh
from dedup.dump import read_values
from dedup.dump.frames import Frame, Table, open_frame
from dedup.errors import DedupError, FormatError, InputError
from dedup.index.segment import Segment
from dedup.model import Article, Match, Rejected, Verdict, as_article, as_path
from dedup.reading.document import Document
from dedup.reading.texts import read_marked, read_texts
from dedup.text.vocabulary import english
from dedup.text.words import Ragged, read_words
from dedup.verdict.judging import CODES, VERDICTS, judge
from dedup.verdict.stories import Stories

if TYPE_CHECKING:
    from datasketch import LeanMinHash

__all__ = ["Index"]

FORMAT = "dedup index"
FORMAT_VERSION = 2
_MOST_POSTINGS = 200
"""A word in more articles than this says little of which story a text tells: no term of a query."""
_MOST_CANDIDATES = 50
"""Articles that share most rare words with a query and are judged for it."""
_MOST_SEGMENTS = 8
_DAMAGE = (
    *(OSError, ValueError, LookupError, TypeError, EOFError, ArithmeticError, MemoryError),
    *(RuntimeError, SyntaxError, TokenError, struct.error, zlib.error, zipfile.BadZipFile),
)
"""What NumPy and zipfile raise over a damaged file, depending on where the damage is."""
_SETTINGS = ("threshold", "recall", "num_perm")


class Index:
    """Articles to ask which of them are versions of a text.

    ``threshold`` and ``recall`` promise that an article of that Jaccard similarity or more is a
    candidate with at least that probability; beside it the rarest words bring candidates that
    were reworded. Every candidate is judged as :func:`dedup.compare` would judge it. Texts are
    not kept.

    >>> index = Index()
    >>> index.add([Article("a1", "The mayor of Oslo resigned on Monday after a vote.")])
    >>> [match.id for match in index.query("The mayor of Oslo resigned Monday after a vote.")]
    ['a1']
    """

    def __init__(
        self, *, threshold: float = 0.5, recall: float = 0.95, num_perm: int = 128
    ) -> None:
        self._num_perm = check_permutations(num_perm)
        self._bands = choose_bands(threshold, recall=recall, num_perm=num_perm)
        self._segments: list[Segment] = []
        self._places: dict[str, tuple[Segment, int]] = {}

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __repr__(self) -> str:
        return f"<dedup.Index of {len(self):,} articles>"

    @property
    def bands(self) -> Bands:
        """How signatures are cut, and with which recall."""
        return self._bands

    def add(self, articles: Iterable[Article | str] | Article | str | Table) -> None:
        """Add articles: all of them or, on an error, none.

        A plain text gets an id made from its content. A table of pandas, polars or pyarrow needs
        columns for the id and the text, under the usual names. Raises
        :class:`~dedup.errors.InputError` for an id that the index or the batch already has, or for
        what is no article.
        """
        batch = self._checked(articles)
        if not batch:
            return
        words, marks = read_marked([article.text for article in batch])
        self._append(Segment([article.id for article in batch], words, marks, self._bands))

    def _checked(self, articles: Iterable[Article | str] | Article | str | Table) -> list[Article]:
        if isinstance(articles, (Article, str)):
            articles = [articles]
        frame = open_frame(articles)
        if frame is not None:
            articles = _articles_of(frame)
        if isinstance(articles, (Mapping, bytes)) or not isinstance(articles, Iterable):
            raise InputError.of("articles", articles, "an iterable of articles")
        batch, seen = [], set()
        for position, value in enumerate(articles):
            article = _identified(value, f"articles[{position}]")
            if article.id in self._places or article.id in seen:
                raise InputError.of(f"articles[{position}].id", article.id, "an id not yet used")
            seen.add(article.id)
            batch.append(article)
        return batch

    def _append(self, segment: Segment) -> None:
        """Take a segment in; the two smallest become one as long as there are many."""
        self._segments.append(segment)
        self._locate(segment)
        while len(self._segments) > _MOST_SEGMENTS:
            self._segments.sort(key=len, reverse=True)
            small, smaller = self._segments[-2:]
            self._replace([small, smaller], Segment.merged([small, smaller], self._bands))

    def _replace(self, old: list[Segment], new: Segment) -> None:
        self._segments = [segment for segment in self._segments if segment not in old]
        if len(new):
            self._segments.append(new)
            self._locate(new)

    def _locate(self, segment: Segment) -> None:
        self._places.update((key, (segment, row)) for row, key in enumerate(segment.ids))

    def remove(self, key: str) -> None:
        """Remove an article; :class:`~dedup.errors.InputError` for an id that is not there."""
        if not isinstance(key, str) or key not in self._places:
            raise InputError.of("id", key, "the id of an article in the index")
        segment, row = self._places.pop(key)
        segment.alive[row] = False
        if 2 * int(segment.alive.sum()) < len(segment):
            self._replace([segment], Segment.merged([segment], self._bands))

    def signature(self, text: Article | str) -> LeanMinHash:
        """Sketch a text, for use with datasketch's own indexes."""
        words = read_words([as_article(text, "text").text])
        return as_lean_minhash(signatures(words, self._num_perm)[0])

    def query(self, article: Article | str, limit: int = 10) -> list[Match]:
        """Find the articles that share a story or a part of it with this one, best first.

        At most ``limit``; articles judged ``unrelated`` are left out, and so is the article itself
        where the index holds its id. ``Match.containment`` is the share of the query's shingles
        that the match holds.
        """
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
            raise InputError.of("limit", limit, "an int of 1 or more")
        asked = as_article(article, "article")
        own = asked.id if isinstance(article, Article) else None
        document = read_texts([asked.text], letters=False).document(0)
        candidates = [
            (segment, row) for segment, row in self._candidates(document) if segment.ids[row] != own
        ]
        words = [document.words, *(segment.words[row] for segment, row in candidates)]
        marks = [document.marks, *(segment.marks[row] for segment, row in candidates)]
        pairs = np.array([(0, n) for n in range(1, len(words))], np.int64).reshape(-1, 2)
        stories = Stories(Ragged.of(words, np.uint32), joined(marks, np.uint8))
        verdicts, probability = judge(stories.measures(pairs))
        matches = []
        for at in np.flatnonzero(verdicts != CODES[Verdict.UNRELATED]).tolist():
            segment, row = candidates[at]
            overlap = resemblance(document.words, segment.words[row])
            scores = (float(probability[at]), overlap.jaccard, overlap.containment_a)
            matches.append(Match(segment.ids[row], VERDICTS[verdicts[at]], *scores))
        matches.sort(key=lambda match: (-match.probability, -match.jaccard, match.id))
        return matches[:limit]

    def _candidates(self, document: Document) -> list[tuple[Segment, int]]:
        words = Ragged.of([document.words], np.uint32)
        signature = signatures(words, self._bands.permutations)
        terms = distinct(document.words)
        weights = self._weights(terms)
        scored: list[tuple[float, str, Segment, int]] = []
        found: dict[str, tuple[Segment, int]] = {}
        for segment in self._segments:
            for row in segment.collisions(signature, self._bands):
                found[segment.ids[row]] = (segment, row)
            rows, scores = segment.shared_terms(terms, weights, _MOST_CANDIDATES)
            scored += [(-s, segment.ids[r], segment, r) for r, s in zip(rows, scores, strict=True)]
        scored.sort(key=operator.itemgetter(0, 1))
        for _, key, segment, row in scored[:_MOST_CANDIDATES]:
            found[key] = (segment, row)
        return [found[key] for key in sorted(found)]

    def _weights(self, terms: NDArray[np.uint32]) -> NDArray[np.float32]:
        """Weigh a query's words by rarity here and in the background; 0 for one that is no term."""
        counts = np.zeros(len(terms), dtype=np.int32)
        for segment in self._segments:
            counts += segment.document_frequencies(terms)
        weights = weigh(terms, np.maximum(counts, 1), len(self), english())
        weights[(counts == 0) | (counts > _MOST_POSTINGS)] = 0
        return weights

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the index to one file, whole or not at all."""
        target = as_path(path, "path").resolve()  # what a link leads to is replaced, not the link
        state = self._state()
        unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        try:
            with unfinished.open("xb") as stream:
                np.savez(stream, allow_pickle=False, **state)
                stream.flush()
                os.fsync(stream.fileno())
            if target.exists():
                shutil.copymode(target, unfinished)
            unfinished.replace(target)
        except OSError as error:
            raise DedupError(f"{path}: cannot be written: {error.strerror}") from error
        finally:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)

    def _state(self) -> dict[str, NDArray[Any]]:
        whole = Segment.merged(self._segments, self._bands)
        meta = {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "threshold": self._bands.threshold,
            "recall": self._bands.recall,
            "num_perm": self._num_perm,
            "seed": SEED,
            "shingle_words": 3,
            "ids": whole.ids,
        }
        encoded = json.dumps(meta).encode("ascii")
        return {"meta": np.frombuffer(encoded, dtype=np.uint8), **whole.arrays()}

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Index:
        """Read an index from a file; :class:`~dedup.errors.FormatError` if it is none."""
        source = as_path(path, "path")
        try:
            with source.open("rb") as stream:
                if not zipfile.is_zipfile(stream):
                    raise FormatError.of(source, "not a dedup index, or cut short")
                stream.seek(0)
                return cls._loaded(source, stream)
        except FileNotFoundError:
            raise FormatError.of(source, "no such file") from None
        except IsADirectoryError:
            raise FormatError.of(source, "not a dedup index but a folder") from None
        except PermissionError as error:
            raise FormatError.of(source, f"cannot be read: {error.strerror}") from None
        except FormatError:
            raise
        except _DAMAGE as error:
            raise FormatError.of(source, f"not a dedup index, or cut short ({error})") from error

    @classmethod
    def _loaded(cls, source: Path, stream: BinaryIO) -> Index:
        with np.load(stream, allow_pickle=False) as arrays:
            meta = json.loads(arrays["meta"].tobytes())
            _check_meta(source, meta)
            index = cls(**{name: meta[name] for name in _SETTINGS})
            loaded = {name: arrays[name] for name in Segment.ARRAYS}
        index._append(Segment.restored(meta["ids"], loaded, index._bands))
        return index


def _check_meta(source: Path, meta: object) -> None:
    if not isinstance(meta, dict) or meta.get("format") != FORMAT:
        raise FormatError.of(source, "not a dedup index")
    wanted = {"version": FORMAT_VERSION, "seed": SEED, "shingle_words": 3}
    for name, value in wanted.items():
        if meta.get(name) != value:
            got = meta.get(name)
            reason = f"{name} is {got!r}, this release reads {value!r}; make the index anew"
            raise FormatError.of(source, reason)


def _articles_of(frame: Frame) -> Iterator[Article]:
    """Give the articles of a table; a row that makes none is an error."""
    frame.check(None, "text", "id")
    for found in read_values(frame.rows()):
        if isinstance(found, Rejected):
            raise InputError(f"articles[{found.line - 1}]: {found.reason}")
        yield found.article


def _identified(value: Article | str, name: str) -> Article:
    """Take an article, or a text under an id made from its content."""
    if isinstance(value, str):
        digest = hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=8)
        return Article(id=digest.hexdigest(), text=value)
    return as_article(value, name)
