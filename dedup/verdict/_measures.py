"""The measures of :mod:`dedup.verdict.measures`, a function each: those of sentences are here.

Each takes the two sides of a pair, on which it was found what their stories share, and measures the
first beside the second. The table says what is counted.
"""

import cython
from cython.cimports.dedup.verdict import (
    _amounts,
    _lacking,
    _orders,
    _paths,
    _prose,
    _senses,
    _stretches,
)
from cython.cimports.dedup.verdict._counting import (
    is_copied,
    is_kept,
    is_own,
    share,
    words_between,
    words_of,
)
from cython.cimports.dedup.verdict._dates import days_apart, elsewhere
from cython.cimports.dedup.verdict._links import Side
from cython.cimports.dedup.verdict._measures import Measurer
from cython.cimports.dedup.verdict._words import (
    details,
    fact_mass,
    fact_weight,
    facts,
    front,
    lead,
    lead_facts,
    lead_words,
    mass,
    missing_numbers,
    names,
    news,
    number_density,
    number_mass,
    numbers,
    plain,
    rare_count,
    replaced_names,
    replaced_numbers,
    subject,
    together,
)
from cython.cimports.libc.math import log1p
from cython.cimports.libc.stdint import int64_t

from dedup.verdict import bounds, measures

_LINKED = cython.declare(cython.double, bounds.LINKED)
_OPENING = cython.declare(int64_t, bounds.OPENING)
_CORE = cython.declare(cython.double, bounds.CORE)
_ECHO = cython.declare(cython.double, bounds.ECHO)
_ENOUGH = cython.declare(int64_t, bounds.ENOUGH)
_NEAR_VERBATIM = cython.declare(cython.double, bounds.NEAR_VERBATIM)
_MOST = cython.declare(cython.Py_ssize_t, 96)
_MEASURERS = cython.declare(Measurer[96])
"""The function of each measure, in the table's order; they are entered at the end."""


@cython.cfunc
@cython.nogil
def _linked(side: Side, other: Side) -> cython.double:
    return share(side.linked_words, side.story.words)


@cython.cfunc
@cython.nogil
def _mutual(side: Side, other: Side) -> cython.double:
    i: int64_t
    words: int64_t = 0
    for i in range(side.story.sentences):
        if side.similarity[i] >= _LINKED and other.partner[side.partner[i]] == i:
            words += words_of(side, i)
    return share(words, side.story.words)


@cython.cfunc
@cython.nogil
def _in_order(side: Side, other: Side) -> cython.double:
    """Weigh, in words, the heaviest path of linked sentences whose counterparts do not go back.

    ``best`` is a Fenwick tree of the heaviest paths that end up to a counterpart.
    """
    ends: int64_t = other.story.sentences
    i: int64_t
    at: int64_t
    weight: cython.double
    heaviest: cython.double = 0.0
    side.best[: ends + 1] = 0.0
    for i in range(side.story.sentences):
        if side.similarity[i] < _LINKED:
            continue
        weight = 0.0
        at = side.partner[i] + 1
        while at > 0:
            weight = max(weight, side.best[at])
            at -= at & -at
        weight += words_of(side, i)
        heaviest = max(heaviest, weight)
        at = side.partner[i] + 1
        while at <= ends:
            side.best[at] = max(side.best[at], weight)
            at += at & -at
    return share(heaviest, side.story.words)


@cython.cfunc
@cython.nogil
def _region_alike(side: Side, other: Side) -> cython.double:
    """Few words are drawn to a quarter, as if 32 more were there."""
    i: int64_t
    words: int64_t = 32
    alike: cython.double = 8.0
    for i in range(side.region_start, side.region_end):
        if is_own(side, i) and not is_copied(side, i):
            words += words_of(side, i)
            alike += words_of(side, i) * side.similarity[i]
    return alike / words


@cython.cfunc
@cython.nogil
def _core(side: Side, other: Side) -> cython.double:
    i: int64_t
    total: cython.double = 0.0
    greatest: cython.double = 0.0
    for i in range(side.story.sentences):
        if is_own(side, i) and not is_copied(side, i):
            total = max(0.0, total + (side.similarity[i] - _CORE) * words_of(side, i))
            greatest = max(greatest, total)
    return log1p(greatest)


@cython.cfunc
@cython.nogil
def _echoed(side: Side, other: Side) -> cython.double:
    i: int64_t
    words: int64_t = 0
    for i in range(side.story.sentences):
        words += words_of(side, i) if side.echoed[i] >= _ECHO else 0
    return log1p(words)


@cython.cfunc
@cython.nogil
def _outside(side: Side, other: Side) -> cython.double:
    i: int64_t
    inside: int64_t = 0
    for i in range(side.region_start, side.region_end):
        if side.similarity[i] >= _LINKED:
            inside += words_of(side, i)
    return share(side.linked_words - inside, side.linked_words)


