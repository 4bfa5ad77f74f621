"""Numbers, dates, names, quotations and negations of a passage, and how two passages differ in
them.

Rule: a fact is told with its place in the text; what the reader sees twice is no change.
"""
