from dedup.alignment.laid import Laid
from dedup.arrays import F64, I32, I64, U8

def score_sentences(
    texts: Laid,
    pairs: I64,
    logs: F64,
    spreads: tuple[F64, I64],
    limits: I64,
) -> tuple[I32, I32, F64, I64, I32, F64, I64, I64, U8]: ...
