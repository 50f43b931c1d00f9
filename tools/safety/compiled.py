"""Rules made ready to match: one automaton for all terms, patterns compiled, exceptions applied.

A hit that lies inside one of its rule's exceptions ("water pistol") is no hit.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from listing import SafetyFinding
from tools.safety.contact import find_emails, find_handles, find_links
from tools.safety.draft import find_empty, find_stuffing
from tools.safety.identity import find_payment_numbers, find_personal_ids
from tools.safety.loading import LoadedRule
from tools.safety.matching import Term, TermMatcher, make_term
from tools.safety.normalise import Folded, fold
from tools.safety.phones import find_phones
from tools.safety.rules import TEXT_PLACES, RuleSpec, Where

Finder = Callable[[Folded], Iterator[tuple[int, int]]]

FINDERS: dict[str, Finder] = {
    "phone": find_phones,
    "email": find_emails,
    "handle": find_handles,
    "link": find_links,
    "personal-id": find_personal_ids,
    "payment-number": find_payment_numbers,
    "keyword-stuffing": find_stuffing,
    "empty": find_empty,
}


def _terms(texts: Sequence[str]) -> tuple[Term, ...]:
    return tuple(term for text in texts if (term := make_term(text, 0)) is not None)


@dataclass(frozen=True, slots=True, eq=False)
class CompiledRule:
    """A rule ready to match; `origin` is the file and line that it stands at."""

    spec: RuleSpec
    origin: str
    terms: tuple[Term, ...] = ()
    disguised: tuple[Term, ...] = ()
    unless: tuple[Term, ...] = ()
    patterns: tuple[re.Pattern[str], ...] = ()
    unless_patterns: tuple[re.Pattern[str], ...] = ()
    finder: Finder | None = None
    conditions: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...] = ()

    @classmethod
    def of(cls, loaded: LoadedRule) -> "CompiledRule":
        """Compile a rule that has been checked as it was read."""
        spec = loaded.spec
        return cls(
            spec=spec,
            origin=f"{loaded.file}:{loaded.line}",
            terms=_terms(spec.terms),
            disguised=_terms(spec.disguised),
            unless=_terms(spec.unless),
            patterns=tuple(re.compile(p) for p in spec.patterns),
            unless_patterns=tuple(re.compile(p) for p in spec.unless_patterns),
            finder=FINDERS[spec.detector] if spec.detector else None,
            conditions=tuple(
                (c.needs, tuple(re.compile(p) for p in c.stated_by)) for c in spec.conditions
            ),
        )

    @property
    def halts_stream(self) -> bool:
        """True when a match stops a draft while it streams."""
        return self.spec.action == "block" and self.spec.stream

    def unmet(self, said: str | None) -> list[str]:
        """Return the conditions that the text `said` does not meet; all of them for None."""
        text = fold(said).text if said else ""
        return [
            needs
            for needs, patterns in self.conditions
            if not any(p.search(text) for p in patterns)
        ]

    def notice_for(self, said: str | None) -> str:
        """Return what the seller reads, with the conditions still open."""
        unmet = self.unmet(said)
        needed = f" Still needed: {'; '.join(unmet)}." if unmet else ""
        return self.spec.notice + needed

    def finding(
        self, where: Where, start: int | None, end: int | None, notice: str, said: str | None = None
    ) -> SafetyFinding:
        """Return the finding; a restriction whose conditions the text meets is only a warning."""
        met = bool(self.conditions) and said is not None and not self.unmet(said)
        return SafetyFinding(
            rule=self.spec.id,
            risk=self.spec.risk,
            action="warn" if met else self.spec.action,
            where=where,
            start=start,
            end=end,
            notice=notice,
        )

    def covers_category(self, category_id: str, names: Collection[str]) -> bool:
        """Tell whether the category is one that the rule names, or below one."""

        def within(entries: Sequence[str]) -> bool:
            return any(
                category_id == entry
                or category_id.startswith(f"{entry}-")
                or entry.casefold() in names
                for entry in entries
            )

        return within(self.spec.categories) and not within(self.spec.categories_except)


@dataclass(frozen=True, slots=True)
class Match:
    """A rule's match at `[start, end)` of a folded text."""

    rule: CompiledRule
    start: int
    end: int


@dataclass(slots=True)
class _Found:
    """What one rule found in one text, before its exceptions."""

    hits: list[tuple[int, int]] = field(default_factory=list)
    harmless: list[tuple[int, int]] = field(default_factory=list)


class RuleSet:
    """Rules matched together over one pass of the text per automaton, one per pattern."""

    def __init__(self, rules: Sequence[CompiledRule]) -> None:
        self._rules = tuple(rules)
        self._keys: list[tuple[int, str]] = []
        terms: list[Term] = []
        for index, rule in enumerate(self._rules):
            for kind, group in (
                ("term", rule.terms), ("disguised", rule.disguised), ("unless", rule.unless)
            ):  # fmt: skip
                if group:
                    terms += [replace(term, key=len(self._keys)) for term in group]
                    self._keys.append((index, kind))
        self._matcher = TermMatcher.build(terms)
        self._searching: dict[Where, list[int]] = {
            place: [
                i
                for i, r in enumerate(self._rules)
                if (r.patterns or r.finder) and place in r.spec.places
            ]
            for place in TEXT_PLACES
        }

    def matches(self, folded: Folded, where: Where) -> list[Match]:
        """Return the matches of rules that read `where`, by place; a rule's own do not overlap."""
        found: dict[int, _Found] = {}
        for hit in self._matcher.find(folded):
            index, kind = self._keys[hit.key]
            entry = found.setdefault(index, _Found())
            if kind == "unless":
                entry.harmless.append((hit.start, hit.end))
            elif kind == "term" or hit.disguised:
                entry.hits.append((hit.start, hit.end))
        for index in self._searching.get(where, []):
            rule = self._rules[index]
            hits = [m.span() for p in rule.patterns for m in p.finditer(folded.text)]
            if rule.finder is not None:
                hits += rule.finder(folded)
            if hits:
                found.setdefault(index, _Found()).hits.extend(hits)
        out = [
            Match(self._rules[index], start, end)
            for index, entry in found.items()
            if where in self._rules[index].spec.places
            for start, end in self._harmful(self._rules[index], entry, folded.text)
        ]
        return sorted(out, key=lambda m: (m.start, m.end, m.rule.spec.id))

    @staticmethod
    def _harmful(rule: CompiledRule, found: _Found, text: str) -> Iterator[tuple[int, int]]:
        harmless = found.harmless
        if found.hits:
            harmless = harmless + [m.span() for p in rule.unless_patterns for m in p.finditer(text)]
        reach = -1
        for start, end in sorted(found.hits, key=lambda span: (span[0], -span[1])):
            covered = any(a <= start and end <= b for a, b in harmless)
            if start >= reach and not covered:
                reach = end
                yield start, end
