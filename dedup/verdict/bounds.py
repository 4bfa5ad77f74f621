"""The numbers that the measures of the evidence go by: from where on a word is rare, a text long.

:mod:`dedup.verdict.measures` says what each measure counts.
"""

from __future__ import annotations

LINKED = 0.2
"""Similarity from which two sentences count as counterparts."""
DENSE = 0.5
"""Share of words in linked sentences that a region has at the least, at either of its ends."""
OPENING = 3
"""Sentences that a text opens with."""
CONTENT = 1.0
"""Weight from which a word is a content word: it stands in 37 % of all texts at the most."""
LONGEST_SENTENCE = 40
"""Words of a sentence at most: longer ones, or a text without full stops, are cut into parts."""
MOST_NAMES = 0.17
"""Share of a text's words from which on capitals make no names: those of headlines, or of German
nouns."""
CORE = 0.25
"""Similarity, or share of plain words, that sentences of the core exceed on the whole."""
FRONT = 100
"""Words of a text that are its front: two texts that open alike tell one story, however they go
on, which independent reports do not."""
LEAD = 60
"""Words of a text within which the sentences of its lead begin."""
NEXT = 2
"""Sentences that a counterpart stands at most behind that of the sentence before to follow it."""
ECHO = 16.0
"""Weight of the plain words that a sentence and its counterpart share from which it is echoed:
some four words that are rare."""
ENOUGH = 120
"""Words from which on a text's length says nothing more: how long the texts of a set are must not
tell how often they are versions."""
HEAVIEST = 7.0
"""What a word counts at most where the words of a sentence are weighed."""
RARE = 3.5
"""Weight from which a word is rare: it stands in 3 % of all texts at the most."""
VERY_RARE = 6.0
"""Weight from which it is very rare: 1 text in 400 has it at the most."""
KIND_NAMES = ("fact", "rare", "content")
"""Kinds of words whose order is asked for: names and numbers; words of the weight ``RARE``, and
numbers; words of the weight ``CONTENT``, names and numbers."""
KINDS = len(KIND_NAMES)
OPENING_WORDS = 9
"""Words of a text among which the date stands that it opens with,"""
DAYS_OF_MONTH = 31
ORDINALS = ("st", "nd", "rd", "th", "er", "o")
"""what may end a day's number,"""
MOST_DAYS = 30
"""and the days that two such dates are apart at most: more say nothing more."""
DIGITS = 16
"""What the value of a number is multiplied by in its code, to which its digits are added."""
LONGEST_NUMBER = 4
"""Digits of a number that is read by its value; longer ones without signs are few."""
POWER_BITS = 20
"""Bits of such a code below those of the power of ten that is written together with it."""
GLUED = {"k": 3, "m": 6, "mn": 6, "bn": 9, "tn": 12}
"""Scales that are written together with a number, *$5.2bn*, and their powers of ten."""
HEAD = 28
"""Words of the head, which a text begins with behind the date that it opens with,"""
FADES = 0.88
"""what each of them counts beside the one before where the first count most,"""
HEAD_NAMES = 2
"""and how many of its names, from the first, are those of whom it tells."""
NAMED = 1.9
"""Weight from which a name tells of something: it stands in 15 % of all texts at the most."""
LACKING_FACT = 1.0
"""Part of its weight that a name or number counts against a stretch if the other text lacks it,"""
LACKING_CONTENT = 0.4
"""and the same of a content word: whoever rewrites a text takes other words."""
PARTS = 16
"""Parts that the vector of a word's sense is cut into, each packed as the number of a centroid,"""
WIDTH = 4
"""values of each,"""
CENTROIDS = 256
"""and centroids of a part."""
SENSE_STEPS = 8.0
"""Steps in which a word's weight counts in the gist of its sentence,"""
HEAVIEST_SENSE = 6.0
"""and what it counts at most."""
MOST_GISTS = 64
"""Sentences of a text, from the first, whose gist is asked for: all of them with all others,"""
GIST_WORDS = 4
"""and the words of such a sentence at the least."""
OPENING_GISTS = 2
"""Sentences with a match, from the first, that are asked where theirs stands."""
NEAR_GIST = 0.7
"""Likeness from which two gists are near each other,"""
NEAREST_GIST = 0.8
"""and from which they are nearest."""
CLOSE = 60
"""Words apart within which two details stand together: two or three sentences,"""
PART_OF_TEXT = 3
"""but no more than the text's words by this: all words of a short text stand close."""
RUN = 4
"""Words in a row that both texts must have for the words to count as copied."""
NEAR_VERBATIM = 0.7
"""Share of a sentence's words in copied runs from which it counts as kept."""
SHARED = 0.55
"""The same for a sentence of a part that two texts share: chosen by the reports that METER calls
derived, with none of independent reports."""
SHARED_WORDS = 10
"""Words of such a sentence at least: no label, stock phrase or teaser."""
MOST_SENTENCES = 32
"""A word in more sentences of one text than this links none: keeps the join linear."""
TINY = 1e-12
"""Below any sentence's norm; keeps a sentence of weightless words from dividing by 0."""
_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    " fifteen sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
SPELT = {word: value for value, word in enumerate(_UNITS.split())}
SPELT |= {word: 10 * value for value, word in enumerate(_TENS.split(), 2)}
"""The value of numbers that are spelt out, of those that are marked as numbers."""
