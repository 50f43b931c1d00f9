"""How the photograph is taken: where the item stands in the frame, the light, and the sensor.

One rule: a pose comes before drawing and light comes last, over item and background alike.
"""

import io
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from .canvas import Pose
from .design import stable_rng
from .registry import Stance


def pose_of(rng: np.random.Generator, stance: Stance, side: int) -> Pose:
    """Returns the pose of an item on a layer of `side` pixels."""
    lots = rng.uniform(-1, 1, 8)
    turn = 13.0 * lots[0] if rng.random() < 0.8 else 38.0 * lots[0]
    if stance == "standing":
        turn = 4.5 * lots[0]
    scale = side * (0.82 + 0.14 * lots[1])
    slack = 0.055 if rng.random() < 0.85 else 0.12
    x, y = side * (0.5 + slack * lots[2]), side * (0.5 + slack * lots[3])
    lean = 0.05 * lots[4] if stance == "flat" else 0.025 * lots[4]
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    squeeze = 1 + 0.05 * lots[5]
    linear = np.array(((c, -s), (s, c))) @ np.array(((squeeze, lean), (0, 1 / squeeze))) * scale
    tilt = np.array((0.07 * lots[6], 0.09 * lots[7])) * (1 if stance == "flat" else 0.5)
    return _posed(linear, tilt, (x, y), scale)


def plain_pose(side: int, x: float, y: float, unit: float, degrees: float) -> Pose:
    """Returns a pose with its origin at `x, y` of the frame, `unit` frames large, turned."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    linear = np.array(((c, -s), (s, c))) * unit * side
    matrix = np.array(((*linear[0], x * side), (*linear[1], y * side), (0.0, 0.0, 1.0)))
    return Pose(matrix, unit * side)


def _posed(
    linear: NDArray[np.float64], tilt: NDArray[np.float64], at: tuple[float, float], scale: float
) -> Pose:
    """Maps the unit square's centre to `at`, with a perspective `tilt` about that centre."""
    around = np.array(((1.0, 0, -0.5), (0, 1, -0.5), (0, 0, 1)))
    lens = np.array(
        (
            (linear[0, 0] + at[0] * tilt[0], linear[0, 1] + at[0] * tilt[1], at[0]),
            (linear[1, 0] + at[1] * tilt[0], linear[1, 1] + at[1] * tilt[1], at[1]),
            (tilt[0], tilt[1], 1.0),
        )
    )
    return Pose(lens @ around, scale)


def develop(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Returns the photograph: blur, light, colour cast, noise and JPEG artefacts."""
    size = image.width
    lots = rng.uniform(-1, 1, 8)
    if rng.random() < 0.45:
        image = image.filter(ImageFilter.GaussianBlur(size * float(0.4 + 0.9 * abs(lots[0])) / 448))
    cast = np.array((1 + 0.045 * lots[1], 1 + 0.012 * lots[2], 1 - 0.045 * lots[1]), np.float32)
    exposure = 1.04 + 0.09 * lots[3]
    field = _light(lots[4], lots[5], 0.1 + 0.07 * lots[6]) * exposure
    light = Image.fromarray(field).resize((size, size), Image.Resampling.BILINEAR)
    pixels = np.asarray(image, np.float32) * (np.asarray(light)[:, :, None] * cast)
    left, top = rng.integers(0, 32, 2)
    grain = _grain(size)[top : top + size, left : left + size]
    pixels += grain * np.float32(1.0 + 3.2 * max(0.0, lots[7]))
    np.clip(pixels, 0, 255, out=pixels)
    return _compressed(Image.fromarray(pixels.astype(np.uint8)), int(rng.integers(62, 93)))


def _light(slope_x: float, slope_y: float, vignette: float) -> NDArray[np.float32]:
    y, x = np.mgrid[-1:1:9j, -1:1:9j].astype(np.float32)
    field = 1 + 0.07 * slope_x * x + 0.07 * slope_y * y - vignette * (x * x + y * y) / 2
    return np.asarray(field + vignette / 3, np.float32)


@lru_cache(maxsize=4)
def _grain(size: int) -> NDArray[np.float32]:
    rng = stable_rng("grain")
    side = size + 32
    luma: NDArray[np.float32] = rng.standard_normal((side, side, 1), dtype=np.float32)
    grain: NDArray[np.float32] = luma + np.float32(0.6) * rng.standard_normal(
        (side, side, 3), dtype=np.float32
    )
    return grain


def _compressed(image: Image.Image, quality: int) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    buffer.seek(0)
    return Image.open(buffer).convert("RGB")
