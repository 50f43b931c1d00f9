"""Names of the invented world: brands, models, authors, book titles, sellers and places.

One rule: the names are an open vocabulary. The market has forty fixed brands; training draws
endless others from the same kind of syllables, never one of the forty and never a known real one.
"""

import random

from training.marketplace.goods import DATA
from training.marketplace.lots import chance

BRANDS: tuple[str, ...] = (
    "Tarvox", "Nembrix", "Quorlo", "Hespen", "Drivola", "Kantelle", "Orvanto", "Miruvo",
    "Beltrane", "Fjornik", "Saldovar", "Plenzo", "Wexmar", "Ostelune", "Gravenko", "Halbrio",
    "Lumetra", "Pintaro", "Corvessa", "Yandrel", "Dopplin", "Skarvon", "Trevaly", "Umbrino",
    "Vaskelo", "Norquil", "Bramiko", "Cindrel", "Eskovia", "Fenroda", "Glimora", "Iltrano",
    "Jorvane", "Kelpora", "Mostreva", "Rendaro", "Sintrel", "Tolvard", "Wimbro", "Xanvio",
)  # fmt: skip
REAL: frozenset[str] = frozenset((DATA / "real_names.txt").read_text(encoding="utf-8").split())
_ONSETS = (
    "b", "br", "c", "cr", "d", "dr", "f", "fl", "g", "gl", "gr", "h", "j", "k", "kl", "kr", "l",
    "m", "n", "p", "pl", "pr", "qu", "r", "s", "sk", "sl", "sp", "st", "sv", "t", "th", "tr", "v",
    "w", "y", "z", "zh", "",
)  # fmt: skip
_VOWELS = ("a", "e", "i", "o", "u", "a", "e", "i", "o", "ai", "ei", "ia", "io", "ou", "y", "ö")
_CODAS = ("", "", "", "", "l", "n", "r", "s", "x", "m", "nt", "rk", "lt", "nd", "st", "k", "sk")
_ENDINGS = ("a", "o", "e", "ix", "on", "en", "is", "us", "ia", "ex", "ar", "el", "y", "i", "or")
_GRADES = ("Pro", "Lite", "Max", "Mini", "Plus", "Air", "SE", "One", "Neo", "Ultra", "GT", "Go")
_WEARABLE = ("Low", "Mid", "High", "Trail", "Court", "Run", "Street", "City", "Urban", "Sport")
_FIRST = (
    "Alda", "Bero", "Cilla", "Dovan", "Edrin", "Fenja", "Goran", "Hilma", "Ivor", "Jorun", "Kasimi",
    "Lenka", "Marit", "Nilo", "Odette", "Perrin", "Quill", "Runa", "Silvan", "Tova", "Ulrik",
    "Vesna", "Wanda", "Yorick", "Zelda", "Anselm", "Britta", "Cosmo", "Dagny", "Elio",
)  # fmt: skip
_ADJECTIVES = (
    "Quiet", "Hidden", "Last", "Broken", "Silent", "Distant", "Crooked", "Hollow", "Endless",
    "Patient", "Borrowed", "Forgotten", "Burning", "Gentle", "Salt", "Winter", "Glass", "Paper",
    "Iron", "Wandering", "Northern", "Secret", "Second", "Floating", "Unlit", "Slow",
)  # fmt: skip
_THINGS = (
    "Harbour", "Garden", "River", "Orchard", "Lantern", "Mountain", "Letters", "Clock", "Island",
    "Kitchen", "Bridge", "Archive", "Station", "Forest", "Compass", "Cartographer", "Tide", "Room",
    "Mirror", "Beekeeper", "Lighthouse", "Winter", "Village", "Shore", "Map", "Road", "Choir",
)  # fmt: skip
_TOWN_ENDS = ("ford", "ham", "by", "stad", "burg", "mouth", "field", "wick", "holm", "dale")
_HANDLES = ("attic", "fox", "second", "trade", "loft", "corner", "market", "deals", "stuff", "home")


def _syllable(rng: random.Random, coda: bool) -> str:
    sound = rng.choice(_ONSETS) + rng.choice(_VOWELS)
    return sound + (rng.choice(_CODAS) if coda else "")


