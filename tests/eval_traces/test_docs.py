import re
from pathlib import Path

import pytest

from eval_traces import names

PAGE = Path(__file__).parents[2] / "docs" / "trace.md"


def test_the_example_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    examples = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert examples
    for example in examples:
        exec(compile(example, str(PAGE), "exec"), {})


def test_every_name_on_the_page_is_a_name_of_the_trace() -> None:
    known = {v for v in vars(names).values() if isinstance(v, str)}
    said = re.findall(
        r"`((?:gen_ai|listing|input|output|error)\.[a-z_.]+)`", PAGE.read_text(encoding="utf-8")
    )
    assert said and set(said) <= known
