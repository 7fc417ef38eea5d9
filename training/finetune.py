"""Fine-tune the sentence encoder on the training messages of data/nlu, so that near vectors mean the same kind of request.

    make finetune        (an hour or more for each seed on two cores; torch, Python 3.11, an environment of its own)

Published weights of all-MiniLM-L6-v2 -> cross entropy over cosines to one vector an intent (temperature 1/16), on roughened
messages (noise.py) after the same typing repair that the guide applies, once for each seed -> the mean of the weights (Wortsman
et al., "Model soups", 2022: runs from the same beginning err differently, and their mean errs less than each) -> safetensors,
which export.py turns into the int8 ONNX file that the guide loads. A tenth of the messages, chosen by the hash of their text,
is never shown to the encoder: on it alone the classifier calibrates itself (bot/understanding/held_out.py). README.md is the
model card.
"""

from __future__ import annotations

import hashlib
import itertools
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from bot.understanding.calibration import is_alarm
from bot.understanding.examples import read_examples
from bot.understanding.held_out import is_held_out
from bot.understanding.spelling import Speller, Words
from training.generate import CALM, generate
from training.network import Network
from training.noise import roughen

PUBLISHED = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of the published model.safetensors of all-MiniLM-L6-v2."""
SEEDS = (20261121, 20261122)
"""One run each: generated messages, order and roughening differ."""
EPOCHS = 4
BATCH = 32
CHUNK = 16
"""Batches that are sorted by length together, so that little of a batch is padding."""
ENCODER_RATE, HEAD_RATE, WARM_UP = 8e-5, 3e-3, 0.08
SCALE = 16.0
"""Cosines times this are the logits: near 1 every intent would stay likely, far above only the hardest messages would teach."""
SMOOTHING = 0.05
RARITY = 0.3
"""Exponent by which rare intents weigh more."""
GENERATED = 3000
"""Messages of generate.py beside those of data/nlu."""
NO_LABEL = -1
MAX_TOKENS = 128
BFLOAT16 = torch.cpu._is_avx512_bf16_supported()
"""Half as many bits where the processor multiplies them itself: a third faster, weights and steps stay in float32."""
FIRST = 20
"""Messages of an intent from which its vector begins."""


def chunks(count: int, dice: random.Random) -> Iterator[list[int]]:
    """Positions below ``count``, without end, some batches' worth at a time; each comes once before any comes again."""
    waiting: list[int] = []
    while True:
        while len(waiting) < BATCH * CHUNK:
            again = list(range(count))
            dice.shuffle(again)
            waiting += again
        together, waiting = waiting[: BATCH * CHUNK], waiting[BATCH * CHUNK :]
        yield together


def padded(pieces: list[list[int]]) -> tuple[Tensor, Tensor]:
    """Token ids and mask of a batch, padded to its longest text."""
    longest = max(map(len, pieces))
    ids = torch.tensor([piece + [0] * (longest - len(piece)) for piece in pieces])
    mask = torch.tensor([[1] * len(piece) + [0] * (longest - len(piece)) for piece in pieces])
    return ids, mask


