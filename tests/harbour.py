"""Made-up news and its versions, for the tests of the evidence and of the verdict."""

from __future__ import annotations

from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from dedup.arrays import F32, F64, I64, U8, U32
from dedup.model import Verdict
from dedup.reading.texts import read_marked, read_texts
from dedup.text.marks import Mark
from dedup.text.vocabulary import english
from dedup.verdict.judging import VERDICTS, judge
from dedup.verdict.measures import named
from dedup.verdict.stories import Stories

STORY = [
    "The harbour board of Larsvik voted on Tuesday to close the old fish market in May.",
    "Traders have sold herring and cod there since 1911, when the quay was rebuilt in granite.",
    "Board chairman Ingmar Dahl said repairs would cost 4.2 million crowns, twice the estimate.",
    "“We cannot ask taxpayers to carry that,” Dahl told reporters after a four-hour meeting.",
    "Engineers found cracks in 37 of the 60 pillars under the hall at an inspection last autumn.",
    "The traders' association, led by Berit Solheim, wants the hall moved to the southern pier.",
    "Solheim handed over a petition with 8,300 signatures on the steps of the town hall.",
    "A final decision on the pier is due before the summer recess.",
]
RETOLD = [
    "Larsvik's old fish market will shut in May after a vote by the harbour board on Tuesday.",
    "Herring and cod have been sold at the granite quay since 1911.",
    "According to board chairman Ingmar Dahl, the repairs come to 4.2 million crowns, double the"
    " estimate.",
    "An inspection in autumn showed that 37 of the hall's 60 pillars had cracks, engineers said.",
    "Berit Solheim, who leads the traders' association, would like to move the hall to the southern"
    " pier and gave the town hall a petition that 8,300 people signed.",
    "Before the summer recess the pier is to be decided on.",
]
OTHER = [
    "Two climbers were rescued from the north face of Mount Arden on Sunday evening.",
    "A helicopter crew spotted their red jackets shortly before a snowstorm reached the ridge.",
    "Both men, students from Ostrava, were treated for frostbite in the valley hospital.",
    "Mountain guides had warned of loose rock and thunderstorms all week.",
]
NOTICE = (
    "{company} said its {quarter} quarter net profit rose to {a} mln dlrs, or {b} cts a share,"
    " from {c} mln dlrs, or {d} cts a share, a year ago. Sales rose to {e} mln dlrs from {f} mln."
)
MORE = [
    "The weather service in Brenno expects fresh snow above two thousand metres until Thursday.",
    "Hut keepers were told to close the upper paths, which are popular with hikers in autumn.",
]
NEWS = [
    "Parliament in Veldora passed the budget with a majority of three votes on Thursday night.",
    "Finance minister Ada Quist defended higher duties on sugar, tobacco and imported timber.",
    "Opposition members walked out of the chamber when amendments on pensions were refused.",
    "Analysts expect the central bank to keep its rate unchanged until at least November.",
    "Railway unions announced a strike over wages for the first week of the school holidays.",
    "The prime minister will travel to Geneva on Saturday for talks on fishing quotas.",
]


class Document(NamedTuple):
    """A text as the verdict sees it: ids, weights and marks of words, where sentences begin."""

    words: U32
    weights: F32
    marks: U8
    bounds: I64


def read_document(text: str) -> Document:
    """Prepare a text as a comparison does."""
    found = read_texts([text])
    words, marks = found.words.values, found.marks
    bounds = np.append(np.flatnonzero(marks & Mark.SENTENCE), len(words))
    return Document(words, english().idf(words), marks, bounds)


def measured(a: str, b: str) -> F64:
    """Measure two texts: their evidence, f64[1, k]."""
    words, marks = read_marked([a, b])
    return Stories(words, marks.values).measures(np.array([[0, 1]]))


def found(a: str, b: str) -> SimpleNamespace:
    """Gather the evidence of two texts by the names of the measures."""
    return SimpleNamespace(**named(measured(a, b)[0].tolist()))


def judged(a: str, b: str) -> tuple[Verdict, float]:
    """Give the verdict on two texts and its probability."""
    verdicts, probability = judge(measured(a, b))
    return VERDICTS[verdicts[0]], float(probability[0])


def joined(sentences: list[str]) -> str:
    """Set sentences as paragraphs."""
    return "\n\n".join(sentences)
