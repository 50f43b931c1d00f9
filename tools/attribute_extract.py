"""Attribute values that a listing's text states, each with the code points that state it.

Nothing is inferred: a value that does not stand in the text, or that a closed set does not know, is
dropped. Attributes that the text does not state are absent from the result.
"""

import re
from collections.abc import Collection, Mapping

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import merge_configs

from listing import AttributeSpec, AttributeTemplate, SpannedValue
from models.decoding import aextract_spans, extract_spans
from models.prompts import RenderedPrompt, render
from tools.normalise import announced, is_placeholder, known_value
from tools.normalise.kinds import names_nothing

_CJK = re.compile(r"[\u3400-\u9fff]")
_LETTER = r"[^\W\u3040-\u30ff\u3400-\u9fff]"
"""A letter or digit of a script that writes words apart."""


def extract_attributes(
    model: BaseChatModel,
    text: str,
    template: AttributeTemplate,
    *,
    config: RunnableConfig | None = None,
) -> list[SpannedValue]:
    """Return the template's attributes that `text` states, in the template's order.

    Each is verbatim: `text[start:end] == value`. Empty for an empty text or template.
    """
    if not text.strip() or not template.attributes:
        return []
    prompt = _prompt(text, template)
    found = extract_spans(
        model,
        [HumanMessage(prompt.text)],
        text,
        template.names,
        config=merge_configs(config, {"metadata": prompt.metadata}),
    )
    return place_values(text, found, template)


async def aextract_attributes(
    model: BaseChatModel,
    text: str,
    template: AttributeTemplate,
    *,
    config: RunnableConfig | None = None,
) -> list[SpannedValue]:
    """Return what `extract_attributes` returns, without blocking the event loop."""
    if not text.strip() or not template.attributes:
        return []
    prompt = _prompt(text, template)
    found = await aextract_spans(
        model,
        [HumanMessage(prompt.text)],
        text,
        template.names,
        config=merge_configs(config, {"metadata": prompt.metadata}),
    )
    return place_values(text, found, template)


def _prompt(text: str, template: AttributeTemplate) -> RenderedPrompt:
    return render("extract", text=text, attributes=list(template.names))


def place_values(
    text: str, values: Mapping[str, str], template: AttributeTemplate
) -> list[SpannedValue]:
    """Return `values` with their places in `text`.

    Dropped are those without a place, those that a closed set does not know, placeholders, and
    names that are none: ordinary words, the kind of thing, a colour ("I'd", "includes", "CHAIR").
    """
    placed: list[SpannedValue] = []
    for spec in template.attributes:
        value = values.get(spec.name, "").strip()
        if is_placeholder(value) or names_nothing(spec.name, value):
            continue
        if not spec.values or known_value(spec.name, value, spec.values) is not None:
            spanned = _place(text, spec, value, {(p.start, p.end) for p in placed})
            if spanned is not None:
                placed.append(spanned)
    return placed


def _place(
    text: str, spec: AttributeSpec, value: str, taken: Collection[tuple[int, int]]
) -> SpannedValue | None:
    """The best occurrence: announced by the attribute's label, not taken by another, the first."""
    spans = find_value(text, value)
    if not spans:
        return None
    start, end = min(spans, key=lambda s: (not announced(spec.name, text, *s), s in taken, s))
    return SpannedValue(attribute=spec.name, value=text[start:end], start=start, end=end)


def find_value(text: str, value: str) -> list[tuple[int, int]]:
    """Return the places where `value` stands in `text`, as `(start, end)` in order.

    Word-bounded where `value` begins or ends with a letter or digit of an alphabetic script; in the
    given case if there is one such place, else in any case.
    """
    left = f"(?<!{_LETTER})" if value[0].isalnum() and not _CJK.match(value[0]) else ""
    right = f"(?!{_LETTER})" if value[-1].isalnum() and not _CJK.match(value[-1]) else ""
    pattern = left + re.escape(value) + right
    exact = [m.span() for m in re.finditer(pattern, text)]
    return exact or [m.span() for m in re.finditer(pattern, text, re.IGNORECASE)]
