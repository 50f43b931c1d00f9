"""Golden cases of a model that cannot be held to its choices, as one on a server."""

from tests.golden.case import Case, Words
from tests.golden.cases_modes import QUORLO, QUORLO_WORDS

CASES = (
    Case(
        "remote",
        "the model answers in JSON: no probabilities, and the same listing",
        constrained=False,
        market=(QUORLO,),
        words=QUORLO_WORDS,
    ),
    Case(
        "remote-broken-json",
        "prose for a category, half an object for a reading: what is not sure is not known",
        constrained=False,
        market=(QUORLO,),
        words=Words(
            category="Mugs or Lamps, hard to say.",
            shows={"colour": '```json\n{"answer": "red"}\n```'},
            reads={"Quorlo": '{"brand": "Quorlo", "model": "Lu'},
            draft="Quorlo mug\n\nA red thing by Quorlo.",
        ),
    ),
    Case(
        "remote-check-evades",
        "the photo check answers neither none nor a class: the check closes",
        constrained=False,
        words=Words(risk="I would rather not say."),
    ),
)
