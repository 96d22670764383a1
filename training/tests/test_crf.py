"""The CRF against enumeration of every tag sequence."""

import math

import pytest
import torch

from factories import TAGS, all_paths, is_legal, legal_scores, make_crf, make_emissions, probabilities
from ner.crf import CRF

LENGTHS = [1, 2, 3, 4, 5]
SEEDS = [0, 1, 2]


def log_sum(scores) -> float:
    return torch.logsumexp(torch.tensor(list(scores), dtype=torch.float64), 0).item()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("length", LENGTHS)
def test_partition_is_the_sum_over_legal_sequences(length, seed):
    crf, emissions = make_crf(seed), make_emissions(seed + 10, length)
    found = crf.log_partition(emissions[None], torch.tensor([length]), *crf.scores()).item()
    assert found == pytest.approx(log_sum(legal_scores(crf, emissions).values()), abs=1e-9)


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_log_likelihood_of_every_sequence(length):
    crf, emissions = make_crf(3), make_emissions(13, length)
    paths = list(all_paths(length))
    batch = emissions.expand(len(paths), -1, -1)
    found = crf.log_likelihood(batch, torch.tensor(paths), torch.full((len(paths),), length)).tolist()
    expected = probabilities(crf, emissions)
    for path, value in zip(paths, found, strict=True):
        if is_legal(path):
            assert value == pytest.approx(math.log(expected[path]), abs=1e-9)
        else:
            assert math.exp(value) == 0
    assert math.fsum(math.exp(value) for value in found) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("length", LENGTHS)
def test_decode_finds_the_best_sequence(length, seed):
    crf, emissions = make_crf(seed), make_emissions(seed + 20, length)
    scores = legal_scores(crf, emissions)
    assert crf.decode(emissions[None], torch.tensor([length])) == [list(max(scores, key=scores.get))]


def test_decode_never_leaves_iob2():
    crf = make_crf(4)
    emissions = make_emissions(24, 200, 5)
    emissions[..., [TAGS.index("I-Drug"), TAGS.index("I-Sign")]] += 8
    paths = crf.decode(emissions, torch.full((200,), 5))
    assert all(is_legal(tuple(path)) for path in paths)
    assert sum(TAGS[tag][0] == "I" for path in paths for tag in path) > 300


def test_decode_gives_ties_to_the_lower_tag():
    crf = CRF(TAGS)
    with torch.no_grad():
        for parameter in crf.parameters():
            parameter.zero_()
    assert crf.decode(torch.zeros(1, 4, len(TAGS)), torch.tensor([4])) == [[0, 0, 0, 0]]


def test_batch_equals_its_rows():
    crf, emissions = make_crf(5), make_emissions(25, 4, 5)
    lengths = torch.tensor([5, 1, 3, 2])
    tags = torch.tensor(crf.decode(emissions, torch.full((4,), 5)))
    together = crf.log_likelihood(emissions, tags, lengths).tolist()
    paths = crf.decode(emissions, lengths)
    for row, length in enumerate(lengths.tolist()):
        single, one = emissions[row : row + 1, :length], torch.tensor([length])
        assert together[row] == pytest.approx(crf.log_likelihood(single, tags[row : row + 1, :length], one).item())
        assert paths[row] == crf.decode(single, one)[0]
        assert len(paths[row]) == length


def test_padding_changes_nothing():
    crf, emissions = make_crf(6), make_emissions(26, 3, 5)
    lengths = torch.tensor([2, 4, 1])
    tags = torch.tensor(crf.decode(emissions, torch.full((3,), 5)))
    beyond = torch.arange(5)[None] >= lengths[:, None]
    other = torch.where(beyond[..., None], 1000 * make_emissions(27, 3, 5), emissions)
    other_tags = torch.where(beyond, torch.randint(len(TAGS), (3, 5)), tags)
    found = crf.log_likelihood(emissions, tags, lengths)
    assert torch.equal(crf.log_likelihood(other, other_tags, lengths), found)
    assert crf.decode(other, lengths) == crf.decode(emissions, lengths)


def test_gradient_of_the_partition_is_the_marginals():
    crf, emissions = make_crf(7), make_emissions(28, 4).requires_grad_()
    crf.log_partition(emissions[None], torch.tensor([4]), *crf.scores()).sum().backward()
    marginals = torch.zeros(4, len(TAGS), dtype=torch.float64)
    for path, probability in probabilities(crf, emissions.detach()).items():
        for token, tag in enumerate(path):
            marginals[token, tag] += probability
    assert torch.allclose(emissions.grad, marginals, atol=1e-9)


@pytest.mark.parametrize("scale", [1, 30, 300])
def test_gradient_is_finite(scale):
    crf = make_crf(8).float()
    emissions = (scale * make_emissions(29, 6, 5).float()).requires_grad_()
    tags = torch.zeros(6, 5, dtype=torch.long)
    lengths = torch.tensor([5, 4, 3, 2, 1, 5])
    loss = -crf.log_likelihood(emissions, tags, lengths).sum()
    loss.backward()
    assert loss.isfinite()
    for value in (emissions, *crf.parameters()):
        assert value.grad.isfinite().all()


def test_forbidden_transitions_get_no_gradient():
    crf, emissions = make_crf(9), make_emissions(30, 2, 4)
    crf.log_likelihood(emissions, torch.zeros(2, 4, dtype=torch.long), torch.tensor([4, 4])).sum().backward()
    for source, before in enumerate(TAGS):
        for target, after in enumerate(TAGS):
            legal = after[0] != "I" or before[1:] == after[1:]
            assert (crf.transitions.grad[source, target] != 0) == legal, (before, after)
    assert [grad != 0 for grad in crf.start.grad.tolist()] == [tag[0] != "I" for tag in TAGS]


@pytest.mark.parametrize("longest", [1, 2, 3, 8, 13])
@pytest.mark.parametrize("own", [False, True])
def test_partition_by_halves_is_that_by_steps(longest, own):
    crf = make_crf(10)
    lengths = torch.tensor([longest, 1, (longest + 1) // 2])
    start, transitions, end = (scores.detach() for scores in crf.scores())
    if own:
        transitions = transitions + make_emissions(31, 3, 5)
    found = []
    for partition in (crf._partition_by_steps, crf._partition_by_halves):
        emissions = (5 * make_emissions(32, 3, longest)).requires_grad_()
        pairs = transitions.clone().requires_grad_()
        total = partition(emissions, lengths, start, pairs, end)
        found.append((total, torch.autograd.grad(total.sum(), [emissions, pairs], allow_unused=True)))
    (by_steps, gradients), (by_halves, others) = found
    torch.testing.assert_close(by_halves.double(), by_steps.double(), atol=1e-4, rtol=1e-5)
    for one, two in zip(gradients, others, strict=True):
        if one is not None and longest > 1:
            torch.testing.assert_close(one.double(), two.double(), atol=1e-4, rtol=1e-4)
