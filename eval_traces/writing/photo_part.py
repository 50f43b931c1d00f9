"""Pictures in messages, in any of the forms that chat models take, as one `sha256:` part.

The part is the semantic conventions' `UriPart`; the hash is over the picture's encoded bytes, so it
is the photo store's key. A decoded picture without a key has no such bytes: its pixels are hashed.
"""

from collections.abc import Mapping

from PIL import Image

from eval_traces.writing.binary_text import decode_base64, sha256_uri

content_uri = sha256_uri


def as_photo_part(block: Mapping[object, object]) -> dict[str, str | int] | None:
    """Return the part for a picture block, or None when `block` is something else.

    Understood: LangChain v1 and v0 image blocks, OpenAI `image_url`, Anthropic `source`, and the
    chat template's `{"type": "image", "image": PIL, "key": sha256}`.
    """
    kind = block.get("type")
    if kind not in ("image", "image_url", "input_image"):
        return None
    picture = block.get("image")
    if isinstance(picture, Image.Image):
        return _part(_key_uri(block.get("key")) or _pixel_uri(picture), "")
    source = block.get("source")
    inner: Mapping[object, object] = source if isinstance(source, Mapping) else block
    declared = inner.get("mime_type") or inner.get("media_type")
    media_type = declared if isinstance(declared, str) else ""
    for name in ("base64", "data", "image", "image_bytes"):
        uri = _data_uri(inner.get(name))
        if uri:
            return _part(uri, media_type)
    address = inner.get("image_url", inner.get("url"))
    if isinstance(address, Mapping):
        address = address.get("url")
    if isinstance(address, str):
        return _from_address(address, media_type)
    return _part(_key_uri(block.get("key")) or "", media_type)


def _from_address(address: str, media_type: str) -> dict[str, str | int]:
    head, comma, payload = address.partition(",")
    if comma and head.lower().startswith("data:"):
        declared = head[5:].split(";")[0]
        return _part(_data_uri(payload) or "", declared or media_type)
    return _part(address, media_type)


def _data_uri(payload: object) -> str | None:
    if isinstance(payload, bytes | bytearray | memoryview):
        return sha256_uri(bytes(payload))
    if isinstance(payload, str) and payload:
        data = decode_base64(payload)
        return sha256_uri(data) if data else None
    return None


def _key_uri(key: object) -> str | None:
    return f"sha256:{key}" if isinstance(key, str) and key else None


def _pixel_uri(picture: Image.Image) -> str:
    head = f"{picture.mode} {picture.width}x{picture.height}\n".encode()
    return sha256_uri(head + picture.tobytes())


def _part(uri: str, media_type: str) -> dict[str, str | int]:
    part: dict[str, str | int] = {"type": "uri", "modality": "image", "uri": uri}
    if media_type:
        part["mime_type"] = media_type
    return part
