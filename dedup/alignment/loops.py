"""The loops of an alignment, compiled: grams weighed and joined, links chosen, runs tiled.

The readable definitions are :mod:`dedup.alignment.similarity`, :mod:`dedup.alignment.links`,
:mod:`dedup.alignment.order` and
:mod:`dedup.alignment.runs`; each loop here adds up in their order and gives their result to the
last bit, and
tests hold both in step. Logarithms come as tables, since a compiler may round them otherwise.
"""

from __future__ import annotations

import heapq

import numpy as np

from dedup.arrays import F64, I64, U32, U64, Flags
from dedup.text.kernels import compiled, inlined

__all__ = [
    "by_sentence",
    "count_grams",
    "gram_keys",
    "heaviest_chain",
    "join_grams",
    "level",
    "link_pairs",
    "number_words",
    "order_choice",
    "residual",
    "tile_runs",
    "weigh_grams",
    "with_neighbours",
    "with_order",
]


_GRAM = 4
_SPACE = np.uint32(ord(" "))
_MIX = np.uint64(0x9E3779B97F4A7C15)
_MIX_TWICE = np.uint64(int(_MIX) ** 2 % 2**64)
_HIGH, _LOW = np.uint64(0xFFFFFFFF00000000), np.uint64(0xFFFFFFFF)
_ALL_BUT_SIGN = np.int64(2**63 - 1)


# --- Grams and scores --------------------------------------------------------------------------


@compiled
def gram_keys(codes: U32, lengths: I64) -> U64:
    """Hash the grams of sentences that stand in a line, as
    ``dedup.alignment.similarity._gram_keys`` does.

    ``codes`` u32, the line's code points; ``lengths`` i64[s] of the sentences, their two blanks
    included.
    """
    keys = np.empty(max(0, codes.size - _GRAM + 1), np.uint64)
    count, sentence, end = 0, 0, lengths[0] if lengths.size else 0
    for at in range(keys.size):
        while at >= end and sentence + 1 < lengths.size:
            sentence += 1
            end += lengths[sentence]
        if codes[at + 1] == _SPACE or (codes[at + 2] == _SPACE and codes[at] != _SPACE):
            continue
        first = np.uint64(codes[at]) * _MIX + np.uint64(codes[at + 1])
        second = np.uint64(codes[at + 2]) * _MIX + np.uint64(codes[at + 3])
        keys[count] = ((first * _MIX_TWICE + second) * _MIX & _HIGH) | np.uint64(sentence)
        count += 1
    return keys[:count]


@compiled
def count_grams(keys: U64, rows: int) -> tuple[I64, I64, I64, I64, I64, I64, int, int]:
    """Count sorted keys: of each entry its gram, sentence and tf; of each gram its first entry and
    the entries of a and of b; then the greatest tf, and the sentence pairs that share each gram,
    all together.
    """
    gram, sentence = np.empty(keys.size, np.int64), np.empty(keys.size, np.int64)
    tf, heads = np.empty(keys.size, np.int64), np.empty(keys.size, np.int64)
    in_a, in_b = np.empty(keys.size, np.int64), np.empty(keys.size, np.int64)
    entries, grams = 0, 0
    for at in range(keys.size):
        if at and keys[at] == keys[at - 1]:
            tf[entries - 1] += 1
            continue
        if at == 0 or keys[at] & _HIGH != keys[at - 1] & _HIGH:
            heads[grams], in_a[grams], in_b[grams] = entries, 0, 0
            grams += 1
        gram[entries], sentence[entries] = grams - 1, np.int64(keys[at] & _LOW)
        tf[entries] = 1
        if sentence[entries] < rows:
            in_a[grams - 1] += 1
        else:
            in_b[grams - 1] += 1
        entries += 1
    most, products = 0, 0
    for at in range(entries):
        most = max(most, tf[at])
    for at in range(grams):
        products += in_a[at] * in_b[at]
    of_entries = gram[:entries], sentence[:entries], tf[:entries]
    return *of_entries, heads[:grams], in_a[:grams], in_b[:grams], most, products


