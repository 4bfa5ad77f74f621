"""Write what a scan found: data files for programs and a page for people."""

from dedup.report.findings import ScanFindings
from dedup.report.folder import check_folder, write

__all__ = ["ScanFindings", "check_folder", "write"]
