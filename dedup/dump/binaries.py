"""What is no text although its name says so: told by how a file begins, with what to do."""

from __future__ import annotations

_AS_TEXT = "save its text as .txt"
_KINDS = (
    *((b"%PDF-", "a PDF", "take its text out first, as by pdftotext"),),
    *((b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document", _AS_TEXT),),
    *((b"{\\rtf", "a document in RTF", _AS_TEXT),),
    *(
        (magic, "an image", "read its text first, by OCR")
        for magic in (b"\x89PNG", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*")
    ),
    (b"SQLite format 3\0", "an SQLite database", "export the table of articles as CSV"),
    (b"PAR1\x15", "a Parquet file", "name it .parquet"),
    (b"ARROW1\0\0", "an Arrow file", "name it .arrow"),
)
"""What files begin with, what they are, and what to do."""
_IN_OFFICE = (b"[Content_Types].xml", b"_rels/", b"word/", b"mimetype")
_ZIP, _NAME_IN_ZIP = b"PK\x03\x04", 30
_NO_LETTERS = bytes(code for code in range(32) if code not in b"\b\t\n\v\f\r\x1b")
_STRAY = 1
"""Control characters that a text may have, however short it is."""
_MOST = 0.05
"""The share of control characters beyond which a file is no text: of random bytes a tenth are."""


def is_office(head: bytes) -> bool:
    """Tell a document of an office's programs from other zip archives."""
    return head.startswith(_ZIP) and head.startswith(_IN_OFFICE, _NAME_IN_ZIP)


def why_binary(head: bytes, encoding: str | None = "utf-8") -> str:
    r"""Tell what a file is by its first bytes, and what to do with it; ``""`` for a text.

    Where ``encoding`` is ``None``, as in a web archive, control characters tell nothing.

    >>> why_binary(b"%PDF-1.4 ...")
    'a PDF and no text; take its text out first, as by pdftotext'
    >>> why_binary("Rain.".encode("utf-16-le"))
    'UTF-16 without a byte order mark; set encoding (--encoding) to utf-16-le'
    >>> why_binary(b"Rain.\0 Snow fell."), why_binary("Rain.".encode("utf-16-le"), "utf-16-le")
    ('', '')
    """
    for magic, kind, advice in _KINDS:
        if head.startswith(magic):
            return f"{kind} and no text; {advice}"
    if is_office(head):
        return f"an Office document and no text; {_AS_TEXT}"
    controls = len(head) - len(head.translate(None, _NO_LETTERS))
    if (
        encoding is None
        or "\n".encode(encoding) != b"\n"
        or controls <= max(_STRAY, _MOST * len(head))
    ):
        return ""
    for first, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if b"\0" in head[first::2] and b"\0" not in head[1 - first :: 2]:
            return f"UTF-16 without a byte order mark; set encoding (--encoding) to {name}"
    return "binary and no text: it is full of control characters; take its text out first"
