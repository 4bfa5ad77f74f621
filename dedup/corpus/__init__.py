"""A whole dump: read, find candidates, judge, group.

Rule: stages are functions over arrays; ids come back at the edge; the order of threads changes
nothing.
"""
