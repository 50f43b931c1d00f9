"""Virtual environments of other projects' tools, kept between runs in a cache folder.

Each tool has a requirements file beside this module. An environment is made once per version of
that file; where pip cannot install it, the tests that need it are skipped with pip's reason.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

_HERE = Path(__file__).parent
_PIP_TIMEOUT_S = 1800


def environment(tool: str, *, over_ours: bool = False) -> Path:
    """Return the `bin` folder of the environment that has `tool`; skip the test without one.

    `over_ours`: what the tool's environment lacks is taken from the environment of this process
    (torch, transformers, this project); where both have a package, the tool's own counts.
    """
    requirements = _HERE / f"{tool}.txt"
    told = f"{sys.version_info[:3]} {over_ours} {sysconfig.get_path('purelib')}\n"
    digest = hashlib.sha256(told.encode() + requirements.read_bytes()).hexdigest()[:12]
    folder = _cache() / f"{tool}-{digest}"
    done = folder / "installed"
    if not done.is_file():
        _install(folder, requirements)
        if over_ours:
            _put_ours_below(folder)
        done.touch()
    return folder / "bin"


def _cache() -> Path:
    named = os.environ.get("VOUCH_CONFORMANCE_ENVS")
    return Path(named) if named else Path.home() / ".cache" / "vouch-conformance"


def _install(folder: Path, requirements: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=True)
    pip = (folder / "bin" / "python", "-m", "pip", "install", "--quiet", "-r", requirements)
    try:
        made = subprocess.run(pip, capture_output=True, text=True, timeout=_PIP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        pytest.skip(f"{requirements.name}: pip did not finish in {_PIP_TIMEOUT_S} s")
    if made.returncode != 0:
        errors = [line for line in made.stderr.splitlines() if line.startswith("ERROR")]
        pytest.skip(f"{requirements.name}: pip cannot install it ({'; '.join(errors)[:300]})")


def _put_ours_below(folder: Path) -> None:
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    ours = sysconfig.get_path("purelib")
    (site / "ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n", encoding="utf-8")
