"""Write what a scan found: data files for programs and a page for people."""

from dedup.report.findings import Listings, ScanFindings
from dedup.report.folder import CHECKPOINT, check_folder, check_format, write
from dedup.report.sides import IN_PAGE

__all__ = [
    "CHECKPOINT",
    "IN_PAGE",
    "Listings",
    "ScanFindings",
    "check_folder",
    "check_format",
    "write",
]
