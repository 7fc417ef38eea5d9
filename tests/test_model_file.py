"""Only the model that was trained from what is here is served."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from bot.model_file import MANIFEST, MODEL, TRAINED_FROM, ModelError, check, fingerprint, is_current, recorded, write_manifest


def put(path: Path, content: bytes = b"a: 1\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def archive(content: bytes) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as tar:
        info = tarfile.TarInfo("metadata.json")
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
    return target.getvalue()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """What a model is trained from, with one file in each folder, and the trained model."""
    for name in TRAINED_FROM:
        put(tmp_path / name if "." in Path(name).name else tmp_path / name / "inner" / "file.yml")
    put(tmp_path / MODEL, archive(b"{}"))
    write_manifest(tmp_path)
    return tmp_path


def test_a_model_that_was_just_trained_is_sound_and_current(root):
    check(root)
    assert is_current(root)
    assert recorded(root) == hashlib.sha256((root / MODEL).read_bytes()).hexdigest()


def test_the_fingerprint_is_the_same_wherever_the_project_lies(root, tmp_path_factory):
    other = tmp_path_factory.mktemp("other") / "project"
    root.rename(other)
    before = json.loads((other / MANIFEST).read_text())["fingerprint"]
    assert fingerprint(other) == before
    other.rename(root)


@pytest.mark.parametrize(
    "change",
    [
        lambda root: put(root / "config.yml", b"a: 2\n"),
        lambda root: put(root / "domain.yml", b""),
        lambda root: put(root / "data/inner/file.yml", b"a: 2\n"),
        lambda root: put(root / "data/inner/new.yml"),
        lambda root: put(root / "bot/understanding/new.py"),
        lambda root: put(root / "bot/rasa_ext/inner/file.yml", b"a: 2\n"),
        lambda root: put(root / "bot/understanding/weights/manifest.json", b"{}"),
        lambda root: put(root / "requirements/bot.lock", b"rasa==0\n"),
        lambda root: (root / "data/inner/file.yml").unlink(),
        lambda root: (root / "data/inner/file.yml").rename(root / "data/inner/renamed.yml"),
        lambda root: (root / "data/inner").rename(root / "data/moved"),
    ],
)
def test_a_model_is_no_longer_current_when_what_it_was_trained_from_changes(root, change):
    change(root)
    assert not is_current(root)
    check(root)


@pytest.mark.parametrize(
    "change",
    [
        lambda root: put(root / "bot/understanding/__pycache__/new.cpython-310.pyc"),
        lambda root: put(root / "bot/reply/new.py"),
        lambda root: put(root / "README.md"),
        lambda root: put(root / ".build/encoder/manifest.json"),
    ],
)
def test_a_model_stays_current_when_something_else_changes(root, change):
    change(root)
    assert is_current(root)


def spoil_and_record(root: Path, content: bytes) -> None:
    put(root / MODEL, content)
    write_manifest(root)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda root: (root / MANIFEST).unlink(), "there is no record of a trained model .*guide.json"),
        (lambda root: put(root / MANIFEST, b""), "there is no record of a trained model"),
        (lambda root: put(root / MANIFEST, b"{}"), "there is no record of a trained model"),
        (lambda root: put(root / MANIFEST, b"\xff"), "there is no record of a trained model"),
        (lambda root: (root / MODEL).unlink(), "the model file .*guide.tar.gz is missing"),
        (lambda root: put(root / MODEL, archive(b"[]")), "is not the one that was trained .damaged or replaced."),
        (lambda root: put(root / MODEL, (root / MODEL).read_bytes()[:-1]), "is not the one that was trained"),
        (lambda root: put(root / MODEL, b""), "is not the one that was trained"),
        (lambda root: spoil_and_record(root, b"no archive"), "is no archive"),
    ],
)
def test_a_model_that_is_not_sound_is_refused_with_a_remedy(root, change, words):
    change(root)
    with pytest.raises(ModelError, match=f"{words}.*; run `make train`"):
        check(root)
    assert not is_current(root)


@pytest.mark.parametrize("name", TRAINED_FROM)
def test_a_missing_part_is_named(root, name):
    (root / name).rename(root / "elsewhere")
    with pytest.raises(ModelError, match=f"{name} is missing; run `make setup`"):
        fingerprint(root)
