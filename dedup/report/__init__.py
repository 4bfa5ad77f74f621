"""Write what a scan found: data files for programs and a page for people."""

from dedup.report.findings import Listings, ScanFindings
from dedup.report.folder import CHECKPOINT, check_folder, check_format, write

__all__ = ["CHECKPOINT", "Listings", "ScanFindings", "check_folder", "check_format", "write"]
