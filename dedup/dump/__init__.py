"""Stream articles out of news files: JSON, CSV, TSV, text files; plain, .gz or .zst."""

from dedup.dump.dates import parse_date
from dedup.dump.formats import MAX_LINE_BYTES
from dedup.dump.inputs import STANDARD_INPUT
from dedup.dump.reading import (
    FORMATS,
    check_encoding,
    make_options,
    read,
    read_article,
    read_values,
)
from dedup.dump.records import Fields, Record, from_json_line, to_json_line

__all__ = [
    "FORMATS",
    "MAX_LINE_BYTES",
    "STANDARD_INPUT",
    "Fields",
    "Record",
    "check_encoding",
    "from_json_line",
    "make_options",
    "parse_date",
    "read",
    "read_article",
    "read_values",
    "to_json_line",
]
