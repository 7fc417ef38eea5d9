"""The trained model: which file is served, and proof that it is the one that was trained from what is here.

Rasa starts without a word when its model is corrupt, and serves another one from the folder when the named file is missing.
So the file's SHA-256 and the fingerprint of what it was trained from are kept beside it and checked before Rasa starts.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
from pathlib import Path

MODEL = Path("models/guide.tar.gz")
MANIFEST = Path("models/guide.json")
TRAINED_FROM = ("config.yml", "domain.yml", "data", "bot/understanding", "bot/rasa_ext", "requirements/bot.lock")


class ModelError(Exception):
    """The model cannot be served; the message says why and what to do."""


def fingerprint(root: Path = Path()) -> str:
    """SHA-256 over everything that the model is trained from. Raises ModelError when a part is missing."""
    digest = hashlib.sha256()
    for name in TRAINED_FROM:
        path = root / name
        if not path.exists():
            raise ModelError(f"{path} is missing; run `make setup`")
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.suffix in {".py", ".yml", ".json"})
        for file in files:
            digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def write_manifest(root: Path = Path()) -> None:
    """Record the model file that was just trained."""
    facts = {"sha256": _sha256(root / MODEL), "fingerprint": fingerprint(root)}
    (root / MANIFEST).write_text(json.dumps(facts, indent=2) + "\n")


def is_current(root: Path = Path()) -> bool:
    """Whether a sound model is there that was trained from exactly what is here now."""
    try:
        check(root)
    except ModelError:
        return False
    return bool(json.loads((root / MANIFEST).read_text()).get("fingerprint") == fingerprint(root))


def recorded(root: Path = Path()) -> str:
    """SHA-256 of the model file as it was trained. Raises ModelError when there is no record of it."""
    manifest = root / MANIFEST
    try:
        return str(json.loads(manifest.read_text())["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        raise ModelError(f"there is no record of a trained model ({manifest}); run `make train`") from None


def check(root: Path = Path()) -> None:
    """Raise ModelError when the model file is missing, was changed since training, or is no readable archive."""
    model, expected = root / MODEL, recorded(root)
    if not model.is_file():
        raise ModelError(f"the model file {model} is missing; run `make train`")
    if _sha256(model) != expected:
        raise ModelError(f"the model file {model} is not the one that was trained (damaged or replaced); run `make train`")
    if not tarfile.is_tarfile(model):
        raise ModelError(f"the model file {model} is no archive; run `make train`")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
