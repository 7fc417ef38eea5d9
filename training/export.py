"""Write the fine-tuned encoder as the one int8 ONNX file that the guide loads, with a manifest of SHA-256 digests.

The graph is written with onnx.helper: BERT (6 layers, 12 heads), mean pooling over the real tokens, unit length. Dynamic int8
with ``reduce_range`` is safe on processors without VNNI instructions, too.

    python -m training.export <fine-tuned weights (safetensors)> <tokenizer.json> <folder>
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file

LAYERS, HEADS, WIDTH = 6, 12, 384


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Graph:
    """Collects the nodes and constants of an ONNX graph."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, value: np.ndarray[Any, Any]) -> str:
        self.constants.setdefault(name, numpy_helper.from_array(value, name))
        return name

    def add(self, operation: str, *inputs: str, **attributes: object) -> str:
        output = f"{operation}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operation, list(inputs), [output], **attributes))
        return output


def bert_graph(weights: dict[str, np.ndarray[Any, Any]]) -> onnx.ModelProto:
    """The encoder from token ids and mask (both int64, batch x length) to unit vectors (float32, batch x 384)."""
    graph = Graph()

    def weight(name: str) -> str:
        return graph.constant(name, weights[name].astype(np.float32))

    def dense(values: str, name: str) -> str:
        kernel = graph.constant(f"{name}.kernel", np.ascontiguousarray(weights[f"{name}.weight"].T.astype(np.float32)))
        return graph.add("Add", graph.add("MatMul", values, kernel), weight(f"{name}.bias"))

    def layer_norm(values: str, name: str) -> str:
        return graph.add("LayerNormalization", values, weight(f"{name}.weight"), weight(f"{name}.bias"), axis=-1, epsilon=1e-12)

    def heads(values: str) -> str:
        shape = graph.constant("head_shape", np.array([0, 0, HEADS, WIDTH // HEADS], dtype=np.int64))
        return graph.add("Transpose", graph.add("Reshape", values, shape), perm=[0, 2, 1, 3])

    length = graph.add("Gather", graph.add("Shape", "ids"), graph.constant("one", np.array(1, dtype=np.int64)))
    zero = graph.constant("zero", np.array(0, dtype=np.int64))
    steps = graph.add("Range", zero, length, "one")
    embedded = graph.add("Gather", weight("embeddings.word_embeddings.weight"), "ids")
    positions = graph.add("Gather", weight("embeddings.position_embeddings.weight"), steps)
    segment = graph.constant("segment", weights["embeddings.token_type_embeddings.weight"][0].astype(np.float32))
    hidden = graph.add("Add", graph.add("Add", embedded, positions), segment)
    hidden = layer_norm(hidden, "embeddings.LayerNorm")

    mask = graph.add("Cast", "mask", to=TensorProto.FLOAT)
    axes = graph.constant("mask_axes", np.array([1, 2], dtype=np.int64))
    unmasked = graph.add("Sub", graph.constant("one_f", np.array(1.0, np.float32)), graph.add("Unsqueeze", mask, axes))
    penalty = graph.add("Mul", unmasked, graph.constant("minus", np.array(-10000.0, np.float32)))
    scale = graph.constant("scale", np.array(1.0 / np.sqrt(WIDTH / HEADS), np.float32))
    flat = graph.constant("flat_shape", np.array([0, 0, WIDTH], dtype=np.int64))
    half, one_f = graph.constant("half", np.array(0.5, np.float32)), "one_f"
    root_two = graph.constant("root_two", np.array(np.sqrt(2.0), np.float32))

    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        query = heads(dense(hidden, f"{name}.attention.self.query"))
        key = graph.add("Transpose", heads(dense(hidden, f"{name}.attention.self.key")), perm=[0, 1, 3, 2])
        value = heads(dense(hidden, f"{name}.attention.self.value"))
        scores = graph.add("Add", graph.add("Mul", graph.add("MatMul", query, key), scale), penalty)
        context = graph.add("MatMul", graph.add("Softmax", scores, axis=-1), value)
        context = graph.add("Reshape", graph.add("Transpose", context, perm=[0, 2, 1, 3]), flat)
        attended = graph.add("Add", hidden, dense(context, f"{name}.attention.output.dense"))
        hidden = layer_norm(attended, f"{name}.attention.output.LayerNorm")
        inner = dense(hidden, f"{name}.intermediate.dense")
        bell = graph.add("Add", graph.add("Erf", graph.add("Div", inner, root_two)), one_f)
        inner = graph.add("Mul", graph.add("Mul", inner, bell), half)
        hidden = layer_norm(graph.add("Add", hidden, dense(inner, f"{name}.output.dense")), f"{name}.output.LayerNorm")

    last = graph.constant("last_axis", np.array([2], dtype=np.int64))
    middle = graph.constant("middle_axis", np.array([1], dtype=np.int64))
    weighted = graph.add("Mul", hidden, graph.add("Unsqueeze", mask, last))
    total = graph.add("ReduceSum", weighted, middle, keepdims=0)
    count = graph.add("ReduceSum", mask, middle, keepdims=1)
    mean = graph.add("Div", total, count)
    graph.nodes.append(helper.make_node("LpNormalization", [mean], ["vectors"], axis=1, p=2))

    tokens = ["batch", "length"]
    onnx_graph = helper.make_graph(
        graph.nodes, "sentence_encoder",
        [helper.make_tensor_value_info(name, TensorProto.INT64, tokens) for name in ("ids", "mask")],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", WIDTH])],
        initializer=list(graph.constants.values()),
    )  # fmt: skip
    model = helper.make_model(onnx_graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model


def main() -> None:
    logging.disable(logging.WARNING)  # the quantiser recommends a step that these weights do not need
    weights, tokenizer, target = (Path(argument) for argument in sys.argv[1:])
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        onnx.save(bert_graph(load_file(str(weights))), str(full))
        quantize_dynamic(full, target / "encoder.onnx", per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
    shutil.copyfile(tokenizer, target / "tokenizer.json")
    manifest = {name: sha256(target / name) for name in ("encoder.onnx", "tokenizer.json")}
    (target / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    print(f"export: {(target / 'encoder.onnx').stat().st_size / 1e6:.1f} MB, SHA-256 {manifest['encoder.onnx']}")


if __name__ == "__main__":
    main()
