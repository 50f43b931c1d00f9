"""All golden cases, in the order of their modules; every name is there once."""

from tests.golden import (
    cases_audit,
    cases_failures,
    cases_market,
    cases_modes,
    cases_questions,
    cases_remote,
    cases_safety,
    cases_seller,
)
from tests.golden.case import Case

CASES: tuple[Case, ...] = (
    *cases_modes.CASES,
    *cases_seller.CASES,
    *cases_audit.CASES,
    *cases_questions.CASES,
    *cases_safety.CASES,
    *cases_failures.CASES,
    *cases_remote.CASES,
    *cases_market.CASES,
)
assert len({case.name for case in CASES}) == len(CASES), "two golden cases of one name"