def _word(rng: random.Random, low: int, high: int) -> str:
    count = rng.randint(low, high)
    body = "".join(_syllable(rng, coda=True) for _ in range(count - 1)) or _syllable(rng, False)
    closed = body[-1] not in "aeiouyö"
    return body + (rng.choice(_ENDINGS) if closed and chance(rng, 0.7) else _syllable(rng, True))


def _invented(rng: random.Random, low: int, high: int, shortest: int, longest: int) -> str:
    """Returns a lower-case word that is no known name."""
    taken = {brand.lower() for brand in BRANDS} | REAL
    while True:
        word = _word(rng, low, high)
        if shortest <= len(word) <= longest and word not in taken:
            return word


def synthetic_brand(rng: random.Random) -> str:
    """Returns a pronounceable brand name, sometimes of two words or in capitals.

    It is never a brand of the market nor a known real one.
    """
    word = _invented(rng, 1, 3, 3, 9).capitalize()
    style = rng.random()
    if style < 0.06:
        return word.upper()
    if style < 0.12:
        return f"{word} {_invented(rng, 1, 2, 3, 6).capitalize()}"
    if style < 0.15:
        return f"{word[0]}&{_invented(rng, 1, 2, 3, 6).capitalize()}"
    return word


def _code(rng: random.Random) -> str:
    letters = "ABCDEFGHKLMNPRSTVXZ"
    head = "".join(rng.choice(letters) for _ in range(rng.choice((1, 1, 2))))
    number = rng.choice((rng.randint(2, 9), rng.randint(10, 99), rng.randint(10, 99) * 10))
    joint = rng.choice(("", "", "-", " "))
    tail = rng.choice(letters).lower() if chance(rng, 0.12) else ""
    return f"{head}{joint}{number}{tail}"


def synthetic_model(rng: random.Random, kind: str = "") -> str:
    """Returns a model name of at most 12 characters, as goods of that kind are called.

    Electronics lean to codes ("KR-70", "Solvi 3 Pro"), things to wear to words ("Vendo Low").
    """
    soft = kind in {"sneakers", "jacket", "tshirt", "handbag", "backpack", "mug", "lamp", "chair"}
    while True:
        word = _invented(rng, 1, 2, 3, 7).capitalize()
        style = rng.random() + (0.3 if soft else 0.0)
        if style < 0.35:
            name = _code(rng) + (f" {rng.choice(_GRADES)}" if chance(rng, 0.25) else "")
        elif style < 0.6:
            name = f"{word} {rng.randint(2, 99)}"
        elif style < 0.75:
            name = f"{word} {rng.choice(_WEARABLE if soft else _GRADES)}"
        else:
            name = word
        if len(name) <= 12:
            return name


def synthetic_grade(rng: random.Random, model: str) -> str:
    """Returns the name of a model's sibling: "N4 Pro" for "N4"."""
    return f"{model} {rng.choice(_GRADES)}"


def synthetic_author(rng: random.Random) -> str:
    """Returns a person who never wrote: "Marit Dovelan"."""
    return f"{rng.choice(_FIRST)} {_invented(rng, 2, 3, 4, 8).capitalize()}"


def synthetic_title(rng: random.Random) -> str:
    """Returns a book title of two to four words: "The Hidden Orchard"."""
    adjective, thing, other = rng.choice(_ADJECTIVES), *rng.sample(_THINGS, 2)
    return rng.choice(
        (
            f"The {adjective} {thing}",
            f"{adjective} {thing}",
            f"{thing} of the {other}",
            f"A {thing} in {_invented(rng, 2, 2, 4, 7).capitalize()}",
            f"The {thing} and the {other}",
            f"{_invented(rng, 2, 2, 4, 7).capitalize()}'s {thing}",
        )
    )


def town(rng: random.Random) -> str:
    """Returns a place that is on no map: "Brelford"."""
    return _invented(rng, 1, 1, 2, 5).capitalize() + rng.choice(_TOWN_ENDS)


def seller_name(rng: random.Random) -> str:
    """Returns a seller's handle: "fenja_loft47"."""
    first = rng.choice(_FIRST).lower()
    return f"{first}{rng.choice(('_', '.', ''))}{rng.choice(_HANDLES)}{rng.randint(2, 99)}"
