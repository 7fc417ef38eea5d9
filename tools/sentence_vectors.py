"""Give the sentence vectors of messages. The staff console groups with them what the guide had no answer to.

    python -m tools.sentence_vectors < messages.jsonl > vectors.txt

In: one JSON object a line, ``{"text": "..."}``. Out: for each a line, the unit vector as 384 little-endian 16-bit floats in
base64. A line that is no such object ends the program with status 2.
"""

from __future__ import annotations

import base64
import sys

from bot.understanding.encoder import Encoder
from tools.json_lines import read_texts

AT_ONCE = 1000


def main() -> None:
    texts = read_texts(sys.stdin)
    encoder = Encoder()
    for start in range(0, len(texts), AT_ONCE):
        for vector in encoder.vectors(texts[start : start + AT_ONCE]):
            print(base64.b64encode(vector.astype("<f2").tobytes()).decode())


if __name__ == "__main__":
    main()
