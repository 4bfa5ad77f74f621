"""Articles that are added, asked and forgotten, in memory and on disk.

An index is a catalog (SQLite: what must be transactional) and segments (arrays that are written
once, mapped and merged). ``index`` has the public class; ``store`` makes one change at a time;
``asking`` finds and judges candidates in a state of the segments.

Rule: a failed change leaves no trace, a reader sees the last finished one, and no answer hangs on
how articles lie in segments.
"""
