"""`vouch train sft CONFIG`: tokenizer, seeing, reading, then both together; one folder a run.

Each stage leaves a checkpoint under the run's folder and is skipped when it is already there, so
that an interrupted run goes on where it stopped.
"""

import multiprocessing
import random
import time
from collections.abc import Sequence
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import torch
import yaml
from pydantic import BaseModel, ConfigDict
from transformers import AutoTokenizer, PreTrainedTokenizerFast, Qwen3VLForConditionalGeneration

from listing.errors import ModelError
from models.embedder import save_head
from training.architecture import (
    Architecture,
    build_model,
    build_tokenizer,
    pick_device,
    save_checkpoint,
)
from training.assistant import answer_samples, assistant_samples, joined_turns, readings
from training.config_file import read_config_file
from training.instructions import REAL_RISKS, RISKS, PhotoTasks, text_samples
from training.journal import append
from training.language import FeatureCache, LanguageStage, train_language
from training.marketplace.drawing import LOOKALIKES
from training.photoset import PhotoSet, concatenate
from training.real import RealPhoto, annotated_titles, data_folder, real_photos
from training.rendering import (
    Shot,
    World,
    drawn_set,
    invented_shots,
    open_world,
    real_set,
    recoloured_shots,
    shots,
)
from training.sequences import Sample, TokenSequence, encode_samples
from training.tool_heads import ToolHeads
from training.vision import Sizes, VisionStage, probe, train_vision


class DrawnPhotos(BaseModel):
    """How many photos are drawn for training, and of what."""

    views: int = 8
    """Photos of each look that training may see."""
    invented: int = 18000
    prohibited_views: int = 10
    lookalike_views: int = 6

    def shots(self, world: World) -> list[Shot]:
        """Return the shots in their order."""
        return [
            *recoloured_shots(world, self.views),
            *invented_shots(self.invented),
            *shots(world, "prohibited_train", self.prohibited_views),
            *shots(world, "lookalikes_train", self.lookalike_views),
        ]


class SftConfig(BaseModel):
    """A training run. Paths are relative to the working directory."""

    model_config = ConfigDict(extra="forbid")

    run: Path
    seed: int = 0
    threads: int = 2
    architecture: Architecture = Architecture()
    photos: DrawnPhotos = DrawnPhotos()
    vision: VisionStage = VisionStage()
    text: LanguageStage = LanguageStage(steps=2500)
    joint: LanguageStage = LanguageStage(steps=6000)
    turns: float = 0.6
    """Samples of choosing a tool for each photo sample of the joint stage."""
    text_samples: int = 16000
    """Text samples in one epoch of the text stage.

    The joint stage mixes in half as many as it has photo samples.
    """


def read_config(path: Path) -> SftConfig:
    """Read a YAML config; BadInputError names the file and the key that is wrong."""
    return read_config_file(path, SftConfig)


def train(config: SftConfig) -> Path:
    """Run all stages; return the folder of the finished checkpoint."""
    torch.set_num_threads(config.threads)
    config.run.mkdir(parents=True, exist_ok=True)
    (config.run / "config.yaml").write_text(
        yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False), encoding="utf-8"
    )
    run = _Run(config)
    run.tokenizer()
    run.drawn()
    halves = [_stage(config, "vision"), _stage(config, "text")]
    for process in halves:
        process.join()
        if process.exitcode:
            raise ModelError(f"stage {process.name} failed; see its output above")
    return run.joint()


def _stage(config: SftConfig, name: str) -> BaseProcess:
    """Start a stage in a process: two single threads beat two that wait for each other."""
    process = multiprocessing.get_context("spawn").Process(
        target=_run_stage, args=(config, name), name=name
    )
    process.start()
    return process


