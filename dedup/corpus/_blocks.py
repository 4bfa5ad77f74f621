"""Where a block of pairs ends: when its articles have too many words together."""

import cython
from cython.cimports.libc.stdint import int32_t, int64_t

__all__ = ["block_end"]


def block_end(
    pairs: cython.const[int64_t][:, ::1],
    lengths: cython.const[int64_t][::1],
    blocks: int32_t[::1],
    start: int64_t,
    at_once: int64_t,
):
    """Give the end of the block that begins at a place of pairs, i64[m, 2].

    It goes on while its articles, of ``lengths`` i64[n] words, have ``at_once`` together at most,
    each counted once; a single pair may have more. ``blocks`` i32[n] holds for each row where a
    block with it began last, from 1, and is noted, in place. Raises :class:`ValueError` for a pair
    of other rows.
    """
    number: int32_t = cython.cast(int32_t, start + 1)
    words: int64_t = 0
    at: int64_t = start
    more: int64_t
    one: int64_t
    other: int64_t
    wrong: cython.bint = False
    if blocks.shape[0] != lengths.shape[0]:
        raise ValueError(f"blocks: of {blocks.shape[0]} rows, not {lengths.shape[0]}")
    with cython.nogil:
        while at < pairs.shape[0]:
            one = pairs[at, 0]
            other = pairs[at, 1]
            wrong = not (0 <= one < lengths.shape[0] and 0 <= other < lengths.shape[0])
            if wrong:
                break
            more = 0 if blocks[one] == number else lengths[one]
            more += 0 if blocks[other] == number else lengths[other]
            if at > start and words + more > at_once:
                break
            blocks[one] = number
            blocks[other] = number
            words += more
            at += 1
    if wrong:
        raise ValueError(f"pairs: {one} and {other}, of {lengths.shape[0]} rows")
    return at
