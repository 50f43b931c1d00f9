"""Which of N given answers the model would give, with a probability for each.

A choice is its tokens and then the end of the turn, so one that begins another is told apart from
it. Few choices are scored whole, in one pass. Thousands are walked as a trie of tokens, level by
level: only the likeliest beginnings are followed; the rest keeps an estimate of its share.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

import torch

from listing.errors import BadInputError
from models.engine.continuations import PACK_TOKENS, Continuations
from models.engine.request import Choice

NEGLIGIBLE = math.log(1e-6)  # a beginning this much less likely than the likeliest is left aside


class Beginning(NamedTuple):
    """The sorted sequences `[low, high)` share their first `depth` tokens."""

    low: int
    high: int
    depth: int
    log_probability: float


class Pruned(NamedTuple):
    """A beginning left aside, and the probability of all that was kept at that level."""

    beginning: Beginning
    kept: float


@dataclass
class Scores:
    """Log-probabilities of the sequences that were scored whole, and what was left aside."""

    exact: dict[int, float] = field(default_factory=dict)
    pruned: list[Pruned] = field(default_factory=list)

    def total(self) -> float:
        """The log-probability of all sequences scored whole, together."""
        return _log_sum(self.exact.values())


def check_choices(choices: Sequence[str]) -> None:
    """BadInputError for no, empty or repeated choices."""
    if not choices or "" in choices:
        raise BadInputError("choices: give at least one, none of them empty")
    if len(set(choices)) != len(choices):
        raise BadInputError("choices: each may be given once")


def score_choices(
    read: Continuations,
    choices: Sequence[str],
    token_ids: Sequence[Sequence[int]],
    *,
    end_id: int,
    beam: int,
) -> list[Choice]:
    """Every choice with its probability, the likeliest first; probabilities sum to 1.

    `token_ids` are the choices' tokens, without the end. Where all of them together exceed
    `PACK_TOKENS`, only the `beam` likeliest beginnings of each length are followed. A choice under
    a beginning left aside is marked inexact: it gets an equal share of the beginning's probability,
    scaled down as the probability of those that were kept shrank on the way to their ends.
    """
    order = sorted(range(len(choices)), key=lambda index: list(token_ids[index]))
    sequences = [[*token_ids[index], end_id] for index in order]
    scores = _score(read, sequences, beam)
    total = scores.total()
    logs = dict(scores.exact)
    for (low, high, _, log_probability), kept in scores.pruned:
        share = log_probability + total - kept - math.log(high - low)
        logs |= dict.fromkeys(range(low, high), share)
    everything = _log_sum(logs.values())
    ranked = [
        Choice(choices[order[at]], math.exp(log - everything), log, at in scores.exact)
        for at, log in logs.items()
    ]
    return sorted(ranked, key=lambda choice: (-choice.log_probability, choice.text))


def _score(read: Continuations, sequences: list[list[int]], beam: int) -> Scores:
    scores = Scores()
    level = [Beginning(0, len(sequences), 0, 0.0)]
    while level:
        left = [at for low, high, _, _ in level for at in range(low, high)]
        if sum(len(sequences[at]) - 1 for at in left) <= PACK_TOKENS:
            logs = read.every([sequences[at] for at in left])
            scores.exact |= dict(zip(left, logs, strict=True))
            break
        level = _prune(_expand(read, sequences, level, scores), beam, scores)
    return scores


def _expand(
    read: Continuations, sequences: list[list[int]], level: list[Beginning], scores: Scores
) -> list[Beginning]:
    """The beginnings one token longer; whole sequences go to `scores`."""
    if level[0].depth == 0:
        following: Iterator[torch.Tensor] = iter(read.after_prompt())
    else:
        following = read.last([sequences[node.low][: node.depth] for node in level])
    longer: list[Beginning] = []
    for node, log_probabilities in zip(level, following, strict=True):
        depth = node.depth
        groups = groupby(range(node.low, node.high), key=lambda at: sequences[at][depth])
        members = [(token, list(group)) for token, group in groups]
        steps = log_probabilities[[token for token, _ in members]].tolist()
        for (_, group), step in zip(members, steps, strict=True):
            child = Beginning(group[0], group[-1] + 1, depth + 1, node.log_probability + step)
            if len(sequences[child.low]) == child.depth:
                scores.exact |= dict.fromkeys(group, child.log_probability)
            else:
                longer.append(child)
    return longer


def _prune(level: list[Beginning], beam: int, scores: Scores) -> list[Beginning]:
    level = sorted(level, key=lambda node: -node.log_probability)
    if not level:
        return level
    least = level[0].log_probability + NEGLIGIBLE
    kept = [node for node in level[:beam] if node.log_probability >= least]
    together = _log_sum([*(node.log_probability for node in kept), *scores.exact.values()])
    scores.pruned += [Pruned(node, together) for node in level[len(kept) :]]
    return kept


def _log_sum(values: Iterable[float]) -> float:
    logs = list(values)
    most = max(logs, default=-math.inf)
    return most + math.log(sum(math.exp(log - most) for log in logs)) if logs else -math.inf
