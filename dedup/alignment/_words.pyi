from dedup.alignment.laid import Laid, Numbers, Scored
from dedup.arrays import F64, I32, I64, U8

def number_words(texts: Laid, pairs: I64) -> Numbers: ...
def look_into(
    groups: I32, offsets: I64, numbers: Numbers, texts: Laid, pairs: I64
) -> tuple[U8, I64, I32, F64]: ...
def merge_kept(
    scored: Scored, runs: tuple[I32, I64], numbers: Numbers, texts: Laid, pairs: I64
) -> Scored: ...
