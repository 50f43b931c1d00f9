"""What a seller gets from photo intake for photos good, odd and false."""

import io
import os
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageFile

from listing.errors import BadInputError, PhotoError
from tests.tools.photo_files import bomb, chunk, encoded, exif, heic, picture, quadrants
from tools.photos import PhotoLimits, read_photo, read_photo_file, read_photos, read_uploads
from tools.photos.intake import NormalisedPhoto

GOOD = {
    "jpeg": encoded(picture(), "JPEG"),
    "progressive": encoded(picture(), "JPEG", progressive=True),
    "png": encoded(picture(), "PNG"),
    "webp": encoded(picture(), "WEBP"),
    "lossless webp": encoded(picture(), "WEBP", lossless=True),
    "heic": heic(picture()),
}


def pixels(photo: NormalisedPhoto) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(photo.data)).convert("RGB")).astype(int)


def refusal(data: bytes, name: str = "a.jpg", limits: PhotoLimits | None = None) -> PhotoError:
    with pytest.raises(PhotoError) as caught:
        read_photo(data, name, limits or PhotoLimits())
    assert caught.value.name == name
    assert str(caught.value).startswith(name)
    return caught.value


@pytest.mark.parametrize("form", GOOD)
def test_each_format_comes_out_as_plain_rgb_jpeg(form: str) -> None:
    photo = read_photo(GOOD[form], "x")
    assert (photo.photo.width, photo.photo.height) == (160, 120)
    assert photo.photo.media_type == "image/jpeg"
    assert photo.notes == ()
    assert np.abs(pixels(photo) - np.asarray(picture()).astype(int)).mean() < 6


@pytest.mark.parametrize("form", GOOD)
def test_the_same_photo_is_the_same_bytes_and_stays_so_when_read_again(form: str) -> None:
    first = read_photo(GOOD[form], "x")
    assert read_photo(GOOD[form], "y").data == first.data
    assert read_photo(first.data, "z") == first


def test_a_name_is_never_trusted_for_the_format(tmp_path: Path) -> None:
    path = tmp_path / "really_a_png.jpg"
    path.write_bytes(GOOD["png"])
    assert read_photo_file(path) == read_photo(GOOD["png"], "x")


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_orientation_is_applied(form: str, orientation: int) -> None:
    upright = quadrants()
    undo = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    stored = upright if undo is None else upright.transpose(undo)
    photo = read_photo(encoded(stored, form, exif=exif(orientation)), "x")
    assert (photo.photo.width, photo.photo.height) == upright.size
    assert np.abs(pixels(photo) - np.asarray(upright).astype(int)).mean() < 6


def test_a_turned_heic_is_upright_once() -> None:
    stored = quadrants().transpose(Image.Transpose.ROTATE_90)
    photo = read_photo(heic(stored, exif=exif(6)), "x")
    assert (photo.photo.width, photo.photo.height) == (160, 120)
    assert np.abs(pixels(photo) - np.asarray(quadrants()).astype(int)).mean() < 8


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIC"])
def test_no_metadata_survives(form: str) -> None:
    image = picture()
    secret = b"<x:xmpmeta>SecretPlace</x:xmpmeta>"
    if form == "HEIC":
        data = heic(image, exif=exif(1), xmp=secret)
    elif form == "JPEG":
        data = encoded(image, form, exif=exif(1), comment=b"SecretComment", xmp=secret)
    else:
        data = encoded(image, form, exif=exif(1), xmp=secret)
    assert b"Secret" in data
    kept = read_photo(data, "x").data
    for trace in (b"Secret", b"Exif", b"ICC_PROFILE", b"xmpmeta", b"\xff\xe1", b"\xff\xfe"):
        assert trace not in kept.split(b"\xff\xda")[0]
    assert Image.open(io.BytesIO(kept)).info.keys() <= {
        "jfif", "jfif_version", "jfif_unit", "jfif_density",
    }  # fmt: skip


def test_a_file_glued_behind_the_picture_is_dropped() -> None:
    own = read_photo(GOOD["jpeg"], "x").data
    assert read_photo(own + b"52.5200N 13.4050E", "x").data == own


def test_a_comment_inside_an_own_file_is_dropped() -> None:
    own = read_photo(GOOD["jpeg"], "x").data
    noted = own[:2] + b"\xff\xfe\x00\x0cGPS inside" + own[2:]
    assert read_photo(noted, "x").data == own


def test_a_large_photo_is_made_smaller_and_a_small_one_is_not_made_larger() -> None:
    large = read_photo(encoded(picture(2400, 1200), "JPEG"), "x", PhotoLimits(side=600)).photo
    assert (large.width, large.height) == (600, 300)
    small = read_photo(encoded(picture(64, 48), "PNG"), "x", PhotoLimits(side=600)).photo
    assert (small.width, small.height) == (64, 48)


