"""The release of this library."""

__version__ = "0.6.0"
