"""The network as two ONNX graphs, written node by node so that every operator in them is known.

forms.onnx is what depends on a token alone, so that it can be computed once a form (a distinct token) and kept;
rows.onnx is the rest.
"""

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from .model import Network

OPSET = 17
FORMS, ROWS, EMBEDDINGS = "forms.onnx", "rows.onnx", "embeddings.bin"


def tensor(name: str, kind: int, shape: list) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


class Graph:
    """Nodes and constants in order of use."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, operator: str, inputs: list[str], output: str, **attributes) -> str:
        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output

    def model(self, inputs: list[onnx.ValueInfoProto], output: onnx.ValueInfoProto) -> onnx.ModelProto:
        model = helper.make_model(
            helper.make_graph(self.nodes, "ner", inputs, [output], self.constants),
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=9,
            producer_name="ner-jsl",
        )
        onnx.checker.check_model(model, full_check=True)
        return model


def fold_characters(network: Network) -> tuple[list[np.ndarray], np.ndarray]:
    """Character embedding times kernel as one table [characters, filters] for each of the three kernel positions.

    Exact: a convolution over looked-up vectors is a sum of looked-up products.
    """
    embedding = network.characters.embedding.weight  # [characters, size]
    kernel = network.characters.convolution.weight  # [filters, size, 3]
    tables = [(embedding @ kernel[:, :, position].T).detach().numpy() for position in range(3)]
    return tables, network.characters.convolution.bias.detach().numpy()


def lstm_weights(lstm: torch.nn.LSTM, layer: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """W [2, 4 hidden, input], R [2, 4 hidden, hidden], B [2, 8 hidden]; PyTorch's gates ifgo become ONNX's iofg."""

    def reorder(weight: torch.Tensor) -> torch.Tensor:
        i, f, g, o = weight.chunk(4)
        return torch.cat([i, o, f, g])

    suffixes = (f"l{layer}", f"l{layer}_reverse")
    with torch.no_grad():
        w = torch.stack([reorder(getattr(lstm, f"weight_ih_{s}")) for s in suffixes])
        r = torch.stack([reorder(getattr(lstm, f"weight_hh_{s}")) for s in suffixes])
        b = torch.stack(
            [
                torch.cat([reorder(getattr(lstm, f"bias_ih_{s}")), reorder(getattr(lstm, f"bias_hh_{s}"))])
                for s in suffixes
            ]
        )
    return w.numpy(), r.numpy(), b.numpy()


def build_forms(network: Network, character_length: int) -> onnx.ModelProto:
    """Inputs: word_ids [forms], character_ids [forms, characters], int32. Output: features [forms, width]."""
    graph = Graph()
    graph.constant("embeddings", network.words.matrix().half().numpy())
    graph.node("Gather", ["embeddings", "word_ids"], "word_half")  # [forms, size]
    graph.node("Cast", ["word_half"], "word", to=TensorProto.FLOAT)

    tables, bias = fold_characters(network)
    zero, one, two, many = (
        graph.constant(f"at_{value}", np.array([value], np.int64)) for value in (0, 1, 2, character_length)
    )
    ends = graph.constant("at_last", np.array([character_length + 1], np.int64))
    past = graph.constant("at_end", np.array([character_length + 2], np.int64))
    last_axis = graph.constant("last_axis", np.array([1], np.int64))
    pads = graph.constant("pads", np.array([0, 1, 0, 1], np.int64))
    pad_id = graph.constant("pad_id", np.array(0, np.int32))
    graph.node("Pad", ["character_ids", pads, pad_id], "padded")  # [forms, characters + 2]
    for position, (start, end) in enumerate(((zero, many), (one, ends), (two, past))):
        graph.constant(f"table_{position}", tables[position])
        graph.node("Slice", ["padded", start, end, last_axis], f"shifted_{position}")
        graph.node("Gather", [f"table_{position}", f"shifted_{position}"], f"part_{position}")
    graph.node("Add", ["part_0", "part_1"], "part_01")
    graph.node("Add", ["part_01", "part_2"], "part_012")
    graph.node("Add", ["part_012", graph.constant("character_bias", bias)], "convolved")  # [forms, characters, filters]
    graph.node("Relu", ["convolved"], "activated")
    graph.node("Cast", ["character_ids"], "character_ids_float", to=TensorProto.FLOAT)
    graph.node("Sign", ["character_ids_float"], "is_character")
    graph.node("Unsqueeze", ["is_character", graph.constant("new_axis", np.array([2], np.int64))], "mask")
    graph.node("Mul", ["activated", "mask"], "masked")
    graph.node("ReduceMax", ["masked"], "character", axes=[1], keepdims=0)  # [forms, filters]
    graph.node("Concat", ["word", "character"], "features", axis=1)
    return graph.model(
        [
            tensor("word_ids", TensorProto.INT32, ["forms"]),
            tensor("character_ids", TensorProto.INT32, ["forms", character_length]),
        ],
        tensor("features", TensorProto.FLOAT, ["forms", network.lstm.input_size]),
    )


def build_rows(network: Network, tags: int) -> onnx.ModelProto:
    """Inputs: features [forms, width]; forms [rows, time] (indices of features), lengths [rows], int32.

    Output: emissions [rows, time, tags]. What stands beyond the length of a row has no meaning.
    """
    graph = Graph()
    graph.node("Transpose", ["forms"], "forms_by_time", perm=[1, 0])  # [time, rows]
    hidden = graph.node("Gather", ["features", "forms_by_time"], "input")  # [time, rows, width]
    shape = graph.constant("joined", np.array([0, 0, 2 * network.lstm.hidden_size], np.int64))
    for layer in range(network.lstm.num_layers):
        w, r, b = lstm_weights(network.lstm, layer)
        names = [graph.constant(f"lstm_{layer}_{name}", value) for name, value in (("w", w), ("r", r), ("b", b))]
        graph.node(
            "LSTM",
            [hidden, *names, "lengths"],
            f"directions_{layer}",  # [time, 2, rows, hidden]
            direction="bidirectional",
            hidden_size=network.lstm.hidden_size,
        )
        final = layer == network.lstm.num_layers - 1
        perm = [2, 0, 1, 3] if final else [0, 2, 1, 3]
        graph.node("Transpose", [f"directions_{layer}"], f"turned_{layer}", perm=perm)
        hidden = graph.node("Reshape", [f"turned_{layer}", shape], f"hidden_{layer}")
    weight = network.projection.weight.detach().numpy().T  # [2 hidden, tags]
    graph.node("MatMul", [hidden, graph.constant("projection", weight)], "scores")
    graph.node(
        "Add", ["scores", graph.constant("projection_bias", network.projection.bias.detach().numpy())], "emissions"
    )
    return graph.model(
        [
            tensor("features", TensorProto.FLOAT, ["forms", network.lstm.input_size]),
            tensor("forms", TensorProto.INT32, ["rows", "time"]),
            tensor("lengths", TensorProto.INT32, ["rows"]),
        ],
        tensor("emissions", TensorProto.FLOAT, ["rows", "time", tags]),
    )


def save(network: Network, character_length: int, tags: int, folder: Path) -> None:
    """Both graphs, with the embeddings in a file of their own that processes map into memory and share."""
    forms = build_forms(network, character_length)
    for constant in forms.graph.initializer:
        if constant.name == "embeddings":
            onnx.external_data_helper.set_external_data(constant, EMBEDDINGS)
    (folder / EMBEDDINGS).unlink(missing_ok=True)
    onnx.save_model(forms, str(folder / FORMS))
    onnx.save_model(build_rows(network, tags), str(folder / ROWS))
    # onnx creates external data for its owner alone; a service runs as another user.
    (folder / EMBEDDINGS).chmod(0o644)
