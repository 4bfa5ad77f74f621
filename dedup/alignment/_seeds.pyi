from dedup.alignment.laid import Laid, Scored
from dedup.arrays import I64

def find_clusters(scored: Scored, texts: Laid, pairs: I64) -> tuple[I64, I64, I64, I64]: ...
