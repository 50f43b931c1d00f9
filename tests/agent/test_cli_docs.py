"""docs/cli.md: every command runs as it stands there, and every setting is told."""

import json
import re
import shlex
from pathlib import Path

from agent.settings import Settings
from tests.agent.conftest import Vouch
from tests.graphs.conftest import jpeg

DOCS = Path(__file__).parents[2] / "docs" / "cli.md"


def test_every_command_runs(vouch: Vouch, source: Path) -> None:
    text = DOCS.read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    assert len(lines) > 15
    Path("front.jpg").write_bytes(jpeg("red"))
    Path("back.jpg").write_bytes(jpeg("red", (320, 250)))
    Path("more.jsonl").write_text('{"id": "m4", "title": "Mug", "photos": ["m3.jpg"]}\n')
    assert vouch("index", "build", source).exit_code == 0
    recorded = json.loads(vouch("draft", "front.jpg", "--json").stdout)["trace_id"]
    for line in lines:
        words = shlex.split(line)
        assert words[0] == "vouch"
        small = {"3f2a9c": recorded[:8], "100000": "300", "128": "8"}
        result = vouch(*(small.get(word, word) for word in words[1:]))
        assert result.exit_code == 0, f"{line}: {result.output}"
        if "--json" in words:
            json.loads(result.stdout)


def test_every_setting_is_told() -> None:
    text = DOCS.read_text(encoding="utf-8")
    told = set(re.findall(r"`VOUCH_(\w+)`", text))
    told |= {f"MAX_PHOTO{name}" for name in re.findall(r"`(_PIXELS|_SIDE)`", text)}
    assert told == {name.upper() for name in Settings.model_fields}