def rough_batches(
    texts: list[str], labels: Tensor, speller: Speller, tokenizer: Tokenizer, dice: random.Random
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Ids, mask and labels of batches without end, each text roughened anew.

    Texts lie together by their length after the roughening, which may double it: sorted by the length before, nearly half of
    what is computed is padding.
    """
    for together in chunks(len(texts), dice):
        pieces = {position: tokenizer.encode(speller.repair(roughen(texts[position], dice))).ids for position in together}
        together.sort(key=lambda position: len(pieces[position]))
        parts = [together[start : start + BATCH] for start in range(0, len(together), BATCH)]
        dice.shuffle(parts)
        for part in parts:
            yield *padded([pieces[position] for position in part]), labels[part]


def vectors_of(network: Network, tokenizer: Tokenizer, texts: list[str]) -> Tensor:
    """Unit vectors of ``texts`` (len(texts) x 384), without learning."""
    pieces = [tokenizer.encode(text).ids for text in texts]
    network.eval()
    with torch.no_grad():
        starts = range(0, len(texts), BATCH)
        return torch.cat([network(*padded(pieces[start : start + BATCH])) for start in starts])


def loss_of(logits: Tensor, labels: Tensor, rarity: Tensor, calm: Tensor) -> Tensor:
    """Cross entropy, where a message without a label only has to be none of the alarms (``calm``: which intents are not)."""
    labelled = labels != NO_LABEL
    known = functional.cross_entropy(logits[labelled], labels[labelled], rarity, label_smoothing=SMOOTHING, reduction="sum")
    unknown = logits[~labelled]
    surprise = (torch.logsumexp(unknown, 1) - torch.logsumexp(unknown[:, calm], 1)).sum()
    return (known + surprise) / len(labels)


def middles(network: Network, tokenizer: Tokenizer, texts: list[str], labels: Tensor, count: int) -> Tensor:
    """A beginning for the head: the mean vector of the first messages of each intent (count x 384)."""
    pairs = list(zip(texts, labels.tolist(), strict=True))
    first = [[text for text, label in pairs if label == intent][:FIRST] for intent in range(count)]
    return torch.stack([functional.normalize(vectors_of(network, tokenizer, group).mean(0), dim=0) for group in first])


def fine_tuned(weights: Path, tokenizer: Tokenizer, seed: int) -> Network:
    """One run over data/nlu and the generated messages of ``seed``, from the published ``weights``."""
    torch.manual_seed(seed)
    dice = random.Random(seed)
    examples = read_examples()
    intents = sorted({intent for intent, _ in examples})
    shown = [(intent, text) for intent, text in examples if not is_held_out(text)]
    shown += [(intent, text) for intent, text in generate(GENERATED, dice) if not is_held_out(text)]
    held = [(intent, text) for intent, text in examples if is_held_out(text)]
    texts = [text for _, text in shown]
    labels = torch.tensor([NO_LABEL if intent == CALM else intents.index(intent) for intent, _ in shown])
    held_texts, held_labels = [text for _, text in held], torch.tensor([intents.index(intent) for intent, _ in held])
    speller = Speller(Words.of(texts))

    network = Network()
    network.load_state_dict(load_file(weights), strict=False)
    head = nn.Parameter(middles(network, tokenizer, texts, labels, len(intents)))
    steps = EPOCHS * len(texts) // BATCH
    optimiser = torch.optim.AdamW(
        [{"params": network.parameters(), "lr": ENCODER_RATE}, {"params": [head], "lr": HEAD_RATE, "weight_decay": 0.0}],
        weight_decay=0.01,
        fused=True,  # the same steps in a fifth of their time
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / (WARM_UP * steps), max(0.0, (steps - step) / ((1 - WARM_UP) * steps)))
    )
    counts = torch.bincount(labels[labels != NO_LABEL], minlength=len(intents)).clamp(min=1).float()
    rarity = (counts.mean() / counts) ** RARITY
    calm = torch.tensor([not is_alarm(intent) for intent in intents])
    print(f"finetune: seed {seed}, {len(texts)} messages, {len(held)} held out, {steps} steps", flush=True)
    began = time.monotonic()
    rough = rough_batches(texts, labels, speller, tokenizer, dice)
    for step, (ids, mask, wanted) in enumerate(itertools.islice(rough, steps)):
        network.train()
        with torch.autocast("cpu", torch.bfloat16, enabled=BFLOAT16):
            vectors = network(ids, mask)
        logits = SCALE * vectors.float() @ functional.normalize(head, dim=1).T
        loss = loss_of(logits, wanted, rarity, calm)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        if step % 100 == 0:
            print(f"finetune: step {step}, loss {loss.item():.3f}, {time.monotonic() - began:.0f} s", flush=True)
    nearest = (vectors_of(network, tokenizer, held_texts) @ functional.normalize(head, dim=1).T).argmax(dim=1)
    print(f"finetune: held-out messages right: {(nearest == held_labels).float().mean():.3f}", flush=True)
    return network


def main() -> None:
    folder, target = Path(sys.argv[1]), Path(sys.argv[2])
    weights = folder / "model.safetensors"
    if hashlib.sha256(weights.read_bytes()).hexdigest() != PUBLISHED:
        sys.exit("finetune: model.safetensors is not the published file (SHA-256 differs). Nothing was done.")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    runs = [fine_tuned(weights, tokenizer, seed).state_dict() for seed in SEEDS]
    target.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: torch.stack([run[name] for run in runs]).mean(0) for name in runs[0]}, target)


if __name__ == "__main__":
    main()
