"""Which of N given answers the model would give, with a probability for each.

A choice is its tokens and then the end of the turn, so one that begins another is told apart from
it. The choices form a tree of tokens, read a fork at a time for all branches together. Of
thousands, only the likeliest branches are followed; the rest keeps an estimate of its share.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby
from typing import Any, NamedTuple

import torch

from listing.errors import BadInputError
from models.engine.decode import Prefilled
from models.engine.request import Choice
from models.engine.tree import ROOT, token_tree

EXACT_CHOICES = 512  # so many are all followed to their ends
NEGLIGIBLE = math.log(1e-6)  # of more, a branch this much less likely than the likeliest is left
HEAD_ROWS = 256


class Branch(NamedTuple):
    """The sorted sequences `[low, high)` share their first `depth` tokens.

    `node` is where they have been read to in the tree, `state` the model's state there.
    """

    low: int
    high: int
    depth: int
    log_probability: float
    node: int = ROOT
    state: torch.Tensor | None = None


class Left(NamedTuple):
    """A branch that was not followed, and the log-probability of all that was, at that fork."""

    branch: Branch
    followed: float


@dataclass
class Scores:
    """Log-probabilities of the sequences that were read whole, and the branches left aside."""

    exact: dict[int, float] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)


def check_choices(choices: Sequence[str]) -> None:
    """BadInputError for no, empty or repeated choices."""
    if not choices or "" in choices:
        raise BadInputError("choices: give at least one, none of them empty")
    if len(set(choices)) != len(choices):
        raise BadInputError("choices: each may be given once")


def score_choices(
    model: Any,
    prompt: Prefilled,
    choices: Sequence[str],
    token_ids: Sequence[Sequence[int]],
    *,
    end_id: int,
    beam: int,
) -> list[Choice]:
    """Every choice with its probability, the likeliest first; probabilities sum to 1.

    `token_ids` are the choices' tokens, without the end. Of more than `EXACT_CHOICES`, only the
    `beam` likeliest branches are followed at each fork. A choice on a branch left aside is marked
    inexact: it gets an equal share of the branch's probability, scaled down as the probability of
    those that were followed shrank on the way to their ends. Uses the prompt's cache up.
    """
    order = sorted(range(len(choices)), key=lambda index: list(token_ids[index]))
    sequences = [[*token_ids[index], end_id] for index in order]
    scorer = _Scorer(model, prompt, sequences)
    scores = scorer.score(beam if len(choices) > EXACT_CHOICES else None)
    total = _log_sum(scores.exact.values())
    logs = dict(scores.exact)
    for branch, followed in scores.left:
        count = branch.high - branch.low
        share = branch.log_probability + total - followed - math.log(count)
        logs |= dict.fromkeys(range(branch.low, branch.high), share)
    everything = _log_sum(logs.values())
    ranked = [
        Choice(choices[order[at]], math.exp(log - everything), log, at in scores.exact)
        for at, log in logs.items()
    ]
    return sorted(ranked, key=lambda choice: (-choice.log_probability, choice.text))


class _Scorer:
    """Walks the tree of sequences fork by fork, all branches of a level in one pass."""

    def __init__(self, model: Any, prompt: Prefilled, sequences: list[list[int]]) -> None:
        self._head = model.lm_head
        self._first = prompt.logits.log_softmax(-1)
        self._sequences = sequences
        self._tree = token_tree(model, prompt)

    def score(self, beam: int | None) -> Scores:
        """Follow the `beam` likeliest branches at each fork, or all."""
        scores = Scores()
        level = [Branch(0, len(self._sequences), 0, 0.0)]
        while level:
            children = self._fork(level, scores)
            if beam is not None:
                children = _prune(children, beam, scores)
            level = self._follow(children) if children else []
        return scores

    def _fork(self, level: list[Branch], scores: Scores) -> list[Branch]:
        """The branches one token on, not yet read; sequences that end go to `scores`."""
        children: list[Branch] = []
        for branch, logs in zip(level, self._next(level), strict=True):
            tokens = (self._sequences[at][branch.depth] for at in range(branch.low, branch.high))
            spread = groupby(enumerate(tokens, start=branch.low), key=lambda pair: pair[1])
            members = {token: [at for at, _ in group] for token, group in spread}
            for (token, group), step in zip(
                members.items(), logs[[*members]].tolist(), strict=True
            ):
                log = branch.log_probability + step
                if token == self._sequences[group[0]][-1]:
                    scores.exact |= dict.fromkeys(group, log)
                else:
                    child = Branch(group[0], group[-1] + 1, branch.depth + 1, log, branch.node)
                    children.append(child)
        return children

    def _next(self, level: list[Branch]) -> Iterator[torch.Tensor]:
        """Log-probabilities `(vocabulary,)` of the token after each branch."""
        states = [branch.state for branch in level if branch.state is not None]
        if not states:
            yield self._first
        for at in range(0, len(states), HEAD_ROWS):
            yield from self._log_probabilities(torch.stack(states[at : at + HEAD_ROWS]))

    def _follow(self, children: list[Branch]) -> list[Branch]:
        """Read each branch from its first token to its next fork."""
        runs = [self._run(child) for child in children]
        ends = list(accumulate(map(len, runs)))
        parents: list[int] = []
        for child, run in zip(children, runs, strict=True):
            first = self._tree.size + len(parents)
            parents += [child.node, *range(first, first + len(run) - 1)]
        before = self._tree.size
        hidden = self._tree.grow(parents, [token for run in runs for token in run])
        inside = self._inside(hidden, runs)
        return [
            Branch(
                child.low,
                child.high,
                child.depth + len(run) - 1,
                child.log_probability + log,
                before + end - 1,
                hidden[end - 1],
            )
            for child, run, end, log in zip(children, runs, ends, inside, strict=True)
        ]

    def _run(self, branch: Branch) -> list[int]:
        """The tokens from the branch's newest to its next fork, or to before the end."""
        first, last = self._sequences[branch.low], self._sequences[branch.high - 1]
        longest = min(len(first), len(last)) - 1
        stop = branch.depth
        while stop < longest and first[stop] == last[stop]:
            stop += 1
        return first[branch.depth - 1 : stop]

    def _inside(self, hidden: torch.Tensor, runs: list[list[int]]) -> list[float]:
        """For each run, the log-probability of its tokens after the first."""
        tokens = torch.tensor([token for run in runs for token in run], device=hidden.device)
        following = torch.cat(
            [
                self._log_probabilities(states).gather(1, targets.unsqueeze(1)).squeeze(1)
                for states, targets in zip(
                    hidden.split(HEAD_ROWS), tokens.roll(-1).split(HEAD_ROWS), strict=True
                )
            ]
        )
        # The last token of a run is followed by another run's first, which does not count.
        return [float(logs[:-1].sum()) for logs in following.double().split([*map(len, runs)])]

    def _log_probabilities(self, hidden: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self._head(hidden)
        return logits.float().log_softmax(-1)


def _prune(children: list[Branch], beam: int, scores: Scores) -> list[Branch]:
    if not children:
        return []
    ranked = sorted(children, key=lambda branch: -branch.log_probability)
    least = ranked[0].log_probability + NEGLIGIBLE
    followed = [branch for branch in ranked[:beam] if branch.log_probability >= least]
    together = _log_sum([branch.log_probability for branch in followed] + [*scores.exact.values()])
    scores.left += [Left(branch, together) for branch in ranked[len(followed) :]]
    return followed


def _log_sum(values: Iterable[float]) -> float:
    logs = list(values)
    most = max(logs, default=-math.inf)
    return most + math.log(sum(math.exp(log - most) for log in logs)) if logs else most