MODES = {
    "grey": (Image.new("L", (64, 64), 200), "PNG", (200, 200, 200)),
    "grey jpeg": (Image.new("L", (64, 64), 200), "JPEG", (200, 200, 200)),
    "bits": (Image.new("1", (64, 64), 1), "PNG", (255, 255, 255)),
    "sixteen bits": (
        Image.fromarray(np.full((64, 64), 200 * 257, np.uint16)),
        "PNG",
        (200, 200, 200),
    ),
    "palette": (Image.new("RGB", (64, 64), (255, 0, 0)).quantize(4), "PNG", (255, 0, 0)),
    "transparent": (Image.new("RGBA", (64, 64), (255, 0, 0, 0)), "PNG", (255, 255, 255)),
    "half transparent": (Image.new("RGBA", (64, 64), (255, 0, 0, 128)), "PNG", (255, 127, 127)),
    "transparent webp": (Image.new("RGBA", (64, 64), (9, 9, 9, 0)), "WEBP", (255, 255, 255)),
    "grey with alpha": (Image.new("LA", (64, 64), (0, 0)), "PNG", (255, 255, 255)),
    "print colours": (Image.new("CMYK", (64, 64), (0, 255, 255, 0)), "JPEG", (255, 0, 0)),
}


@pytest.mark.parametrize("mode", MODES)
def test_every_kind_of_pixel_becomes_rgb(mode: str) -> None:
    image, form, colour = MODES[mode]
    got = pixels(read_photo(encoded(image, form), "x"))[32, 32]
    assert np.abs(got - colour).max() <= 3


def test_a_transparent_palette_lies_on_white() -> None:
    image = Image.new("P", (64, 64), 1)
    image.putpalette([0, 0, 0, 255, 0, 0])
    photo = read_photo(encoded(image, "PNG", transparency=1), "x")
    assert (pixels(photo)[32, 32] >= 253).all()


def test_a_colour_profile_is_applied_and_a_broken_or_huge_one_is_not() -> None:
    image = Image.new("RGB", (64, 64), (200, 30, 30))
    plain = read_photo(encoded(image, "PNG"), "x").data
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for icc in (b"no profile at all", lab, bytes(6 * 1024 * 1024)):
        for form in ("PNG", "WEBP") if len(icc) > 10**6 else ("PNG", "WEBP", "JPEG"):
            photo = read_photo(encoded(image, form, icc_profile=icc, lossless=True), "x")
            assert np.abs(pixels(photo)[32, 32] - (200, 30, 30)).max() <= 4
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    photo = read_photo(encoded(image, "PNG", icc_profile=srgb), "x")
    assert np.abs(pixels(photo)[32, 32] - (200, 30, 30)).max() <= 4
    assert photo.photo.width == 64 and plain


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_an_animation_gives_its_first_frame_and_says_so(form: str) -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    data = encoded(frames[0], form, save_all=True, append_images=frames[1:], duration=50)
    photo = read_photo(data, "spin.png")
    assert np.abs(pixels(photo)[32, 32] - (255, 0, 0)).max() <= 4
    assert photo.notes == ("spin.png: is animated; only the first frame is used",)


def test_a_huge_picture_is_refused_at_once_and_without_memory() -> None:
    tracemalloc.start()
    began = time.perf_counter()
    error = refusal(bomb(30_000, 30_000), "bomb.png")
    took = time.perf_counter() - began
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "30000 x 30000" in error.reason and "900 megapixels" in error.reason
    assert took < 0.5 and peak < 5_000_000


def test_a_real_huge_jpeg_and_webp_are_refused_by_their_declaration() -> None:
    limits = PhotoLimits(max_pixels=10_000)
    for form in GOOD:
        assert "megapixels" in refusal(GOOD[form], "x", limits).reason


