"""Photos and words on their way in: from a form or data URLs to photos in the store.

Rule: photos come as bytes only, an address is refused by name; reading them is work for a thread,
few at a time, and what is wrong with one is told with its name.
"""

import asyncio
import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from agent.http.problems import FieldProblem, Problem
from listing import Photo
from listing.errors import PhotoError
from tools.photos import PhotoLimits, PhotoStore, read_uploads

_DATA_URL = re.compile(r"data:image/(?:jpeg|jpg|png|webp|heic|heif);base64,")
_AT_ONCE = 2
MOST_PARTS = 32
Upload = tuple[str, bytes]


@dataclass(frozen=True)
class Taken:
    """Photos of one request, stored."""

    photos: tuple[Photo, ...] = ()
    warnings: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    """sha256 of those that the store did not hold before."""


class Intake:
    """Reads uploads into the store."""

    def __init__(self, store: PhotoStore, limits: PhotoLimits) -> None:
        self.limits, self._store = limits, store
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def take(self, uploads: Sequence[Upload]) -> Taken:
        """Return the photos, in the store; none for none.

        Raises:
            Problem: 422 naming the photo that is refused, or the number of them.
        """
        if not uploads:
            return Taken()
        async with self._room:
            try:
                return await asyncio.to_thread(self._take, uploads)
            except PhotoError as error:
                raise refused(error.name, error.reason) from error

    def _take(self, uploads: Sequence[Upload]) -> Taken:
        read = read_uploads(uploads, self.limits)
        new = tuple(p.photo.sha256 for p in read if p.photo.sha256 not in self._store)
        stored = tuple(self._store.put(photo) for photo in read)
        return Taken(stored, tuple(note for photo in read for note in photo.notes), new)


def refused(name: str, reason: str) -> Problem:
    """Return the refusal of a photo."""
    return Problem(
        422,
        "photo-refused",
        "A photo cannot be used",
        f"{name}: {reason}",
        errors=(FieldProblem(field=name, message=reason),),
    )


def read_data_urls(urls: Sequence[str]) -> list[Upload]:
    """Return the photos in data URLs, named `photo 1` and so on.

    Raises:
        Problem: 422 where one is an address or no such URL.
    """
    return [_read_data_url(url, f"photo {place}") for place, url in enumerate(urls, 1)]


def _read_data_url(url: str, name: str) -> Upload:
    found = _DATA_URL.match(url)
    if found is None:
        if not url.startswith("data:"):
            raise Problem(
                422,
                "remote-image",
                "Photos are not fetched from addresses",
                f"{name}: send the photo itself, as an upload or a data URL",
            )
        raise refused(name, "is no base64 data URL of a JPEG, PNG, WebP or HEIC photo")
    try:
        return name, base64.b64decode(url[found.end() :], validate=True)
    except binascii.Error as error:
        raise refused(name, "its base64 is damaged") from error


def content_type(request: Request, *allowed: str) -> str:
    """Return the request's media type; Problem 415 where it is none of `allowed`."""
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in allowed:
        raise Problem(
            415,
            "media-type",
            "The body is of a type that is not read here",
            f"send {' or '.join(allowed)}",
            headers={"Accept-Post": ", ".join(allowed)},
        )
    return given


async def read_form(request: Request) -> tuple[dict[str, str], list[Upload]]:
    """Return a form's text fields and its photos.

    Raises:
        Problem: 422 for a field given twice or one that is no text or photo.
    """
    async with request.form(max_files=MOST_PARTS, max_fields=MOST_PARTS) as form:
        return _fields(form), await _uploads(form)


def _fields(form: FormData) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            if name == "photos" and not value:
                continue  # a browser's empty file input
            if name in fields or name == "photos":
                told = "is text, not a file" if name == "photos" else "is given twice"
                raise Problem(422, "invalid", "The request does not fit", f"{name}: {told}")
            fields[name] = value
    return fields


async def _uploads(form: FormData) -> list[Upload]:
    uploads: list[Upload] = []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            if name not in ("photos", "photos[]"):
                raise Problem(
                    422, "invalid", "The request does not fit", f"{name}: files come as photos"
                )
            uploads.append((value.filename or f"photo {len(uploads) + 1}", await value.read()))
    return uploads
