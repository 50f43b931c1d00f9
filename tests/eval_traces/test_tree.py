import io
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from eval_traces import RunTracer, list_traces, read_trace, render_list, render_tree


def printed(what: RenderableType, *, colour: bool = False) -> str:
    out = io.StringIO()
    Console(file=out, width=200, force_terminal=colour, no_color=not colour).print(what)
    return out.getvalue()


def test_the_tree_tells_route_reason_degradation_failure_and_content(tracer: RunTracer) -> None:
    with tracer.run("listing", thread_id="t9", input={"photos": ["a"]}) as run:
        with tracer.node("choose_mode", attempt=2) as node:
            node.route("write_draft", "no reference above 0.8")
            node.degraded("index unreachable")
        with pytest.raises(OSError), tracer.tool("visual_search", {"k": 5}):
            raise OSError("index is gone")
        run.set_output({"status": "drafted", "mode": "template", "title": "x" * 500})
    assert run.path is not None
    trace = read_trace(run.path)
    text = printed(render_tree(trace))
    for part in (
        "invoke_workflow listing",
        trace.trace_id,
        "drafted",
        "template",
        "thread t9",
        "node choose_mode",
        "attempt 2",
        "-> write_draft (no reference above 0.8)",
        "degraded: index unreachable",
        "execute_tool visual_search",
        'in: {"k": 5}',
        "OSError: index is gone",
    ):
        assert part in text
    assert "x" * 500 not in text and "…" in text
    assert "x" * 500 in printed(render_tree(trace, width=0)).replace("\n", "").replace(
        "│", ""
    ).replace(" ", "")
    coloured = printed(render_tree(trace), colour=True)
    assert "\x1b[31mOSError: index is gone" in coloured
    assert "\x1b[33mdegraded" in coloured


def test_recorded_words_are_shown_not_obeyed(tracer: RunTracer) -> None:
    with tracer.run("listing", input="[bold red]not markup[/] \x1b[2J") as run:
        pass
    assert run.path is not None
    text = printed(render_tree(read_trace(run.path)))
    assert "[bold red]not markup[/]" in text and "\x1b" not in text


def test_an_incomplete_run_says_so(tracer: RunTracer, tmp_path: Path) -> None:
    with tracer.run("listing"), tracer.node("slow"):
        (path,) = tmp_path.glob("*/*.partial")
        text = printed(render_tree(read_trace(path)))
    assert "incomplete" in text and "not ended" in text


def test_the_list_has_a_row_a_run(tracer: RunTracer, tmp_path: Path) -> None:
    with tracer.run("listing") as run:
        run.set_output({"status": "drafted", "mode": "image_only", "title": "Blue [mug]"})
    text = printed(render_list(list_traces(tmp_path)))
    assert run.trace_id[:12] in text and "Blue [mug]" in text and "image_only" in text
