"""``python -m dedup`` does the same as ``dedup``."""

from dedup.cli import main

main()
