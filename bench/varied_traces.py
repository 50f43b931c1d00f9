"""Many recorded runs made of a few real ones: other ids, times, photos, values, verdicts, numbers.

Every file is written for itself and no two are alike: brand and model names become other words of
the same length, colours other colours, probabilities and durations other numbers, and in one run of
ten a verdict falls. Offsets into texts stay right, since no text changes its length.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from eval_traces.evaluators import ScoredRun
from eval_traces.scoring.scan import scan_file
from listing.errors import BadInputError

CASES = 2_000
"""Photos, and so cases of the truth file, that the runs share, as runs of one benchmark do."""
_TIME = re.compile(rb'(UnixNano":")(\d{19})"')
_NUMBER = re.compile(rb'((?:confidence|probability)\\":0\.)(\d{3,})')
_SUPPORTED = rb"\"verdict\":\"supported\""
_COLOURS: tuple[tuple[str, ...], ...] = (
    ("blue", "grey", "pink", "gold", "teal"),
    ("black", "white", "green", "brown", "beige"),
    ("silver", "orange", "yellow", "purple"),
)
_LETTERS = "aeiouklmnprst"


@dataclass(frozen=True)
class Pattern:
    """A real run, taken apart for varying."""

    text: bytes
    trace_id: bytes
    began: int
    """When the run began, nanoseconds since 1970."""
    span_ids: tuple[bytes, ...]
    photos: tuple[bytes, ...]
    words: tuple[str, ...]
    """Open values that the run states: brands, models, titles."""
    colours: tuple[str, ...]
    truth: dict[str, Any] = field(default_factory=dict)
    """What the truth file says of a run of this pattern, before its values change."""


def read_patterns(files: Sequence[Path]) -> list[Pattern]:
    """Return the patterns of recorded runs. BadInputError when a file holds none or several."""
    found = []
    for path in files:
        runs = [ScoredRun(trace) for trace in scan_file(path)]
        text = path.read_bytes()
        if len(runs) != 1 or _TIME.search(text) is None:
            raise BadInputError(
                f"{path}: a pattern is a file of one run, as `vouch draft` writes it"
            )
        found.append(_pattern(text, runs[0]))
    return found


def _pattern(text: bytes, run: ScoredRun) -> Pattern:
    values = {name: str(a["value"]) for name, a in run.attributes.items()}
    known = {colour for group in _COLOURS for colour in group}
    document = run.document or {}
    references = [r["id"] for r in document.get("references", ())]
    return Pattern(
        text,
        run.trace_id.encode(),
        run.spans[0].start,
        tuple(span.span_id.encode() for span in run.spans),
        tuple(photo.encode() for photo in run.photos),
        tuple(v for n, v in values.items() if n in ("brand", "model", "title", "author")),
        tuple(v for n, v in values.items() if n == "colour" and v in known),
        {
            "in_market": bool(references),
            "category": (document.get("category") or {}).get("id"),
            "attributes": values | {"condition": "like new"},
            "knowable": sorted(values),
            "identical_ids": references[:1],
            "similar_ids": references,
            "prohibited": document.get("status") == "refused",
        },
    )


def vary(pattern: Pattern, number: int, seed: int = 0) -> tuple[str, bytes]:
    """Return the trace id and the file of the variation of that number; the same every time."""
    rng = random.Random(f"{seed} {number}")
    text = pattern.text
    trace_id = f"{rng.getrandbits(128) | 1 << 127:032x}"
    text = text.replace(pattern.trace_id, trace_id.encode())
    for span_id in pattern.span_ids:
        text = text.replace(span_id, b"%016x" % (rng.getrandbits(64) | 1 << 63))
    case = number % CASES
    for place, photo in enumerate(pattern.photos):
        text = text.replace(photo, case_photo(case, place, seed).encode())
    for old, new in _changes(pattern, case, seed).items():
        text = text.replace(old.encode(), new.encode())
    began = pattern.began
    later, stretch = rng.randrange(10**15), rng.uniform(0.7, 1.6)

    def moved(found: re.Match[bytes]) -> bytes:
        at = began + later + int((int(found[2]) - began) * stretch)
        return b'%s%d"' % (found[1], at)

    def redrawn(found: re.Match[bytes]) -> bytes:
        return (
            found[1] + str(rng.randrange(10 ** (len(found[2]) - 1), 10 ** len(found[2]))).encode()
        )

    text = _NUMBER.sub(redrawn, _TIME.sub(moved, text))
    if rng.random() < 0.1:
        text = text.replace(_SUPPORTED, rb"\"verdict\":\"unsupported\"", rng.randint(1, 3))
    return trace_id, text


def case_photo(case: int, place: int, seed: int = 0) -> str:
    """Return the sha256 of a case's photo."""
    return f"{random.Random(f'photo {seed} {case} {place}').getrandbits(256):064x}"


def truth_lines(patterns: Sequence[Pattern], count: int, seed: int = 0) -> Iterator[bytes]:
    """Yield the truth file's lines for `count` runs; one value in five is another than stated."""
    for case in range(min(CASES, count)):
        pattern = patterns[case % len(patterns)]
        if not pattern.photos:
            continue
        rng = random.Random(f"truth {seed} {case}")
        changes = _changes(pattern, case, seed)
        values = {n: changes.get(v, v) for n, v in pattern.truth["attributes"].items()}
        for name in values:
            if rng.random() < 0.2:
                values[name] = _word(rng, values[name])
        row = {"photo": case_photo(case, 0, seed), "case": f"case {case}"}
        yield orjson.dumps({**row, **pattern.truth, "attributes": values})


def _changes(pattern: Pattern, case: int, seed: int) -> dict[str, str]:
    """What the values of a pattern become in a case: words and colours of the same length."""
    rng = random.Random(f"values {seed} {case}")
    found = {word: _word(rng, word) for word in pattern.words if len(word) > 3}
    for colour in pattern.colours:
        group = next(group for group in _COLOURS if colour in group)
        alike = [other for other in group if len(other) == len(colour) and other != colour]
        found[colour] = rng.choice(alike)
    return found


def _word(rng: random.Random, word: str) -> str:
    """A word of the same length, capitals and signs."""
    made = (rng.choice(_LETTERS) if sign.isalpha() else sign for sign in word)
    return "".join(m.upper() if w.isupper() else m for m, w in zip(made, word, strict=True))


def write_varied(patterns: Sequence[Pattern], numbers: range, folder: Path, seed: int = 0) -> int:
    """Write the variations of those numbers, 1,000 to a folder; return the bytes written."""
    written = 0
    for number in numbers:
        trace_id, text = vary(patterns[number % CASES % len(patterns)], number, seed)
        place = folder / f"{number // 1000:04d}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{trace_id}.otlp.jsonl").write_bytes(text)
        written += len(text)
    return written
