"""The command ``dedup``: each subcommand is one library call and a way to show its result."""

from dedup.cli.main import command, main

__all__ = ["command", "main"]
