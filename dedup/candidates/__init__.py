"""Which pairs of many texts are worth a closer look.

Rule: arrays in, arrays out; no text is read here and no verdict is made. Two lanes: MinHash over
word shingles with banded LSH finds copies, a join over each text's rarest words finds retellings.
"""
