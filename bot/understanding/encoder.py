"""Sentence vectors from all-MiniLM-L6-v2 (int8 ONNX, run without torch)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

Floats = np.ndarray[Any, np.dtype[np.float32]]
FOLDER = Path(".build/encoder")
MAX_TOKENS = 128
"""Word pieces that are read of a text; the model was trained on 128 (its model card)."""


class EncoderError(Exception):
    """The encoder's files are missing or not the ones that were built; the message says how to make them."""


class Encoder:
    """Turns texts into unit vectors of 384 numbers; near vectors mean near meaning."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Load the files that ``tools/build_encoder.py`` made. Raises EncoderError when one is missing or changed."""
        try:
            manifest = json.loads((folder / "manifest.json").read_text())
            for name, digest in manifest.items():
                if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
                    raise EncoderError(f"{folder / name} is damaged; delete {folder} and run `make setup`")
            self.digest: str = manifest["encoder.onnx"]
        except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
            raise EncoderError(f"the encoder is not there ({error}); run `make setup`") from None
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()  # its file pads every text to 128 word pieces, at six times the cost
        options = onnxruntime.SessionOptions()
        # One message at a time: more threads would only make the other conversations wait.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"])

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Unit vectors of ``texts``: float32, shape (len(texts), 384)."""
        # One at a time: int8 ranges are taken over what runs together, so that a text's vector would depend on its company.
        result = np.empty((len(texts), 384), dtype=np.float32)
        for position, text in enumerate(texts):
            encoding = self._tokenizer.encode(_encodable(text))
            feed = {"ids": np.array([encoding.ids]), "mask": np.array([encoding.attention_mask])}
            result[position] = self._session.run(["vectors"], feed)[0][0]
        return result


def _encodable(text: str) -> str:
    """Lone surrogates cannot be passed to the tokenizer."""
    return text.encode("utf-8", "replace").decode("utf-8")
