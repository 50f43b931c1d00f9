"""Probabilities of choices, read from the token log probabilities that a server sends.

Rule: these are estimates, and say so by being incomplete: a choice that the alternatives never
reach is left out rather than given a made-up number.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Choice:
    """One of the choices with its probability in [0, 1].

    `log_probability` is the model's own, before it was normalised over the choices: low for all
    means that none fits. None where the model does not tell.
    """

    text: str
    probability: float
    log_probability: float | None = None


def choice_probabilities(
    logprobs: Mapping[str, Any] | None, named: str, choices: Sequence[str]
) -> list[Choice]:
    """Return `named` and its runners-up, likeliest first; `named` alone at 1.0 without log probs.

    `logprobs` is the `response_metadata["logprobs"]` of an OpenAI-compatible server: `content` has
    each token with `logprob` and `top_logprobs`. At each token of the named choice, an alternative
    token from which exactly one other choice goes on counts for that choice. The masses found are
    normalised to sum 1.
    """
    tokens = list((logprobs or {}).get("content") or [])
    start = "".join(token["token"] for token in tokens).rfind(named)
    if start < 0:
        return [Choice(named, 1.0)]
    mass = {named: 0.0}
    written, log_path = 0, 0.0
    for token in tokens:
        begin, end = written - start, written + len(token["token"]) - start
        written += len(token["token"])
        if end <= 0 or begin >= len(named):
            continue
        for alternative in token.get("top_logprobs") or []:
            reached = _reached(named, begin, alternative["token"], choices)
            if reached is not None and reached != named:
                mass[reached] = mass.get(reached, 0.0) + math.exp(log_path + alternative["logprob"])
        log_path += token["logprob"]
    mass[named] = math.exp(log_path)
    total = sum(mass.values())
    ranked = sorted(mass.items(), key=lambda item: (-item[1], item[0] != named))
    return [Choice(text, value / total) for text, value in ranked]


def _reached(named: str, begin: int, token: str, choices: Sequence[str]) -> str | None:
    """Return the one choice that continues `named[:begin] + token`; None when there are others."""
    prefix = token[-begin:] if begin < 0 else named[:begin] + token
    if not prefix:
        return None
    stem = prefix.rstrip('"}')
    whole = stem != prefix
    found = [c for c in choices if (c == stem if whole else c.startswith(prefix))]
    return found[0] if len(found) == 1 else None
