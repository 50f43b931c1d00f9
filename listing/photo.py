"""A photo as the rest of the program knows it: a content hash and a size, never bytes."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

MediaType = Literal["image/jpeg", "image/png", "image/webp"]


class Photo(BaseModel):
    """One normalised photo (upright, RGB, without metadata); its bytes are in the photo store."""

    model_config = ConfigDict(frozen=True)

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Hash of the normalised bytes: the store's key and the trace's `sha256:` uri."""
    width: int = Field(ge=1)
    height: int = Field(ge=1)
    media_type: MediaType = "image/jpeg"
