"""What is known of each metric: its title, topic, unit, and which direction is better.

A metric that is not declared is reported all the same, under `other`, and is never called better or
worse. A pattern with `*` declares a family (`seconds.*`); an exact name goes before a pattern, an
earlier declaration before a later one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Literal, get_args

Better = Literal["higher", "lower", "neither"]
Topic = Literal[
    "truth", "claims", "category", "retrieval", "text", "safety", "ladder", "speed", "trajectory",
    "other",
]  # fmt: skip
Unit = Literal["share", "seconds", "count", "tokens", "money", "points"]
TOPICS: tuple[Topic, ...] = get_args(Topic)
TOPIC_TITLES: Mapping[Topic, str] = {
    "truth": "Against the truth",
    "claims": "Claims and their evidence",
    "category": "Category",
    "retrieval": "Retrieval",
    "text": "Text beside a reference text",
    "safety": "Safety",
    "ladder": "How far down the ladder",
    "speed": "Time, tokens and cost",
    "trajectory": "Expected trajectories",
    "other": "Other",
}


@dataclass(frozen=True)
class Metric:
    """One metric, or with `*` in its name a family of them."""

    name: str
    title: str
    """In words; `{}` stands for what `*` matched."""
    topic: Topic
    better: Better = "neither"
    unit: Unit = "share"


@dataclass(frozen=True)
class WorstBy:
    """A metric by which runs are looked at, and which end of it is the bad one."""

    title: str
    metric: str
    highest: bool = False
    """Whether the bad end is the high one."""
    beyond: float | None = None
    """Only runs past this value; all have one otherwise."""


@dataclass(frozen=True)
class MetricBook:
    """The declared metrics."""

    declared: tuple[Metric, ...]
    _exact: Mapping[str, Metric] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        exact = {m.name: m for m in reversed(self.declared) if "*" not in m.name}
        object.__setattr__(self, "_exact", exact)

    def of(self, name: str) -> Metric:
        """Return the metric of that name; if undeclared, one of topic `other` without direction."""
        declared = self._declared(name)
        if declared is None:
            return Metric(name, name.replace("_", " ").replace(".", ", "), "other", unit="points")
        if declared.name == name:
            return declared
        head, _, tail = declared.name.partition("*")
        part = name[len(head) : len(name) - len(tail)].replace("_", " ")
        return replace(declared, name=name, title=declared.title.replace("{}", part))

    def sorted(self, names: Iterable[str]) -> list[Metric]:
        """Return the metrics of those names: by topic, then as declared, then by name."""
        order = {metric.name: place for place, metric in enumerate(self.declared)}

        def place(metric: Metric) -> tuple[int, int, str]:
            declared = self._declared(metric.name)
            at = len(order) if declared is None else order[declared.name]
            return TOPICS.index(metric.topic), at, metric.name

        return sorted((self.of(name) for name in names), key=place)

    def _declared(self, name: str) -> Metric | None:
        if name in self._exact:
            return self._exact[name]
        patterns = (metric for metric in self.declared if "*" in metric.name)
        return next((m for m in patterns if fnmatchcase(name, m.name)), None)
