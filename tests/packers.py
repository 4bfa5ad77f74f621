"""Bytes packed as files of a dump may be."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["zstd_sized", "zstd_stream"]


def zstd_stream(data: bytes) -> bytes:
    """Pack without the size in the frame's head, as a pipe does."""
    packer = zstd.ZstdCompressor()
    return packer.compress(data) + packer.flush()


def zstd_sized(data: bytes) -> bytes:
    """Pack with the size in the frame's head, as of a file."""
    return zstd.compress(data)
