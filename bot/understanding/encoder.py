"""Sentence vectors from all-MiniLM-L6-v2, fine-tuned on the training messages (int8 ONNX, run without torch)."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from bot.understanding.texts import encodable

Floats = np.ndarray[Any, np.dtype[np.float32]]
FOLDER = Path(__file__).with_name("weights")
WIDTH = 384
FEW = 100
"""Texts up to which one core does the work: all that a turn has."""
MAX_TOKENS = 128
"""Word pieces that are read of a text; the model was trained on 128 (its model card)."""


class EncoderError(Exception):
    """The encoder's files are missing or not the ones that were built; the message says how to make them."""


class Encoder:
    """Turns texts into unit vectors of 384 numbers; near vectors mean near meaning."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Load the files that ``make finetune`` made. Raises EncoderError when one is missing or changed."""
        try:
            manifest = json.loads((folder / "manifest.json").read_text())
            for name, digest in manifest.items():
                if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
                    raise EncoderError(f"{folder / name} is damaged; restore it from version control")
            self.digest: str = manifest["encoder.onnx"]
        except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
            raise EncoderError(f"the encoder is not there ({error}); restore {folder} from version control") from None
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()  # its file pads every text to 128 word pieces, at six times the cost
        options = onnxruntime.SessionOptions()
        # One message at a time: more threads would only make the other conversations wait.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"])

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Unit vectors of ``texts``: float32, shape (len(texts), 384)."""
        if len(texts) <= FEW:
            return np.array([self._vector(text) for text in texts], dtype=np.float32).reshape(-1, WIDTH)
        with ThreadPoolExecutor(os.cpu_count()) as pool:  # onnxruntime lets go of Python's lock while it computes
            return np.array(list(pool.map(self._vector, texts)), dtype=np.float32)

    def _vector(self, text: str) -> Floats:
        # One at a time: int8 ranges are taken over what runs together, so that a text's vector would depend on its company.
        encoding = self._tokenizer.encode(encodable(text))
        feed = {"ids": np.array([encoding.ids]), "mask": np.array([encoding.attention_mask])}
        return self._session.run(["vectors"], feed)[0][0]
