"""The policy in force: every rule compiled, asked of texts, drafts and categories.

Built once from the policy files and never changed. A finding says which rule and where, in words
for the seller; the rule's terms and patterns never leave here.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from listing import SafetyFinding
from listing.errors import SettingsError
from listing.safety import Action
from tools.safety.compiled import CompiledRule, Match, RuleSet
from tools.safety.lexicon import read_lexicon
from tools.safety.loading import LoadedLexicon, LoadedRule, read_policy_files
from tools.safety.normalise import Folded, fold
from tools.safety.rules import LexiconSpec, RuleSpec, Where
from tools.safety.steering import find_steering
from tools.safety.steering_cues import Place

SHIPPED_POLICIES = Path(__file__).resolve().parent.parent / "policies"
"""The folder of the rules that come with the program."""


@dataclass(frozen=True, slots=True)
class PhotoClass:
    """A label to ask a photo about, and what it means when the photo shows it."""

    label: str
    risk: str
    action: Action
    notice: str
    rule: str
    threshold: float


class Policy:
    """The rules of one marketplace. Make one with `Policy.load`; safe to share between threads."""

    def __init__(self, rules: Sequence[CompiledRule]) -> None:
        self.rules: tuple[CompiledRule, ...] = tuple(rules)
        self._all = RuleSet(self.rules)
        self._stream = RuleSet([r for r in self.rules if r.halts_stream])

    @classmethod
    def load(
        cls,
        folder: Path = SHIPPED_POLICIES,
        *,
        extra: Iterable[Path] = (),
        disabled: Collection[str] = (),
        lexicons: Iterable[Path] = (),
        jurisdiction: str | None = None,
    ) -> "Policy":
        """Read the rules of `folder`, then `extra` folders or files, less the `disabled` ids.

        `lexicons` are JSON Lines word lists whose terms warn; a policy file can name lexicons with
        another action. `jurisdiction` keeps the rules of that country and those of everywhere; None
        keeps all.

        Raises:
            SettingsError: with file, line and what is wrong; or a disabled id that no rule has.
        """
        source = read_policy_files(folder, extra)
        words = [*source.lexicons, *(_given_lexicon(path) for path in lexicons)]
        known = {r.spec.id for r in source.rules} | {w.spec.id for w in words}
        if unknown := sorted(set(disabled) - known):
            raise SettingsError(f"disabled safety rules that do not exist: {', '.join(unknown)}")
        rules = [CompiledRule.of(r) for r in source.rules if _applies(r, disabled, jurisdiction)]
        rules += [_lexicon_rule(w) for w in words if w.spec.id not in disabled]
        _refuse_shared_labels(source.rules, rules)
        return cls(rules)

    @property
    def term_count(self) -> int:
        """How many terms the automaton holds, exceptions included."""
        return sum(len(r.terms) + len(r.disguised) + len(r.unless) for r in self.rules)

    @property
    def photo_classes(self) -> list[PhotoClass]:
        """What photos are asked about, in the order of the files; "none" is not among them."""
        return [
            PhotoClass(
                label=r.spec.photo.label,
                risk=r.spec.risk,
                action=r.spec.action,
                notice=r.spec.notice,
                rule=r.spec.id,
                threshold=r.spec.photo.threshold,
            )
            for r in self.rules
            if r.spec.photo is not None
        ]

    def check_text(self, text: str, where: Where) -> list[SafetyFinding]:
        """Return what `text` breaks, in order of place; empty when nothing. Linear in the text.

        `start` and `end` are code-point offsets into `text`.
        """
        return self._findings(fold(text), where, text)

    def check_draft(self, title: str, description: str) -> list[SafetyFinding]:
        """Return what the finished draft breaks; what one field states counts for the other."""
        both = f"{title}\n{description}"
        return [
            *self._findings(fold(title), "title", both),
            *self._findings(fold(description), "description", both),
        ]

    def find_instructions(self, text: str, where: Place = "seller") -> list[SafetyFinding]:
        """Return where data gives orders to the assistant, as `find_steering` does: a warning."""
        found = find_steering(text, where)
        return [] if found is None else [found]

    def check_category(self, category_id: str, path: Sequence[str] = ()) -> list[SafetyFinding]:
        """Return the rules that a category falls under.

        A rule's entry stands for the category with that id and all below it, or, written as a name,
        for any category whose `path` has that name. The category comes from the photos, so that is
        where the findings are.
        """
        names = {name.casefold() for name in path}
        return [
            r.finding("photo", None, None, r.notice_for(None))
            for r in self.rules
            if r.covers_category(category_id, names)
        ]

    def stream_matches(self, folded: Folded, where: Where) -> list[Match]:
        """Return the matches that stop a stream: rules that block, in folded places."""
        return self._stream.matches(folded, where)

    def failing_cases(self) -> list[str]:
        """Return, one line each, the `must` and `may` cases of the rules that do not hold."""
        return [line for rule in self.rules for line in self._failures(rule)]

    def _failures(self, rule: CompiledRule) -> Iterator[str]:
        where = "description" if "description" in rule.spec.places else rule.spec.places[0]
        for text in rule.spec.must:
            if all(f.rule != rule.spec.id for f in self.check_text(text, where)):
                yield f"{rule.origin}: rule {rule.spec.id!r}: must find: {text!r}"
        for text in rule.spec.may:
            for found in self.check_text(text, where):
                if found.rule == rule.spec.id or found.action == "block":
                    yield f"{rule.origin}: rule {rule.spec.id!r}: {found.rule!r} hits: {text!r}"

    def _findings(self, folded: Folded, where: Where, said: str) -> list[SafetyFinding]:
        found: list[SafetyFinding] = []
        restricted: set[str] = set()
        for match in self._all.matches(folded, where):
            rule = match.rule
            if rule.spec.action == "restrict":
                if rule.spec.id in restricted:
                    continue
                restricted.add(rule.spec.id)
            start, end = folded.span(match.start, match.end) if match.end else (0, 0)
            found.append(rule.finding(where, start, end, rule.notice_for(said), said))
        return found


def _applies(rule: LoadedRule, disabled: Collection[str], jurisdiction: str | None) -> bool:
    places = rule.spec.jurisdiction
    return rule.spec.id not in disabled and (
        jurisdiction is None or "*" in places or jurisdiction in places
    )


def _given_lexicon(path: Path) -> LoadedLexicon:
    slug = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "given"
    return LoadedLexicon(LexiconSpec(id=f"lexicon-{slug}", path=str(path.resolve())), path, 1)


def _lexicon_rule(words: LoadedLexicon) -> CompiledRule:
    spec = words.spec
    rule = RuleSpec.model_construct(
        id=spec.id, risk=spec.risk, action=spec.action, notice=spec.notice
    )
    terms = tuple(read_lexicon(words.path, spec, 0))
    return CompiledRule(rule, f"{words.file}:{words.line}", terms=terms)


def _refuse_shared_labels(source: Sequence[LoadedRule], rules: Sequence[CompiledRule]) -> None:
    """Raise when two rules in force ask for one photo label, or for "none"."""
    seen: dict[str, str] = {"none": "the answer for harmless photos"}
    for rule in rules:
        if rule.spec.photo is not None:
            label = rule.spec.photo.label
            if label in seen:
                raise SettingsError(
                    f"{rule.origin}: rule {rule.spec.id!r}: photo label {label!r} is {seen[label]}"
                )
            seen[label] = f"already used by rule {rule.spec.id!r}"
