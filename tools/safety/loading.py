"""Reading policy files: YAML with the line of everything, so that an error can name its line.

A broken file stops the start-up: every problem is a SettingsError "FILE:LINE: what is wrong".
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from listing.errors import SettingsError
from tools.safety.rules import LexiconSpec, PolicyFile, RuleSpec

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Location = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class LoadedRule:
    """A rule with the file and line that it stands at."""

    spec: RuleSpec
    file: Path
    line: int


@dataclass(frozen=True, slots=True)
class LoadedLexicon:
    """A lexicon with the file that names it and the path of its words."""

    spec: LexiconSpec
    file: Path
    line: int

    @property
    def path(self) -> Path:
        """Where the words are: relative paths start at the policy file's folder."""
        return self.file.parent / self.spec.path


@dataclass(frozen=True, slots=True)
class PolicySource:
    """What the policy files say, in order."""

    rules: Sequence[LoadedRule]
    lexicons: Sequence[LoadedLexicon]


def read_policy_files(folder: Path, extra: Iterable[Path] = ()) -> PolicySource:
    """Read `folder`, then each extra folder or file.

    Raises:
        SettingsError: a file is missing, is no YAML, breaks the form, or repeats an id.
    """
    rules: list[LoadedRule] = []
    lexicons: list[LoadedLexicon] = []
    seen: dict[str, str] = {}
    for file in _files([folder, *extra]):
        content, lines = read_policy_file(file)
        entries = [("rules", i, spec.id) for i, spec in enumerate(content.rules)]
        entries += [("lexicons", i, spec.id) for i, spec in enumerate(content.lexicons)]
        for key, index, rule_id in entries:
            line = lines[(key, index)]
            if rule_id in seen:
                raise SettingsError(
                    f"{file}:{line}: id {rule_id!r} is already used at {seen[rule_id]}"
                )
            seen[rule_id] = f"{file}:{line}"
        rules += [
            LoadedRule(spec, file, lines[("rules", i)]) for i, spec in enumerate(content.rules)
        ]
        lexicons += [
            LoadedLexicon(spec, file, lines[("lexicons", i)])
            for i, spec in enumerate(content.lexicons)
        ]
    return PolicySource(rules, lexicons)


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        if place.is_dir():
            files = sorted([*place.glob("*.yaml"), *place.glob("*.yml")])
            if not files:
                raise SettingsError(f"{place}: the policy folder has no .yaml file")
            yield from files
        elif place.is_file():
            yield place
        else:
            raise SettingsError(f"{place}: no such policy file or folder")


def read_policy_file(file: Path) -> tuple[PolicyFile, dict[Location, int]]:
    """Return the file's content and the line (from 1) of each location in it.

    Raises:
        SettingsError: with file, line and what is wrong there.
    """
    lines: dict[Location, int] = {}
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=_Loader)
        data = _plain(node, (), lines, file) if node is not None else {}
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file}: is not UTF-8 text (byte {error.start})") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise SettingsError(f"{file}:{line}: is not valid YAML: {error.problem}") from None
    except yaml.reader.ReaderError as error:
        raise SettingsError(f"{file}: is not valid YAML: {error.reason}") from None
    try:
        return PolicyFile.model_validate(data), lines
    except ValidationError as error:
        raise SettingsError(_explain(error, file, lines, data)) from None


def _plain(node: Any, at: Location, lines: dict[Location, int], file: Path) -> Any:
    """Turn a YAML node into plain data and note the line of each part."""
    lines[at] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in mapping:
                raise SettingsError(f"{file}:{line}: key {key!r} is given twice")
            mapping[key] = _plain(value_node, (*at, key), lines, file)
            lines[(*at, key)] = line
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*at, i), lines, file) for i, item in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: yaml.ScalarNode) -> str | int | float | bool | None:
    kind, text = node.tag.rpartition(":")[2], node.value
    if kind == "null":
        return None
    if kind == "bool" and text.lower() in ("true", "false"):
        return bool(text.lower() == "true")
    try:
        if kind == "int":
            return int(text)
        if kind == "float":
            return float(text)
    except ValueError:
        return str(text)
    return str(text)


def _explain(error: ValidationError, file: Path, lines: dict[Location, int], data: Any) -> str:
    """Return one line per problem: file, line, rule id, key, what is wrong."""
    problems: list[tuple[int, str]] = []
    for item in error.errors(include_url=False):
        at: Location = tuple(item["loc"])
        while at and at not in lines:
            at = at[:-1]
        key = ".".join(str(part) for part in item["loc"][2:])
        name = _rule_name(data, item["loc"])
        message = item["msg"].removeprefix("Value error, ")
        parts = [part for part in (name, key) if part]
        problems.append((lines.get(at, 1), f"{': '.join(parts)}: {message}" if parts else message))
    return "\n".join(f"{file}:{line}: {text}" for line, text in sorted(problems))


def _rule_name(data: Any, location: Location) -> str:
    if len(location) < 2:
        return ".".join(str(part) for part in location)
    entry = data[location[0]][location[1]]
    rule_id = entry.get("id") if isinstance(entry, dict) else None
    kind = "rule" if location[0] == "rules" else "lexicon"
    return f"{kind} {rule_id!r}" if rule_id else kind
