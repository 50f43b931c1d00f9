"""What is installed and set up, checked by using it: rules, model, embedder, index, folders.

Rule: every check ends in words, and one that is not fine says what to do; none hides another.
"""

import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel

from agent.market import has_index
from agent.runtime import (
    Provided,
    load_policy,
    load_taxonomy,
    make_home,
    open_model,
    version,
)
from agent.settings import Settings, origins, unknown_variables
from agent.sight import open_sight
from listing.errors import VouchError
from tools.visual_search import open_index

if TYPE_CHECKING:  # brings torch
    from langchain_core.language_models import BaseChatModel

PACKAGES = (
    "torch", "transformers", "langgraph", "langchain-core", "xgrammar", "opentelemetry-sdk",
    "pydantic", "numpy", "pillow", "pillow-heif",
)  # fmt: skip
EXTRAS = {
    "faiss-cpu": ("large-index", "fast search in very large indexes"),
    "pyarrow": ("parquet", "Parquet sources"),
    "accelerate": ("train", "training"),
    "langgraph-checkpoint-postgres": ("postgres", "threads in PostgreSQL"),
}
State = Literal["ok", "missing", "failed"]


class Check(BaseModel):
    """One thing that was looked at."""

    name: str
    state: State
    """`missing` is something that a draft can do without; `failed` is not."""
    detail: str
    remedy: str = ""
    facts: dict[str, Any] = {}


class Setting(BaseModel):
    """A setting as it is in force; an API key is never shown."""

    name: str
    value: str | None
    origin: str


class Report(BaseModel):
    """All that `vouch doctor` tells."""

    ready: bool
    """Whether a listing can be drafted: nothing has failed."""
    versions: dict[str, str | None]
    checks: list[Check]
    settings: list[Setting]


def examine(settings: Settings, given: Provided | None = None) -> Report:
    """Look at everything, the model included (it is loaded), and return the report."""
    given = given or Provided()
    checks = [
        _try("settings", lambda: _settings()),
        _try("home", lambda: _home(settings)),
        _try("rules", lambda: _rules(settings)),
        _try("taxonomy", lambda: _taxonomy(settings)),
        _try("traces", lambda: _traces(settings)),
    ]
    with ExitStack() as stack:
        model: list[BaseChatModel] = []
        checks.append(_try("model", lambda: _model(settings, given, stack, model)))
        chat = model[0] if model else None
        checks.append(_try("embedder", lambda: _embedder(settings, given, chat)))
    checks.append(_try("index", lambda: _index(settings)))
    checks += _extras()
    origin = origins(settings)
    return Report(
        ready=all(check.state != "failed" for check in checks),
        versions={"vouch": version() or None, "python": platform.python_version()}
        | {name: _version_of(name) for name in PACKAGES},
        checks=checks,
        settings=[
            Setting(name=f"VOUCH_{name.upper()}", value=settings.shown(name), origin=origin[name])
            for name in type(settings).model_fields
        ],
    )


