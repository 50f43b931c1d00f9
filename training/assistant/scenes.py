"""Where a turn happens: a listing with its facts, what was asked, what was said before.

Rule: everything that the model reads before it chooses stands in the scene's brief; values come
from no catalogue, so that they can be read and not known.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tools.assistant import PRICE, TurnBrief
from training.assistant.values import NAMES, money, truth_of, written
from training.assistant.wordings import Language, Split, Wordings, read_data
from training.marketplace.drafts import honest_draft
from training.marketplace.goods import Goods, goods
from training.marketplace.lots import chance
from training.marketplace.marked import Marked, filled
from training.marketplace.names import town

KINDS = (
    "phone", "laptop", "headphones", "console", "camera", "sneakers", "jacket", "tshirt",
    "handbag", "backpack", "watch", "mug", "lamp", "chair", "bicycle", "book", "toy_car",
    "guitar", "kettle", "skateboard", "water_pistol", "kitchen_knife", "umbrella", "desk_fan",
    "roller_skates",
)  # fmt: skip

_SUMMARIES = (
    "a listing was written",
    "the listing was written and shortened",
    "the seller gave two facts",
    "photos were added",
)


@dataclass
class Scene:
    """One listing as the assistant finds it when the message comes."""

    rng: random.Random
    words: Wordings
    goods: Goods
    truth: dict[str, str]
    noise: float
    title: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    photos: int = 1
    new_photos: int = 0
    earlier: list[str] = field(default_factory=list)
    summary: str = ""

    @property
    def language(self) -> Language:
        """The language that the seller writes in."""
        return self.words.language

    @property
    def split(self) -> Split:
        """Whose wordings and names are used."""
        return self.words.split

    @property
    def names(self) -> tuple[str, ...]:
        """The attributes of the listing's template; none where there is no listing yet."""
        return tuple(self.goods.template.names) if self.title else ()

    def brief(self, message: str) -> TurnBrief:
        """Return the scene with a message, nothing done yet."""
        return TurnBrief(
            message=message, title=self.title, facts=dict(self.facts), attributes=self.names,
            asked=tuple(self.asked), photos=self.photos, new_photos=self.new_photos,
            earlier=tuple(self.earlier), summary=self.summary,
        )  # fmt: skip

    def label(self, name: str) -> str:
        """Return what the seller calls an attribute."""
        if name == PRICE:
            return "价格" if self.language == "zh" else PRICE
        spec = self.goods.template.get(name)
        usual = read_data(self.language)["shared"]["labels"].get(name, [name.replace("_", " ")])
        own = spec.label if spec and spec.label not in (name, name.replace("_", " ")) else None
        return own if own and self.language == "en" else str(self.rng.choice(usual))

    def value(self, name: str, value: str) -> str:
        """Return how the seller writes a value."""
        return written(self.rng, self.language, name, value, self.noise)

    def say(self, pattern: str, values: Mapping[str, str] | None = None, **plain: str) -> Marked:
        """Return a pattern filled; `values` are marked, all other slots are plain words."""
        rng = self.rng
        some = {
            "noun": self.noun, "town": town(rng), "dear": money(rng, self.language),
            "price": money(rng, self.language), "ago": str(rng.randint(2, 9)),
            "pet": rng.choice(("cat", "dog", "rabbit")), "n": str(rng.randint(2, 90)),
            "value": rng.choice(list(self.truth.values())), "junk": junk(rng),
            "act": "", "role": "", "label": "",
        } | plain  # fmt: skip
        marked = values or {}
        return filled(pattern, marked, **{k: v for k, v in some.items() if k not in marked})

    @property
    def noun(self) -> str:
        """What the seller calls the thing."""
        if self.language == "zh":
            return str(read_data("chinese")["nouns"].get(self.goods.kind, "东西"))
        return self.rng.choice((self.goods.bare, *self.goods.casual))


def junk(rng: random.Random) -> str:
    """Return a word that nobody knows."""
    return "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(3, 8)))


def open_scene(
    rng: random.Random, split: Split, language: Language, *, listing: bool = True
) -> Scene:
    """Return a scene of a random kind of goods; with a listing, some of its values are known."""
    one = goods()[rng.choice(KINDS)]
    noise = rng.betavariate(1.6, 2.2)
    scene = Scene(rng, Wordings(language, split), one, truth_of(rng, split, one), noise)
    if not listing:
        scene.photos = 0
        return scene
    share = rng.choice((0.3, 0.6, 0.9))
    known = {n: v for n, v in scene.truth.items() if chance(rng, share)}
    draft = honest_draft(one.kind, one.category.name, known, rng)
    scene.title = draft.title
    if language == "zh" and chance(rng, 0.4):
        known = {n: scene.value(n, v) for n, v in known.items()}
        scene.title = " ".join([*(known[n] for n in NAMES if n in known), scene.noun])
    scene.facts = known
    if chance(rng, 0.35):
        scene.facts[PRICE] = f"{rng.randint(3, 900)} EUR"
    scene.photos = rng.choice((1, 1, 1, 2, 3, 4))
    _talk(scene)
    return scene


def _talk(scene: Scene) -> None:
    """Put earlier lines, a summary and open questions into the scene."""
    rng = scene.rng
    for _ in range(rng.choices((0, 1, 2), (45, 35, 20))[0]):
        name = rng.choice(list(scene.truth))
        who, key = rng.choice((("Seller", "them"), ("You", "you")))
        line = scene.words.pick(rng, "shared", key)
        words = scene.say(line, label=scene.label(name), value=scene.truth[name]).text
        scene.earlier.append(f"{who}: {words}")
    if chance(rng, 0.15):
        scene.summary = rng.choice(_SUMMARIES)
    missing = [n for n in scene.names if n not in scene.facts]
    if missing and chance(rng, 0.4):
        ask(scene, rng.sample(missing, min(len(missing), rng.choice((1, 1, 2, 3)))))


def ask(scene: Scene, names: Sequence[str]) -> None:
    """Let the scene's seller be asked about attributes, the first of them last."""
    rng = scene.rng
    scene.asked = list(names)
    spec = scene.goods.template.get(names[0])
    question = spec.question if spec and scene.language == "en" else ""
    if not question:
        pattern = scene.words.pick(rng, "shared", "question")
        question = scene.say(pattern, label=scene.label(names[0])).text
    if chance(rng, 0.85):
        scene.earlier = [*scene.earlier[-1:], f"You: {question}"]
