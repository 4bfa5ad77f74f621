"""The command ``dedup``: each subcommand is one library call and a way to show its result."""

from dedup.cli.command import main

__all__ = ["main"]
