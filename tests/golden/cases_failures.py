"""Golden cases of what goes wrong: each node that fails into less, the deadline in each part."""

from listing.errors import ModelError
from tests.golden.case import Case, Late, Words
from tests.golden.cases_modes import QUORLO, QUORLO_READ

GONE = ModelError("no memory left")

CASES = (
    Case(
        "check-cannot-answer",
        "the photo check's model fails: the check closes, nothing is drafted",
        words=Words(risk=GONE),
    ),
    Case(
        "check-fails",
        "the photo check itself breaks: what was not checked is not let through",
        words=Words(risk=ConnectionError("the model is gone")),
    ),
    Case(
        "category-fails",
        "no category can be predicted: image only",
        words=Words(category=GONE),
    ),
    Case(
        "search-fails",
        "the index cannot be read: the template is left",
        market=(QUORLO,),
        market_fails=True,
    ),
    Case(
        "category-and-search-fail",
        "both branches fail at once: image only, both told",
        market=(QUORLO,),
        market_fails=True,
        words=Words(category=GONE),
    ),
    Case(
        "seller-fails",
        "the seller's words cannot be read: the draft does without them",
        seller="A Tarvox mug, good condition.",
        words=Words(reads={"good condition": GONE}),
    ),
    Case(
        "references-fail",
        "the references cannot be read: the template is left",
        market=(QUORLO,),
        words=Words(reads={"like new": GONE}),
    ),
    Case(
        "write-fails",
        "no draft can be written: the form stays, what was found is kept",
        market=(QUORLO,),
        words=Words(reads={"Quorlo": QUORLO_READ}, draft=GONE),
    ),
    Case(
        "write-breaks-off",
        "the model breaks amid the draft: no half draft is shown",
        words=Words(draft=("Red mug\n\n", "A red ", "mug. ", GONE)),
    ),
    Case("write-empty", "the model writes nothing: the form stays", words=Words(draft=" \n")),
    Case(
        "audit-fails",
        "a draft that cannot be checked is not shown",
        words=Words(reads={"Questions are welcome": GONE}),
    ),
    Case(
        "revise-fails",
        "a draft that cannot be corrected is not shown",
        words=Words(draft="Red mug\n\nA red mug. It holds 300 ml."),
        changes=("revise.claims=[1]",),
    ),
    Case(
        "run-breaks",
        "a node without a poorer way breaks: the run ends in an error",
        changes=('choose_mode.photo_values=[{"value": "red"}]',),
    ),
    Case(
        "late-checking",
        "the deadline passes in the photo check",
        words=Words(risk=Late()),
    ),
    Case(
        "late-looking",
        "the deadline passes while the category is asked",
        words=Words(category=Late()),
    ),
    Case(
        "late-reading",
        "the deadline passes while a reference is read: category and references are kept",
        market=(QUORLO,),
        words=Words(reads={"Quorlo": Late()}),
    ),
    Case(
        "late-writing",
        "the deadline passes amid the draft: none of it stays",
        words=Words(draft=Late("Red mug\n\nA red ")),
    ),
    Case(
        "late-auditing",
        "the deadline passes in the audit: an unchecked draft is not shown",
        words=Words(reads={"Questions are welcome": Late()}),
    ),
)