def _run_stage(config: SftConfig, name: str) -> None:
    torch.set_num_threads(max(1, config.threads // 2))
    getattr(_Run(config), name)()


class _Run:
    """The stages of one run over one world."""

    def __init__(self, config: SftConfig) -> None:
        self.config = config
        self.folder = config.run
        self.log = config.run / "train.jsonl"
        self.world: World = open_world(config.seed)
        shared = data_folder()
        photos = real_photos(shared, self.world.taxonomy) if shared else []
        self.real = [p for p in photos if not p.held_out]
        self.real_held = [p for p in photos if p.held_out]
        titles = annotated_titles(shared) if shared else []
        self.titles = [t for t in titles if not t.held_out]
        self.note(stage="data", real_photos=len(self.real), titles=len(self.titles))

    def note(self, **row: Any) -> None:
        """Append one line to the run's log."""
        append(self.log, at=round(time.time()), **row)

    @property
    def shots(self) -> list[Shot]:
        """The drawn photos of the run, in the order of the photo set."""
        return self.config.photos.shots(self.world)

    def drawn(self) -> PhotoSet:
        """The drawn photos."""
        size = self.config.architecture.image_size
        return drawn_set(self.folder / "drawn", self.config.seed, self.shots, size)

    def real_photos(self, held: bool) -> PhotoSet | None:
        """The real photos, or None where the shared data is absent."""
        photos = self.real_held if held else self.real
        if not photos:
            return None
        size = self.config.architecture.image_size
        return real_set(self.folder / ("real_held" if held else "real"), photos, self.world, size)

    def tokenizer(self) -> None:
        """Train the tokenizer on prompts and texts whose names are cut to pieces."""
        if (self.folder / "tokenizer").is_dir():
            return
        samples = text_samples(self.world, self.titles, 6000, self.config.seed)
        rng = random.Random(self.config.seed)
        texts = [nameless(f"{s.prompt}\n{s.answer}", rng) for s in samples]
        texts += [c.name for c in self.world.taxonomy.leaves] * 20
        tokenizer = build_tokenizer(texts, self.config.architecture.merges)
        tokenizer.save_pretrained(self.folder / "tokenizer")

    def load(self, stage: str) -> tuple[Qwen3VLForConditionalGeneration, PreTrainedTokenizerFast]:
        """Load the model a stage left, or a fresh one when `stage` is `fresh`."""
        tokenizer = AutoTokenizer.from_pretrained(self.folder / "tokenizer")
        if stage == "fresh":
            model = build_model(self.config.architecture, tokenizer, self.config.seed)
        else:
            model = Qwen3VLForConditionalGeneration.from_pretrained(
                self.folder / stage, dtype=torch.float32
            )
        # On CPU the fused attention's backward is slower than the plain one at these lengths.
        model.set_attn_implementation("eager")
        return model.train().to(pick_device()), tokenizer

    def save(
        self, stage: str, model: Qwen3VLForConditionalGeneration, tok: PreTrainedTokenizerFast
    ) -> None:
        """Write a stage's model in float32."""
        save_checkpoint(
            self.folder / stage, model, tok, self.config.architecture, dtype=torch.float32
        )

    def vision(self) -> None:
        """Stage one; the embedding head is saved beside the tower."""
        if (self.folder / "vision" / "config.json").is_file():
            return
        model, tok = self.load("fresh")
        drawn = self.drawn()
        sizes = Sizes(
            len(self.world.categories),
            len(self.world.colours),
            len(self.world.looks),
            len(self.world.spus),
        )
        visual = model.model.visual
        heads = train_vision(
            visual,
            drawn,
            self.real_photos(False),
            sizes,
            self.config.vision,
            seed=self.config.seed,
            log=self.log,
        )
        visual.eval(), heads.eval()
        held = self.real_photos(True)
        if held is not None:
            self.note(stage="vision", held_out="real", n=len(held), **probe(visual, heads, held))
        asked = shots(self.world, "queries_identical", 1)
        queries = drawn_set(
            self.folder / "queries", self.config.seed, asked, self.config.architecture.image_size
        )
        self.note(
            stage="vision", held_out="queries", n=len(queries), **probe(visual, heads, queries)
        )
        self.save("vision", model, tok)
        save_head(heads.embedding, self.folder / "vision")

    def text(self) -> None:
        """Stage two: reading, before any photo."""
        if (self.folder / "text" / "config.json").is_file():
            return
        model, tok = self.load("fresh")
        count = self.config.text_samples

        def epoch(i: int) -> list[TokenSequence]:
            return encode_samples(text_samples(self.world, self.titles, count, i), tok, 0)

        self._language(
            model, epoch, None, self.config.text, "text", partial(self.save, "text", model, tok)
        )
        self.save("text", model, tok)

    def joint(self) -> Path:
        """Stage three: photos and text together, over the frozen tower."""
        final = self.folder / "final"
        if (final / "config.json").is_file():
            return final
        model, tok = self.load("text")
        seeing, _ = self.load("vision")
        model.model.visual = seeing.model.visual.eval()
        drawn, real = self.drawn(), self.real_photos(False)
        photos = concatenate([drawn, real]) if real is not None else drawn
        cache = FeatureCache(model, photos)
        shape = self.config.architecture
        heads = ToolHeads(shape.hidden, tok).to(pick_device())

        def epoch(i: int) -> list[TokenSequence]:
            seed = self.config.seed * 1000 + i + 1
            samples = joint_samples(self.world, self.shots, self.real, len(drawn), seed)
            read = text_samples(self.world, self.titles, len(samples) // 2, 10_000 + seed)
            turns = int(self.config.turns * len(samples))
            heads.readings = readings(tok, 8 * turns, seed)
            talk = joined_turns(assistant_samples(turns, seed), tok)
            said = answer_samples(turns // 12, seed)
            return [*encode_samples(samples + read + said, tok, shape.image_tokens), *talk]

        self._language(
            model, epoch, cache, self.config.joint, "joint",
            partial(self.save, "joint", model, tok), heads,
        )  # fmt: skip
        save_checkpoint(final, model, tok, shape)
        for name in ("embedding_head.safetensors", "embedding_head.json"):
            (final / name).write_bytes((self.folder / "vision" / name).read_bytes())
        return final

    def _language(
        self,
        model: Any,
        epoch: Any,
        cache: Any,
        cfg: LanguageStage,
        stage: str,
        save: Any,
        heads: ToolHeads | None = None,
    ) -> None:
        grid = self.config.architecture.image_size // 32
        train_language(
            model,
            epoch,
            cache,
            cfg,
            stage=stage,
            grid=grid,
            seed=self.config.seed,
            log=self.log,
            save=save,
            heads=heads,
        )


def nameless(text: str, rng: random.Random) -> str:
    """Replace capitalised words that are not sentence words by random letters.

    What the tokenizer is trained on then holds no name as a whole.
    """
    words = []
    for word in text.split(" "):
        if len(word) > 3 and word[0].isupper() and word[1:].islower() and rng.random() < 0.7:
            word = "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(len(word)))
        words.append(word)
    return " ".join(words)


def joint_samples(
    world: World,
    wanted: Sequence[Shot],
    real: Sequence[RealPhoto],
    offset: int,
    seed: int,
    share: float = 0.15,
) -> list[Sample]:
    """One epoch: `share` of the drawn photos and three times that share of the real ones.

    `offset` is the feature-cache row of the first real photo.
    """
    rng = random.Random(f"joint {seed}")
    tasks = PhotoTasks(world, rng)
    units = [world.unit(shot) for shot in wanted]
    by_look: dict[tuple[str, str], list[int]] = {}
    for row, unit in enumerate(units):
        by_look.setdefault(unit.sku.look, []).append(row)
    samples: list[Sample] = []
    for row, unit in enumerate(units):
        if rng.random() > share:
            continue
        risk = RISKS.get(unit.sku.spu.kind, "none")
        if risk != "none" or rng.random() < 0.35 or unit.sku.spu.kind in LOOKALIKES:
            samples.append(tasks.safety(row, risk))
        samples.append(tasks.category(row, unit.sku.spu.category_id))
        if risk != "none":
            continue
        samples.append(tasks.colour(row, unit.sku.colour))
        samples.append(tasks.check(row, unit.sku.colour))
        rows = by_look[unit.sku.look]
        several = rng.sample(rows, 2) if len(rows) > 1 and rng.random() < 0.1 else [row]
        samples.append(tasks.describe(several, unit))
    for i, photo in enumerate(real):
        if rng.random() > 3 * share:
            continue
        row = offset + i
        samples.append(tasks.category(row, photo.category_id))
        risk = REAL_RISKS.get(photo.restricted or "", "none")
        samples.append(tasks.safety(row, risk))
        if photo.colour in world.colours:
            samples.append(tasks.colour(row, photo.colour))
            samples.append(tasks.check(row, photo.colour))
        if risk == "none":
            samples.append(tasks.describe_real(row, photo))
    return samples
