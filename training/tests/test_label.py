import itertools

import torch

from ner.crf import CRF
from ner.data import Document, make_rows, sentences_of
from ner.label import expected_counts
from ner.soft_labels import Accumulator, Places, SoftLabels

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


def test_soft_labels_are_read_as_they_were_summed(tmp_path):
    documents = [
        Document("a", list("abcdefg"), [], [0, 3, 7], [], []),
        Document("b", list("hi"), [], [0, 2], [], []),
    ]
    places = Places(documents)
    summed = Accumulator(places, len(TAGS), "cpu")
    expected = {}
    for seed, weight in ((6, 0.25), (7, 0.75)):
        # Rows of other lengths for each model, and not in the order of the documents.
        for row in reversed(make_rows(documents, 3 * seed - 14)):
            sentences = sentences_of(documents, [row], {})
            lengths = sentences.sentence_lengths
            emissions = torch.randn(len(lengths), int(lengths.max()), len(TAGS), generator=torch.manual_seed(seed))
            unary, pairwise = expected_counts(make_crf(seed), emissions, lengths)
            summed.add(sentences, unary, pairwise, weight)
            for i, (_, start, end) in enumerate(sentences.sentences):
                key = row.document, row.tokens[start]
                before = expected.get(key, (0, 0))
                now = unary[i, : end - start], pairwise[i]
                expected[key] = tuple(a + weight * b for a, b in zip(before, now, strict=True))
    summed.write(tmp_path, TAGS)

    labels = SoftLabels(tmp_path, documents)
    for row in make_rows(documents, 0):
        sentences = sentences_of(documents, [row], {})
        unary, pairwise = labels.of(sentences)
        right_unary, right_pairs = expected[row.document, row.tokens[0]]
        torch.testing.assert_close(unary[0], right_unary, atol=2e-3, rtol=0)
        torch.testing.assert_close(pairwise, right_pairs, atol=3e-3, rtol=0)
    both = sentences_of(documents, make_rows(documents, 20), {})
    unary, pairwise = labels.of(both)
    assert unary.shape == (3, 4, len(TAGS)) and torch.equal(unary[0, 3], torch.zeros(len(TAGS)))
    torch.testing.assert_close(pairwise, sum(pairs for _, pairs in expected.values()), atol=0.01, rtol=0)
