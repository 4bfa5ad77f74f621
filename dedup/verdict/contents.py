"""The measures of what a text brings beside the other: a part of :mod:`dedup.verdict.measures`.

The order of its words, amounts and names, what it begins with, what it copies, and what its
sentences mean.
"""

from __future__ import annotations

from dedup.verdict.combining import Combine, Measure

_GREATER = Combine.GREATER
_LESSER = Combine.LESSER

ORDERS = (
    Measure(
        "fact_chain",
        "Distinct names and numbers in the chain: those that both texts bring in the same order.",
        _LESSER,
        "names and numbers that come in the same order in both texts",
    ),
    Measure(
        "fact_chain_order",
        "Of the distinct names and numbers that both texts have, those in the chain.",
        _LESSER,
        "shared names and numbers that come in the same order",
    ),
    Measure(
        "rare_chain",
        "Distinct rare words, numbers among them, in the chain.",
        _LESSER,
        "rare words that come in the same order in both texts",
    ),
    Measure(
        "content_chain",
        "Distinct content words, names and numbers among them, in the chain.",
        _LESSER,
        "content words that come in the same order in both texts",
    ),
    Measure(
        "content_chain_length",
        "Logarithm of how many these are; a count.",
        _LESSER,
        "content words in the same order, as a logarithm",
    ),
    Measure(
        "content_chain_order",
        "Of the distinct content words that both texts have, those in the chain.",
        _LESSER,
        "shared content words that come in the same order",
    ),
    Measure(
        "neighbours",
        "Distinct content words behind which the same one comes next in the other text.",
        _LESSER,
        "content words with the same one next to them in both texts",
    ),
    Measure(
        "neighbours_count",
        "Logarithm of how many these are; a count.",
        _LESSER,
        "content words with the same one next to them, as a logarithm",
    ),
)
"""Of the order in which words of a kind come (:mod:`dedup.verdict._orders`)."""
CONTENTS = (
    Measure(
        "amounts_lacking",
        "Logarithm of how many amounts the other text lacks; a count.",
        _LESSER,
        "amounts that the other text lacks, as a logarithm",
    ),
    Measure(
        "head_facts",
        "Names and amounts of the head that the other text has too. The head is the HEAD words "
        "behind the date that a text opens with.",
        _LESSER,
        "names and amounts in the first words that the other text has too",
    ),
    Measure(
        "head_names",
        "The first HEAD_NAMES names of the head that the other text has too.",
        _LESSER,
        "first names of a text that the other has too",
    ),
    Measure(
        "name_weight",
        "Weight of the names that the other text has too; of NAMED or more each, as in the head.",
        _LESSER,
        "weight of a text’s names that the other has too",
    ),
    Measure(
        "names_lacking",
        "Logarithm of the summed weights of the names that the other text lacks; a count.",
        _LESSER,
        "weight of the names that the other text lacks, as a logarithm",
    ),
    Measure(
        "rare_weight",
        "Weight of the rare words, names and numbers aside, that the other text has too.",
        _LESSER,
        "weight of a text’s rare words that the other has too",
    ),
    Measure(
        "rare_lacking",
        "Logarithm of the summed weights of those that the other text lacks; a count.",
        _LESSER,
        "weight of the rare words that the other text lacks, as a logarithm",
    ),
    Measure(
        "gist_alike",
        "Likeness of the gist of each sentence to the likest one of the other text.",
        _LESSER,
        "likeness of what the sentences mean",
    ),
    Measure(
        "gist_apart",
        "How much more like it is than the other text's sentences on the whole.",
        _LESSER,
        "how much more a sentence means the same as its likest one than as others",
    ),
    Measure(
        "gist_near",
        "Words in sentences whose gist is near one of the other text's.",
        _LESSER,
        "words in sentences that mean much the same as one of the other text",
    ),
    Measure(
        "gist_nearest",
        "Words in sentences whose gist is nearest to one of the other text's.",
        _LESSER,
        "words in sentences that mean nearly the same as one of the other text",
    ),
    Measure(
        "gist_whole",
        "Likeness of what the texts mean on the whole.",
        _LESSER,
        "likeness of what the texts mean on the whole",
    ),
    Measure(
        "first_words",
        "Weight of the words of the head, numbers aside, that the other text has too; each counts "
        "FADES of what the one before it does.",
        _LESSER,
        "first words of a text that the other has too",
    ),
    Measure(
        "first_rare",
        "1 where the other text has the first rare word of the head, 0 where it has not.",
        _LESSER,
        "the other text has the first rare word of a text",
    ),
    Measure(
        "copied_content",
        "Logarithm of the content words in copied runs outside quotations, names and numbers "
        "aside; a count.",
        _LESSER,
        "copied content words that are no names, as a logarithm",
    ),
    Measure(
        "copied_facts",
        "Of the words in copied runs outside quotations, those that are names or numbers.",
        _GREATER,
        "copied words that are names or numbers",
    ),
    Measure(
        "function_words",
        "Of the words in linked sentences, those that are no content words.",
        _LESSER,
        "function words in sentences that have a counterpart",
    ),
    Measure(
        "linked_names",
        "Of the words in linked sentences, those that are names.",
        _LESSER,
        "names in sentences that have a counterpart",
    ),
    Measure(
        "gist_path",
        "How much more alike the gists are that are matched in one order than on average.",
        _LESSER,
        "how much more sentences matched in one order mean the same than others",
    ),
    Measure(
        "gist_path_order",
        "Of what gists gain by their best matches in any order, what they do in one.",
        _LESSER,
        "sentences of like meaning that come in the same order",
    ),
    Measure(
        "gist_gain",
        "How much more alike a gist and its best match are than both are to others on average.",
        _LESSER,
        "how much more a sentence means the same as its best match than as others",
    ),
    Measure(
        "gist_mutual",
        "Words in sentences that are the best match of their best match by gist.",
        _LESSER,
        "words in sentences that match each other best by what they mean",
    ),
    Measure(
        "gist_following",
        "Of two matched gists in a row, how often the matches follow each other, too.",
        _LESSER,
        "sentences whose matches by meaning follow each other",
    ),
    Measure(
        "lead_place",
        "Logarithm of the words before those sentences that the first ones are matched with; a "
        "count.",
        _LESSER,
        "words before the matches of a text’s first sentences, as a logarithm",
    ),
    Measure(
        "fact_stretch",
        "Weight of the names and numbers of the stretch that has most of them in common, less what "
        "the other text lacks there; as a share of those of the text with fewer.",
        _LESSER,
        "names and numbers in the stretch that has most in common",
    ),
    Measure(
        "content_stretch",
        "The same of content words.",
        _LESSER,
        "words in the stretch that has most in common",
    ),
)
