"""The release of this library."""

__version__ = "0.7.0"
