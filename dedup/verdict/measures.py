"""The measures of the evidence, one table: each with what it counts.

From it the compiled loops take their columns and how the two sides of a pair combine, the model its
terms, and every view its words. To add a measure, add a row here or in
:mod:`dedup.verdict.contents`, and a function of the same name in ``dedup/verdict/_measures.py`` or
a file beside it; the measures stand in the order of this table in every array.

Where next to nothing was counted, shares of it are drawn to one half (Laplace: one more is taken as
found, one as missing), so that few facts or links say little. No share grows with length.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dedup.verdict.combining import Combine, Measure
from dedup.verdict.contents import CONTENTS, ORDERS

_GREATER, _LESSER, _MEAN, _SHORTER = Combine
LOGARITHM = ", as a logarithm"
"""Ends the words of a measure that is the logarithm of one more than what is counted."""

MEASURES = (
    Measure(
        "linked",
        "Words in linked sentences: those with a counterpart.",
        _GREATER,
        "words in sentences that have a counterpart",
    ),
    Measure(
        "mutual",
        "Words in linked sentences that are their counterpart's counterpart.",
        _MEAN,
        "words in sentences that are each other’s counterparts",
    ),
    Measure(
        "in_order",
        "Words in the linked sentences whose counterparts come in one order.",
        _MEAN,
        "words in sentences whose counterparts come in the same order",
    ),
    Measure(
        "region_alike",
        "Similarity of the region's own sentences that are not copied to their counterparts.",
        _MEAN,
        "likeness of the sentences in the stretch of text that corresponds",
    ),
    Measure(
        "core",
        "Logarithm of the words in the stretch of own sentences that is most alike, each by how "
        "much more than CORE it is like its counterpart; a count.",
        _MEAN,
        "words in the stretch of sentences that is most alike, as a logarithm",
    ),
    Measure(
        "echoed",
        "Logarithm of the words in sentences whose plain words in their counterparts weigh ECHO or "
        "more; a count.",
        _MEAN,
        "words in sentences that have many plain words in common, as a logarithm",
    ),
    Measure(
        "outside",
        "Share of the words in linked sentences that stand outside the region.",
        _MEAN,
        "linked words outside the stretch of text that corresponds",
    ),
    Measure(
        "opening",
        "Similarity of the opening sentences to their counterparts, by words.",
        _MEAN,
        "likeness of the opening sentences",
    ),
    Measure(
        "lead",
        "Weight of the plain words of the lead's sentences that their counterparts have.",
        _LESSER,
        "plain words of the lead that its counterpart has too",
    ),
    Measure(
        "front",
        "Plain words of the text's front that stand in the front of the other text too. Few are "
        "drawn to a quarter, as if 8 more were there.",
        _LESSER,
        "plain words in the front of both texts",
    ),
    Measure(
        "news",
        "Rare words and numbers of the lead that the other text lacks altogether.",
        _LESSER,
        "rare words and numbers of the lead that the other text lacks",
    ),
    Measure(
        "together",
        "Neighbours among the plain words that both texts have just once which stand together in "
        "the other text too.",
        _MEAN,
        "details that stand together in both texts",
    ),
    Measure(
        "details",
        "Plain words that both texts have just once: the logarithm of the steps from one to "
        "the next; a count.",
        _GREATER,
        "plain words that stand just once in either text",
    ),
    Measure(
        "plain",
        "Plain content words that the other text has too: no names, numbers, quotations.",
        _LESSER,
        "plain words that the other text has too",
    ),
    Measure(
        "names",
        "Names in the region that stand in the other text.",
        _GREATER,
        "names that the other text has too",
    ),
    Measure(
        "numbers",
        "Numbers that the other text has too, each counted once.",
        _MEAN,
        "numbers that the other text has too",
    ),
    Measure(
        "facts",
        "Names and numbers that the other text has too, each counted once.",
        _GREATER,
        "names and numbers that the other text has too",
    ),
    Measure(
        "missing_numbers",
        "Numbers in the region that the counterpart and its neighbours lack.",
        _LESSER,
        "numbers that their sentences’ counterparts lack",
    ),
    Measure(
        "replaced_names",
        "Words in linked sentences in which other names stand for their own.",
        _MEAN,
        "words in sentences with other names in place of their own",
    ),
    Measure(
        "replaced_numbers",
        "Words in linked sentences in which other numbers stand for their own.",
        _LESSER,
        "words in sentences with other numbers in place of their own",
    ),
    Measure("number_density", "Words that are numbers.", _GREATER, "words that are numbers"),
    Measure(
        "subject",
        "Weight of the rare words that the text repeats, numbers aside, that the other has too.",
        _GREATER,
        "rare words that a text repeats and the other has too",
    ),
    Measure(
        "mass",
        "Logarithm of the summed weights of the plain words that both texts have; a count.",
        _LESSER,
        "weight of all plain words that both texts have",
    ),
    Measure(
        "fact_mass",
        "Logarithm of the summed weights of the names and numbers that both texts have; a count.",
        _LESSER,
        "weight of all names and numbers that both texts have",
    ),
    Measure(
        "number_mass",
        "The same of numbers alone; a count.",
        _LESSER,
        "weight of all numbers that both texts have",
    ),
    Measure(
        "rare_count",
        "Logarithm of how many words of the weight VERY_RARE or more both texts have; a count.",
        _LESSER,
        "very rare words that both texts have, as a logarithm",
    ),
    Measure(
        "fact_weight",
        "Weight of the names and numbers that the other text has too.",
        _LESSER,
        "weight of a text’s names and numbers that the other has too",
    ),
    Measure(
        "lead_facts",
        "The same of the lead's.",
        _LESSER,
        "weight of the lead’s names and numbers that the other text has too",
    ),
    Measure(
        "lead_words",
        "Weight of the lead's content words that the other text has too.",
        _LESSER,
        "weight of the lead’s words that the other text has too",
    ),
    *ORDERS,
    *CONTENTS,
    Measure(
        "days_apart",
        "Days between the dates that the texts open with, MOST_DAYS at most; 0 where one opens "
        "with none; a count.",
        _GREATER,
        "days between the dates that the texts open with, 0 where one opens with none",
    ),
    Measure(
        "elsewhere",
        "1 where both texts open with a date, and another word before it; else 0.",
        _GREATER,
        "the texts open with a date and another place",
    ),
    Measure(
        "quotes",
        "Words within quotation marks in copied runs: what third parties said.",
        _MEAN,
        "copied words within quotation marks",
    ),
    Measure(
        "patched",
        "Words outside quotations in copied runs, of sentences that are not kept.",
        _MEAN,
        "copied runs inside sentences that are not kept",
    ),
    Measure(
        "longest_run",
        "Logarithm of the words of the longest copied run that ends outside quotations; a count.",
        _GREATER,
        "words copied in one run, as a logarithm",
    ),
    Measure(
        "kept",
        "Words of the text's own sentences in those kept nearly verbatim.",
        _SHORTER,
        "words in sentences kept nearly verbatim",
    ),
    Measure(
        "kept_sentences",
        "Own sentences that are no stock phrase in copied runs for the most part; a count.",
        _LESSER,
        "sentences kept nearly verbatim",
    ),
    Measure(
        "words",
        "The text's words, ENOUGH at most, for what too few words can tell; a count.",
        _LESSER,
        "words of the shorter text",
    ),
    Measure(
        "same",
        "1 where the words are the same, one by one; else 0.",
        _GREATER,
        "the words are the same, one by one",
    ),
    Measure(
        "empty",
        "1 where one text alone has no words; else 0.",
        _GREATER,
        "one of the texts has no words",
    ),
)
OTHER = "_other"
"""Ends the name of a measure's second column: the greater value of both texts where the first is
the lesser, else the lesser. A version goes both ways, which one value of two cannot say."""
COLUMNS: Mapping[str, int] = {
    name: at for at, name in enumerate(row.name + end for end in ("", OTHER) for row in MEASURES)
}
"""The columns of each measure in arrays of evidence, f64[m, k]: all first ones, then all second."""


def named(row: Iterable[float]) -> dict[str, float]:
    """Give one pair's measures by the names of their columns.

    >>> named(range(len(COLUMNS)))["linked"]
    0
    """
    return dict(zip(COLUMNS, row, strict=True))
