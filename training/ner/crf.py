"""Linear-chain CRF over IOB2 tags; impossible transitions are part of the model, in training as in decoding."""

import torch
from torch import Tensor, nn

# Score of what IOB2 forbids: exp of it is zero in float32, and it stays finite in sums.
FORBIDDEN = -10_000.0
# Smallest probability kept in the scaled recursion; keeps the gradient of log finite where nothing can be.
TINY = 1e-37


def allowed_transitions(tags: list[str]) -> tuple[Tensor, Tensor]:
    """IOB2 as masks: start [tags], transitions [from, to]; I-X only after B-X or I-X."""
    inside = torch.tensor([tag.startswith("I-") for tag in tags])
    same = torch.tensor([[a != "O" and a[2:] == b[2:] for b in tags] for a in tags])
    return ~inside, ~inside[None, :] | same


class CRF(nn.Module):
    def __init__(self, tags: list[str]):
        super().__init__()
        count = len(tags)
        self.start = nn.Parameter(torch.empty(count).uniform_(-0.1, 0.1))
        self.end = nn.Parameter(torch.empty(count).uniform_(-0.1, 0.1))
        self.transitions = nn.Parameter(torch.empty(count, count).uniform_(-0.1, 0.1))  # [from, to]
        start, transitions = allowed_transitions(tags)
        self.register_buffer("start_allowed", start, persistent=False)
        self.register_buffer("transitions_allowed", transitions, persistent=False)

    def scores(self) -> tuple[Tensor, Tensor, Tensor]:
        """start [tags], transitions [from, to], end [tags], with FORBIDDEN where IOB2 says so."""
        forbidden = torch.tensor(FORBIDDEN)
        return (
            torch.where(self.start_allowed, self.start, forbidden),
            torch.where(self.transitions_allowed, self.transitions, forbidden),
            self.end,
        )

    def log_likelihood(self, emissions: Tensor, tags: Tensor, lengths: Tensor) -> Tensor:
        """[batch] of emissions [batch, time, tags], tags [batch, time], lengths [batch] of at least 1."""
        return self.path_score(emissions, tags, lengths) - self.log_partition(emissions, lengths, *self.scores())

    def cross_entropy(self, emissions: Tensor, lengths: Tensor, unary: Tensor, pairwise: Tensor) -> Tensor:
        """Sum over sentences of the cross entropy from a distribution over sequences that is given by its expected
        counts: `unary` [batch, time, tags], 0 beyond the lengths, and `pairwise` [from, to] of all sentences.
        """
        start, transitions, end = self.scores()
        last = unary[torch.arange(len(lengths)), lengths - 1]  # [batch, tags]
        expected = (unary * emissions).sum() + (pairwise * transitions).sum()
        expected = expected + (unary[:, 0] * start).sum() + (last * end).sum()
        return self.log_partition(emissions, lengths, start, transitions, end).sum() - expected

    def path_score(self, emissions: Tensor, tags: Tensor, lengths: Tensor) -> Tensor:
        """[batch]"""
        start, transitions, end = self.scores()
        steps = torch.arange(tags.shape[1])[None, :]
        inside = steps < lengths[:, None]  # [batch, time]
        score = (emissions.gather(2, tags[..., None]).squeeze(2) * inside).sum(1)
        score = score + start[tags[:, 0]]
        score = score + (transitions[tags[:, :-1], tags[:, 1:]] * inside[:, 1:]).sum(1)
        last = tags.gather(1, (lengths - 1)[:, None]).squeeze(1)
        return score + end[last]

    def log_partition(
        self, emissions: Tensor, lengths: Tensor, start: Tensor, transitions: Tensor, end: Tensor
    ) -> Tensor:
        """[batch]; transitions are [from, to], or [batch, from, to] when each row has its own."""
        weights = transitions.exp()
        alpha = start + emissions[:, 0]  # [batch, tags]
        for step in range(1, emissions.shape[1]):
            # log(sum_from exp(alpha + transition)) as one matrix product of scaled probabilities
            peak = alpha.max(1, keepdim=True).values
            moved = ((alpha - peak).exp().unsqueeze(1) @ weights).squeeze(1)
            moved = moved.clamp_min(TINY).log() + peak + emissions[:, step]
            alpha = torch.where((step < lengths)[:, None], moved, alpha)
        return torch.logsumexp(alpha + end, 1)

    @torch.no_grad()
    def decode(self, emissions: Tensor, lengths: Tensor) -> list[list[int]]:
        """Best path of each row (Viterbi); ties go to the lower tag id."""
        start, transitions, end = self.scores()
        score = start + emissions[:, 0]  # [batch, tags]
        back = []
        for step in range(1, emissions.shape[1]):
            best, source = (score[:, :, None] + transitions[None]).max(1)  # [batch, to]
            running = (step < lengths)[:, None]
            score = torch.where(running, best + emissions[:, step], score)
            back.append(torch.where(running, source, torch.arange(score.shape[1])[None]))
        tag = (score + end).argmax(1)  # [batch]
        path = [tag]
        for source in reversed(back):
            tag = source.gather(1, tag[:, None]).squeeze(1)
            path.append(tag)
        rows = torch.stack(path[::-1], 1).tolist()
        return [row[:length] for row, length in zip(rows, lengths.tolist(), strict=True)]
