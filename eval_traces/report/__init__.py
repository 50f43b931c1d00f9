"""What thousands of scored runs come to: figures with intervals, comparisons, and their files."""

from eval_traces.report.aggregates import Aggregate, CalibrationError
from eval_traces.report.compare import Comparison, Difference, compare
from eval_traces.report.document import find_report, load_report, to_document
from eval_traces.report.figures import Figure, Group
from eval_traces.report.metrics import Metric, MetricBook
from eval_traces.report.report import Report, build_report
from eval_traces.report.summary import render_summary
from eval_traces.report.write import AuditPage, write_report

__all__ = [
    "Aggregate",
    "AuditPage",
    "CalibrationError",
    "Comparison",
    "Difference",
    "Figure",
    "Group",
    "Metric",
    "MetricBook",
    "Report",
    "build_report",
    "compare",
    "find_report",
    "load_report",
    "render_summary",
    "to_document",
    "write_report",
]
