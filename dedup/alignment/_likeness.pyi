from dedup.alignment.laid import Laid, Near
from dedup.arrays import F64, I64

LONGEST_LIKENED: int

def measure_likeness(near: Near, texts: Laid, pairs: I64) -> F64: ...
