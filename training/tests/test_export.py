"""The exported graph against the network it was made from."""

import hashlib

import numpy as np
import onnx
import pytest
import torch

from factories import TAGS, make_documents, make_network, make_vocabularies
from ner import onnx_graph
from ner.data import Batch, Encoder, make_rows
from ner.export import Served, network_inputs
from ner.model import Network

CHARACTERS = 6


@pytest.fixture(scope="module")
def exported(tmp_path_factory) -> tuple[Network, Served]:
    network = make_network(1, 1, len(make_vocabularies()[1]))
    folder = tmp_path_factory.mktemp("model")
    onnx_graph.save(network, CHARACTERS, len(TAGS), folder)
    return network, Served(folder)


def make_batch(lengths: list[list[int]], seed: int = 1) -> Batch:
    """A row a document, of sentences of these lengths."""
    documents = make_documents(seed, lengths)
    return Encoder(*make_vocabularies(), TAGS, CHARACTERS).batch(documents, make_rows(documents, 99))


def row_of(batch: Batch, row: int) -> Batch:
    """One row alone, without its padding."""
    end = int(batch.lengths[row])
    ids = batch.word_ids[row : row + 1, :end], batch.character_ids[row : row + 1, :end], batch.lengths[row : row + 1]
    return Batch(*[torch.empty(0)] * 3, [], *ids)


@pytest.mark.parametrize(
    "lengths",
    [[[1]], [[5, 2]], [[1], [1], [1]], [[9, 4], [1], [3, 3]], [[2], [17, 1, 1], [8], [2], [5, 5]]],
    ids=str,
)
def test_emissions_are_those_of_pytorch(exported, lengths):
    network, served = exported
    batch = make_batch(lengths)
    with torch.no_grad():
        expected = network(batch.word_ids, batch.character_ids, batch.lengths).numpy()
    found = served.emissions(network_inputs(batch))
    assert found.shape == expected.shape
    assert found.dtype == np.float32
    for row, length in enumerate(batch.lengths.tolist()):
        np.testing.assert_allclose(found[row, :length], expected[row, :length], atol=1e-5)


def test_a_row_is_answered_the_same_in_every_batch(exported):
    _, served = exported
    batch = make_batch([[2], [17, 1, 1], [8], [1], [5, 5]])
    together = served.emissions(network_inputs(batch))
    for row, length in enumerate(batch.lengths.tolist()):
        alone = served.emissions(network_inputs(row_of(batch, row)))
        np.testing.assert_array_equal(together[row, :length], alone[0])


def test_gates_of_a_form_do_not_depend_on_the_others(exported):
    _, served = exported
    inputs = network_inputs(make_batch([[9, 4], [17, 1, 1], [8]]))

    def gates(first: int, last: int) -> np.ndarray:
        names = ("word_ids", "character_ids")
        return served.forms.run(["gates"], {name: inputs[name][first:last] for name in names})[0]

    together = gates(0, len(inputs["word_ids"]))
    for form in range(len(together)):
        np.testing.assert_array_equal(gates(form, form + 1)[0], together[form])


def test_order_of_rows_and_padding_change_nothing(exported):
    _, served = exported
    batch = make_batch([[2], [17, 1, 1], [8]])
    inputs = network_inputs(batch)
    expected = served.emissions(inputs)
    turned = served.emissions(inputs | {"forms": inputs["forms"][::-1].copy()})
    longer = np.pad(inputs["forms"], ((0, 0), (0, 6)))
    padded = served.emissions(inputs | {"forms": longer})
    for row, length in enumerate(batch.lengths.tolist()):
        np.testing.assert_array_equal(turned[::-1][row, :length], expected[row, :length])
        np.testing.assert_array_equal(padded[row, :length], expected[row, :length])


def test_network_inputs_hold_each_form_once():
    batch = make_batch([[9, 4], [1], [3, 3]])
    inputs = network_inputs(batch)
    forms = [(word, *letters) for word, letters in zip(inputs["word_ids"], inputs["character_ids"], strict=True)]
    assert len(set(forms)) == len(forms) < batch.word_ids.numel()
    inside = np.arange(inputs["forms"].shape[1])[None] < batch.lengths.numpy()[:, None]
    np.testing.assert_array_equal(inputs["forms"] > 0, inside)
    numbers = inputs["forms"][inside] - 1
    np.testing.assert_array_equal(inputs["word_ids"][numbers], batch.word_ids.numpy()[inside])
    np.testing.assert_array_equal(inputs["character_ids"][numbers], batch.character_ids.numpy()[inside])
    assert {value.dtype for value in inputs.values()} == {np.dtype(np.int32)}


