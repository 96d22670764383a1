"""The network as two ONNX graphs, written node by node so that every operator in them is known.

forms.onnx is what depends on a token alone, so that it can be computed once a form (a distinct token) and kept: word
vector, character CNN, and the product of both with the input weights of the BiLSTM. rows.onnx is the rest: the
recurrence, and the projection to tags.
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

    def node(self, operator: str, inputs: list[str], *outputs: str, **attributes) -> str:
        self.nodes.append(helper.make_node(operator, inputs, list(outputs), name=outputs[0], **attributes))
        return outputs[0]

    def graph(
        self, name: str, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]
    ) -> onnx.GraphProto:
        return helper.make_graph(self.nodes, name, inputs, outputs, self.constants)

    def model(self, inputs: list[onnx.ValueInfoProto], output: onnx.ValueInfoProto) -> onnx.ModelProto:
        model = helper.make_model(
            self.graph("ner", inputs, [output]),
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


def gate_weights(lstm: torch.nn.LSTM) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """W [input, 2 x 4 hidden], R [2, hidden, 4 hidden], B [2 x 4 hidden] of both directions.

    PyTorch's gates ifgo become iofg, so that those with a sigmoid stand together.
    """

    def reorder(weight: torch.Tensor) -> torch.Tensor:
        i, f, g, o = weight.chunk(4)
        return torch.cat([i, o, f, g])

    def both(name: str) -> list[torch.Tensor]:
        return [reorder(getattr(lstm, f"{name}_l0{direction}")) for direction in ("", "_reverse")]

    with torch.no_grad():
        w = torch.cat(both("weight_ih")).T
        r = torch.stack(both("weight_hh")).transpose(1, 2)
        b = torch.cat(both("bias_ih")) + torch.cat(both("bias_hh"))
    return w.numpy(), r.numpy(), b.numpy()


def build_forms(network: Network, character_length: int) -> onnx.ModelProto:
    """Inputs: word_ids [forms], character_ids [forms, characters], int32.

    Output: gates [forms, 2 x 4 hidden], what a form adds to the gates of the forward and of the backward LSTM.
    """
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
    w, _, b = gate_weights(network.lstm)
    graph.node("Gemm", ["features", graph.constant("input_weights", w), graph.constant("gate_bias", b)], "gates")
    return graph.model(
        [
            tensor("word_ids", TensorProto.INT32, ["forms"]),
            tensor("character_ids", TensorProto.INT32, ["forms", character_length]),
        ],
        tensor("gates", TensorProto.FLOAT, ["forms", 8 * network.lstm.hidden_size]),
    )


def build_step(lstm: torch.nn.LSTM) -> onnx.GraphProto:
    """One step of both directions, the forward one at its token and the backward one at its own.

    Inputs: hidden_0, hidden_1 [rows, hidden] and cell [2 rows, hidden] of the step before; at_0, at_1 [rows], where in
    `gates_by_direction` of the outer graph the gates of the tokens stand. Outputs: the first three anew, hidden_0 and
    hidden_1 once more.
    """
    hidden = lstm.hidden_size
    graph = Graph()
    _, r, _ = gate_weights(lstm)
    for direction in (0, 1):
        graph.constant(f"recurrent_{direction}", r[direction])
        graph.node("Gather", ["gates_by_direction", f"at_{direction}"], f"input_{direction}")  # [rows, 4 hidden]
        graph.node(
            "Gemm", [f"hidden_{direction}", f"recurrent_{direction}", f"input_{direction}"], f"gates_{direction}"
        )
    graph.node("Concat", ["gates_0", "gates_1"], "gates_01", axis=0)  # [2 rows, 4 hidden]
    graph.constant("three_one", np.array([3 * hidden, hidden], np.int64))
    graph.node("Split", ["gates_01", "three_one"], "iof", "g", axis=1)
    graph.node("Sigmoid", ["iof"], "iof_open")
    graph.node("Tanh", ["g"], "candidate")
    graph.constant("one_each", np.array([hidden] * 3, np.int64))
    graph.node("Split", ["iof_open", "one_each"], "input_gate", "output_gate", "forget_gate", axis=1)
    graph.node("Mul", ["forget_gate", "cell"], "kept")
    graph.node("Mul", ["input_gate", "candidate"], "added")
    graph.node("Add", ["kept", "added"], "next_cell")
    graph.node("Tanh", ["next_cell"], "squashed")
    graph.node("Mul", ["output_gate", "squashed"], "next_hidden")
    graph.node("Split", ["next_hidden"], "next_hidden_0", "next_hidden_1", axis=0)
    # A graph has no two outputs of one name: the runtime answers wrongly, and says nothing.
    states = [
        tensor("next_hidden_0", TensorProto.FLOAT, ["rows", hidden]),
        tensor("next_hidden_1", TensorProto.FLOAT, ["rows", hidden]),
        tensor("next_cell", TensorProto.FLOAT, ["both", hidden]),
    ]
    steps = [
        tensor(
            graph.node("Identity", [f"next_hidden_{direction}"], f"step_{direction}"),
            TensorProto.FLOAT,
            ["rows", hidden],
        )
        for direction in (0, 1)
    ]
    return graph.graph(
        "step",
        [
            tensor("hidden_0", TensorProto.FLOAT, ["rows", hidden]),
            tensor("hidden_1", TensorProto.FLOAT, ["rows", hidden]),
            tensor("cell", TensorProto.FLOAT, ["both", hidden]),
            tensor("at_0", TensorProto.INT32, ["rows"]),
            tensor("at_1", TensorProto.INT32, ["rows"]),
        ],
        states + steps,
    )


def build_rows(network: Network, tags: int) -> onnx.ModelProto:
    """Inputs: gates [forms, 2 x 4 hidden]; forms [rows, time] (indices of gates), int32.

    Output: emissions [rows, time, tags]. Padding is a form whose gates are all 0: it leaves the state of a direction
    that has seen nothing else at 0, exactly, so that rows need no lengths. What stands in it has no meaning.

    The recurrence is a Scan of plain operators because the LSTM operator takes inputs, not their products with the
    weights, which would have to be computed for each token: more than half of its work.
    """
    if network.lstm.num_layers != 1:
        raise ValueError("a network of one BiLSTM layer is served; the gates of a second one depend on rows")
    hidden = network.lstm.hidden_size
    graph = Graph()
    graph.node(
        "Reshape", ["gates", graph.constant("a_direction", np.array([-1, 4 * hidden], np.int64))], "gates_by_direction"
    )  # [2 forms, 4 hidden]
    graph.node("Transpose", ["forms"], "forms_by_time", perm=[1, 0])  # [time, rows]
    graph.node("Mul", ["forms_by_time", graph.constant("two", np.array(2, np.int32))], "at_0")
    graph.node("Add", ["at_0", graph.constant("one", np.array(1, np.int32))], "at_1")

    graph.node("Shape", ["forms"], "rows", start=0, end=1)
    graph.node("Concat", ["rows", graph.constant("hidden_size", np.array([hidden], np.int64))], "state", axis=0)
    graph.node("ConstantOfShape", ["state"], "no_hidden")
    graph.node("Concat", ["no_hidden", "no_hidden"], "no_cell", axis=0)
    graph.node(
        "Scan",
        ["no_hidden", "no_hidden", "no_cell", "at_0", "at_1"],
        *("last_hidden_0", "last_hidden_1", "last_cell"),
        *("hidden_0", "hidden_1"),  # [time, rows, hidden]
        body=build_step(network.lstm),
        num_scan_inputs=2,
        scan_input_directions=[0, 1],
        scan_output_directions=[0, 1],
    )
    graph.node("Concat", ["hidden_0", "hidden_1"], "hidden_by_time", axis=2)
    graph.node("Transpose", ["hidden_by_time"], "hidden", perm=[1, 0, 2])  # [rows, time, 2 hidden]
    weight = network.projection.weight.detach().numpy().T  # [2 hidden, tags]
    graph.node("MatMul", ["hidden", graph.constant("projection", weight)], "scores")
    graph.node(
        "Add", ["scores", graph.constant("projection_bias", network.projection.bias.detach().numpy())], "emissions"
    )
    return graph.model(
        [
            tensor("gates", TensorProto.FLOAT, ["forms", 8 * hidden]),
            tensor("forms", TensorProto.INT32, ["rows", "time"]),
        ],
        tensor("emissions", TensorProto.FLOAT, ["rows", "time", tags]),
    )


def save(network: Network, character_length: int, tags: int, folder: Path) -> None:
    """Both graphs, with the embeddings in a file of their own that processes map into memory and share."""
    forms, rows = build_forms(network, character_length), build_rows(network, tags)
    for constant in forms.graph.initializer:
        if constant.name == "embeddings":
            onnx.external_data_helper.set_external_data(constant, EMBEDDINGS)
    (folder / EMBEDDINGS).unlink(missing_ok=True)
    onnx.save_model(forms, str(folder / FORMS))
    onnx.save_model(rows, str(folder / ROWS))
    # onnx creates external data for its owner alone; a service runs as another user.
    (folder / EMBEDDINGS).chmod(0o644)
