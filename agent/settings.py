"""One settings object: `VOUCH_*` environment variables, then `vouch.toml`, then defaults."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from listing.errors import SettingsError

CHECKPOINT = Path(__file__).parents[1] / "models" / "checkpoints" / "vouch-small"


class Settings(BaseSettings):
    """Everything an operator can set. `vouch doctor` prints each value with where it came from."""

    model_config = SettingsConfigDict(
        env_prefix="VOUCH_", toml_file="vouch.toml", extra="forbid", frozen=True
    )

    home: Path = Path("~/.cache/vouch")
    """Folder of index, photos, threads and traces."""
    model: str = str(CHECKPOINT)
    """Local path or hub id of a Qwen-VL, or an `http(s)://.../v1` address."""
    model_name: str | None = None
    """Name of the model at that address."""
    api_key: str | None = None
    """Key for that address."""
    embedder: str | None = None
    """Image-embedding model of transformers; none: the small checkpoint's own tower."""
    device: str = "auto"
    dtype: str = "auto"
    index: str | None = None
    """Folder of the listing index, or a `weaviate(s)://` address; none: `index` under home."""
    trace_dir: Path | None = None
    """Folder of traces; none: `traces` under home."""
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
    photo_threshold: float = Field(default=0.6, ge=0, le=1)
    """Below this probability the photo does not vouch for a value."""
    identical_threshold: float | None = None
    """Cosine from which a listing shows the identical item; none: as calibrated."""
    similar_threshold: float | None = None
    """Cosine from which a listing shows the same model; none: as calibrated."""
    max_photo_bytes: int = Field(default=20_000_000, ge=1)
    max_photo_pixels: int = Field(default=50_000_000, ge=1)
    max_photo_side: int = Field(default=1600, ge=64)
    """Longer photos are scaled down to this side, pixels."""
    language: Literal["en"] = "en"

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
        """Where the listing index is."""
        return self.index or str(self.home_folder / "index")

    @property
    def photo_folder(self) -> Path:
        """Where normalised photos are kept."""
        return self.home_folder / "photos"

    @property
    def traces(self) -> Path:
        """Where traces are written."""
        return (self.trace_dir or self.home_folder / "traces").expanduser()

    @property
    def threads_file(self) -> Path:
        """The SQLite file of graph checkpoints."""
        return self.home_folder / "threads.sqlite"


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; a wrong value raises SettingsError that names the variable or key."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(p) for p in first["loc"])
        raise SettingsError(
            f"setting VOUCH_{key.upper()} (or {key} in vouch.toml): {first['msg']}"
        ) from error
    except ValueError as error:
        raise SettingsError(f"vouch.toml: {error}") from error


def origins(settings: Settings) -> dict[str, str]:
    """Return for each setting where its value came from: environment, vouch.toml or default."""
    import os
    import tomllib

    toml = Path("vouch.toml")
    named = tomllib.loads(toml.read_text(encoding="utf-8")) if toml.is_file() else {}
    found = {}
    for name in type(settings).model_fields:
        if f"VOUCH_{name.upper()}" in os.environ:
            found[name] = "environment"
        else:
            found[name] = "vouch.toml" if name in named else "default"
    return found