def _try(name: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except (VouchError, OSError, RuntimeError) as error:  # torch's own are RuntimeErrors
        return Check(name=name, state="failed", detail=str(error))


def _settings() -> Check:
    unknown = unknown_variables()
    if not unknown:
        return Check(name="settings", state="ok", detail="all VOUCH_ variables are known")
    return Check(
        name="settings",
        state="missing",
        detail=f"{', '.join(unknown)}: no such setting",
        remedy="check the spelling against the list of settings",
    )


def _home(settings: Settings) -> Check:
    folder = make_home(settings)
    if problem := _problem(folder):
        return Check(name="home", state="failed", detail=problem, remedy="set VOUCH_HOME")
    return Check(name="home", state="ok", detail=str(folder))


def _rules(settings: Settings) -> Check:
    policy = load_policy(settings)
    failing = policy.failing_cases()
    facts = {"rules": len(policy.rules), "photo_classes": len(policy.photo_classes)}
    if failing:
        return Check(name="rules", state="failed", detail=failing[0], facts=facts)
    detail = f"{len(policy.rules)} rules, every one holds its own cases"
    return Check(name="rules", state="ok", detail=detail, facts=facts)


def _taxonomy(settings: Settings) -> Check:
    taxonomy = load_taxonomy(settings)
    facts = {"categories": len(taxonomy), "leaves": len(taxonomy.leaves)}
    detail = f"{len(taxonomy)} categories, {len(taxonomy.leaves)} of them for goods"
    return Check(name="taxonomy", state="ok", detail=detail, facts=facts)


def _traces(settings: Settings) -> Check:
    from eval_traces import list_traces

    folder = settings.traces
    if problem := _problem(folder):
        return Check(name="traces", state="failed", detail=problem, remedy="set VOUCH_TRACE_DIR")
    count = len(list_traces(folder))
    detail = f"{count} runs in {folder}"
    return Check(name="traces", state="ok", detail=detail, facts={"runs": count})


def _model(
    settings: Settings, given: Provided, stack: ExitStack, loaded: "list[BaseChatModel]"
) -> Check:
    from models.loading import is_remote

    model = given.model or stack.enter_context(open_model(settings))
    loaded.append(model)
    engine: Any = getattr(model, "engine", None)
    if engine is None:
        if is_remote(settings.model) and given.model is None:
            return _server(settings)
        return Check(name="model", state="ok", detail=type(model).__name__)
    facts = {
        "source": settings.model,
        "name": engine.info.name,
        "revision": engine.info.revision,
        "type": engine.model_type,
        "parameters": int(engine.model.num_parameters()),
        "device": engine.info.device,
        "dtype": str(engine.model.dtype).removeprefix("torch."),
    }
    detail = (
        f"{facts['name']} ({facts['type']}, {facts['parameters'] / 1e6:.1f} million parameters), "
        f"{facts['dtype']} on {facts['device']}, from {settings.model}"
    )
    return Check(name="model", state="ok", detail=detail, facts=facts)


def _server(settings: Settings) -> Check:
    """Ask the server which models it has: the same address and key as a draft would use."""
    import httpx

    address = settings.model.strip().rstrip("/")
    headers = {"Authorization": f"Bearer {settings.key}"} if settings.key else {}
    facts = {"source": address, "name": settings.model_name}
    try:
        answer = httpx.get(f"{address}/models", headers=headers, timeout=5)
        answer.raise_for_status()
        names = [str(entry["id"]) for entry in answer.json()["data"]]
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
        return Check(
            name="model",
            state="failed",
            detail=f"{address}: does not tell its models ({error})",
            remedy="check that the server runs, VOUCH_MODEL ends in /v1 and VOUCH_API_KEY is right",
            facts=facts,
        )
    if settings.model_name not in names:
        return Check(
            name="model",
            state="failed",
            detail=f"{address}: has no model {settings.model_name!r}",
            remedy=f"set VOUCH_MODEL_NAME to one of {', '.join(names[:5])}",
            facts=facts,
        )
    return Check(
        name="model", state="ok", detail=f"{settings.model_name} at {address}", facts=facts
    )


def _embedder(settings: Settings, given: Provided, model: "BaseChatModel | None") -> Check:
    with open_sight(settings, model=model, embedder=given.embedder) as sight:
        if sight.embedder is None:
            return Check(name="embedder", state="missing", detail=sight.notes[0])
        limits = sight.thresholds
        facts = {
            "name": sight.embedder.name,
            "dimension": sight.embedder.dimension,
            "identical": limits.identical,
            "similar": limits.similar,
        }
        detail = (
            f"{sight.embedder.name}, {sight.embedder.dimension} numbers; identical from "
            f"{limits.identical:.3f}, similar from {limits.similar:.3f}"
        )
        if sight.notes:
            return Check(
                name="embedder", state="missing", detail=f"{detail}; {sight.notes[0]}", facts=facts
            )
        return Check(name="embedder", state="ok", detail=detail, facts=facts)


def _index(settings: Settings) -> Check:
    if not has_index(settings):
        return Check(
            name="index",
            state="missing",
            detail=f"there is none at {settings.index_uri}: drafts go without references",
            remedy="`vouch index build demo`, or `vouch index build SOURCE`",
        )
    with closing(open_index(settings.index_uri)) as index:
        stats = index.stats()
    facts = {"location": stats.location, "listings": stats.listings, "embedder": stats.embedder}
    detail = f"{stats.listings} listings, {stats.photos} photos in {stats.location}"
    return Check(name="index", state="ok", detail=detail, facts=facts)


def _extras() -> Iterator[Check]:
    for package, (extra, use) in EXTRAS.items():
        found = _version_of(package)
        yield Check(
            name=package,
            state="ok" if found else "missing",
            detail=f"{found} ({use})" if found else f"is not installed; it serves {use}",
            remedy="" if found else f"pip install 'vouch[{extra}]'",
        )


def _version_of(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _problem(folder: Path) -> str:
    """Return why nothing can be written to a folder (made if need be); empty when it can."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".doctor-")
        os.close(handle)
        os.unlink(name)
    except OSError as error:
        return f"{folder}: cannot be written ({error.strerror})"
    return ""
