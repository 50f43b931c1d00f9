"""What is typed is understood: commands, messages, and photos wherever they are named."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.cli.chat_input import COMMANDS, Command, Said, one_of, read_input, read_paths
from listing.errors import BadInputError


@pytest.fixture
def photos() -> list[Path]:
    made = [Path("front.jpg"), Path("my phone.JPG"), Path("notes.txt")]
    for path in made:
        path.write_bytes(b"")
    return made


def test_a_command_has_a_name_and_what_follows_it() -> None:
    assert read_input("/undo") == Command("undo")
    assert read_input("  /Why  128 GB \n") == Command("why", "128 GB")
    assert read_input("/set description one\ntwo") == Command("set", "description one\ntwo")
    assert read_input(" \n ") is None


@pytest.mark.parametrize(
    ("typed", "hint"),
    [("/publihs", "did you mean /publish"), ("/fly", "/help lists them")],
)
def test_an_unknown_command_says_what_there_is(typed: str, hint: str) -> None:
    with pytest.raises(BadInputError, match=hint):
        read_input(typed)


@pytest.mark.parametrize(
    ("typed", "text", "named"),
    [
        ("front.jpg", "", ["front.jpg"]),
        ("it is red front.jpg, barely used", "it is red, barely used", ["front.jpg"]),
        ("@front.jpg this is it", "this is it", ["front.jpg"]),
        ("see 'my phone.JPG'", "see", ["my phone.JPG"]),
        (r"my\ phone.JPG front.jpg 64 GB", "64 GB", ["my phone.JPG", "front.jpg"]),
        ('two: @"my phone.JPG" and ./front.jpg.', "two: and.", ["my phone.JPG", "front.jpg"]),
        ("back.jpg shows it", "back.jpg shows it", []),
        ("notes.txt", "notes.txt", []),
        ("mail me @home, it's 'as new'", "mail me @home, it's 'as new'", []),
    ],
)
def test_photos_are_taken_out_of_a_message(
    photos: list[Path], typed: str, text: str, named: list[str]
) -> None:
    assert read_input(typed) == Said(text, tuple(Path(name) for name in named))


def test_a_path_from_the_root_is_no_command(photos: list[Path]) -> None:
    path = Path("front.jpg").resolve()
    assert read_input(f"{path} red") == Said("red", (path,))
    assert read_input("/nowhere/front.jpg red") == Said("/nowhere/front.jpg red")


def test_a_photo_that_is_asked_for_and_missing_is_named(photos: list[Path]) -> None:
    with pytest.raises(BadInputError, match=r"@back.jpg: no such file"):
        read_input("here @back.jpg")
    with pytest.raises(BadInputError, match=r"back.jpg: no such file"):
        read_paths("front.jpg back.jpg")
    assert read_paths("front.jpg 'my phone.JPG'") == (Path("front.jpg"), Path("my phone.JPG"))


@given(st.text(alphabet=st.characters(exclude_characters="/", exclude_categories=["Cs"])))
def test_a_message_without_photos_is_kept_word_for_word(typed: str) -> None:
    read = read_input(typed)
    assert (read.text if isinstance(read, Said) else "") == typed.strip()


@given(st.sampled_from(sorted(COMMANDS)), st.text(st.characters(exclude_categories=["Cs"])))
def test_every_command_is_read_with_any_words(name: str, rest: str) -> None:
    assert read_input(f"/{name} {rest}") == Command(name, rest.strip())  # type: ignore[arg-type]


def test_a_number_picks_a_value() -> None:
    values = ("64 GB", "128 GB")
    assert one_of("2", values) == "128 GB"
    assert one_of("3", values) is one_of("0", values) is one_of("64 GB", values) is None


def test_a_word_longer_than_any_file_name_is_a_word() -> None:
    typed = "a" * 5000 + ".jpg"
    assert read_input(typed) == Said(typed)
