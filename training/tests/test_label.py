import itertools

import torch

from ner.crf import CRF
from ner.label import expected_counts

TAGS = ["O", "B-Drug", "B-Dose", "I-Drug", "I-Dose"]


def make_crf(seed: int) -> CRF:
    torch.manual_seed(seed)
    crf = CRF(TAGS)
    for parameter in crf.parameters():
        torch.nn.init.normal_(parameter)
    return crf


def distribution(crf: CRF, emissions: torch.Tensor) -> dict[tuple[int, ...], float]:
    """P of every tag sequence, by enumeration."""
    start, transitions, end = (scores.detach().double() for scores in crf.scores())
    scored = {}
    for path in itertools.product(range(len(TAGS)), repeat=emissions.shape[0]):
        score = start[path[0]] + end[path[-1]] + sum(emissions[i, tag] for i, tag in enumerate(path))
        scored[path] = score + sum(transitions[a, b] for a, b in itertools.pairwise(path))
    values = torch.stack(list(scored.values())).softmax(0).tolist()
    return dict(zip(scored, values, strict=True))


def test_expected_counts_are_those_of_all_sequences():
    crf = make_crf(1)
    emissions = torch.randn(2, 4, len(TAGS))
    lengths = torch.tensor([4, 3])
    unary, pairwise = expected_counts(crf, emissions, lengths)
    for row, length in enumerate(lengths.tolist()):
        right_unary, right_pairs = torch.zeros(4, len(TAGS)), torch.zeros(len(TAGS), len(TAGS))
        for path, probability in distribution(crf, emissions[row, :length].double()).items():
            for i, tag in enumerate(path):
                right_unary[i, tag] += probability
            for a, b in itertools.pairwise(path):
                right_pairs[a, b] += probability
        torch.testing.assert_close(unary[row], right_unary, atol=1e-5, rtol=0)
        torch.testing.assert_close(pairwise[row], right_pairs, atol=1e-5, rtol=0)


def test_cross_entropy_from_a_mixture_is_that_over_all_sequences():
    teachers, student = [make_crf(seed) for seed in (2, 3)], make_crf(4)
    given = [torch.randn(1, 3, len(TAGS)) for _ in teachers]
    own = torch.randn(1, 3, len(TAGS))
    lengths = torch.tensor([3])
    counts = [expected_counts(crf, emissions, lengths) for crf, emissions in zip(teachers, given, strict=True)]
    unary = sum(one for one, _ in counts) / 2
    pairwise = sum(two for _, two in counts).squeeze(0) / 2
    found = student.cross_entropy(own, lengths, unary, pairwise).item()

    mine = distribution(student, own[0].double())
    theirs = [distribution(crf, emissions[0].double()) for crf, emissions in zip(teachers, given, strict=True)]
    right = -sum(
        sum(one[path] for one in theirs) / 2 * torch.tensor(mine[path]).log().item() for path in mine if mine[path] > 0
    )
    assert abs(found - right) < 1e-3


def test_cross_entropy_from_one_sequence_is_its_negative_log_likelihood():
    crf = make_crf(5)
    emissions, lengths = torch.randn(1, 3, len(TAGS)), torch.tensor([3])
    path = [1, 3, 0]
    unary = torch.nn.functional.one_hot(torch.tensor([path]), len(TAGS)).float()
    pairwise = torch.zeros(len(TAGS), len(TAGS))
    for a, b in itertools.pairwise(path):
        pairwise[a, b] += 1
    found = crf.cross_entropy(emissions, lengths, unary, pairwise)
    right = -crf.log_likelihood(emissions, torch.tensor([path]), lengths).sum()
    torch.testing.assert_close(found, right)
