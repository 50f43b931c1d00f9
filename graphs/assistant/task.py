"""What the function that carries out a call is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from langchain_core.runnables import RunnableConfig

from graphs.assistant.acted import Acted
from graphs.assistant.context import AssistantContext
from graphs.assistant.state import AssistantState, document_of, template_of
from graphs.assistant.turn import Json, Language
from graphs.assistant.words import say
from graphs.step import Step
from listing import AttributeSpec, ListingDocument
from tools.editing import Editor
from tools.editing.catalogue import catalogue

By = Literal["model", "reread", "hand", "button", "answer", "rule"]
"""Who made a call: the model, the second reading of a statement, the seller by an edit, a button or
an answer, or a rule of the graph."""


@dataclass(frozen=True)
class Task:
    """One call in its surroundings."""

    call: Json
    args: Mapping[str, Any]
    """Validated."""
    state: AssistantState
    step: Step[AssistantContext]
    document: ListingDocument
    editor: Editor

    @classmethod
    def of(
        cls,
        call: Json,
        args: Mapping[str, Any],
        state: AssistantState,
        step: Step[AssistantContext],
    ) -> "Task":
        """Return the task of a call."""
        listing, language = step.context.listing, language_of(state)
        languages = step.context.languages
        editor = Editor(listing.taxonomy, listing.policy, language, languages)
        return cls(call, args, state, step, document_of(state), editor)

    @property
    def by(self) -> By:
        """Who made the call."""
        return cast(By, self.call["by"])

    @property
    def chosen(self) -> bool:
        """Whether a model made the call, so that its values must stand in the message."""
        return self.by in ("model", "reread")

    @property
    def context(self) -> AssistantContext:
        """The node's handles."""
        return self.step.context

    @property
    def language(self) -> Language:
        """Of the page."""
        return language_of(self.state)

    @property
    def message(self) -> str:
        """The piece of the message that is under way."""
        parts = self.state.get("pieces", [])
        at = int(self.call.get("piece", self.state.get("piece", 0)))
        return parts[at] if at < len(parts) else ""

    @property
    def source(self) -> str:
        """The name of the seller's present statement in the ledger."""
        return f"seller:{self.state.get('statements', 0)}"

    @property
    def span_id(self) -> str:
        """The id of the span that records the call."""
        current = self.context.tracer.current
        return current.span_id if current else ""

    @property
    def config(self) -> RunnableConfig:
        """For model calls of a tool."""
        return self.context.config

    def say(self, key: str, **values: Any) -> str:
        """Return a sentence of the assistant's own in the page's language."""
        return say(key, self.language, **values)

    def fault(self, key: str, note: str, **values: Any) -> Acted:
        """Return that the arguments were wrong: `note` tells the model, `key` the seller."""
        return Acted(self.say(key, **values), ok=False, fault=True, note=note)

    def spec(self, attribute: str) -> AttributeSpec | None:
        """Return the template's attribute of that name."""
        return template_of(self.document, self.context.listing.taxonomy).get(attribute)

    def label(self, attribute: str) -> str:
        """Return how a seller calls the attribute."""
        spec = self.spec(attribute)
        return catalogue(self.language).label(attribute, spec)


def language_of(state: AssistantState) -> Language:
    """Return the language of the turn."""
    return cast(Language, state["turn"].get("language", "en"))
