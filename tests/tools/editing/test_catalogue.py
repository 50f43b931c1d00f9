import re
from typing import get_args

import pytest

from listing.errors import SettingsError
from tests.tools.editing.listings import TAXONOMY, editor, phone
from tools.assistant import Wish
from tools.editing import listing_text
from tools.editing.catalogue import catalogue
from tools.normalise import same_value

EN, ZH = catalogue("en"), catalogue("zh")
SPECS = {
    (s.name, s.label): s for c in TAXONOMY.categories for s in c.template.attributes
}  # fmt: skip


def test_both_languages_say_the_same_things_with_the_same_names() -> None:
    assert EN.file.says.keys() == ZH.file.says.keys()
    for key, sentence in EN.file.says.items():
        slots = [set(re.findall(r"{(\w+)}", s)) for s in (sentence, ZH.file.says[key])]
        assert slots[0] >= slots[1] or key.startswith("why_price"), key
    assert EN.file.languages.keys() == ZH.file.languages.keys()
    assert set(get_args(Wish)) <= EN.file.wishes.keys()


@pytest.mark.parametrize("spec", SPECS.values(), ids=[" ".join(key) for key in SPECS])
def test_every_attribute_of_the_market_has_its_chinese(spec) -> None:  # type: ignore[no-untyped-def]
    assert re.search(r"[\u3400-\u9fff]", ZH.label(spec.name, spec))
    assert re.search(r"[\u3400-\u9fff]", ZH.question(spec))


def test_every_closed_value_is_read_back_from_its_chinese() -> None:
    for spec in SPECS.values():
        for value in spec.values:
            shown = ZH.value(spec.name, value)
            back = ZH.read_value(spec.name, shown)
            assert same_value(spec.name, back, value), (spec.name, value, shown)
            if not any(c.isdigit() for c in value) and not value.isupper():
                assert re.search(r"[\u3400-\u9fff]", shown), (spec.name, value)


def test_other_languages_are_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="xx"):
        catalogue("xx")


def test_the_text_to_copy_has_title_text_and_price() -> None:
    document = editor().set_price(phone(), 85, "EUR", source="seller:2", text="85").document
    assert listing_text(document).split("\n\n")[0] == document.title
    assert listing_text(document).endswith("\n\nPrice: 85 EUR")
    assert editor().listing_text(document) == listing_text(document)
    assert listing_text(document.model_copy(update={"language": "zh"})).endswith("价格：85 EUR")
