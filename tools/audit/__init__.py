"""The audit: turns a draft into claims, judges each by the evidence, and takes back what fails."""

from tools.audit.candidate import ClaimCandidate
from tools.audit.check import acheck
from tools.audit.claims import draft_text, find_claims
from tools.audit.naming import unname
from tools.audit.questions import questions
from tools.audit.revise import Revision, revise
from tools.audit.verdicts import judge

__all__ = [
    "ClaimCandidate",
    "Revision",
    "acheck",
    "draft_text",
    "find_claims",
    "judge",
    "questions",
    "revise",
    "unname",
]
