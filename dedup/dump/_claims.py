"""Places entered into an open hash table by digest."""

import cython
import numpy as np
from cython.cimports.libc.stdint import uint64_t

__all__ = ["claim_places"]


@cython.overflowcheck(False)
def claim_places(
    digests: cython.const[uint64_t][::1],
    places: cython.const[uint64_t][::1],
    keys: uint64_t[::1],
    taken: uint64_t[::1],
):
    """Enter digests into an open table, in place: give who has each already, u64[n], 0 for none.

    ``keys`` u64[size] holds digests, 0 for a free slot, and ``taken`` u64[size] their places;
    ``size`` is a power of two that the caller keeps at twice what it will hold.
    """
    size: uint64_t = keys.shape[0]
    if size == 0 or size & (size - 1) or taken.shape[0] != keys.shape[0]:
        raise ValueError(f"keys: a table of {size} slots and {taken.shape[0]} places")
    first: uint64_t[::1] = np.zeros(digests.shape[0], dtype=np.uint64)
    k: cython.Py_ssize_t
    at: uint64_t
    with cython.nogil:
        for k in range(digests.shape[0]):
            at = digests[k] & (size - 1)
            while keys[at] != 0 and keys[at] != digests[k]:
                at = (at + 1) & (size - 1)
            if keys[at] == 0:
                keys[at] = digests[k]
                taken[at] = places[k]
            else:
                first[k] = taken[at]
    return first.base