@cython.cfunc
@cython.nogil
def _opening(side: Side, other: Side) -> cython.double:
    i: int64_t
    opening: int64_t = min(_OPENING, side.story.sentences)
    alike: cython.double = 0.0
    for i in range(opening):
        alike += words_of(side, i) * side.similarity[i]
    return share(alike, words_between(side, 0, opening))


@cython.cfunc
@cython.nogil
def _quotes(side: Side, other: Side) -> cython.double:
    i: int64_t
    quoted: int64_t = 0
    for i in range(side.story.sentences):
        quoted += side.copied_quotes[i]
    return share(quoted, side.story.words)


@cython.cfunc
@cython.nogil
def _patched(side: Side, other: Side) -> cython.double:
    """Few words are drawn to 0, as if 5 more were there."""
    i: int64_t
    own: int64_t = 5
    copied: int64_t = 0
    for i in range(side.story.sentences):
        if side.copied[i] < _NEAR_VERBATIM * words_of(side, i):
            own += words_of(side, i) - side.layout.quoted[side.story.edge + i]
            copied += side.copied[i] - side.copied_quotes[i]
    return cython.cast(cython.double, copied) / own


@cython.cfunc
@cython.nogil
def _longest_run(side: Side, other: Side) -> cython.double:
    return log1p(side.longest_run)


@cython.cfunc
@cython.nogil
def _kept(side: Side, other: Side) -> cython.double:
    i: int64_t
    own: int64_t = 0
    kept: int64_t = 0
    for i in range(side.story.sentences):
        if is_own(side, i):
            own += words_of(side, i)
            if side.copied[i] >= _NEAR_VERBATIM * words_of(side, i):
                kept += words_of(side, i)
    return share(kept, own)


@cython.cfunc
@cython.nogil
def _kept_sentences(side: Side, other: Side) -> cython.double:
    i: int64_t
    kept: int64_t = 0
    for i in range(side.story.sentences):
        if is_kept(side, i) and is_own(side, i):
            kept += 1
    return kept


@cython.cfunc
@cython.nogil
def _words(side: Side, other: Side) -> cython.double:
    return min(_ENOUGH, side.story.words)


@cython.cfunc
@cython.nogil
def _same(side: Side, other: Side) -> cython.double:
    """Compare all words, by their digests, and those of the stories.

    Furniture among the same words may lie elsewhere; the words are what counts.
    """
    k: int64_t = 0
    here: int64_t = side.row
    there: int64_t = other.row
    if (
        side.layout.digests[here, 0] == side.layout.digests[there, 0]
        and side.layout.digests[here, 1] == side.layout.digests[there, 1]
    ):
        return 1.0
    if side.story.words != other.story.words:
        return 0.0
    while (
        k < side.story.words
        and side.layout.words[side.story.at + k] == side.layout.words[other.story.at + k]
    ):
        k += 1
    return k == side.story.words


@cython.cfunc
@cython.nogil
def _empty(side: Side, other: Side) -> cython.double:
    return (side.story.words == 0) != (other.story.words == 0)


# --- All of them ---------------------------------------------------------------------------------

