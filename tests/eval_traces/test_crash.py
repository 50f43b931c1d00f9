"""A process that is killed in mid-run leaves every step that had ended on the disk."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from eval_traces import list_traces, names, read_trace
from tests.eval_traces.recorded import shape

REPOSITORY = Path(__file__).parents[2]
CHILD = """
import sys
from pathlib import Path
from eval_traces import open_trace

tracer = open_trace(Path(sys.argv[1]))
with tracer.run("listing", thread_id="t", input={"seller": "call +49 170 1234567"}):
    for number in range(10**9):
        with tracer.node(f"n{number}") as node, tracer.tool("look", {"number": number}) as tool:
            tool.result("seen")
            node.route("next", "")
        if number == 20:
            with tracer.node("last"), tracer.tool("under way", {"mail": "anna@example.com"}):
                print("ready", flush=True)
                sys.stdin.read()
"""


def killed(folder: Path) -> Path:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with child:
        assert child.stdout is not None and child.stdout.readline() == b"ready\n"
        os.kill(child.pid, signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    (path,) = folder.glob("*/*")
    return path


def test_a_killed_process_leaves_its_run(tmp_path: Path) -> None:
    path = killed(tmp_path)
    assert path.name.endswith(".partial")
    trace = read_trace(path)
    assert not trace.complete and trace.warnings == ()
    assert trace.schema == names.SCHEMA and trace.thread_id == "t"
    assert trace.root.status == "unfinished"
    nodes = trace.nodes()
    assert [n.label for n in nodes] == [*(f"n{i}" for i in range(21)), "last"]
    assert [n.status for n in nodes] == ["ok"] * 21 + ["unfinished"]
    assert [t.input["number"] for t in trace.tool_calls()[:-1]] == list(range(21))
    assert shape(trace)[-1] == "    execute_tool under way"
    text = path.read_text()
    assert "1234567" not in text and "anna" not in text
    (summary,) = list_traces(tmp_path)
    assert summary.status == "unfinished"


def test_what_was_cut_off_while_it_was_written_is_left_out_with_a_warning(tmp_path: Path) -> None:
    path = killed(tmp_path)
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    path.write_bytes(whole[: -len(lines[-1]) // 2])
    trace = read_trace(path)
    assert trace.nodes()[-1].label == "last"
    assert trace.warnings == (
        f"line {len(lines)} was left out: it is cut short: the writing was interrupted",
    )
