"""Output that cannot be used: counted, never dropped."""

from collections.abc import Iterable
from typing import Any, ClassVar

import orjson
from pydantic import ValidationError

from eval_traces import names
from eval_traces.evaluators.run import ScoredRun
from eval_traces.evaluators.score import Score
from eval_traces.scoring.scanned_span import ScannedSpan
from listing.document import ListingDocument


class InvalidOutput:
    """Runs without a listing that fits the contract, and replies of the model that do not parse.

    A run that recorded no content says nothing of its output and is not judged, nor is a call that
    the run itself stopped: nobody knows what it would have said.
    """

    name: ClassVar[str] = "invalid_output"

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        """Yield 1 or 0 for the run, and the shares of invalid and of cut replies."""
        if not run.captured:
            return
        if run.root is not None and run.root.name.endswith(" listing"):
            reason = _wrong(run)
            yield Score("output.invalid", float(reason is not None), explanation=reason)
        bad = cut = 0
        answered = [chat for chat in run.chats if not _stopped(chat)]
        for chat in answered:
            bad += _unusable(chat)
            reasons = chat.get(names.FINISH_REASONS)
            cut += isinstance(reasons, list) and "length" in reasons
        if answered:
            count = len(answered)
            yield Score("output.invalid_replies", bad / count, count)
            yield Score("output.cut_replies", cut / count, count)


def _wrong(run: ScoredRun) -> str | None:
    """Why the run's listing cannot be used; None when it can."""
    if run.document is None:
        return "no listing was recorded"
    try:
        document = ListingDocument.model_validate(run.document)
    except ValidationError as error:
        first = error.errors()[0]
        return f"{'.'.join(str(p) for p in first['loc'])}: {first['msg']}"
    if document.status == "drafted" and not (document.title and document.description):
        return "a draft without title or text"
    return None


def _stopped(chat: ScannedSpan) -> bool:
    """Whether the caller stopped the call (a halt, the deadline) or the run ended over it."""
    return bool(chat.get(names.CANCELLED) or chat.get(names.UNFINISHED)) or chat.end is None


def _unusable(chat: ScannedSpan) -> bool:
    """Whether a reply failed, is empty, or is not of the form that was asked for."""
    if chat.failed:
        return True
    said = _said(chat.json(names.OUTPUT_MESSAGES))
    if said is None:
        return True
    if chat.get(names.OUTPUT_KIND) == "json":
        try:
            orjson.loads(said)
        except orjson.JSONDecodeError:
            return True
    choices = chat.text(names.REQUEST_CHOICES)
    # A choice stands in the recorded list as JSON writes it, so the list need not be parsed.
    return choices is not None and orjson.dumps(said).decode() not in choices


def _said(messages: Any) -> str | None:
    """The text of the last message, "" where it calls tools instead; None without any."""
    if not isinstance(messages, list) or not messages:
        return None
    text = ""
    for part in messages[-1].get("parts") or ():
        kind = part.get("type")
        if kind == "tool_call":
            return ""
        if kind == "text":
            text += part.get("content", "")
    return text if text.strip() else None
