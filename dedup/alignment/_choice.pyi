from dedup.alignment.laid import Laid, Near, Scored
from dedup.arrays import F64, I32, I64

REVISED_LEVEL: float

def strengthen_pairs(scored: Scored, texts: Laid, pairs: I64) -> Near: ...
def choose_pairs(near: Near, likeness: F64, texts: Laid, pairs: I64) -> tuple[I32, I64]: ...
