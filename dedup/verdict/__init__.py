"""The evidence of a pair of texts, and the probability and verdict it leads to.

Rule: the evidence depends on the two texts and the background alone, so that every way to ask
about a pair gives one answer. Every number that was fitted lies in ``dedup/data/verdict.json``.
"""
