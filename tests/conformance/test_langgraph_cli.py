"""`langgraph.json` is what LangGraph's own tools take: it validates, and the dev server serves it.

The server runs in an environment of its own, above ours: it wants another grpcio than the Weaviate
client allows. What can be checked without it is checked always.
"""

import importlib
import json
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_socket

from tests.conformance.environments import environment
from tests.conformance.servers import free_port, server

ROOT = Path(__file__).parents[2]
NODES = {
    "listing": {
        "check_photos", "predict_category", "search_similar", "choose_mode", "read_seller",
        "extract_attributes", "write_draft", "audit_draft", "revise", "finish", "refuse",
    },
    "assistant": {
        "take", "decide", "act", "reread", "settle", "ask_seller", "publish", "confirm", "answer",
        "remember",
    },
}  # fmt: skip
EDGES = {
    "listing": {("check_photos", "refuse"), ("revise", "audit_draft")},
    "assistant": {("decide", "act"), ("settle", "publish"), ("answer", "remember")},
}
TAKES = {"listing": {"photos", "seller"}, "assistant": {"turn"}}
GIVES = {"listing": "claims", "assistant": "listing"}
QUIET = {"LANGSMITH_TRACING": "false", "LANGGRAPH_NO_VERSION_CHECK": "true", "NO_COLOR": "1"}


def _graphs() -> dict[str, Any]:
    """The graphs that `langgraph.json` names, made as the server makes them."""
    told = json.loads((ROOT / "langgraph.json").read_text())["graphs"]
    made = {}
    for name, place in told.items():
        file, function = place.split(":")
        module = importlib.import_module(
            file.removeprefix("./").removesuffix(".py").replace("/", ".")
        )
        made[name] = getattr(module, function)()
    return made


def test_each_exported_graph_can_be_drawn_and_says_what_it_takes() -> None:
    graphs = _graphs()
    assert graphs.keys() == NODES.keys()
    for name, graph in graphs.items():
        drawn = graph.get_graph()
        assert set(drawn.nodes) >= NODES[name]
        assert {(e.source, e.target) for e in drawn.edges} >= EDGES[name]
        assert graph.get_input_jsonschema()["properties"].keys() >= TAKES[name]
        assert GIVES[name] in graph.get_output_jsonschema()["properties"]
        assert graph.checkpointer is None, "the server brings its own"


@pytest.fixture(scope="module")
def cli() -> Path:
    return environment("langgraph_cli", over_ours=True)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that looks like the repository: the server leaves its files where it is started."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("langgraph.json", "agent"):
        (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.mark.heavy
def test_langgraph_validate_passes(cli: Path, project: Path) -> None:
    told = subprocess.run((cli / "langgraph", "validate"), cwd=project, capture_output=True)
    assert told.returncode == 0, told.stderr.decode()
    assert b"is valid" in told.stdout + told.stderr


@pytest.fixture(scope="module")
def address(cli: Path, project: Path) -> Iterator[str]:
    """The address of `langgraph dev`."""
    pytest_socket.enable_socket()
    port = str(free_port())
    command = (cli / "langgraph", "dev", "--no-browser", "--no-reload", "--port", port)
    home = f"http://127.0.0.1:{port}"
    with server(command, f"{home}/ok", project / "server.log", env=QUIET, cwd=project):
        yield home


def _asked(address: str, body: object = None) -> Any:
    pytest_socket.enable_socket()
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


@pytest.mark.heavy
def test_langgraph_dev_serves_every_graph(address: str) -> None:
    assert _asked(f"{address}/ok")["ok"] is True
    assert _asked(f"{address}/info")["langgraph_py_version"]
    served = {a["graph_id"]: a["assistant_id"] for a in _asked(f"{address}/assistants/search", {})}
    assert served.keys() == _graphs().keys()
    for assistant in served.values():
        drawn = _asked(f"{address}/assistants/{assistant}/graph")
        assert {n["id"] for n in drawn["nodes"]} >= NODES
        schemas = _asked(f"{address}/assistants/{assistant}/schemas")
        assert {"photos", "seller"} <= schemas["input_schema"]["properties"].keys()
        assert "claims" in schemas["output_schema"]["properties"]


@pytest.mark.heavy
def test_langgraph_dev_keeps_threads_for_the_graph(address: str) -> None:
    thread = _asked(f"{address}/threads", {"graph_id": "listing"})["thread_id"]
    state = _asked(f"{address}/threads/{thread}/state")
    assert state["next"] == [] or state["values"] == {}
