"""Which trace folders are kept within limits: the program's own, never one a command was given."""

from pathlib import Path

import pytest

from agent.settings import load_settings
from eval_traces import Retention

MB = 2**20


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_folder_under_home_has_the_default_limits() -> None:
    assert load_settings().retention == Retention(max_age_days=30, max_bytes=2048 * MB)


def test_both_limits_can_be_lifted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOUCH_TRACE_MAX_AGE_DAYS", "0")
    assert load_settings().retention == Retention(max_bytes=2048 * MB)
    monkeypatch.setenv("VOUCH_TRACE_MAX_MB", "0")
    assert load_settings().retention is None


@pytest.mark.parametrize("by_file", [False, True])
def test_a_folder_of_the_operators_own_has_only_the_limits_that_he_sets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_file: bool
) -> None:
    if by_file:
        (tmp_path / "vouch.toml").write_text('trace_dir = "mine"\n')
    else:
        monkeypatch.setenv("VOUCH_TRACE_DIR", "mine")
    assert load_settings().retention is None
    monkeypatch.setenv("VOUCH_TRACE_MAX_MB", "10")
    assert load_settings().retention == Retention(max_bytes=10 * MB)


def test_a_folder_that_a_command_was_given_is_let_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOUCH_TRACE_DIR", "mine")
    monkeypatch.setenv("VOUCH_TRACE_MAX_AGE_DAYS", "1")
    assert load_settings(trace_dir=tmp_path / "golden").retention is None
