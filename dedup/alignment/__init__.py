"""Which sentences of two texts belong together, and which word runs were taken verbatim.

Rule: the result of (b, a) is that of (a, b) with the sides changed. Sentence pairs are scored by
rare grams, chosen as links, split and merged, put in order, and joined to regions of reuse.
"""
