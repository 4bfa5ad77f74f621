"""Which of several sources an article was made from, sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from dedup.alignment.passages import align
from dedup.errors import InputError
from dedup.given import as_article
from dedup.model import (
    Article,
    Attribution,
    Derivation,
    Passage,
    PassageKind,
    Sentence,
)
from dedup.reading.texts import read_flagged
from dedup.text.tokens import Flagged, Tokens
from dedup.text.vocabulary import english, word_ids

MOST_NEW_WORDS = 6
"""Telling words that an article may have from elsewhere and still be wholly derived: a count, as
one new fact in a long story is a source of its own, and a share would not see it."""
NEW_SHARE = 0.01
"""Share of words that may be such, where that is more: a chapter of a book has more names than a
story. Set by hand; it begins at 600 words, where METER hardly reaches."""
PARTIALLY = 0.49
"""Share of words accounted for from which an article is at least partially derived. This and the
count were fitted on METER by benchmarks/quality_trace.py."""
MOSTLY = 2 / 3
"""Share of words accounted for below which no article is wholly derived: a short one has few new
words whatever it tells. Set by hand; METER hardly notices it."""
COPIED = 0.2
"""Share of words in copied passages from which part is derived, whatever the rest: in METER no
story that was written independently reaches it."""
COMMON = 0.1
"""Share of English news articles from which a word that is in them tells nothing."""
STEM = 4
"""Letters that two forms of one word have in common, as the aligner compares words."""
_MADE_FROM = frozenset({PassageKind.COPIED, PassageKind.REWRITTEN})


_Best = dict[int, tuple[int, Passage]]
"""The source and the passage of each sentence that has one, by where the sentence starts."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Where each sentence of an article came from, in reading order.

    ``coverage`` is the share of the article's words, page furniture left out, that stand in
    sentences which some source has; ``derivation`` also asks which of the words no source has.

    >>> found = trace("Rain fell on Oslo. Sun shone.", ["Rain fell on Oslo."])
    >>> [source for _, source, _ in found.sentences], round(found.coverage, 2)
    ([0, None], 0.67)
    >>> print(found)
    partially derived: the sources account for 67% of the words
      source 0  Rain fell on Oslo.
      -         Sun shone.
    """

    sentences: tuple[Attribution, ...]
    coverage: float
    derivation: Derivation

    def _repr_html_(self) -> str:
        from dedup.views.notebook import trace_to_html

        return trace_to_html(self.sentences, self.coverage, self.derivation.value)

    def __str__(self) -> str:
        from dedup.views.terminal import trace_to_text

        return trace_to_text(self.sentences, self.coverage, self.derivation)


def trace(
    article: Article | str | Path,
    sources: Iterable[Article | str | Path],
    *,
    extract_html: bool = False,
) -> Trace:
    """Tell, sentence by sentence, which of several sources an article was made from.

    A sentence belongs to the source with the most similar passage, the first of equals, so sources
    that repeat change nothing. In its passage a is the source's side, b the article's. Without
    sources, or without words, nothing is derived. Texts are taken as by :func:`dedup.compare`.
    Raises ``InputError`` for another type.

    >>> wire = "Rain fell in Leeds on Monday, flooding two streets. Nobody was hurt, police said."
    >>> found = trace("Rain fell in Leeds on Monday, flooding two streets.", ["No news.", wire])
    >>> [source for _, source, _ in found.sentences], found.derivation.value
    ([1], 'wholly')
    """
    text = as_article(article, "article", extract_html=extract_html).text
    if isinstance(sources, (str, Article, Path)) or not isinstance(sources, Iterable):
        raise InputError.of("sources", sources, "an iterable of articles")
    texts = [
        as_article(source, f"sources[{number}]", extract_html=extract_html).text
        for number, source in enumerate(sources)
    ]
    (tokens, flags), *read_sources = read_flagged([text, *texts])[0]
    best = _attribute(tokens, flags, read_sources)
    sentences = tuple(
        Attribution(Sentence(start, end, tokens.text[start:end]), *best.get(start, (None, None)))
        for start, end in tokens.sentences
    )
    measured = _measure(tokens, flags, read_sources, best)
    return Trace(sentences, measured.coverage, measured.derivation())


@dataclass(frozen=True, slots=True)
class Measures:
    """Shares of an article's words, page furniture left out, and counts of them."""

    coverage: float
    """In sentences that some source has."""
    copied: float
    """In those that were copied."""
    held: float
    """Words that some source has, wherever."""
    new_words: int
    """How many telling words no source has, each counted once."""
    words: int
    """How many words there are."""

    @property
    def accounted(self) -> float:
        """What the sources account for: coverage, as far as the words are theirs too."""
        return self.coverage * self.held

    def derivation(self) -> Derivation:
        """Name the derivation."""
        most_new = max(MOST_NEW_WORDS, NEW_SHARE * self.words)
        if self.accounted >= MOSTLY and self.new_words <= most_new:
            return Derivation.WHOLLY
        partially = self.accounted >= PARTIALLY or self.copied >= COPIED
        return Derivation.PARTIALLY if partially else Derivation.NONE


def measure(tokens: Tokens, flags: Sequence[bool], sources: list[Flagged]) -> Measures:
    """Measure what the sources have of an article; the flags say which sentences are furniture."""
    return _measure(tokens, flags, sources, _attribute(tokens, flags, sources))


def _measure(
    tokens: Tokens, flags: Sequence[bool], sources: list[Flagged], best: _Best
) -> Measures:
    words: list[str] = []
    copied = covered = 0
    for i, (start, _) in enumerate(tokens.sentences):
        if flags[i]:
            continue
        own = tokens.words[tokens.bounds[i] : tokens.bounds[i + 1]]
        words += own
        if start in best:
            covered += len(own)
            copied += len(own) * (best[start][1].kind is PassageKind.COPIED)
    known = {word for source, _ in sources for word in source.words}
    held = sum(word in known for word in words)
    whole = max(1, len(words))
    new_words = _new_words(words, known)
    return Measures(covered / whole, copied / whole, held / whole, new_words, len(words))


def _new_words(words: Iterable[str], known: Set[str]) -> int:
    """Count the words that tell something and of which the known ones have no form."""
    stems = {word[:STEM] for word in known}
    new = sorted({word for word in words if word[:STEM] not in stems})
    background = english()
    frequencies = background.document_frequencies(word_ids(new))
    return int((frequencies < COMMON * background.documents).sum())


def _attribute(tokens: Tokens, flags: Sequence[bool], sources: list[Flagged]) -> _Best:
    """Find the source and the passage of each sentence that has one, by where it starts."""
    best: _Best = {}
    for number, (source, of_source) in enumerate(sources):
        for passage in align(source, tokens, of_source, flags).passages:
            if passage.kind not in _MADE_FROM:
                continue
            for sentence in passage.b:
                known = best.get(sentence.start)
                if known is None or passage.similarity > known[1].similarity:
                    best[sentence.start] = number, passage
    return best
