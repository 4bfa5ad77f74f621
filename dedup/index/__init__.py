"""Articles that are added, asked and removed, in memory and on disk.

Rule: a failed change leaves no trace, and a saved index names its format.
"""