REFUSED = {
    "text": (b"Dear seller, this is a text.\n" * 20, "a text file"),
    "html": (b"<html><body>404</body></html>", "a text file"),
    "chinese text": ("你好，这不是照片".encode() * 600, "a text file"),
    "gif": (encoded(picture(), "GIF"), "a GIF image"),
    "bmp": (encoded(picture(), "BMP"), "a BMP image"),
    "tiff": (encoded(picture(), "TIFF"), "a TIFF or camera raw image"),
    "avif": (encoded(picture(), "AVIF"), "an AVIF image"),
    "pdf": (b"%PDF-1.7\n\x00\x01", "a PDF document"),
    "zip": (b"PK\x03\x04\x00\x00", "a ZIP archive"),
    "video": (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "a video"),
    "noise": (bytes(range(128, 256)) * 4, "not a format known here"),
    "empty": (b"", "is empty"),
    "one pixel": (encoded(Image.new("RGB", (1, 1)), "PNG"), "is 1 x 1 pixels"),
    "strip": (encoded(Image.new("RGB", (900, 40)), "PNG"), "at most 8 times"),
    "cut jpeg": (GOOD["jpeg"][:-200], "is truncated"),
    "cut jpeg head": (GOOD["jpeg"][:100], "is truncated"),
    "cut png": (GOOD["png"][:-200], "is truncated"),
    "cut webp": (GOOD["webp"][:-200], "is truncated"),
    "cut heic": (GOOD["heic"][:-200], "cannot be decoded"),
    "only a jpeg's magic": (b"\xff\xd8\xff\xe0", "is truncated"),
    "only a png's magic": (b"\x89PNG\r\n\x1a\n", "is a damaged PNG"),
    "only a webp's magic": (b"RIFF\x04\x00\x00\x00WEBP", "is a damaged WebP"),
    "zero size png": (bomb(0, 0), "is 0 x 0 pixels"),
    "png without pixels": (bomb(64, 64).replace(b"IDAT", b"IDOT"), "cannot be decoded"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_photo_is_refused_with_its_name_and_the_reason(case: str) -> None:
    data, reason = REFUSED[case]
    assert reason in refusal(data, "thing.jpg").reason


def test_truncation_is_seen_even_where_pillow_was_told_to_let_it_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    for form in ("jpeg", "progressive", "png", "webp"):
        assert "truncated" in refusal(GOOD[form][: len(GOOD[form]) // 2], "x").reason


def test_a_jpeg_with_thousands_of_scans_is_refused() -> None:
    data = GOOD["progressive"]
    at = data.rindex(b"\xff\xda")
    assert "scans" in refusal(data[:-2] + data[at:-2] * 500 + data[-2:]).reason


def test_a_jpeg_that_declares_two_sizes_is_refused() -> None:
    data = GOOD["jpeg"]
    at = data.index(b"\xff\xc0")
    huge = data[at : at + 5] + b"\xff\x00\xff\x00" + data[at + 9 : at + 19]
    assert "twice" in refusal(data[:at] + huge + data[at:]).reason


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"II*\x00",
        b"MM\x00*\xff\xff\xff\xff",
        b"II*\x00\x08\x00\x00\x00\xff\xff" + b"\x12\x01\x03\x00" * 3,
        b"garbage" * 9000,
    ],
)
def test_broken_exif_costs_nothing(broken: bytes) -> None:
    plain = read_photo(GOOD["jpeg"], "x")
    body = b"Exif\x00\x00" + broken[:65_000]
    segment = b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body
    data = GOOD["jpeg"][:2] + segment + GOOD["jpeg"][2:]
    assert read_photo(data, "x") == plain
    png = GOOD["png"][:33] + chunk(b"eXIf", broken) + GOOD["png"][33:]
    assert read_photo(png, "x") == read_photo(GOOD["png"], "x")


def test_too_many_bytes_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "big.jpg"
    with path.open("wb") as file:
        file.truncate(40 * 1024 * 1024)
    with pytest.raises(PhotoError, match=r"40\.0 MiB, more than the limit of 25\.0 MiB"):
        read_photo_file(path)


def test_paths_that_are_no_files(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match=r"none\.jpg: there is no such file"):
        read_photo_file(tmp_path / "none.jpg")
    with pytest.raises(PhotoError, match="is a folder; name the photos in it"):
        read_photo_file(tmp_path)
    with pytest.raises(PhotoError, match="cannot be read"):
        read_photo_file("a\x00b.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(PhotoError, match="is not a file"):
        read_photo_file(tmp_path / "pipe.jpg")


def test_a_name_cannot_paint_the_terminal(tmp_path: Path) -> None:
    with pytest.raises(PhotoError) as caught:
        read_photo_file(tmp_path / "\x1b[31mred.jpg")
    assert "\x1b" not in str(caught.value)


def test_one_to_nine_photos(tmp_path: Path) -> None:
    paths = []
    for seed in range(10):
        paths.append(tmp_path / f"{seed}.png")
        paths[-1].write_bytes(encoded(picture(seed=seed), "PNG"))
    nine = read_photos(paths[:9])
    assert len({photo.photo.sha256 for photo in nine}) == 9
    assert nine[0] == read_photo_file(paths[0])
    with pytest.raises(BadInputError, match="10 given, at most 9"):
        read_photos(paths)
    with pytest.raises(BadInputError, match="none given"):
        read_photos([])


def test_a_photo_given_twice_is_kept_once_with_a_note() -> None:
    uploads = [("a.png", GOOD["png"]), ("b.webp", GOOD["webp"]), ("copy.png", GOOD["png"])]
    first, second = read_uploads(uploads)
    assert first.notes == ("copy.png: is the same photo as an earlier one; kept once",)
    assert second.notes == ()