_MEASURERS[measures.COLUMNS["linked"]] = _linked
_MEASURERS[measures.COLUMNS["mutual"]] = _mutual
_MEASURERS[measures.COLUMNS["in_order"]] = _in_order
_MEASURERS[measures.COLUMNS["region_alike"]] = _region_alike
_MEASURERS[measures.COLUMNS["core"]] = _core
_MEASURERS[measures.COLUMNS["echoed"]] = _echoed
_MEASURERS[measures.COLUMNS["outside"]] = _outside
_MEASURERS[measures.COLUMNS["opening"]] = _opening
_MEASURERS[measures.COLUMNS["lead"]] = lead
_MEASURERS[measures.COLUMNS["front"]] = front
_MEASURERS[measures.COLUMNS["news"]] = news
_MEASURERS[measures.COLUMNS["together"]] = together
_MEASURERS[measures.COLUMNS["details"]] = details
_MEASURERS[measures.COLUMNS["plain"]] = plain
_MEASURERS[measures.COLUMNS["names"]] = names
_MEASURERS[measures.COLUMNS["numbers"]] = numbers
_MEASURERS[measures.COLUMNS["facts"]] = facts
_MEASURERS[measures.COLUMNS["missing_numbers"]] = missing_numbers
_MEASURERS[measures.COLUMNS["replaced_names"]] = replaced_names
_MEASURERS[measures.COLUMNS["replaced_numbers"]] = replaced_numbers
_MEASURERS[measures.COLUMNS["number_density"]] = number_density
_MEASURERS[measures.COLUMNS["subject"]] = subject
_MEASURERS[measures.COLUMNS["mass"]] = mass
_MEASURERS[measures.COLUMNS["fact_mass"]] = fact_mass
_MEASURERS[measures.COLUMNS["number_mass"]] = number_mass
_MEASURERS[measures.COLUMNS["rare_count"]] = rare_count
_MEASURERS[measures.COLUMNS["fact_weight"]] = fact_weight
_MEASURERS[measures.COLUMNS["lead_facts"]] = lead_facts
_MEASURERS[measures.COLUMNS["lead_words"]] = lead_words
_MEASURERS[measures.COLUMNS["fact_chain"]] = _orders.fact_chain
_MEASURERS[measures.COLUMNS["fact_chain_order"]] = _orders.fact_chain_order
_MEASURERS[measures.COLUMNS["rare_chain"]] = _orders.rare_chain
_MEASURERS[measures.COLUMNS["content_chain"]] = _orders.content_chain
_MEASURERS[measures.COLUMNS["content_chain_length"]] = _orders.content_chain_length
_MEASURERS[measures.COLUMNS["content_chain_order"]] = _orders.content_chain_order
_MEASURERS[measures.COLUMNS["neighbours"]] = _orders.neighbours
_MEASURERS[measures.COLUMNS["neighbours_count"]] = _orders.neighbours_count
_MEASURERS[measures.COLUMNS["amounts_lacking"]] = _amounts.amounts_lacking
_MEASURERS[measures.COLUMNS["head_facts"]] = _lacking.head_facts
_MEASURERS[measures.COLUMNS["head_names"]] = _lacking.head_names
_MEASURERS[measures.COLUMNS["name_weight"]] = _lacking.name_weight
_MEASURERS[measures.COLUMNS["names_lacking"]] = _lacking.names_lacking
_MEASURERS[measures.COLUMNS["rare_weight"]] = _lacking.rare_weight
_MEASURERS[measures.COLUMNS["rare_lacking"]] = _lacking.rare_lacking
_MEASURERS[measures.COLUMNS["gist_alike"]] = _senses.gist_alike
_MEASURERS[measures.COLUMNS["gist_apart"]] = _senses.gist_apart
_MEASURERS[measures.COLUMNS["gist_near"]] = _senses.gist_near
_MEASURERS[measures.COLUMNS["gist_nearest"]] = _senses.gist_nearest
_MEASURERS[measures.COLUMNS["gist_whole"]] = _senses.gist_whole
_MEASURERS[measures.COLUMNS["first_words"]] = _lacking.first_words
_MEASURERS[measures.COLUMNS["first_rare"]] = _lacking.first_rare
_MEASURERS[measures.COLUMNS["copied_content"]] = _prose.copied_content
_MEASURERS[measures.COLUMNS["copied_facts"]] = _prose.copied_facts
_MEASURERS[measures.COLUMNS["function_words"]] = _prose.function_words
_MEASURERS[measures.COLUMNS["linked_names"]] = _prose.linked_names
_MEASURERS[measures.COLUMNS["gist_path"]] = _paths.gist_path
_MEASURERS[measures.COLUMNS["gist_path_order"]] = _paths.gist_path_order
_MEASURERS[measures.COLUMNS["gist_gain"]] = _paths.gist_gain
_MEASURERS[measures.COLUMNS["gist_mutual"]] = _paths.gist_mutual
_MEASURERS[measures.COLUMNS["gist_following"]] = _paths.gist_following
_MEASURERS[measures.COLUMNS["lead_place"]] = _paths.lead_place
_MEASURERS[measures.COLUMNS["fact_stretch"]] = _stretches.fact_stretch
_MEASURERS[measures.COLUMNS["content_stretch"]] = _stretches.content_stretch
_MEASURERS[measures.COLUMNS["days_apart"]] = days_apart
_MEASURERS[measures.COLUMNS["elsewhere"]] = elsewhere
_MEASURERS[measures.COLUMNS["quotes"]] = _quotes
_MEASURERS[measures.COLUMNS["patched"]] = _patched
_MEASURERS[measures.COLUMNS["longest_run"]] = _longest_run
_MEASURERS[measures.COLUMNS["kept"]] = _kept
_MEASURERS[measures.COLUMNS["kept_sentences"]] = _kept_sentences
_MEASURERS[measures.COLUMNS["words"]] = _words
_MEASURERS[measures.COLUMNS["same"]] = _same
_MEASURERS[measures.COLUMNS["empty"]] = _empty


def _check_functions() -> None:
    """Refuse a table with a measure that has no function, or with more measures than fit."""
    at: cython.Py_ssize_t
    for at, row in enumerate(measures.MEASURES):
        if at >= _MOST or _MEASURERS[at] == cython.NULL:
            raise ImportError(f"no function measures {row.name!r}")


_check_functions()


@cython.cfunc
@cython.nogil
def measure_side(side: Side, other: Side, found: cython.double[::1]) -> cython.int:
    """Write every measure of one side of a pair."""
    at: cython.Py_ssize_t
    for at in range(found.shape[0]):
        found[at] = _MEASURERS[at](side, other)
    return 0
