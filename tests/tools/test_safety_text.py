"""Folding, terms in disguise, contact data and its redaction."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.safety import redact_contacts
from tools.safety.contact import find_emails, find_handles, find_links
from tools.safety.identity import find_payment_numbers, find_personal_ids
from tools.safety.matching import TermMatcher, make_term
from tools.safety.normalise import fold
from tools.safety.phones import find_phones

TERMS = ["whatsapp", "handgun", "brass knuckles", "ak-47", "枪支", "heroin", "pistol", "총기"]
MATCHER = TermMatcher.build(t for i, text in enumerate(TERMS) if (t := make_term(text, i)))


def hits(text: str) -> list[tuple[str, bool]]:
    return [(TERMS[h.key], h.disguised) for h in MATCHER.find(fold(text))]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＷｈａｔｓＡｐｐ", "whatsapp"),
        ("whаtsаpp", "whatsapp"),
        ("①③⑧ 1️⃣3️⃣ ❶", "138 13 1"),
        ("Café  \n x²", "cafe\nx2"),
        ("w\u200bh\u00ada\ufeffts", "whats"),
        ("привет", "привет"),
        ("ᴛᴇʟᴇɢʀᴀᴍ", "telegram"),
    ],
)
def test_folding_gives_what_a_reader_sees(text: str, folded: str) -> None:
    assert fold(text).text == folded


@given(st.text(max_size=80))
def test_folding_keeps_places_in_order_and_is_stable(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.starts)
    assert list(folded.starts) == sorted(folded.starts)
    assert all(0 <= at < len(text) for at in folded.starts)
    again = fold(folded.text)
    assert len(again.text) <= len(folded.text)


@given(
    st.text(alphabet="abc xyz1-2é枪", max_size=40), st.text(alphabet="abc xyz1-2é枪", max_size=40)
)
def test_folding_a_part_is_part_of_folding_the_whole(left: str, right: str) -> None:
    whole = fold(left + "." + right).text
    assert whole == fold(left).text + "." + fold(right).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("w h a t s a p p", [("whatsapp", True)]),
        ("WH4TS4PP", [("whatsapp", True)]),
        ("Handguns, brass  knuckles", [("handgun", False), ("brass knuckles", False)]),
        ("AK 47 ak47 AK-47", [("ak-47", False)] * 3),
        ("枪 支", [("枪支", True)]),
        ("h-e-r-o-i-n her*oin", [("heroin", True)] * 2),
        ("pistoI p1st0l", [("pistol", True)] * 2),
        ("총기를 팝니다", [("총기", False)]),
        ("a pistol.", [("pistol", False)]),
    ],
)
def test_terms_are_found_straight_and_in_disguise(
    text: str, expected: list[tuple[str, bool]]
) -> None:
    assert hits(text) == expected


@pytest.mark.parametrize(
    "text",
    ["hero in a box", "begun", "枪。支", "brass, knuckles", "pistole", "what sapphire", "pistoi"],
)
def test_honest_words_are_no_disguise(text: str) -> None:
    assert hits(text) == []


def found(finder: object, text: str) -> list[str]:
    folded = fold(text)
    assert callable(finder)
    return [folded.text[start:end] for start, end in finder(folded)]


@pytest.mark.parametrize(
    "text",
    [
        "13800138000", "138-0013-8000", "+86 138 0013 8000", "1 3 8 - 0 0 1 3 - 8 0 0 0",
        "one three eight zero zero one three eight zero zero zero", "一三八零零一三八零零零",
        "138OO138OOO", "1️⃣3️⃣8️⃣00138000", "call me at 555-1234", "+44 7700 900123", "(415) 555-2671",
        "415.555.2671", "07700900123", "06 12 34 56 78", "0170 1234567", "010-62345678",
        "１３８ ００１３ ８０００", "4g.\n①③⑧00138000",
    ],
)  # fmt: skip
def test_phones_are_found(text: str) -> None:
    assert len(found(find_phones, text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "iPhone 12 128 GB", "size 42 x 30 cm", "SPF 50", "ISBN 978-0-13-468599-1", "9787111213826",
        "WH-1000XM4", "$1,299.00", "2023-10-05 12:30", "14 15 16 17 18 19 20", "256 512 1024",
        "one two three four five six seven eight", "0.9312345678", "192.168.1.1", "12345678",
        "part no 15094123456", "2024年1月", "1/2 3/4 5/8 7/8", "010-10823-00", "二〇二四年五月买的",
        "1920 x 1080 at 60 Hz", "36 37 38 39 40 41", "20231005", "B07PGL2ZSL", "s/n 13800138000",
    ],
)  # fmt: skip
def test_numbers_of_goods_are_no_phones(text: str) -> None:
    assert found(find_phones, text) == []


@pytest.mark.parametrize(
    "text", ["j.doe@mail.com", "jane at gmail dot com", "jane (at) web (dot) de", "jane艾特qq点com"]
)
def test_emails_are_found(text: str) -> None:
    assert found(find_emails, text)


def test_handles_links_and_ids_are_found_where_they_are_meant() -> None:
    assert found(find_handles, "WeChat: abc_123")
    assert found(find_handles, "my insta: jane_d1")
    assert not found(find_handles, "a watch with WhatsApp and Facebook")
    assert found(find_links, "see my-shop.com/x")
    assert not found(find_links, "asp.net, 2.5 kg. and so on")
    assert found(find_personal_ids, "11010519491231002X")
    assert not found(find_personal_ids, "110105194912310021")
    assert found(find_payment_numbers, "GB82 WEST 1234 5698 7654 32")


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("Mail j.doe@mail.com or 07700 900123", "Mail [email] or [phone]"),
        ("加微信 abc123456 聊", "[handle] 聊"),
        ("see https://a.example/x and @jane_doe", "see [link] and [handle]"),
        ("tel 555 123 4567", "tel [phone]"),
        ("some number 123456789", "some number [phone]"),
        ("WH-1000XM4, 1,299,000 EUR, 2023-10-05", "WH-1000XM4, 1,299,000 EUR, 2023-10-05"),
        ("iPhone 12 128 GB, ISBN 9787111213826", "iPhone 12 128 GB, ISBN 9787111213826"),
        ("", ""),
    ],
)  # fmt: skip
def test_redaction_takes_contacts_and_leaves_goods(text: str, redacted: str) -> None:
    assert redact_contacts(text) == redacted


@given(
    st.text(max_size=30),
    st.sampled_from(["jane.doe@example.com", "+447700900123", "13800138000", "www.shop.example"]),
    st.text(max_size=30),
)
def test_redaction_leaves_no_contact_between_any_words(left: str, secret: str, right: str) -> None:
    assert secret not in redact_contacts(f"{left} {secret} {right}")


@given(st.text(alphabet="abcde fgh,!枪蓝", max_size=60))
def test_redaction_leaves_text_without_contacts_alone(text: str) -> None:
    assert redact_contacts(text) == text
