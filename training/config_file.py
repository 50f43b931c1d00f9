"""Training configurations: YAML files read into strict models."""

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from listing.errors import BadInputError

Config = TypeVar("Config", bound=BaseModel)


def read_config_file(path: Path, kind: type[Config]) -> Config:
    """Read a YAML file as `kind`; BadInputError names the file and the key that is wrong."""
    try:
        return kind(**yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise BadInputError(f"{path}: {error.strerror}") from error
    except (ValidationError, TypeError, yaml.YAMLError) as error:
        raise BadInputError(f"{path}: {error}") from error
