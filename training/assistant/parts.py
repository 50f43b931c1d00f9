"""Parts of a message: words with the calls that they ask for.

Rule: a value in a call is the very text that the message holds for it; a part that asks for nothing
the assistant can do makes no call.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tools.assistant import PRICE
from training.assistant.scenes import Scene
from training.assistant.values import NAMES, bare, money, other_value
from training.assistant.wordings import read_data
from training.marketplace.lots import chance, shuffled
from training.marketplace.marked import Marked, joined, words_of

WORDS = "words"
"""The mark of the words that an explanation is asked for."""
_PAIRS = (("brand", "model"), ("title", "author"))


@dataclass(frozen=True)
class Call:
    """One call as it is expected."""

    name: str
    arguments: Mapping[str, str | None]


@dataclass(frozen=True)
class Part:
    """Words and their calls; a value `{name}` is what the finished message says under that mark."""

    text: Marked
    calls: tuple[Call, ...]


Maker = Callable[[Scene], "Part | None"]


def state(name: str) -> Call:
    """Return the call that notes the value said under a mark."""
    return Call("set_attribute", {"attribute": name, "value": f"{{{name}}}"})


def call(name: str, **arguments: str) -> Call:
    """Return a call with plain arguments."""
    return Call(name, arguments)


def facts(scene: Scene, count: int) -> Part | None:
    """The seller states values, each in words of its own, with chatter around them."""
    rng = scene.rng
    names = rng.sample(list(scene.truth), min(count, len(scene.truth)))
    said = [_fact(scene, group) for group in _grouped(scene, names)]
    if count < 4 and chance(rng, 0.35):
        said.append(scene.say(scene.words.pick(rng, "chatter")))
        said = shuffled(rng, said)
    text = joined(said, scene.words.pick(rng, "shared", "glue"))
    return Part(text, tuple(state(n) for n in text.attributes))


def _grouped(scene: Scene, names: Sequence[str]) -> list[tuple[str, ...]]:
    groups: list[tuple[str, ...]] = []
    left = list(names)
    for pair in _PAIRS:
        if all(n in left for n in pair):
            groups.append(pair)
            left = [n for n in left if n not in pair]
    return shuffled(scene.rng, [*groups, *((n,) for n in left)])


def _fact(scene: Scene, group: tuple[str, ...]) -> Marked:
    rng, words = scene.rng, scene.words
    values = {n: scene.value(n, scene.truth[n]) for n in group}
    if len(group) == 2:
        return scene.say(words.pick(rng, "facts", "+".join(group)), values)
    name = group[0]
    pattern = words.pick(rng, "facts", "any" if chance(rng, 0.25) else name)
    if name == "condition" and chance(rng, 0.3):
        pattern, values[name] = words.pick(rng, "facts", "flaw"), words.pick(rng, "flaws")
    elif name == "storage" and "memory" in scene.truth:
        telling = ("stor", "driv", "disk", "space", "label", "存储")
        pattern = words.pick_with(rng, telling, "facts", name)
    return scene.say(pattern.replace("{v}", f"{{{name}}}"), values, label=scene.label(name))


def answers(scene: Scene) -> Part | None:
    """The seller answers what was asked, in few words; some answers are that they do not know."""
    rng = scene.rng
    names = [n for n in scene.asked if n in scene.truth]
    if "brand" in names and "model" in names:
        names.remove("model")
    names = names[: rng.choice((1, 2, 3))]
    if not names:
        return None
    skipped = len(names) > 1 and chance(rng, 0.3)
    said = [_answer(scene, n, labelled=len(names) > 1) for n in names[: len(names) - skipped]]
    calls = [state(n) for n in names[: len(names) - skipped]]
    if skipped:
        named = scene.words.pick(rng, "skips_named")
        said.append(scene.say(named, label=scene.label(names[-1])))
        calls.append(call("skip_question", attribute=names[-1]))
    return Part(joined(said, scene.words.pick(rng, "shared", "glue")), tuple(calls))


def _answer(scene: Scene, name: str, *, labelled: bool) -> Marked:
    rng = scene.rng
    if chance(rng, 0.25):
        return _fact(scene, (name,))
    value = scene.value(name, scene.truth[name])
    if name == "condition" and chance(rng, 0.35):
        value = scene.words.pick(rng, "flaws")
    elif not labelled:
        value = bare(rng, value)
    pattern = scene.words.pick(rng, "answers").replace("{v}", f"{{{name}}}")
    return scene.say(pattern, {name: value})


def skip(scene: Scene) -> Part | None:
    """The seller cannot or will not answer: what was asked last, or what they name."""
    if not scene.asked:
        return None
    rng = scene.rng
    name = scene.asked[0]
    if chance(rng, 0.4):
        name = rng.choice(scene.asked)
        text = scene.say(scene.words.pick(rng, "skips_named"), label=scene.label(name))
    else:
        text = scene.say(scene.words.pick(rng, "skips"))
    return Part(text, (call("skip_question", attribute=name),))


def correction(scene: Scene) -> Part | None:
    """The seller puts right a value that the listing states."""
    rng = scene.rng
    known = [n for n in scene.facts if n in scene.truth]
    if not known:
        return None
    name = rng.choice(known)
    new = other_value(rng, scene.split, scene.goods, name, scene.truth[name])
    if new is None:
        return None
    new, old = scene.value(name, new), _as_shown(scene, name)
    if new.lower() == old.lower():
        return None
    unclear = name in NAMES or name in ("storage", "memory")
    telling = ("{old}", "{label}") if unclear else ("{new}",)
    pattern = scene.words.pick_with(rng, telling, "corrections").replace("{new}", f"{{{name}}}")
    text = scene.say(pattern, {name: new}, old=old, label=scene.label(name))
    return Part(text, (state(name),))


def _as_shown(scene: Scene, name: str) -> str:
    value = scene.facts[name]
    return value.lower() if chance(scene.rng, 0.2) else value


def take_back(scene: Scene) -> Part | None:
    """The seller takes a value back without giving another."""
    if not scene.facts:
        return None
    name = scene.rng.choice(list(scene.facts))
    pattern = scene.words.pick(scene.rng, "take_backs")
    text = scene.say(pattern, old=_as_shown(scene, name), label=scene.label(name))
    return Part(text, (Call("set_attribute", {"attribute": name, "value": None}),))


def wish(scene: Scene) -> Part | None:
    """The seller wants the text put differently."""
    rng = scene.rng
    kind = rng.choice(("shorter", "longer", "warmer", "plainer", "translate", "translate"))
    pattern = scene.words.pick(rng, "wishes", kind)
    if kind != "translate":
        return Part(scene.say(pattern), (call("rewrite", wish=kind),))
    codes = list(_languages(scene))
    code = rng.choices(codes, [6 if c in ("zh", "en") else 1 for c in codes])[0]
    text = scene.say(pattern, lang=rng.choice(_languages(scene)[code]))
    return Part(text, (call("rewrite", wish=kind, language=code),))


def _languages(scene: Scene) -> dict[str, list[str]]:
    found: dict[str, list[str]] = read_data(scene.language)["langs"]
    return found


def price_set(scene: Scene) -> Part | None:
    """The seller says what they ask for it."""
    pattern = scene.words.pick(scene.rng, "price_set")
    values = {PRICE: money(scene.rng, scene.language)}
    return Part(scene.say(pattern, values), (state(PRICE),))


def explain(scene: Scene) -> Part | None:
    """The seller asks what vouches for a value, an attribute or a phrase of the text."""
    rng = scene.rng
    names = [n for n in scene.facts if n in scene.truth]
    draw = rng.random()
    pattern = scene.words.pick(rng, "explains_value")
    if not names or draw < 0.15:
        words = scene.words.pick(rng, "claims")
    elif draw < 0.6:
        words = _as_shown(scene, rng.choice(names))
    else:
        pattern = scene.words.pick(rng, "explains_label")
        words = scene.label(rng.choice(names))
    said = scene.say(pattern.replace("{x}", f"{{{WORDS}}}"), {WORDS: words})
    return Part(said, (call("explain_claim", words=f"{{{WORDS}}}"),))


def plain(key: str, tool: str) -> Maker:
    """Return the maker of a part whose words ask for one tool without arguments."""

    def make(scene: Scene) -> Part:
        return Part(scene.say(scene.words.pick(scene.rng, key)), (call(tool),))

    return make


def reply(topic: str) -> Maker:
    """Return the maker of a message that only gets an answer."""

    def make(scene: Scene) -> Part:
        rng, words = scene.rng, scene.words
        pattern = words.pick(rng, "replies", topic)
        act = scene.say(words.pick(rng, "acts")).text
        text = scene.say(pattern, act=act, role=words.pick(rng, "roles"))
        return Part(text, (call("reply", topic=topic),))

    return make


def ended(text: Marked, lead: str, end: str) -> Marked:
    """Return the text with words put before and behind it, those that fit."""
    if text.text[-1:] in ".!?？。！" or not text.pieces:
        end = ""
    return words_of(lead) + text + words_of(end)
