"""The words of a language by their ids, laid out open, so that a few steps find one."""

import cython
import numpy as np
from cython.cimports.dedup._tables import places_for
from cython.cimports.dedup.facts._table import slot_of
from cython.cimports.libc.stdint import int64_t, uint16_t, uint32_t, uint64_t


@cython.cclass
class WordTable:
    """What each word may tell, and a number of it in each of some columns."""

    def __init__(
        self,
        ids: cython.const[uint32_t][::1],
        traits: cython.const[uint16_t][::1],
        columns: cython.const[uint64_t][:, ::1],
    ):
        """Enter words: ``ids`` u32[n], distinct, ``traits`` u16[n], no 0, ``columns`` u64[c, n]."""
        count: cython.Py_ssize_t = ids.shape[0]
        if traits.shape[0] != count or columns.shape[1] != count:
            raise ValueError("ids, traits and columns: one for each word is wanted")
        size: int64_t = places_for(count)
        self.slots = np.zeros(size, np.uint32)
        self.traits = np.zeros(size, np.uint16)
        self.columns = np.zeros((columns.shape[0], size), np.uint64)
        k: cython.Py_ssize_t
        column: cython.Py_ssize_t
        at: int64_t
        for k in range(count):
            at = slot_of(self, ids[k])
            self.slots[at] = ids[k]
            self.traits[at] = traits[k]
            for column in range(columns.shape[0]):
                self.columns[column, at] = columns[column, k]
