"""The encoding of a web page, found as browsers find it (HTML standard, 13.2.3)."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([^\s;\"']+)", re.IGNORECASE)
_META = re.compile(
    rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)[^>]{0,500}>", re.IGNORECASE
)
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_LOOKED_AT = 1024
"""Bytes of a page among which it may name its encoding."""
_LABELS = {
    **dict.fromkeys(
        ("ascii", "us-ascii", "latin1", "iso-8859-1", "iso8859-1", "l1", "cp1252"), "windows-1252"
    ),
    **{"iso-8859-9": "windows-1254", "latin5": "windows-1254", "iso-8859-11": "cp874"},
    **{"tis-620": "cp874", "windows-874": "cp874"},
    **{"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030"},
    **{"shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932"},
    **{"windows-31j": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949"},
    **{"big5": "big5hkscs", "x-x-big5": "big5hkscs", "x-euc-jp": "euc-jp"},
    **{"unicode-1-1-utf-8": "utf-8", "utf8": "utf-8", "x-cp1252": "windows-1252"},
}
"""Labels that mean another encoding than they say (WHATWG, Encoding)."""


def page_encoding(page: bytes, header: str = "") -> str:
    r"""Name the encoding of a page: by its mark, the server's header, its own word, or its bytes.

    >>> page_encoding(b"<meta charset=latin1>caf\xe9"), page_encoding(b"caf\xe9", "text/html")
    ('windows-1252', 'windows-1252')
    >>> page_encoding(b"<meta charset=utf-8>", "text/html; charset=shift_jis")
    'cp932'
    """
    for mark, name in _MARKS:
        if page.startswith(mark):
            return name
    told = _IN_HEADER.search(header)
    if told is not None and (name := _known(told[1])):
        return name
    meta = _META.search(_COMMENT.sub(b"", page[:_LOOKED_AT]))
    if meta is not None and (name := _known(meta[1].decode("ascii"))):
        return "utf-8" if name.startswith("utf-16") else name
    try:
        page.decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def _known(label: str) -> str:
    label = label.strip().casefold()
    name = _LABELS.get(label, label)
    try:
        "a".encode(name)
        codecs.lookup(name)
    except (LookupError, UnicodeError, ValueError):
        return ""
    return name


def decoded_page(page: bytes, header: str = "") -> str:
    """Decode a page; what cannot be decoded becomes U+FFFD, as in a browser."""
    return page.decode(page_encoding(page, header), "replace").removeprefix("\ufeff")
