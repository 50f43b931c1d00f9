"""Golden cases of the audit: what is invented is taken back, once, twice, or all of it."""

from tests.golden.case import Case, Words

_READ_ANEW = Words(
    reads={"mug. Questions": {"model": "Questions are"}},
    draft="Red mug\n\nA red mug. It holds 300 ml. Questions are welcome.",
)

CASES = (
    Case(
        "invented-facts",
        "a capacity, a condition and an accessory that nobody vouches for are taken back",
        words=Words(
            draft="Red mug\n\nA red mug. It holds 300 ml. It is in very good condition. "
            "It comes with a lid."
        ),
    ),
    Case(
        "invented-history",
        "a price, a warranty, a function and a history that nobody vouches for",
        words=Words(
            draft="Red mug\n\nA red mug. I paid 45 EUR for it. It has two years of warranty. "
            "It keeps drinks hot all day. It was only used twice."
        ),
    ),
    Case(
        "invented-brand",
        "a brand that nobody vouches for goes from title and text",
        words=Words(
            reads={"Nembrix": {"brand": "Nembrix"}},
            draft="Nembrix mug, red\n\nA red Nembrix mug. Questions are welcome.",
        ),
    ),
    Case(
        "contradicted-colour",
        "the draft says blue, the photo shows red: corrected in place",
        words=Words(draft="Blue mug\n\nA blue mug. Questions are welcome."),
    ),
    Case(
        "general-claim",
        "common sense about mugs is neither supported nor taken back",
        words=Words(draft="Red mug\n\nA red mug, easy to clean. Perfect for tea."),
    ),
    Case(
        "placeholder",
        "a placeholder is never a value: it is taken back, and the condition is asked",
        seller="Tarvox Vega, ceramic, 300 ml.",
        words=Words(
            reads={
                "Tarvox": {
                    "brand": "Tarvox",
                    "model": "Vega",
                    "material": "ceramic",
                    "capacity": "300 ml",
                }
            },
            draft="Tarvox Vega mug\n\nRed Tarvox Vega mug of ceramic. Condition: see photos.",
        ),
    ),
    Case(
        "everything-taken-back",
        "nothing of the draft is vouched for: it says so and asks",
        words=Words(draft="Mug\n\nIt holds 300 ml."),
    ),
    Case(
        "revised-twice",
        "the corrected text is read anew, as if it named a model: revised again",
        words=_READ_ANEW,
    ),
    Case(
        "revised-no-further",
        "the limit of one revision is reached: what is still false stays, marked as such",
        limits={"max_revisions": 1},
        words=_READ_ANEW,
    ),
    Case(
        "revised-in-vain",
        "what is false is there again before each audit: after two revisions it stays, marked",
        words=Words(draft="Red mug\n\nA red mug. It holds 300 ml."),
        changes=("audit_draft.description=A red mug. It holds 300 ml.",),
    ),
    Case(
        "length-limit",
        "a long draft is cut at the end of a sentence within the limit",
        limits={"max_chars": 120},
        words=Words(draft="Red mug\n\n" + "It is a red mug. " * 20),
    ),
)