@compiled
def weigh_grams(
    entries: tuple[I64, I64, I64],
    in_a: I64,
    in_b: I64,
    kept: Flags,
    tables: tuple[F64, F64],
    least: float,
) -> F64:
    """Weigh entries, given as their gram, sentence and tf, so that sentences are unit vectors.

    Grams that are not ``kept`` weigh 0; a sentence counts as ``least`` of its full length at least.
    ``tables`` are ``ln n`` of a count and ``ln(total / n)`` of the sentences that hold a gram, up
    to all of them.
    """
    gram, sentence, tf = entries
    of_count, of_spread = tables
    weight = np.empty(gram.size, np.float64)
    whole, rest = np.zeros(of_spread.size), np.zeros(of_spread.size)
    for at in range(gram.size):
        value = (1.0 + of_count[tf[at]]) * of_spread[in_a[gram[at]] + in_b[gram[at]]]
        whole[sentence[at]] += value * value
        if not kept[gram[at]]:
            value = 0.0
        rest[sentence[at]] += value * value
        weight[at] = value
    for number in range(whole.size):
        whole[number] = max(least * np.sqrt(whole[number]), np.sqrt(rest[number]))
    for at in range(gram.size):
        weight[at] /= whole[sentence[at]]
    return weight


@compiled
def join_grams(
    entries: tuple[I64, F64],
    grams: tuple[I64, I64, I64],
    kept: Flags,
    shape: tuple[int, int],
    bounds: tuple[float, float],
) -> tuple[I64, I64, F64]:
    """Score the sentence pairs that share grams, by a join over the grams that are ``kept``.

    ``entries`` are given as their sentence and weight, ``grams`` as their first entry and the
    entries of a and of b. Returns the sentences of a and of b and the scores of the pairs that
    reach the first of ``bounds``; a score above the second is 1.
    """
    sentence, weight = entries
    heads, in_a, in_b = grams
    rows, columns = shape
    sums = np.zeros(rows * columns)
    for gram in range(heads.size):
        if not kept[gram] or in_a[gram] == 0 or in_b[gram] == 0:
            continue
        middle = heads[gram] + in_a[gram]
        for left in range(heads[gram], middle):
            base = sentence[left] * columns - rows
            for right in range(middle, middle + in_b[gram]):
                sums[base + sentence[right]] += weight[left] * weight[right]
    a, b = np.empty(sums.size, np.int64), np.empty(sums.size, np.int64)
    score = np.empty(sums.size, np.float64)
    least, most = bounds
    count = 0
    for row in range(rows):
        for column in range(columns):
            value = sums[row * columns + column]
            if value >= least:
                a[count], b[count] = row, column
                score[count] = 1.0 if value > most else value
                count += 1
    return a[:count].copy(), b[:count].copy(), score[:count].copy()


# --- Links -------------------------------------------------------------------------------------


@inlined
def _best(sentences: I64, strength: F64, least: float) -> F64:
    """Give the best strength of each sentence among the pairs of some strength."""
    best = np.zeros(sentences.max() + 1 if sentences.size else 0)
    for at in range(sentences.size):
        if strength[at] >= least and strength[at] > best[sentences[at]]:
            best[sentences[at]] = strength[at]
    return best


@compiled
def _mutual(a: I64, b: I64, strength: F64, least: float) -> I64:
    """List the pairs of some strength that are the best of both their sentences; positions."""
    best_a, best_b = _best(a, strength, least), _best(b, strength, least)
    found = np.empty(a.size, np.int64)
    count = 0
    for at in range(a.size):
        value = strength[at]
        if value >= least and value >= best_a[a[at]] and value >= best_b[b[at]]:
            found[count] = at
            count += 1
    return found[:count]


