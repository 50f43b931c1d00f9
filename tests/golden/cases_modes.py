"""Golden cases of the ladder: which mode a run takes, and what references may vouch for."""

from tests.golden.case import KETTLES, PHONES, Case, Offer, Words

NO_CATEGORY = {"Mugs": 0.2, "Lamps": 0.2, "Kettles": 0.2, "Chairs": 0.2, "Backpacks": 0.2}
QUORLO = Offer("Quorlo Lumo mug, ceramic, 300 ml, red, like new.", "Quorlo Lumo mug")
QUORLO_READ = {
    "brand": "Quorlo",
    "model": "Lumo",
    "material": "ceramic",
    "capacity": "300 ml",
    "colour": "red",
    "condition": "like new",
}
QUORLO_DRAFT = "Quorlo Lumo mug, red\n\nRed Quorlo Lumo mug of ceramic. It holds 300 ml."
QUORLO_WORDS = Words(reads={"Quorlo": QUORLO_READ}, draft=QUORLO_DRAFT)

CASES = (
    Case("template", "category and template, no index: colour from the photo, the rest is asked"),
    Case(
        "reference",
        "an identical listing vouches for brand, model, material and capacity, not for condition",
        market=(QUORLO,),
        words=QUORLO_WORDS,
    ),
    Case(
        "image-only",
        "no category is likely enough: the draft names no kind of thing and asks for it",
        words=Words(category=NO_CATEGORY),
    ),
    Case(
        "manual-capped",
        "the caller caps at manual: the form stays as it is",
        mode="manual",
    ),
    Case("empty-index", "an index without a listing leaves the template", market=()),
    Case(
        "nothing-near",
        "listings of another look are not near: the template is left",
        market=(Offer("Quorlo Lumo mug, blue.", photo="blue"),),
    ),
    Case(
        "other-category",
        "a look-alike of another category vouches for nothing where the category is sure",
        market=(Offer("Tarvox lamp, 40 W.", "Tarvox lamp", category="hg-13-5"),),
    ),
    Case(
        "references-name-the-category",
        "two identical listings agree on a category and overrule an unsure prediction",
        market=(
            Offer("Quorlo Boil kettle, red, 2 l.", "Quorlo kettle", category=KETTLES, price=20),
            Offer("Kettle Quorlo Boil, red.", "Kettle", category=KETTLES, price=30),
        ),
        words=Words(
            category={"Mugs": 0.45, "Kettles": 0.4},
            reads={"Quorlo": {"brand": "Quorlo", "model": "Boil", "capacity": "2 l"}},
            draft="Quorlo Boil kettle\n\nRed Quorlo Boil kettle. It holds 2 l.",
        ),
    ),
    Case(
        "similar-only",
        "a similar listing vouches for the model but not for the variant",
        photos=("#f02828",),
        market=(
            Offer("Quorlo Vento phone, red, 128 GB.", "Quorlo Vento", category=PHONES, price=90),
        ),
        words=Words(
            category={"Mobile phones": 0.9},
            reads={"Quorlo": {"brand": "Quorlo", "model": "Vento", "storage": "128 GB"}},
            draft="Quorlo Vento phone, 128 GB\n\nRed Quorlo Vento phone with 128 GB.",
        ),
    ),
    Case(
        "other-colour",
        "the identical listing says black, the photo shows red: the photo counts",
        market=(Offer("Quorlo Vento phone, black, 128 GB.", "Quorlo Vento", category=PHONES),),
        words=Words(
            category={"Mobile phones": 0.9},
            reads={
                "Quorlo": {
                    "brand": "Quorlo",
                    "model": "Vento",
                    "colour": "black",
                    "storage": "128 GB",
                }
            },
            draft="Black Quorlo Vento phone\n\nA black Quorlo Vento phone with 128 GB.",
        ),
    ),
    Case(
        "references-disagree",
        "two listings name two brands: neither is copied, the brand is asked",
        market=(
            Offer("Quorlo Lumo mug, red.", "Quorlo mug", price=6),
            Offer("Tarvox Lumo mug, red.", "Tarvox mug", price=10),
        ),
        words=Words(
            reads={
                "Quorlo": {"brand": "Quorlo", "model": "Lumo"},
                "Tarvox": {"brand": "Tarvox", "model": "Lumo"},
            },
            draft="Quorlo Lumo mug\n\nRed Quorlo Lumo mug.",
        ),
    ),
    Case(
        "references-outvote",
        "two of three listings name one brand: it is copied, and the price is their median",
        market=(
            Offer("Quorlo Lumo mug, red.", "Quorlo mug", price=6),
            Offer("Mug Quorlo Lumo, red.", "Quorlo mug", price=9),
            Offer("Tarvox Lumo mug, red.", "Tarvox mug", price=12),
        ),
        words=Words(
            reads={
                "Tarvox": {"brand": "Tarvox", "model": "Lumo"},
                "Quorlo": {"brand": "Quorlo", "model": "Lumo"},
            },
            draft="Quorlo Lumo mug\n\nRed Quorlo Lumo mug.",
        ),
    ),
)
