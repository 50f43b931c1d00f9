"""What a similarity score means: the thresholds of identical and similar, and their making."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError

from listing.errors import BadInputError, SettingsError
from listing.market import Match


@dataclass(frozen=True)
class MatchThresholds:
    """Lowest cosine for each meaning; of one embedder, and kept with its checkpoint."""

    identical: float
    similar: float

    def __post_init__(self) -> None:
        if not -1.0 <= self.similar <= self.identical:
            raise BadInputError(
                f"thresholds: similar ({self.similar}) must lie between -1 and "
                f"identical ({self.identical})"
            )

    def meaning(self, score: float) -> Match | None:
        """Return what a score means; None below `similar`."""
        if score >= self.identical:
            return "identical"
        return "similar" if score >= self.similar else None

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "MatchThresholds":
        """Return the thresholds in a JSON file: an object with `identical` and `similar`.

        Other keys say how they were found and are not read.

        Raises:
            SettingsError: the file is missing or not of this form; names file and key.
        """
        try:
            return _ADAPTER.validate_json(Path(path).read_bytes())
        except OSError as error:
            raise SettingsError(f"{path}: cannot be read ({error.strerror or error})") from error
        except BadInputError as error:
            raise SettingsError(f"{path}: {error}") from error
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"]) or "the file"
            raise SettingsError(f"{path}: {key}: {first['msg']}") from error

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the thresholds to a JSON file, in the form that `load` reads."""
        Path(path).write_bytes(_ADAPTER.dump_json(self, indent=2) + b"\n")


_ADAPTER = TypeAdapter(MatchThresholds)


def calibrate(scores: Sequence[float], labels: Sequence[bool], target_precision: float) -> float:
    """Return the lowest threshold at which matches are right often enough.

    Of all pairs with score >= threshold, at least `target_precision` are true matches; among such
    thresholds the lowest finds the most matches. The result is one of the scores, or, where no
    threshold will do, the next float above the highest score, so that nothing is called a match.

    Args:
        scores: (n,) cosine of each pair of photos or listings, n >= 1.
        labels: (n,) whether the pair is a true match.
        target_precision: In (0, 1].

    Raises:
        BadInputError: empty, of different lengths, not finite, or a target outside (0, 1].
    """
    values, truths = np.asarray(scores, dtype=np.float64), np.asarray(labels, dtype=np.bool_)
    if values.ndim != 1 or values.shape != truths.shape or not len(values):
        raise BadInputError("scores and labels: give as many of one as of the other, at least one")
    if not np.isfinite(values).all():
        raise BadInputError("scores: all must be finite")
    if not 0 < target_precision <= 1:
        raise BadInputError(f"target_precision: {target_precision} is not in (0, 1]")
    order = np.argsort(-values, kind="stable")
    values, truths = values[order], truths[order]
    precision = np.cumsum(truths) / np.arange(1, len(values) + 1)
    # A threshold takes all pairs of equal score or none: only the last of each run counts.
    last = np.append(values[1:] != values[:-1], True)
    good = np.flatnonzero(last & (precision >= target_precision))
    return float(values[good[-1]]) if len(good) else float(np.nextafter(values[0], np.inf))
