"""The photo store keeps what it was given, under its hash, whatever happens around it."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from listing.errors import BadInputError, IndexStoreError, NotFoundError, PhotoError
from tests.tools.photo_files import encoded, picture
from tools.photos import NormalisedPhoto, PhotoStore, read_photo


@pytest.fixture
def photo() -> NormalisedPhoto:
    return read_photo(encoded(picture(), "PNG"), "a.png")


def test_what_was_put_is_there(tmp_path: Path, photo: NormalisedPhoto) -> None:
    store = PhotoStore(tmp_path / "photos")
    key = photo.photo.sha256
    assert key not in store
    assert store.put(photo) == photo.photo
    assert key in store
    assert store.get(key) == photo.data
    image = store.open_image(key)
    assert (image.mode, image.size) == ("RGB", (160, 120))
    assert np.asarray(image).shape == (120, 160, 3)
    assert store.path(key).relative_to(store.folder).parts == (key[:2], key[2:4], f"{key}.jpg")


def test_putting_twice_keeps_one_file(tmp_path: Path, photo: NormalisedPhoto) -> None:
    store = PhotoStore(tmp_path)
    store.put(photo)
    store.put(photo)
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == [f"{photo.photo.sha256}.jpg"]


def test_many_writers_of_one_photo(tmp_path: Path, photo: NormalisedPhoto) -> None:
    store = PhotoStore(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store.put(photo), range(40)))
    assert store.get(photo.photo.sha256) == photo.data
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 1


@pytest.mark.parametrize(
    "key", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 65, "a" * 64 + "\n", "/" * 64]
)
def test_malformed_keys_never_reach_the_disk(tmp_path: Path, key: str) -> None:
    store = PhotoStore(tmp_path)
    assert key not in store
    with pytest.raises(BadInputError, match="is not a photo's hash"):
        store.get(key)
    with pytest.raises(BadInputError):
        store.remove(key)


def test_absent_and_removed(tmp_path: Path, photo: NormalisedPhoto) -> None:
    store = PhotoStore(tmp_path)
    with pytest.raises(NotFoundError):
        store.get("0" * 64)
    store.put(photo)
    assert store.remove(photo.photo.sha256)
    assert not store.remove(photo.photo.sha256)
    assert photo.photo.sha256 not in store


def test_damage_on_disk_is_seen_and_mended_by_putting_again(
    tmp_path: Path, photo: NormalisedPhoto
) -> None:
    store = PhotoStore(tmp_path)
    store.put(photo)
    path = store.path(photo.photo.sha256)
    path.write_bytes(photo.data[:-10])
    with pytest.raises(PhotoError, match="damaged on disk"):
        store.get(photo.photo.sha256)
    assert store.get(photo.photo.sha256, verify=False) == photo.data[:-10]
    store.put(photo)
    assert store.get(photo.photo.sha256) == photo.data


def test_bytes_under_a_false_name_are_refused(tmp_path: Path, photo: NormalisedPhoto) -> None:
    false = replace(photo, data=photo.data + b"x")
    with pytest.raises(BadInputError, match="another hash"):
        PhotoStore(tmp_path).put(false)


def test_a_failed_write_leaves_nothing_behind(
    tmp_path: Path, photo: NormalisedPhoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(IndexStoreError, match="No space left"):
        PhotoStore(tmp_path).put(photo)
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


def test_a_folder_that_is_a_file(tmp_path: Path, photo: NormalisedPhoto) -> None:
    (tmp_path / "photos").write_text("not a folder")
    with pytest.raises(IndexStoreError, match="cannot store photos"):
        PhotoStore(tmp_path / "photos").put(photo)


def test_the_hash_is_of_the_bytes(photo: NormalisedPhoto) -> None:
    assert hashlib.sha256(photo.data).hexdigest() == photo.photo.sha256
