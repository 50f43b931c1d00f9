"""What the audit got wrong on the development set, one JSON line each, for whoever mends it."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.injected_errors.audited import Audited
from bench.injected_errors.drafts import RecordedDraft
from bench.injected_errors.inject import InjectedDraft
from bench.injected_errors.tally import Tally


def failure_rows(
    tally: Tally, reading: str, draft: RecordedDraft, done: Audited, made: InjectedDraft | None
) -> list[dict[str, Any]]:
    """Return a row for each miss, false alarm and error that outlived the revision."""
    text = made.text if made else draft.first
    about = {
        "kind": tally.group,
        "reading": reading,
        "case": tally.listing,
        "how": made.how if made else "as the model wrote it",
        "draft": asdict(text),
        "injected": [asdict(s) for s in made.spans] if made else [],
        "final": asdict(done.text),
        "truth": draft.truth.attributes,
        "ledger": [
            e.model_dump(include={"id", "kind", "source", "attribute", "value", "text"})
            for e in (made.draft if made else draft).evidence
        ],
        "matches": {r.id: r.match for r in (made.draft if made else draft).references},
        "claims": [c.model_dump() for c in done.claims],
    }
    rows = [{"failure": "miss", "at": asdict(s), **about} for s in tally.missed]
    rows += [{"failure": "false alarm", "at": c.model_dump(), **about} for c in tally.alarms]
    return rows + [{"failure": "left", "at": asdict(s), **about} for s in tally.left]


def write_failures(file: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Write the rows, in place of what the file had."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    file.write_text("".join(lines), encoding="utf-8")
