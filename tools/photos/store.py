"""The photo store: a folder where a photo's name is the SHA-256 of its bytes.

The rule: a file appears whole or not at all, under a name that its content proves, so that writers
need no lock and readers can check what they got.
"""

import contextlib
import hashlib
import io
import os
import re
import tempfile
from pathlib import Path

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from listing import Photo
from listing.errors import BadInputError, IndexStoreError, NotFoundError, PhotoError
from tools.photos.intake import NormalisedPhoto

_KEY = re.compile(r"[0-9a-f]{64}")


class PhotoStore:
    """Photos by hash, in `folder/ab/cd/abcd....jpg`; safe for several threads and processes."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)

    def __contains__(self, sha256: object) -> bool:
        """Tell whether the photo is stored; False for anything that is not a hash."""
        if not isinstance(sha256, str) or _KEY.fullmatch(sha256) is None:
            return False
        return self.path(sha256).is_file()

    def path(self, sha256: str) -> Path:
        """Return where the photo is or would be.

        Raises:
            BadInputError: `sha256` is not 64 lower-case hex digits, so it never leaves the folder.
        """
        if _KEY.fullmatch(sha256) is None:
            raise BadInputError(
                f"photo {sha256[:80]!r}: is not a photo's hash; give 64 lower-case hex digits"
            )
        return self.folder / sha256[:2] / sha256[2:4] / f"{sha256}.jpg"

    def put(self, photo: NormalisedPhoto) -> Photo:
        """Store a photo and return it; on return its bytes are on disk. Storing twice is harmless.

        Raises:
            BadInputError: the bytes do not have the hash that the photo bears.
            IndexStoreError: the folder cannot be written.
        """
        key = photo.photo.sha256
        if hashlib.sha256(photo.data).hexdigest() != key:
            raise BadInputError(f"photo {key}: its bytes have another hash; read it in again")
        path = self.path(key)
        try:
            if not (path.is_file() and path.read_bytes() == photo.data):
                _write_whole(path, photo.data)
        except OSError as error:
            reason = error.strerror or error
            raise IndexStoreError(
                f"{self.folder}: cannot store photos ({reason}); check space and permissions"
            ) from error
        return photo.photo

    def get(self, sha256: str, *, verify: bool = True) -> bytes:
        """Return the bytes of a photo (JPEG), checked against the hash unless `verify` is false.

        Raises:
            BadInputError: malformed hash.
            NotFoundError: no such photo here.
            PhotoError: the file on disk has been damaged.
        """
        path = self.path(sha256)
        try:
            data = path.read_bytes()
        except FileNotFoundError as error:
            raise NotFoundError(f"photo {sha256}: is not in {self.folder}") from error
        except OSError as error:
            raise IndexStoreError(f"{path}: cannot be read ({error.strerror or error})") from error
        if verify and hashlib.sha256(data).hexdigest() != sha256:
            raise PhotoError(
                str(path), "was damaged on disk (its hash differs); add the photo again"
            )
        return data

    def open_image(self, sha256: str) -> Image.Image:
        """Return the photo decoded, RGB; errors as `get`."""
        image = JpegImageFile(io.BytesIO(self.get(sha256)))
        image.load()
        return image

    def remove(self, sha256: str) -> bool:
        """Delete a photo; return whether it was there."""
        try:
            self.path(sha256).unlink()
        except FileNotFoundError:
            return False
        return True


def _write_whole(path: Path, data: bytes) -> None:
    """Write a file so that a crash leaves all of it or none under its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
