"""All prompts, as files with a name and a version, rendered by one function.

The same text goes to training and to serving: a model is asked exactly what it was taught. The
first line of each file is `{#- version: N -#}`; a changed wording gets a new number, and the number
is on every chat span.
"""

import functools
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from importlib import resources

import jinja2

from listing.errors import SettingsError

_VERSION = re.compile(r"\{#-? version: (\d+) -?#\}")
_MARKUP = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)
_FILES = resources.files("models.prompts")
_INSTEAD: ContextVar[Mapping[str, str] | None] = ContextVar("vouch_prompts", default=None)


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
    return _compiled(name, file.read_text(encoding="utf-8"))


@functools.cache
def _compiled(name: str, source: str) -> tuple[int, jinja2.Template]:
    version = _VERSION.match(source)
    if version is None:
        raise SettingsError(f"prompt {name!r}: line 1 must be {{#- version: N -#}}")
    try:
        return int(version.group(1)), _environment().from_string(source)
    except jinja2.TemplateSyntaxError as error:
        raise SettingsError(f"prompt {name!r}, line {error.lineno}: {error.message}") from error


def prompt_names() -> tuple[str, ...]:
    """Return the names of all prompts, sorted."""
    return tuple(sorted(f.name[:-6] for f in _FILES.iterdir() if f.name.endswith(".jinja")))


def prompt_versions() -> dict[str, int]:
    """Return the version of every prompt, as it is rendered here."""
    return {name: _found(name)[0] for name in prompt_names()}


def prompt_texts() -> tuple[str, ...]:
    """Return every prompt's own words, without what is filled in: to tell where one is repeated."""
    sources = ((_FILES / f"{name}.jinja").read_text(encoding="utf-8") for name in prompt_names())
    return tuple(_MARKUP.sub("\n", source) for source in sources)


@contextmanager
def prompts_instead(sources: Mapping[str, str]) -> Iterator[None]:
    """Within the block (and the tasks begun in it) render these templates in place of the files.

    `sources`: prompt name -> template text with its version line. SettingsError where a name is
    unknown or a text is no template.
    """
    for name, source in sources.items():
        _load(name)
        _compiled(name, source)
    token = _INSTEAD.set({**(_INSTEAD.get() or {}), **sources})
    try:
        yield
    finally:
        _INSTEAD.reset(token)


def _found(name: str) -> tuple[int, jinja2.Template]:
    instead = _INSTEAD.get()
    return _compiled(name, instead[name]) if instead and name in instead else _load(name)


def render(name: str, **variables: object) -> RenderedPrompt:
    """Return the prompt `name` filled with `variables`; a missing one raises SettingsError."""
    version, template = _found(name)
    try:
        text = template.render(**variables).strip()
    except jinja2.UndefinedError as error:
        raise SettingsError(f"prompt {name!r}: {error.message}") from error
    return RenderedPrompt(name, version, text)
