"""Whether content is recorded: OpenTelemetry's own variable, read the way its GenAI tools do."""

import logging
import os

VARIABLE = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
_ON = frozenset({"true", "span_only", "span_and_event"})
_OFF = frozenset({"false", "no_content", "event_only"})
"""Our content is on spans, so `event_only` leaves nothing."""
_log = logging.getLogger(__name__)


def content_wanted() -> bool:
    """Return whether inputs, outputs and messages are to be recorded.

    They are where the variable is not set, for the record is what audit and replay live on. A value
    that nobody knows is warned of, and nothing is recorded: privacy wins.
    """
    value = os.environ.get(VARIABLE, "").strip()
    if not value or value.lower() in _ON:
        return True
    if value.lower() not in _OFF:
        _log.warning(
            "%s=%r is no known value, so no content is recorded; use true, false, NO_CONTENT, "
            "SPAN_ONLY, EVENT_ONLY or SPAN_AND_EVENT",
            VARIABLE,
            value,
        )
    return False
