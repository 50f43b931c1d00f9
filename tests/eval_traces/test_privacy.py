"""Contract: photo bytes, EXIF and contact data never enter a trace. The file itself is searched."""

import base64
import io
import json
import re
from pathlib import Path

import pytest
from langchain_core.runnables import RunnableConfig
from PIL import Image

from eval_traces import ChatSpans, RunTracer
from models.decoding import image_block
from models.scripted import ScriptedChatModel
from tests.eval_traces.test_chat_spans import photo_question
from tests.eval_traces.test_content import PHOTO

CONTACTS = [
    "+49 170 1234567",
    "0170-123-4567",
    "13812345678",
    "anna.schmidt@example.com",
    "https://wa.me/491701234567",
]
WORDS = "Blue mug, call " + " or ".join(CONTACTS)


def record_everything_a_run_could_leak(tracer: RunTracer) -> None:
    picture = Image.open(io.BytesIO(PHOTO))
    photo = {"name": "a.jpg", "data": PHOTO, "exif": dict(picture.getexif()), "picture": picture}
    model = ScriptedChatModel(responses=[WORDS, [WORDS, ValueError(WORDS)]])
    config: RunnableConfig = {"callbacks": [ChatSpans(tracer)], "metadata": {"prompt_name": WORDS}}
    with tracer.run("listing", input={"seller": WORDS, "photos": [photo]}) as run:
        with tracer.node("check_photos", input=photo) as node:
            node.route("refuse", WORDS)
            node.degraded(WORDS)
            node.result({WORDS: photo})
        with tracer.tool("intake", [photo, image_block(PHOTO, "image/jpeg")]) as tool:
            tool.result(f"data:image/jpeg;base64,{base64.b64encode(PHOTO).decode()}")
        with tracer.retrieval("market", top_k=3, query=WORDS) as found:
            found.documents([{"id": "a1", "score": 1.0, "text": WORDS, "photo": PHOTO}])
        model.invoke(photo_question(WORDS), config, stop=[WORDS])
        with pytest.raises(ValueError):
            list(model.stream(photo_question(WORDS), config))
        with pytest.raises(OSError), tracer.tool(WORDS):
            raise OSError(f"cannot identify {PHOTO[:80]!r} of {WORDS}")
        run.evaluation("kind", label=WORDS, explanation=WORDS)
        run.set_output({"description": WORDS, "contact": 491701234567})


def test_no_photo_bytes_exif_or_contact_data_in_the_file(tracer: RunTracer, tmp_path: Path) -> None:
    record_everything_a_run_could_leak(tracer)
    (path,) = tmp_path.glob("*/*")
    raw = path.read_bytes()
    said = json.dumps([json.loads(line) for line in raw.splitlines()], ensure_ascii=False)
    assert "Blue mug" in said and "check_photos" in said

    for piece in (PHOTO[:24], PHOTO[200:224], b"\xff\xd8\xff", b"Exif\x00"):
        assert piece not in raw
    encoded = base64.b64encode(PHOTO).decode()
    for start in range(0, len(encoded) - 40, 40):
        assert encoded[start : start + 40] not in said
    assert "\\xff" not in said and PHOTO.hex()[:64] not in said
    assert "SecretCameraMaker" not in said
    assert not re.search(r'"(exif|gps\w*)\\*"', said, re.IGNORECASE)

    for contact in CONTACTS:
        assert contact not in said
    digits = re.sub(r"[\s-]", "", said)
    assert "1701234567" not in digits and "13812345678" not in digits
    assert "anna" not in said and "wa.me" not in said


def test_an_unfinished_file_is_as_clean(tracer: RunTracer, tmp_path: Path) -> None:
    with tracer.run("listing", input={"seller": WORDS, "photo": PHOTO}), tracer.tool("t", WORDS):
        (path,) = tmp_path.glob("*/*.partial")
        said = path.read_text()
        assert "Blue mug" in said
        for contact in CONTACTS:
            assert contact not in said
