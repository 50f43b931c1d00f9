"""One settings object: `VOUCH_*` environment variables, then `vouch.toml`, then defaults.

Rule: a wrong setting is an error that names the variable or key; nothing is guessed or passed over.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from listing.errors import SettingsError

if TYPE_CHECKING:
    from eval_traces.writing.retention import Retention

CHECKPOINT = Path(__file__).parents[1] / "models" / "checkpoints" / "vouch-small"
"""The checkpoint that ships."""
FILE = "vouch.toml"
_PREFIX = "VOUCH_"
_ELSEWHERE = frozenset({"shared_data"})
"""`VOUCH_*` variables that tests and measurements read."""


_SECRET = frozenset({"api_key", "api_keys", "threads"})


def _listed(value: Any) -> Any:
    """A list in one environment variable: its items apart by commas or spaces."""
    return value.replace(",", " ").split() if isinstance(value, str) else value


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_listed)]


class Settings(BaseSettings):
    """Everything an operator can set. `vouch doctor` prints each value with where it came from."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_ignore_empty=True, toml_file=FILE, extra="forbid", frozen=True
    )

    home: Path = Path("~/.cache/vouch")
    """Folder of index, photos, threads and traces."""
    model: str = str(CHECKPOINT)
    """Local path or hub id of a Qwen-VL, or an `http(s)://.../v1` address."""
    model_name: str | None = None
    """Name of the model at that address."""
    api_key: SecretStr | None = None
    """Key for that address."""
    embedder: str | None = None
    """Image-embedding model of transformers, or a checkpoint with an embedding head; none: the
    model's own tower."""
    device: str = "auto"
    dtype: str = "auto"
    index: str | None = None
    """Folder of the listing index, or a `weaviate(s)://` address; none: `index` under home."""
    threads: SecretStr | None = None
    """Database of threads, `postgresql://...`; none: a file under home."""
    trace_dir: Path | None = None
    """Folder of traces; none: `traces` under home."""
    trace_max_age_days: float = Field(default=30.0, ge=0)
    """Older runs are removed; 0 keeps them. See `retention` for the folders that this concerns."""
    trace_max_mb: int = Field(default=2048, ge=0)
    """Beyond so many MB (of 2^20 bytes) of traces the oldest runs are removed; 0 keeps them."""
    taxonomy: Path | None = None
    """Taxonomy file; none: the market's own."""
    policies: Path | None = None
    """Folder of safety rules; none: those that ship."""
    deadline_s: float = Field(default=60.0, gt=0)
    """Seconds after which a run ends in `manual` with what it has."""
    max_new_tokens: int = Field(default=256, ge=16, le=4096)
    max_chars: int = Field(default=1200, ge=80)
    """Length limit of a description, characters."""
    top_k: int = Field(default=8, ge=1, le=100)
    """References to retrieve."""
    category_threshold: float = Field(default=0.35, ge=0, le=1)
    """Below this probability no category is stated."""
    photo_threshold: float = Field(default=0.8, ge=0, le=1)
    """Below this probability the photo does not vouch for a value."""
    identical_threshold: float | None = Field(default=None, ge=-1, le=1)
    """Cosine from which a listing shows the identical item; none: as calibrated."""
    similar_threshold: float | None = Field(default=None, ge=-1, le=1)
    """Cosine from which a listing shows the same model; none: as calibrated."""
    max_photo_bytes: int = Field(default=25 * 1024 * 1024, ge=1)
    max_photo_pixels: int = Field(default=65_000_000, ge=1)
    max_photo_side: int = Field(default=1600, ge=64)
    """Longer photos are scaled down to this side, pixels."""
    language: Literal["en"] = "en"
    host: str = "127.0.0.1"
    """Address on which `vouch serve` listens."""
    port: int = Field(default=8000, ge=0, le=65535)
    """Its port; 0 takes a free one."""
    api_keys: Secrets = ()
    """Keys that may call the service, by commas; none: only this machine may."""
    cors_origins: Listed = ()
    """Origins whose pages may call the service, by commas: `https://shop.example`."""
    frame_ancestors: Listed = ()
    """Origins that may frame the page, by commas; none: nobody."""
    max_running: int = Field(default=4, ge=1, le=256)
    """Turns at once."""
    max_waiting: int = Field(default=32, ge=0, le=10_000)
    """Turns in line; beyond it calls are refused for now (429)."""
    rate_per_minute: int = Field(default=600, ge=0)
    """Calls a minute and key (without keys: and address), a fifth at once; 0: no limit."""
    max_upload_mb: int = Field(default=64, ge=1, le=4096)
    """MB (of 2^20 bytes) of one request with photos."""
    request_timeout_s: float = Field(default=30.0, gt=0)
    """Seconds until a request is read and its response begins."""
    turn_timeout_s: float = Field(default=300.0, gt=0)
    """Seconds that a turn may run."""
    disconnect_grace_s: float = Field(default=1.0, ge=0)
    """Seconds after which a turn that nobody reads is stopped; who comes back later goes on with
    it from its last whole step."""
    keep_events_s: float = Field(default=600.0, ge=0)
    """Seconds for which a finished turn's events can be read again."""
    drain_s: float = Field(default=30.0, ge=0)
    """Seconds that running turns are given at the end; then they stop, to go on after a start."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: arguments, environment, `vouch.toml`, defaults."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def home_folder(self) -> Path:
        """`home` with `~` expanded."""
        return self.home.expanduser()

    @property
    def index_uri(self) -> str:
        """Where the listing index is: a folder with `~` expanded, or an address."""
        if self.index is None:
            return str(self.home_folder / "index")
        return self.index if "://" in self.index else str(Path(self.index).expanduser())

    @property
    def photo_folder(self) -> Path:
        """Where normalised photos are kept."""
        return self.home_folder / "photos"

    @property
    def traces(self) -> Path:
        """Where traces are written."""
        return (self.trace_dir or self.home_folder / "traces").expanduser()

    @property
    def retention(self) -> "Retention | None":
        """The limits of the trace folder in force; None where nothing is ever removed.

        The folder under home is kept within the limits as they are. One that VOUCH_TRACE_DIR or
        `vouch.toml` names is let be until a limit is set, too, and then that one holds; one that a
        command was given (`--trace-dir`) is always let be.
        """
        from eval_traces.writing.retention import Retention

        days, size = self.trace_max_age_days, self.trace_max_mb
        if self.trace_dir is not None:
            if self.trace_dir != _configured_trace_dir():
                return None
            days = days if "trace_max_age_days" in self.model_fields_set else 0
            size = size if "trace_max_mb" in self.model_fields_set else 0
        limits = Retention(max_age_days=days, max_bytes=size * 2**20)
        return limits if limits.limited else None

    @property
    def threads_file(self) -> Path:
        """The SQLite file of graph checkpoints."""
        return self.home_folder / "threads.sqlite"

    @property
    def threads_place(self) -> str | Path:
        """Where threads are kept: a database's address in clear, or the file."""
        return self.threads.get_secret_value() if self.threads else self.threads_file

    @property
    def key(self) -> str | None:
        """The API key in clear, for the client that sends it."""
        return self.api_key.get_secret_value() if self.api_key else None

    @property
    def keys(self) -> tuple[str, ...]:
        """The service's keys in clear, for the gate that compares them."""
        return tuple(key.get_secret_value() for key in self.api_keys)

    def shown(self, name: str) -> str | None:
        """Return a setting's value as it may be printed: keys only as `(set)`."""
        value = getattr(self, name)
        if value is None or value == ():
            return None
        if name in _SECRET:
            return "(set)" if isinstance(value, SecretStr) else f"({len(value)} set)"
        return ", ".join(value) if isinstance(value, tuple) else str(value)


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; an override of None counts as not given.

    Raises:
        SettingsError: names the variable, or the key in `vouch.toml`, and what is wrong.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            known = ", ".join(Settings.model_fields)
            raise SettingsError(f"{FILE}: {key} is no setting; there are {known}") from error
        value = "" if key.partition(".")[0] in _SECRET else f", not {first['input']!r}"
        raise SettingsError(f"{_place(key, given)}: {first['msg']}{value}") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{FILE}: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{FILE}: cannot be read ({error})") from error


