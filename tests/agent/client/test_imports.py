"""A program that only calls the service loads none of the product's heavy parts."""

import inspect
import subprocess
import sys

from agent.client import AsyncVouchClient, VouchClient

HEAVY = (
    "torch",
    "transformers",
    "langgraph",
    "langchain_core",
    "langchain_openai",
    "fastapi",
    "PIL",
)


def test_the_client_brings_nothing_heavy() -> None:
    code = f"import sys, agent.client; print([m for m in {HEAVY!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_both_clients_have_the_same_methods() -> None:
    def calls(client: type) -> dict[str, list[str]]:
        own = {n: m for n, m in vars(client).items() if callable(m) and not n.startswith("_")}
        return {name: list(inspect.signature(method).parameters) for name, method in own.items()}

    assert calls(VouchClient) == calls(AsyncVouchClient)
