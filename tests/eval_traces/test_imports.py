"""Reading traces is light: no model, no graph, no LangChain, no OpenTelemetry SDK."""

import subprocess
import sys
from pathlib import Path

import eval_traces
from eval_traces import RunTracer

HEAVY = ("torch", "transformers", "langgraph", "langchain_core", "opentelemetry", "numpy", "PIL")
READ = """
import sys
from pathlib import Path
from eval_traces import find_trace, list_traces, read_trace, read_traces, render_tree, render_list
folder = Path(sys.argv[1])
(summary,) = list_traces(folder)
render_list([summary]), render_tree(read_trace(find_trace(folder, summary.trace_id)))
print(*(name for name in sys.argv[2:] if name in sys.modules))
"""


def test_listing_and_reading_load_nothing_heavy(tracer: RunTracer, tmp_path: Path) -> None:
    with tracer.run("listing"):
        pass
    command = [sys.executable, "-c", READ, str(tmp_path), *HEAVY]
    read = subprocess.run(command, capture_output=True, text=True, check=True)
    assert read.stdout.split() == []


def test_recording_loads_no_model_and_no_graph(tmp_path: Path) -> None:
    code = "import sys, eval_traces; eval_traces.open_trace; print(*sys.modules)"
    read = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "transformers", "langgraph"} & set(read.stdout.split())


def test_everything_that_is_listed_is_there() -> None:
    assert [name for name in eval_traces.__all__ if getattr(eval_traces, name, None) is None] == []