def origins(settings: Settings) -> dict[str, str]:
    """Return for each setting where its value came from: environment, vouch.toml or default."""
    variables, keys = _variables(), _keys()
    return {
        name: "environment" if name in variables else FILE if name in keys else "default"
        for name in type(settings).model_fields
    }


def unknown_variables() -> list[str]:
    """Return the `VOUCH_*` variables that name no setting: most likely misspelt."""
    known = {*Settings.model_fields, *_ELSEWHERE}
    return sorted(f"{_PREFIX}{name.upper()}" for name in _variables() if name not in known)


def _place(key: str, given: Mapping[str, Any]) -> str:
    name = key.partition(".")[0]
    if name in given:
        return name
    return f"{_PREFIX}{name.upper()}" if name in _variables() else f"{FILE}: {key}"


def _variables() -> set[str]:
    """The names of the settings in the environment; an empty variable counts as not set."""
    upper = {name.upper(): value for name, value in os.environ.items()}
    return {
        name.removeprefix(_PREFIX).lower()
        for name, value in upper.items()
        if name.startswith(_PREFIX) and value
    }


def _keys() -> set[str]:
    return set(_file())


def _file() -> dict[str, Any]:
    file = Path(FILE)
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _configured_trace_dir() -> Path | None:
    """The trace folder that environment or file name, whatever a command was given."""
    upper = {name.upper(): value for name, value in os.environ.items()}
    named = upper.get(f"{_PREFIX}TRACE_DIR") or _file().get("trace_dir")
    return Path(named) if named else None
