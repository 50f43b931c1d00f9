"""All prompts, as files with a name and a version, rendered by one function.

The same text goes to training and to serving: a model is asked exactly what it was taught. The
first line of each file is `{#- version: N -#}`; a changed wording gets a new number, and the number
is on every chat span.
"""

import functools
import re
from dataclasses import dataclass
from importlib import resources

import jinja2

from listing.errors import SettingsError

_VERSION = re.compile(r"\{#-? version: (\d+) -?#\}")
_FILES = resources.files("models.prompts")


@dataclass(frozen=True)
class RenderedPrompt:
    """A prompt ready to send, with the name and version that the trace records."""

    name: str
    version: int
    text: str

    @property
    def metadata(self) -> dict[str, str | int]:
        """Metadata for a LangChain call's config."""
        return {"prompt_name": self.name, "prompt_version": self.version}


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )


@functools.cache
def _load(name: str) -> tuple[int, jinja2.Template]:
    file = _FILES / f"{name}.jinja"
    if not file.is_file():
        raise SettingsError(f"prompt {name!r}: no file models/prompts/{name}.jinja")
    source = file.read_text(encoding="utf-8")
    version = _VERSION.match(source)
    if version is None:
        raise SettingsError(f"prompt {name!r}: line 1 must be {{#- version: N -#}}")
    return int(version.group(1)), _environment().from_string(source)


def prompt_names() -> tuple[str, ...]:
    """Return the names of all prompts, sorted."""
    return tuple(sorted(f.name[:-6] for f in _FILES.iterdir() if f.name.endswith(".jinja")))


def render(name: str, **variables: object) -> RenderedPrompt:
    """Return the prompt `name` filled with `variables`; a missing one raises SettingsError."""
    version, template = _load(name)
    try:
        text = template.render(**variables).strip()
    except jinja2.UndefinedError as error:
        raise SettingsError(f"prompt {name!r}: {error.message}") from error
    return RenderedPrompt(name, version, text)
