"""Attributes of the draft and of its form against the truth: right, copied wrongly, or withheld.

Without a truth file only the copy error by the photo's own reading can be told.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from eval_traces import names
from eval_traces.evaluators.entailment import agrees, key_of
from eval_traces.evaluators.run import ScoredRun
from eval_traces.evaluators.score import Score


class AttributeAccuracy:
    """IPL's ACC: of the core attributes that the draft states, the share that is true.

    An attribute is right when every claim on it is; drafts weigh alike. `truth.attribute_coverage`
    is the other side: of the knowable attributes, the share that the draft states truly.
    """

    name: ClassVar[str] = "attribute_accuracy"

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        """Yield ACC where the draft states a core attribute, coverage where one is knowable."""
        if run.truth is None or not run.drafted:
            return
        right: dict[str, bool] = {}
        for claim, true in run.judged:
            name = key_of(claim["attribute"])
            right[name] = right.get(name, True) and true
        if right:
            wrong = ", ".join(sorted(name for name, good in right.items() if not good))
            share = sum(right.values()) / len(right)
            said = f"wrong: {wrong}" if wrong else None
            yield Score("truth.attribute_accuracy", share, explanation=said)
        knowable = {key_of(name) for name in run.truth.knowable or ()}
        if knowable:
            told = sum(right.get(name, False) for name in knowable)
            yield Score("truth.attribute_coverage", told / len(knowable))


class Verifiability:
    """The triple of eBay's study: predicted values that are correct, incorrect, unverifiable.

    Judged by the truth file in place of people looking at photos; the shares sum to 1.
    """

    name: ClassVar[str] = "verifiability"

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        """Yield the shares over the values of the form."""
        if run.truth is None or not run.attributes:
            return
        true = run.true_values
        count = dict.fromkeys(("correct", "incorrect", "unverifiable"), 0)
        for name, value in run.attributes.items():
            key = key_of(name)
            if key not in true:
                count["unverifiable"] += 1
            else:
                good = agrees(key, value["value"], true[key])
                count["correct" if good else "incorrect"] += 1
        total = sum(count.values())
        for judgement, number in count.items():
            yield Score(f"truth.values_{judgement}", number / total, total)


class ReferenceCopy:
    """Values that only a listing vouches for and the photo can check: share that is wrong.

    What the photo can check is what the run asked it. `references.copy_error` is by the photo's
    reading in the ledger, `references.copy_error_truth` by the truth.
    """

    name: ClassVar[str] = "reference_copy"

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        """Yield the error by each judge where something was copied that the photo can check."""
        copied = {n: v["value"] for n, v in self._copied(run)}
        if copied:
            asked = self._asked(run)
            copied = {n: value for n, value in copied.items() if n in asked}
        if not copied:
            return
        seen = {
            key_of(item["attribute"]): item["value"]
            for item in run.evidence.values()
            if item["kind"] == "photo" and item.get("attribute") and item.get("value")
        }
        wrong = sum(n in seen and not agrees(n, v, seen[n]) for n, v in copied.items())
        yield Score("references.copy_error", wrong / len(copied), len(copied))
        if run.truth is None:
            return
        true = run.true_values
        known = {n: v for n, v in copied.items() if n in true}
        if known:
            wrong = sum(not agrees(n, v, true[n]) for n, v in known.items())
            yield Score("references.copy_error_truth", wrong / len(known), len(known))

    def _copied(self, run: ScoredRun) -> Iterable[tuple[str, Mapping[str, Any]]]:
        for name, value in run.attributes.items():
            cited = [run.evidence[i]["kind"] for i in value["evidence"] if i in run.evidence]
            if value["source"] == "reference" and set(cited) <= {"reference"}:
                yield key_of(name), value

    def _asked(self, run: ScoredRun) -> set[str]:
        asked = set()
        for span in run.named(run.tools, "read_photo_attribute"):
            arguments = span.json(names.TOOL_ARGUMENTS)
            if isinstance(arguments, dict) and isinstance(arguments.get("attribute"), str):
                asked.add(key_of(arguments["attribute"]))
        return asked


class Abstention:
    """Attributes that nothing in reach determines: left out or asked, against guessed.

    `abstention.needless` is the share of questions whose answer was within reach.
    """

    name: ClassVar[str] = "abstention"

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        """Yield the shares over the item's unknowable attributes."""
        truth = run.truth
        if truth is None or truth.knowable is None or not run.drafted or run.document is None:
            return
        knowable = {key_of(name) for name in truth.knowable}
        unknowable = run.true_values.keys() - knowable
        stated = {key_of(c["attribute"]) for c in run.checkable}
        stated |= {key_of(name) for name in run.attributes}
        asked = {key_of(q["attribute"]) for q in run.document["questions"]}
        if unknowable:
            n = len(unknowable)
            guessed = unknowable & stated
            said = f"guessed: {', '.join(sorted(guessed))}" if guessed else None
            yield Score("abstention.guessed", len(guessed) / n, n, explanation=said)
            yield Score("abstention.left_out", 1 - len(guessed) / n, n)
            yield Score("abstention.asked", len(unknowable & asked) / n, n)
        core = asked & (knowable | unknowable)
        if core:
            yield Score("abstention.needless", len(core & knowable) / len(core), len(core))
