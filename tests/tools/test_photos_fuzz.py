"""Damaged bytes never get past the door as anything but a photo or a PhotoError."""

import io

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from listing.errors import PhotoError
from tests.tools.photo_files import bomb, encoded, exif, heic, picture
from tools.photos import PhotoLimits, read_photo
from tools.photos._exif import orientation

SEEDS = [
    encoded(picture(48, 40), "JPEG", exif=exif(6)),
    encoded(picture(48, 40), "JPEG", progressive=True),
    encoded(picture(48, 40), "PNG", exif=exif(3)),
    encoded(picture(48, 40).convert("RGBA"), "PNG"),
    encoded(picture(48, 40).quantize(16), "PNG"),
    encoded(picture(48, 40), "WEBP", exif=exif(8)),
    encoded(picture(48, 40), "WEBP", lossless=True),
    heic(picture(64, 64)),
    bomb(200, 100),
]
LIMITS = PhotoLimits(max_pixels=1_000_000)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.sampled_from(SEEDS),
    changes=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=6),
    cut=st.one_of(st.none(), st.integers(0, 10**6)),
    extra=st.binary(max_size=20),
)
def test_damage(seed: bytes, changes: list[tuple[int, int]], cut: int | None, extra: bytes) -> None:
    data = bytearray(seed)
    for at, value in changes:
        # The head decides how a file is read: damage it as often as all the rest together.
        data[(at // 2) % (min(len(data), 200) if at % 2 else len(data))] = value
    if cut is not None:
        del data[cut % len(data) :]
    data += extra
    try:
        photo = read_photo(bytes(data), "damaged", LIMITS)
    except PhotoError as error:
        assert str(error).startswith("damaged: ")
        return
    image = Image.open(io.BytesIO(photo.data))
    assert (image.format, image.mode) == ("JPEG", "RGB")
    assert image.size == (photo.photo.width, photo.photo.height)


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    try:
        read_photo(data, "bytes", LIMITS)
    except PhotoError as error:
        assert error.name == "bytes"


@given(
    st.binary(max_size=100), st.sampled_from([b"", b"II*\x00", b"MM\x00*", b"Exif\x00\x00II*\x00"])
)
def test_orientation_never_raises(rest: bytes, head: bytes) -> None:
    assert 1 <= orientation(head + rest) <= 8
