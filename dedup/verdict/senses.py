"""What words mean, as far as a vector tells: the table that ships with the package."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from dedup.packed import map_table
from dedup.text.vocabulary import buckets_of
from dedup.verdict import _senses
from dedup.verdict.bounds import CENTROIDS, PARTS, WIDTH

_BITS = 14
"""Upper bits of an id by which a word is looked up."""


@lru_cache(maxsize=1)
def senses() -> _senses.Senses:
    """Load the vectors of 20,000 English words, of GloVe (Pennington et al. 2014).

    Product quantization packs them (Jégou et al. 2011): a vector is a centroid for each part.
    """
    packed = map_table("senses", "u1")
    behind = PARTS * CENTROIDS * WIDTH
    words = (len(packed) - behind) // (4 + PARTS)
    ids = packed[behind : behind + 4 * words].view("<u4")
    codes = packed[behind + 4 * words :].reshape(words, PARTS)
    # The four values of a centroid are taken as one number.
    centroids = packed[:behind].view(np.uint32).reshape(PARTS, CENTROIDS)
    return _senses.Senses(ids, buckets_of(ids, _BITS), codes, centroids)