@compiled
def level(a: I64, b: I64, score: F64, threshold: float) -> float:
    """Give the median score of sentences that chose each other, 0 where none did."""
    sure = np.sort(score[_mutual(a, b, score, threshold)])
    if sure.size == 0:
        return 0.0
    median: float = (sure[(sure.size - 1) // 2] + sure[sure.size // 2]) / 2
    return median


@compiled
def with_neighbours(a: I64, b: I64, score: F64, bonus: float) -> F64:
    """Add to each score a part of the better one of the pairs before and behind; pairs sorted."""
    company = np.zeros(a.size)
    behind = 0
    for at in range(a.size):
        row, column = a[at] + 1, b[at] + 1
        while behind < a.size and (a[behind] < row or (a[behind] == row and b[behind] < column)):
            behind += 1
        if behind < a.size and a[behind] == row and b[behind] == column:
            company[at] = max(company[at], score[behind])
            company[behind] = max(company[behind], score[at])
    return score + bonus * company


@inlined
def _ranks(places: I64) -> I64:
    """Number places by their rank among the distinct ones; ties in a chain hang on it."""
    below = np.zeros(places.max() + 2 if places.size else 1, np.int64)
    for place in places:
        below[place + 1] = 1
    return np.cumsum(below)[places]


@compiled
def heaviest_chain(a: I64, b: I64, weights: F64) -> I64:
    """Choose the links of the greatest total weight that rise on both sides; sorted by (a, b)."""
    ranks, width = _ranks(b), a.size
    tree, ends = np.zeros(width + 1), np.full(width + 1, -1)
    before = np.full(a.size, -1)
    heaviest, last = 0.0, -1
    for k in np.argsort(a * width + (width - 1 - ranks), kind="mergesort"):
        total, at = 0.0, ranks[k]
        while at > 0:
            if tree[at] > total:
                total, before[k] = tree[at], ends[at]
            at -= at & -at
        total += weights[k]
        if total > heaviest:
            heaviest, last = total, k
        at = ranks[k] + 1
        while at <= width:
            if total > tree[at]:
                tree[at], ends[at] = total, k
            at += at & -at
    chain = np.empty(a.size, np.int64)
    count = 0
    while last >= 0:
        chain[count] = last
        count, last = count + 1, before[last]
    return chain[:count][::-1]


@inlined
def _counts_before(places: I64, size: int) -> I64:
    """Count, for each place and one more, how many of ``places`` lie before it."""
    counts = np.zeros(size + 1, np.int64)
    for place in places:
        counts[place + 1] += 1
    return np.cumsum(counts)


@compiled
def with_order(a: I64, b: I64, strength: F64, anchor: float, penalty: float) -> F64:
    """Take the penalty from pairs that cross the heaviest chain of sure ones."""
    sure = _mutual(a, b, strength, anchor)
    chain = sure[heaviest_chain(a[sure], b[sure], strength[sure])]
    lowered = strength.copy()
    if chain.size == 0:
        return lowered
    before_a = _counts_before(a[chain], a.max() + 1)
    before_b = _counts_before(b[chain], b.max() + 1)
    for at in range(a.size):
        row, column = a[at], b[at]
        if before_a[row] > before_b[column + 1] or before_b[column] > before_a[row + 1]:
            lowered[at] -= penalty
    return lowered


@inlined
def _falling(values: F64) -> I64:
    """Give numbers that rise as finite values fall: a sort of another type compiles for seconds."""
    bits = values.view(np.int64)
    return ~(bits ^ ((bits >> 63) & _ALL_BUT_SIGN))


@compiled
def order_choice(a: I64, b: I64, strength: F64, least: float, rows: int, columns: int) -> I64:
    """List the clear pairs as ``dedup.alignment.links._choice`` does; positions."""
    best_a, best_b = _best(a, strength, 0.0), _best(b, strength, 0.0)
    order = np.argsort(np.abs(a * columns - b * rows), kind="mergesort")
    order = order[np.argsort(_falling(strength[order]), kind="mergesort")]
    mutual, single = np.empty(a.size, np.int64), np.empty(a.size, np.int64)
    mutuals, singles = 0, 0
    for at in order:
        leads_a, leads_b = strength[at] >= best_a[a[at]], strength[at] >= best_b[b[at]]
        if strength[at] >= least and leads_a and leads_b:
            mutual[mutuals] = at
            mutuals += 1
        elif strength[at] >= least and (leads_a or leads_b):
            single[singles] = at
            singles += 1
    return np.concatenate((mutual[:mutuals], single[:singles]))


@compiled
def by_sentence(sentence: I64, count: int) -> tuple[I64, I64]:
    """Order entries by their sentence: their positions, and where each sentence's begin."""
    bounds = _counts_before(sentence, count)
    places, free = np.empty(sentence.size, np.int64), bounds.copy()
    for at in range(sentence.size):
        places[free[sentence[at]]] = at
        free[sentence[at]] += 1
    return places, bounds


@compiled
def residual(gram: I64, weight: F64, places: I64, bounds: I64, left: F64, sentences: I64) -> float:
    """Give the cosine of the last of ``sentences`` with the first, the others' grams struck out.

    ``left`` f64[grams] is zero before and after.
    """
    centre, more = sentences[0], sentences[-1]
    mine = places[bounds[centre] : bounds[centre + 1]]
    for at in mine:
        left[gram[at]] = weight[at]
    for sentence in sentences[1:-1]:
        for at in places[bounds[sentence] : bounds[sentence + 1]]:
            left[gram[at]] = 0.0
    length, shared = 0.0, 0.0
    for at in mine:
        length += left[gram[at]] * left[gram[at]]
    for at in places[bounds[more] : bounds[more + 1]]:
        shared += left[gram[at]] * weight[at]
    for at in mine:
        left[gram[at]] = 0.0
    return shared / np.sqrt(length) if length > 0.0 else 0.0


@compiled
def _open(partners: I64, count: int, theirs: I64) -> bool:
    """Tell whether a sentence's group may take one more: it is the centre, and not full."""
    room = count < partners.size
    for at in range(count):
        room &= theirs[partners[at]] == 1
    return room


@compiled
def _grow_stars(
    pairs: tuple[I64, I64, F64],
    order: I64,
    grams: tuple[I64, I64, F64, I64],
    shape: tuple[int, int],
    least: float,
    most: int,
) -> tuple[I64, I64, F64]:
    """Take pairs in order as ``dedup.alignment.links._Stars`` does: of each sentence its partners,
    i64[s, 3],
    how many, and the best score of a pair that it is in.

    The sentences of b follow those of a, as everywhere here.
    """
    a, b, score = pairs
    gram, sentence, weight, heads = grams
    rows, total = shape[0], shape[0] + shape[1]
    partners, count = np.empty((total, most), np.int64), np.zeros(total, np.int64)
    best = np.zeros(total)
    taken, left = np.empty(most + 1, np.int64), np.zeros(heads.size)
    places, bounds = sentence[:0], sentence[:0]
    for at in order:
        one, other = a[at], b[at] + rows
        if count[one] > 0 and count[other] > 0:
            continue
        if count[one] > 0 or count[other] > 0:
            centre, more = (one, other) if count[one] > 0 else (other, one)
            held = count[centre]
            if not _open(partners[centre], held, count):
                continue
            if bounds.size == 0:  # few texts have a sentence to join, so this waits
                places, bounds = by_sentence(sentence, total)
            taken[0], taken[held + 1] = centre, more
            taken[1 : held + 1] = partners[centre, :held]
            if residual(gram, weight, places, bounds, left, taken[: held + 2]) < least:
                continue
        for mine, theirs in ((one, other), (other, one)):
            partners[mine, count[mine]] = theirs
            count[mine] += 1
            best[mine] = max(best[mine], score[at])
    return partners, count, best


@inlined
def _near(a: I64, b: I64, score: F64, strength: F64, least: float) -> tuple[I64, I64, F64, F64]:
    """Keep the pairs of some score."""
    kept = np.empty(a.size, np.int64)
    count = 0
    for at in range(a.size):
        if score[at] >= least:
            kept[count] = at
            count += 1
    kept = kept[:count]
    return a[kept], b[kept], score[kept], strength[kept]


@compiled
def link_pairs(
    pairs: tuple[I64, I64, F64],
    grams: tuple[I64, I64, F64, I64],
    shape: tuple[int, int],
    strengths: tuple[float, float, float, float, float],
    merging: tuple[float, float],
    most: int,
) -> tuple[I64, F64, float]:
    """Link sentences as ``dedup.alignment.links.link`` does, unless the texts were revised.

    ``pairs`` are scored, as their sentences of a and of b and their scores; ``grams`` are the
    vectors' ``gram``, ``sentence``, ``weight`` and ``heads``. ``strengths`` are those that chance
    reaches, of an anchor, the neighbours' bonus, the penalty of a crossing, and the least of a link
    as a part of the level; ``merging`` the least of a further partner and the same as a part of
    the level; ``most`` sentences stand against one.

    Returns the groups in the order of b, i64[g, 2 * most], sentences of a and of b that rise, -1
    for none; their scores f64[g]; and the level, for the caller to tell a revised text by.
    """
    a, b, score = pairs
    chance, anchor, bonus, penalty, relative = strengths
    typical = level(a, b, score, chance)
    a, b, score, strength = _near(
        a, b, score, with_neighbours(a, b, score, bonus), min(chance, anchor) - bonus
    )
    strength = with_order(a, b, strength, anchor, penalty)
    order = order_choice(a, b, strength, max(chance, relative * typical), shape[0], shape[1])
    least = max(merging[0], merging[1] * typical)
    partners, count, best = _grow_stars((a, b, score), order, grams, shape, least, most)
    rows = shape[0]
    groups, scores = np.full((a.size, 2 * most), -1), np.empty(a.size)
    found = 0
    for other in range(rows, rows + shape[1]):
        if count[other] == 0:
            continue
        mine = partners[other, : count[other]]
        theirs = partners[mine[0], : count[mine[0]]]
        if theirs.min() == other:
            for sentence in mine:
                groups[found, np.sum(mine < sentence)] = sentence
            for sentence in theirs:
                groups[found, most + np.sum(theirs < sentence)] = sentence - rows
            scores[found] = max(best[other], best[mine[0]])
            found += 1
    return groups[:found].copy(), scores[:found].copy(), typical


# --- Words and runs ------------------------------------------------------------------------------


@inlined
def _same_word(codes: U32, one: int, other: int, length: int) -> bool:
    same = True
    for step in range(length):
        same &= codes[one + step] == codes[other + step]
    return same


@compiled
def number_words(codes: U32, count: int) -> I64:
    """Number the words of a line in order of appearance; the line ends with a blank.

    ``codes`` u32, one blank behind each word; ``count`` of the words, or an empty array is given.
    """
    size = 4
    while size < 4 * count:
        size *= 2
    table, starts = np.zeros(size, np.int64), np.empty(count, np.int64)
    lengths, numbers = np.empty(count, np.int64), np.empty(count, np.int64)
    words, distinct, start = 0, 0, 0
    key = np.uint64(0)
    for at in range(codes.size):
        if codes[at] != _SPACE:
            key = (key + np.uint64(codes[at])) * _MIX
            continue
        if words == count:
            return numbers[:0]
        length, place = at - start, np.int64(key >> np.uint64(32)) & (size - 1)
        while table[place]:
            known = table[place] - 1
            if lengths[known] == length and _same_word(codes, starts[known], start, length):
                break
            place = (place + 1) & (size - 1)
        if table[place] == 0:
            starts[distinct], lengths[distinct] = start, length
            distinct += 1
            table[place] = distinct
        numbers[words] = table[place] - 1
        words, start, key = words + 1, at + 1, np.uint64(0)
    return numbers[:words] if words == count else numbers[:0]


@compiled
def _ngrams(words: I64, groups: I64, powers: I64, factor: int) -> tuple[I64, I64]:
    """Hash every word n-gram that lies in one group; positions and keys, sorted by key."""
    n = powers.size
    at, keys = np.empty(words.size, np.int64), np.empty(words.size, np.int64)
    count = 0
    for start in range(words.size - n + 1):
        inside, key = groups[start] >= 0, np.int64(0)
        for step in range(n):
            inside &= groups[start + step] == groups[start]
            key += (words[start + step] + 1) * powers[n - 1 - step]
        if inside:
            at[count], keys[count] = start, key + groups[start] * factor
            count += 1
    order = np.argsort(keys[:count], kind="mergesort")
    return at[:count][order], keys[:count][order]


@inlined
def _same(a: I64, b: I64, group_a: I64, group_b: I64, at: int, there: int, n: int) -> bool:
    same: bool = group_a[at] == group_b[there]
    for step in range(n):
        same &= a[at + step] == b[there + step]
    return same


@compiled
def _anchors(
    a: I64, b: I64, groups: tuple[I64, I64], powers: I64, factor: int, repeats: int
) -> I64:
    """Pair equal n-grams; ``(diagonal, place in a)`` packed into one number, rising."""
    at_a, keys_a = _ngrams(a, groups[0], powers, factor)
    at_b, keys_b = _ngrams(b, groups[1], powers, factor)
    found = [np.int64(0) for _ in range(0)]
    stride, i, j = a.size + 1, 0, 0
    while i < at_a.size and j < at_b.size:
        if keys_a[i] != keys_b[j]:
            i, j = i + (keys_a[i] < keys_b[j]), j + (keys_b[j] < keys_a[i])
            continue
        end_i, end_j = i, j
        while end_i < at_a.size and keys_a[end_i] == keys_a[i]:
            end_i += 1
        while end_j < at_b.size and keys_b[end_j] == keys_b[j]:
            end_j += 1
        many = (end_i - i) * (end_j - j) > repeats
        for row in range(i, end_i):
            low = j + row - i if many else j
            for column in range(low, min(low + 1, end_j) if many else end_j):
                at, there = at_a[row], at_b[column]
                if _same(a, b, groups[0], groups[1], at, there, powers.size):
                    found.append((there - at + a.size) * stride + at)
        i, j = end_i, end_j
    return np.sort(np.array(found, dtype=np.int64))


@inlined
def _free(taken_a: Flags, taken_b: Flags, at: int, there: int, length: int) -> tuple[int, int]:
    """Find the longest stretch free on both sides: offset and length, the first of equals."""
    best, start, run = 0, 0, 0
    for step in range(length):
        run = 0 if taken_a[at + step] or taken_b[there + step] else run + 1
        if run > best:
            best, start = run, step + 1 - run
    return start, best


@compiled
def tile_runs(
    a: I64, b: I64, groups: tuple[I64, I64], powers: I64, factor: int, repeats: int
) -> list[tuple[int, int, int]]:
    """Tile two word sequences by their common runs, as ``dedup.alignment.runs.verbatim_runs`` does.

    ``powers`` i64[n] of the n-grams' hash, ``factor`` of its groups; in no particular order.
    """
    packed = _anchors(a, b, groups, powers, factor, repeats)
    stride, least = a.size + 1, powers.size
    queue = [(0, 0, 0) for _ in range(0)]
    head = 0
    for at in range(1, packed.size + 1):
        if at < packed.size and packed[at] == packed[at - 1] + 1:
            continue
        diagonal, start = packed[head] // stride - a.size, packed[head] % stride
        queue.append((head - at - least + 1, start, start + diagonal))
        head = at
    heapq.heapify(queue)
    taken_a, taken_b = np.zeros(a.size, np.bool_), np.zeros(b.size, np.bool_)
    tiles = [(0, 0, 0) for _ in range(0)]
    while len(queue) > 0:
        negative, start, there = heapq.heappop(queue)
        skip, free = _free(taken_a, taken_b, start, there, -negative)
        if free == -negative:
            tiles.append((start, there, free))
            taken_a[start : start + free] = True
            taken_b[there : there + free] = True
        elif free >= least:
            heapq.heappush(queue, (-free, start + skip, there + skip))
    return tiles
