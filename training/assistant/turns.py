"""Generated turns of the assistant: what the seller writes, and the calls that answer it.

Rule: every expected value is a stretch of the message (names, prices, Chinese words as written);
the turns of the held-out split share neither patterns nor names with those of training.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tools.assistant import TurnBrief
from training.assistant import parts
from training.assistant.parts import Call, Maker, Part, call
from training.assistant.scenes import Scene, ask, open_scene
from training.assistant.wordings import Language, Split
from training.marketplace.forms import misspelt
from training.marketplace.lots import chance
from training.marketplace.marked import Marked, joined

CHINESE = 0.25
DONE = call("reply", topic="done")
_WORD = re.compile(r"[A-Za-z]{5,}")
REPLIES = ("help", "small_talk", "off_topic", "abuse", "steering", "unclear")
_PLAIN: dict[str, tuple[str, str]] = {
    "price_asked": ("price_asked", "suggest_price"),
    "similar": ("similar", "search_similar"),
    "safety": ("safety", "check_safety"),
    "publish": ("publish", "publish"),
    "undo": ("undo", "undo"),
    "ask": ("ask", "ask_seller"),
    "draft_again": ("drafts_again", "draft_listing"),
}
KINDS: dict[str, float] = {
    "facts": 22, "answers": 11, "skip": 4, "correction": 9, "take_back": 5, "wish": 9,
    "price_set": 7, "price_asked": 3.5, "explain": 6.5, "similar": 3, "safety": 3, "publish": 3,
    "undo": 3, "ask": 3, "photos": 4, "draft": 4, "draft_again": 2, "without_listing": 2,
    "help": 2, "small_talk": 2.5, "off_topic": 3, "abuse": 2, "steering": 4, "unclear": 2,
    "mixed": 11,
}  # fmt: skip
"""The kinds of turns with their shares in training."""
_ALIKE = (("answers", "skip"), ("photos",), ("draft",), ("without_listing",))
"""Kinds that need a scene of their own: open questions, new photos, no listing."""


@dataclass(frozen=True)
class GeneratedTurn:
    """One turn: what the model reads at first, and all that it should call, the end included."""

    kind: str
    language: Language
    brief: TurnBrief
    calls: tuple[Call, ...]

    @property
    def stated(self) -> dict[str, str | None]:
        """The facts that the message states, corrects or takes back."""
        made = [c.arguments for c in self.calls if c.name == "set_attribute"]
        return {str(a["attribute"]): a["value"] for a in made}


def generated_turn(
    rng: random.Random, split: Split, kind: str | None = None, language: Language | None = None
) -> GeneratedTurn:
    """Return a turn; kind and language are drawn where they are not given."""
    kind = kind or _drawn(rng, tuple(KINDS))
    language = language or ("zh" if chance(rng, CHINESE) else "en")
    while True:
        turn = _turn(_scene(rng, split, language, kind), kind)
        if turn is not None:
            return turn


def generated_turns(rng: random.Random, split: Split, count: int) -> list[GeneratedTurn]:
    """Return up to `count` turns that share all that stands before the message.

    A scene where nothing can be asked for gives fewer. Their kinds are drawn as those of single
    turns, those that need a scene of their own apart.
    """
    first = _drawn(rng, tuple(KINDS))
    alike = next((group for group in _ALIKE if first in group), ())
    kinds = alike or tuple(k for k in KINDS if not any(k in group for group in _ALIKE))
    language: Language = "zh" if chance(rng, CHINESE) else "en"
    scene = _scene(rng, split, language, first)
    turns: list[GeneratedTurn] = []
    for kind in [first] + [_drawn(rng, kinds) for _ in range(4 * count)]:
        turn = _turn(scene, kind) if len(turns) < count else None
        if turn is not None:
            turns.append(turn)
    return turns


def _drawn(rng: random.Random, kinds: tuple[str, ...]) -> str:
    return rng.choices(kinds, [KINDS[kind] for kind in kinds])[0]


def _turn(scene: Scene, kind: str) -> GeneratedTurn | None:
    part = _part(scene, kind)
    if part is None:
        return None
    message, said = _message(scene, part, kind)
    calls = tuple(_resolved(c, said) for c in part.calls)
    ends = () if calls[-1].name == "reply" else (DONE,)
    return GeneratedTurn(kind, scene.language, scene.brief(message), (*calls, *ends))


def _scene(rng: random.Random, split: Split, language: Language, kind: str) -> Scene:
    fresh = kind in ("draft", "without_listing") or (kind in REPLIES and chance(rng, 0.3))
    scene = open_scene(rng, split, language, listing=not fresh)
    if kind == "draft":
        scene.photos = rng.choice((1, 1, 2, 3))
        scene.new_photos = scene.photos if chance(rng, 0.85) else 0
    if kind in ("answers", "skip"):
        missing = [n for n in scene.names if n not in scene.facts]
        missing = missing or list(scene.names)
        ask(scene, rng.sample(missing, min(len(missing), rng.choice((1, 1, 2, 3)))))
    if kind == "photos":
        scene.new_photos = rng.choice((1, 1, 1, 2, 3))
        scene.photos += scene.new_photos
    return scene


def _part(scene: Scene, kind: str) -> Part | None:
    rng = scene.rng
    if kind in REPLIES:
        return parts.reply(kind)(scene)
    if kind in _PLAIN:
        return parts.plain(*_PLAIN[kind])(scene)
    if kind == "facts":
        return parts.facts(scene, rng.choices((1, 2, 3, 4), (40, 30, 18, 12))[0])
    if kind == "photos":
        return _photos(scene)
    if kind == "draft":
        return _draft(scene)
    if kind == "without_listing":
        return parts.plain("sell_without", "draft_listing")(scene)
    if kind == "mixed":
        return _mixed(scene)
    makers: dict[str, Maker] = {
        "answers": parts.answers, "skip": parts.skip, "correction": parts.correction,
        "take_back": parts.take_back, "wish": parts.wish, "price_set": parts.price_set,
        "explain": parts.explain,
    }  # fmt: skip
    return makers[kind](scene)


def _photos(scene: Scene) -> Part | None:
    """New photos of an item that has a listing; now and then with a fact beside them."""
    first = parts.plain("photos_added", "add_photos")(scene)
    if first is None or chance(scene.rng, 0.7):
        return first
    more = parts.facts(scene, 1)
    return _together(scene, [p for p in (first, more) if p])


def _draft(scene: Scene) -> Part:
    """Photos without a listing: it is drafted; what the message states is read while drafting."""
    text = parts.plain("drafts", "draft_listing")(scene)
    assert text is not None
    if chance(scene.rng, 0.4):
        stated = parts.facts(scene, scene.rng.choice((1, 2, 3)))
        if stated is not None:
            text = _together(scene, [text, replace(stated, calls=())])
    return text


def _mixed(scene: Scene) -> Part | None:
    rng = scene.rng
    makers: list[Maker] = [
        lambda s: parts.facts(s, rng.choice((1, 1, 2))), parts.correction, parts.wish,
        parts.price_set, parts.explain, parts.take_back,
        *(parts.plain(*_PLAIN[k]) for k in ("price_asked", "similar", "safety", "ask")),
    ]  # fmt: skip
    chosen = rng.choices(range(len(makers)), (10, 4, 6, 5, 2, 2, 2, 1, 1, 1), k=6)
    order = list(dict.fromkeys(chosen))[: rng.choice((2, 2, 2, 3))]
    if len(order) < 2:
        return None
    made = [makers[i](scene) for i in order]
    if chance(rng, 0.12):
        made[-1] = parts.plain("publish", "publish")(scene)
    found = [p for p in made if p is not None]
    stated = [str(c.arguments.get("attribute")) for p in found for c in p.calls
              if c.name == "set_attribute"]  # fmt: skip
    if len(found) < 2 or len(set(stated)) < len(stated):
        return None
    return _together(scene, found)


def _together(scene: Scene, found: list[Part]) -> Part:
    between = scene.words.pick(scene.rng, "shared", "then")
    text = joined((p.text for p in found), between)
    return Part(text, tuple(c for p in found for c in p.calls))


def _message(scene: Scene, part: Part, kind: str) -> tuple[str, Mapping[str, str]]:
    """Return the finished message, slips included, and what it says under each mark."""
    rng, text = scene.rng, part.text
    if text.pieces:
        calm = kind in ("small_talk", "unclear")
        lead = "" if calm or chance(rng, 0.5) else scene.words.pick(rng, "shared", "leads")
        end = "" if calm or chance(rng, 0.5) else scene.words.pick(rng, "shared", "ends")
        text = parts.ended(text, lead, end)
    text = _careless(scene, text)
    return text.text, {span.attribute: span.value for span in text.spans()}


def _careless(scene: Scene, text: Marked) -> Marked:
    rng, noise = scene.rng, scene.noise

    def slip(found: re.Match[str]) -> str:
        return misspelt(rng, found[0]) if chance(rng, 0.06 * noise) else found[0]

    text = text.rewritten(lambda words: _WORD.sub(slip, words))
    style = rng.random()
    if style < 0.3:
        return text.sentence("")
    if style < 0.3 + 0.35 * noise:
        return text.rewritten(str.lower, str.lower)
    if style > 0.99:
        return text.rewritten(str.upper, str.upper)
    return text


def _resolved(expected: Call, said: Mapping[str, str]) -> Call:
    marks = {f"{{{name}}}": value for name, value in said.items()}
    return Call(expected.name, {k: marks.get(v or "", v) for k, v in expected.arguments.items()})