def test_character_tables_equal_the_convolution():
    network = make_network(3, 1, 19).characters
    ids = torch.randint(1, 19, (50, CHARACTERS), generator=torch.Generator().manual_seed(3))
    ids[torch.arange(CHARACTERS)[None] >= torch.arange(50)[:, None] % (CHARACTERS + 1)] = 0  # [forms, characters]
    with torch.no_grad():
        convolved = network.convolution(network.embedding(ids).transpose(1, 2)).transpose(1, 2)
        expected = network(ids)  # [forms, filters]
    tables, bias = onnx_graph.fold_characters(make_network(3, 1, 19))
    around = np.pad(ids.numpy(), ((0, 0), (1, 1)))
    found = sum(table[around[:, i : i + CHARACTERS]] for i, table in enumerate(tables)) + bias
    np.testing.assert_allclose(found, convolved.numpy(), atol=1e-5)
    pooled = (found.clip(0) * (ids.numpy() != 0)[..., None]).max(1)
    np.testing.assert_allclose(pooled, expected.numpy(), atol=1e-5)
    assert not expected[0].any()  # a form without characters, which the separator is


def test_gates_are_reordered():
    lstm = torch.nn.LSTM(2, 1, bidirectional=True)
    with torch.no_grad():
        lstm.weight_ih_l0_reverse.copy_(torch.tensor([[1.0] * 2, [2.0] * 2, [3.0] * 2, [4.0] * 2]))  # i f g o
        lstm.weight_hh_l0.copy_(torch.tensor([[1.0], [2.0], [3.0], [4.0]]))
        lstm.bias_ih_l0.copy_(torch.tensor([1.0, 2.0, 3.0, 4.0]))
        lstm.bias_hh_l0.copy_(torch.tensor([10.0, 20.0, 30.0, 40.0]))
    w, r, b = onnx_graph.gate_weights(lstm)
    assert (w.shape, r.shape, b.shape) == ((2, 8), (2, 1, 4), (8,))
    assert w[0, 4:].tolist() == [1, 4, 2, 3]  # i o f g
    assert r[0, 0].tolist() == [1, 4, 2, 3]
    assert b[:4].tolist() == [11, 44, 22, 33]


def test_a_network_of_two_layers_is_refused():
    with pytest.raises(ValueError, match="one BiLSTM layer"):
        onnx_graph.build_rows(make_network(2, 2, len(make_vocabularies()[1])), len(TAGS))


def test_embeddings_live_in_a_file_of_their_own(tmp_path):
    network = make_network(4, 1, 19)
    onnx_graph.save(network, CHARACTERS, len(TAGS), tmp_path)
    expected = network.words.matrix().half().numpy()
    assert (tmp_path / "embeddings.bin").read_bytes() == expected.tobytes()
    assert expected.tobytes() not in (tmp_path / "forms.onnx").read_bytes()

    model = onnx.load(str(tmp_path / "forms.onnx"), load_external_data=False)
    (outside,) = [c for c in model.graph.initializer if c.data_location == onnx.TensorProto.EXTERNAL]
    assert (outside.name, list(outside.dims)) == ("embeddings", [40, 8])
    assert {entry.key: entry.value for entry in outside.external_data}["location"] == "embeddings.bin"


def test_matrix_takes_the_tuned_words_first():
    words = make_network(4, 1, 19).words
    matrix = words.matrix()
    assert torch.equal(matrix[:10], words.tuned)
    assert torch.equal(matrix[10:], words.fixed[10:])
    assert torch.equal(matrix, words(torch.arange(40)))


def test_saving_again_gives_the_same_files(tmp_path):
    def digests() -> list[str]:
        onnx_graph.save(make_network(4, 1, 19), CHARACTERS, len(TAGS), tmp_path)
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(tmp_path.iterdir())]

    first = digests()
    assert len(first) == 3
    assert digests() == first
