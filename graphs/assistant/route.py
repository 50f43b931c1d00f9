"""Which node comes next: pure functions of the state."""

from graphs.assistant import decide
from graphs.assistant.state import AssistantState


def after(state: AssistantState) -> str:
    """Route of most nodes: calls first, then the message piece by piece, questions, the answer."""
    if state.get("queue"):
        return "act"
    if state.get("piece", 0) < len(state.get("pieces", [])):
        faults = decide.faults_here(state)
        closed = state.get("closed") or faults >= decide.MAX_FAULTS
        return "reread" if closed else "decide"
    return "settle" if state.get("wanted") else "answer"


def after_settle(state: AssistantState) -> str:
    """Route of `settle`: to the question, unless there turned out to be none."""
    asking = state.get("asking")
    return str(asking["kind"]) if asking else after(state)
