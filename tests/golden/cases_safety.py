"""Golden cases of what may not be sold or said: refusals, conditions, warnings, halts."""

from tests.golden.case import Case, Words

CASES = (
    Case(
        "refused-photo",
        "the photo shows a weapon: refused before anything else is asked",
        words=Words(risk={"weapon": 0.97, "none": 0.02}),
    ),
    Case(
        "refused-second-photo",
        "the second photo shows fireworks: all photos are checked",
        photos=("blue", "red"),
        words=Words(risk={"fireworks": 0.9}),
    ),
    Case(
        "allowed-look-alike",
        "a water gun that looks a little like a weapon is not stopped",
        seller="Water pistol for the garden",
        words=Words(
            risk={"none": 0.7, "weapon": 0.3},
            category={"Water guns": 0.9},
            draft="Red water gun\n\nA red water gun. Questions are welcome.",
        ),
    ),
    Case(
        "refused-category",
        "the category may not be sold: refused after looking",
        words=Words(category={"Handguns": 0.9}),
    ),
    Case(
        "refused-words",
        "the seller's words name goods that may not be sold",
        seller="Handgun with two magazines, good condition",
    ),
    Case(
        "restricted-words",
        "goods that the seller names may be listed under conditions",
        seller="Comes with ten loose 18650 cells.",
        words=Words(draft="Red mug\n\nA red mug. Questions are welcome."),
    ),
    Case(
        "warned-words",
        "a claim that cannot be proved and a borrowed photo: warnings",
        seller="Stock photo. The lowest price you will find.",
    ),
    Case(
        "halted-contact",
        "the draft asks to be written to elsewhere: halted before it is shown",
        words=Words(
            draft="Red mug\n\nA red mug. Write to me on WhatsApp +49 171 2345678 for less money."
        ),
    ),
    Case(
        "halted-refusal",
        "the model refuses in words: that is no draft",
        words=Words(draft="Mug\n\nI'm sorry, but I can't describe this photo. It may show a mug."),
    ),
    Case(
        "halted-goods",
        "the draft names goods that may not be sold, late in the text: halted there",
        words=Words(
            draft="Red mug\n\nA red mug for tea and coffee, from a household without smokers, "
            "washed and ready. Cannabis oil 10 ml is in the box as a gift. Questions are welcome."
        ),
    ),
    Case(
        "halted-at-the-end",
        "a placeholder that no revision may take back blocks the finished draft",
        words=Words(draft="Red mug\n\nA red mug. See photos."),
        limits={"max_revisions": 0},
    ),
    Case(
        "warned-at-the-end",
        "the finished draft lists words for searches: a warning",
        words=Words(draft="Red mug\n\nred red red red red red mug."),
    ),
)
