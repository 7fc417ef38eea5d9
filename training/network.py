"""all-MiniLM-L6-v2 in plain torch: BERT with 6 layers and 12 heads, mean pooling over the real tokens, unit length.

The names of the weights are those of the published file, so that they load from it and save into it as they are.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

LAYERS, HEADS, WIDTH, INNER = 6, 12, 384, 1536
WORDS, POSITIONS, SEGMENTS = 30522, 512, 2
DROPOUT = 0.1
EPSILON = 1e-12


class _Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.self = nn.ModuleDict({name: nn.Linear(WIDTH, WIDTH) for name in ("query", "key", "value")})
        self.output = nn.ModuleDict({"dense": nn.Linear(WIDTH, WIDTH), "LayerNorm": nn.LayerNorm(WIDTH, EPSILON)})

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        def heads(values: Tensor) -> Tensor:
            return values.unflatten(2, (HEADS, WIDTH // HEADS)).transpose(1, 2)

        query, key, value = (heads(self.self[name](hidden)) for name in ("query", "key", "value"))
        dropout = DROPOUT if self.training else 0.0
        context = functional.scaled_dot_product_attention(query, key, value, mask, dropout)
        added = self.output["dense"](context.transpose(1, 2).flatten(2))
        return self.output["LayerNorm"](hidden + functional.dropout(added, DROPOUT, self.training))


class _Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attention = _Attention()
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(WIDTH, INNER)})
        self.output = nn.ModuleDict({"dense": nn.Linear(INNER, WIDTH), "LayerNorm": nn.LayerNorm(WIDTH, EPSILON)})

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        hidden = self.attention(hidden, mask)
        added = self.output["dense"](functional.gelu(self.intermediate["dense"](hidden)))
        return self.output["LayerNorm"](hidden + functional.dropout(added, DROPOUT, self.training))


class Network(nn.Module):
    """From token ids and mask (int64, batch x length) to unit vectors (float32, batch x 384)."""

    def __init__(self) -> None:
        super().__init__()
        self.embeddings = nn.ModuleDict(
            {
                "word_embeddings": nn.Embedding(WORDS, WIDTH),
                "position_embeddings": nn.Embedding(POSITIONS, WIDTH),
                "token_type_embeddings": nn.Embedding(SEGMENTS, WIDTH),
                "LayerNorm": nn.LayerNorm(WIDTH, EPSILON),
            }
        )
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(_Layer() for _ in range(LAYERS))})

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        positions = self.embeddings["position_embeddings"].weight[: ids.shape[1]]
        segment = self.embeddings["token_type_embeddings"].weight[0]
        hidden = self.embeddings["LayerNorm"](self.embeddings["word_embeddings"](ids) + positions + segment)
        hidden = functional.dropout(hidden, DROPOUT, self.training)
        for layer in self.encoder["layer"]:
            hidden = layer(hidden, mask[:, None, None, :].bool())
        shares = mask.unsqueeze(2).float()
        return functional.normalize((hidden * shares).sum(1) / shares.sum(1), dim=1)
