"""Settings: their order, their errors, and that a key is never shown."""

from pathlib import Path

import pytest

from agent.runtime import make_home, photo_limits
from agent.settings import load_settings, origins, unknown_variables
from listing.errors import SettingsError
from tools.photos import DEFAULT_LIMITS


def test_environment_then_file_then_default(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("vouch.toml").write_text("top_k = 3\nmax_chars = 500\n")
    monkeypatch.setenv("VOUCH_TOP_K", "4")
    settings = load_settings()
    assert (settings.top_k, settings.max_chars, settings.max_new_tokens) == (4, 500, 256)
    told = origins(settings)
    assert told["top_k"] == "environment"
    assert told["max_chars"] == "vouch.toml"
    assert told["max_new_tokens"] == "default"


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOUCH_TOP_K", "")
    settings = load_settings()
    assert settings.top_k == 8
    assert origins(settings)["top_k"] == "default"


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ("top_k = 'many'", "vouch.toml: top_k: "),
        ("top = 1", "vouch.toml: top is no setting; there are home"),
        ("top_k = ", "vouch.toml: "),
    ],
)
def test_a_wrong_file_is_told_by_key(toml: str, told: str) -> None:
    Path("vouch.toml").write_text(toml)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value).startswith(told)


def test_a_wrong_variable_is_told_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOUCH_DEADLINE_S", "-1")
    with pytest.raises(SettingsError, match=r"^VOUCH_DEADLINE_S: .*, not '-1'$"):
        load_settings()


def test_a_misspelt_variable_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOUCH_MODLE", "x")
    assert "VOUCH_MODLE" in unknown_variables()


def test_a_key_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOUCH_API_KEY", "sk-secret")
    settings = load_settings()
    assert settings.key == "sk-secret"
    assert settings.shown("api_key") == "(set)"
    assert "sk-secret" not in repr(settings)


def test_where_things_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOUCH_INDEX", "~/market")
    settings = load_settings()
    assert settings.index_uri == str(Path.home() / "market")
    monkeypatch.setenv("VOUCH_INDEX", "weaviate://host:8080")
    assert load_settings().index_uri == "weaviate://host:8080"


def test_the_limits_of_photos_are_those_of_the_documents() -> None:
    assert photo_limits(load_settings()) == DEFAULT_LIMITS


def test_a_home_that_is_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("file").write_text("")
    monkeypatch.setenv("VOUCH_HOME", "file")
    with pytest.raises(SettingsError, match="VOUCH_HOME file: cannot be made a folder"):
        make_home(load_settings())


def test_home_is_for_its_owner(home: Path) -> None:
    assert make_home(load_settings()).stat().st_mode & 0o077 == 0
