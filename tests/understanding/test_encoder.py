"""Near meanings have near vectors, any string has one, and a damaged encoder is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.understanding.encoder import FOLDER, Encoder, EncoderError

BUILT = FOLDER


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(BUILT)


def test_a_vector_has_384_numbers_and_length_one(encoder):
    vectors = encoder.vectors(["What is an AML?", "fever", "x " * 500])
    assert (vectors.shape, vectors.dtype) == ((3, 384), np.float32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_no_texts_have_no_vectors(encoder):
    assert encoder.vectors([]).shape == (0, 384)


def test_the_same_text_has_the_same_vector(encoder):
    first, again = encoder.vectors(["mouth sores"]), encoder.vectors(["mouth sores"])
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("Can the lump in her kidney bleed?", "Might the kidney growth haemorrhage?", "When is the next scan?"),
        ("He has sores in his mouth", "Mouth ulcers", "Does it affect periods?"),
        ("How often do we need an MRI?", "How frequent are the scans?", "Is an AML cancer?"),
        ("my son missed his tablet", "We forgot a dose of the medicine", "What does a kidney do?"),
    ],
)
def test_near_meanings_are_nearer_than_far_ones(encoder, text, near, far):
    one, other, third = encoder.vectors([text, near, far])
    assert one @ other > one @ third + 0.1


def test_vectors_stand_in_the_order_of_their_texts(encoder):
    texts = ["a much longer question about the kidneys of my child", "fever", "Is an AML cancer?"]
    together, backwards = encoder.vectors(texts), encoder.vectors(texts[::-1])[::-1]
    assert (np.sum(together * backwards, axis=1) > 0.999).all()
    assert together[0] @ together[1] < 0.9


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n", "\x00", "bl\x00ood", "\ud800", "fever \udfff", "\U0001f62d", "\u202e", "\u0627\u0644\u0643",
     "word " * 20_000, "a" * 100_000],
    ids=lambda text: f"{text[:12]!a}x{len(text)}",
)  # fmt: skip
def test_any_string_has_a_vector(encoder, text):
    vector = encoder.vectors([text])[0]
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)


def test_what_stands_beyond_the_first_word_pieces_does_not_count(encoder):
    start = "kidney " * 200
    assert encoder.vectors([start + "fever"])[0] @ encoder.vectors([start + "cancer"])[0] > 0.9999


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The encoder's folder, as links that a test replaces."""
    for name in ("manifest.json", "tokenizer.json", "encoder.onnx"):
        (tmp_path / name).symlink_to(BUILT / name)
    return tmp_path


def test_a_whole_copy_works(copy):
    assert Encoder(copy).digest == Encoder(BUILT).digest


@pytest.mark.parametrize("name", ["manifest.json", "tokenizer.json", "encoder.onnx"])
def test_a_missing_file_is_refused_with_a_remedy(copy, name):
    (copy / name).unlink()
    with pytest.raises(EncoderError, match=f"the encoder is not there .*{name}.*; restore .* from version control"):
        Encoder(copy)


def test_a_missing_folder_is_refused_with_a_remedy(tmp_path):
    with pytest.raises(EncoderError, match=r"the encoder is not there .*; restore .* from version control"):
        Encoder(tmp_path / "none")


@pytest.mark.parametrize("name", ["tokenizer.json", "encoder.onnx"])
@pytest.mark.parametrize("damage", [lambda content: content[:-1], lambda content: b"", lambda content: content + b" "])
def test_a_damaged_file_is_refused_with_a_remedy(copy, name, damage):
    (copy / name).unlink()
    (copy / name).write_bytes(damage((BUILT / name).read_bytes()))
    with pytest.raises(EncoderError, match=f"{name} is damaged; restore it from version control"):
        Encoder(copy)


@pytest.mark.parametrize("content", ["", "{", "no JSON"])
def test_a_damaged_manifest_is_refused_with_a_remedy(copy, content):
    (copy / "manifest.json").unlink()
    (copy / "manifest.json").write_text(content)
    with pytest.raises(EncoderError, match=r"the encoder is not there .*; restore .* from version control"):
        Encoder(copy)


def test_the_vector_of_a_text_does_not_depend_on_what_it_is_encoded_with(encoder):
    texts = ["thanks", "fever", "what is an angiomyolipoma", "a much longer text about kidneys and scans " * 10]
    together = encoder.vectors(texts)
    for text, vector in zip(texts, together, strict=True):
        assert float(encoder.vectors([text])[0] @ vector) > 0.9999
