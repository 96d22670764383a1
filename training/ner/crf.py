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
        return (
            torch.where(self.start_allowed, self.start, FORBIDDEN),
            torch.where(self.transitions_allowed, self.transitions, FORBIDDEN),
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
        last = unary[torch.arange(len(lengths), device=lengths.device), lengths - 1]  # [batch, tags]
        expected = (unary * emissions).sum() + (pairwise * transitions).sum()
        expected = expected + (unary[:, 0] * start).sum() + (last * end).sum()
        return self.log_partition(emissions, lengths, start, transitions, end).sum() - expected

    def path_score(self, emissions: Tensor, tags: Tensor, lengths: Tensor) -> Tensor:
        """[batch]"""
        start, transitions, end = self.scores()
        steps = torch.arange(tags.shape[1], device=tags.device)[None, :]
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
        partition = self._partition_by_halves if emissions.is_cuda else self._partition_by_steps
        return partition(emissions, lengths, start, transitions, end)

    @staticmethod
    def _partition_by_steps(
        emissions: Tensor, lengths: Tensor, start: Tensor, transitions: Tensor, end: Tensor
    ) -> Tensor:
        """Forward algorithm: little arithmetic, one step after the other."""
        weights = transitions.exp()
        alpha = start + emissions[:, 0]  # [batch, tags]
        for step in range(1, emissions.shape[1]):
            # log(sum_from exp(alpha + transition)) as one matrix product of scaled probabilities
            peak = alpha.max(1, keepdim=True).values
            moved = ((alpha - peak).exp().unsqueeze(1) @ weights).squeeze(1)
            moved = moved.clamp_min(TINY).log() + peak + emissions[:, step]
            alpha = torch.where((step < lengths)[:, None], moved, alpha)
        return torch.logsumexp(alpha + end, 1)

    @staticmethod
    def _partition_by_halves(
        emissions: Tensor, lengths: Tensor, start: Tensor, transitions: Tensor, end: Tensor
    ) -> Tensor:
        """The same as a product of one matrix a step, neighbours first (Sarkka and Garcia-Fernandez, 2021): far more
        arithmetic in few calls, which is what a GPU wants. In double precision, since a product of many steps spans
        more than single precision holds.
        """
        batch, time, tags = emissions.shape
        emissions = emissions.double()
        peaks = emissions.max(2).values  # [batch, time]
        inside = torch.arange(time, device=lengths.device)[None, :] < lengths[:, None]
        scale = (peaks * inside).sum(1)  # [batch]
        weights = transitions.double().exp()
        weights = weights.unsqueeze(1) if weights.dim() == 3 else weights
        steps = weights * (emissions - peaks[..., None])[:, 1:, None, :].exp()  # [batch, time - 1, from, to]
        identity = torch.eye(tags, dtype=steps.dtype, device=steps.device)
        product = torch.where(inside[:, 1:, None, None], steps, identity)
        while product.shape[1] > 1:
            odd = product.shape[1] % 2
            pairs = product[:, : product.shape[1] - odd]
            joined = pairs[:, 0::2] @ pairs[:, 1::2]
            if odd:
                joined = torch.cat([joined, product[:, -1:]], 1)
            largest = joined.detach().amax((2, 3)).clamp_min(1e-300)  # [batch, matrices]
            scale = scale + largest.log().sum(1)
            product = joined / largest[..., None, None]
        alpha = (start.double() + emissions[:, 0] - peaks[:, 0, None]).exp()  # [batch, tags]
        if time > 1:
            alpha = (alpha.unsqueeze(1) @ product[:, 0]).squeeze(1)
        return (scale + (alpha * end.double().exp()).sum(1).clamp_min(1e-300).log()).float()

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
            back.append(torch.where(running, source, torch.arange(score.shape[1], device=score.device)[None]))
        tag = (score + end).argmax(1)  # [batch]
        path = [tag]
        for source in reversed(back):
            tag = source.gather(1, tag[:, None]).squeeze(1)
            path.append(tag)
        rows = torch.stack(path[::-1], 1).tolist()
        return [row[:length] for row, length in zip(rows, lengths.tolist(), strict=True)]
