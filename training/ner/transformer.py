"""A pre-trained MPNet encoder (Song et al., 2020) in plain PyTorch.

Only for teachers: large, accurate and too slow to serve. Matrix products run in bfloat16 under autocast, which is fast
on processors with AMX or AVX512-BF16; weights and sums stay float32.
"""

import json
import math
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from .model import locked_dropout
from .pieces import CASES


class Layer(nn.Module):
    def __init__(self, size: int, heads: int, inner: int, dropout: float):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.qkv = nn.Linear(size, 3 * size)
        self.out = nn.Linear(size, size)
        self.attention_norm = nn.LayerNorm(size)
        self.up = nn.Linear(size, inner)
        self.down = nn.Linear(inner, size)
        self.norm = nn.LayerNorm(size)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """[batch, time, size] with an additive attention bias [batch, heads, time, time]."""
        batch, time, size = x.shape
        q, k, v = self.qkv(x).view(batch, time, 3, self.heads, size // self.heads).permute(2, 0, 3, 1, 4)
        # Written out: faster here in training than the fused kernel, whose backward pass is slow.
        scores = (q * (size // self.heads) ** -0.5) @ k.transpose(-1, -2) + bias.to(q.dtype)
        mixed = (scores.softmax(-1).to(v.dtype) @ v).transpose(1, 2).reshape(batch, time, size)
        x = self.attention_norm(x + locked_dropout(self.out(mixed), self.dropout, self.training))
        inner = self.down(nn.functional.gelu(self.up(x)))
        return self.norm(x + locked_dropout(inner, self.dropout, self.training))


class MPNet(nn.Module):
    def __init__(self, config: dict, dropout: float = 0.1):
        super().__init__()
        size = config["hidden_size"]
        self.size, self.dropout = size, dropout
        self.words = nn.Embedding(config["vocab_size"], size)
        self.positions = nn.Embedding(config["max_position_embeddings"], size)
        self.cases = nn.Embedding(CASES, size)
        nn.init.zeros_(self.cases.weight)
        self.norm = nn.LayerNorm(size)
        self.buckets = config["relative_attention_num_buckets"]
        self.relative = nn.Parameter(torch.empty(self.buckets, config["num_attention_heads"]), requires_grad=False)
        self.layers = nn.ModuleList(
            Layer(size, config["num_attention_heads"], config["intermediate_size"], dropout)
            for _ in range(config["num_hidden_layers"])
        )

    def forward(self, ids: Tensor, cases: Tensor, lengths: Tensor) -> Tensor:
        """[batch, time, size] of word-piece ids and case classes [batch, time] and lengths [batch]."""
        time = ids.shape[1]
        x = self.words(ids) + self.positions(torch.arange(2, time + 2, device=ids.device)) + self.cases(cases)
        x = locked_dropout(self.norm(x), self.dropout, self.training)
        inside = torch.arange(time, device=ids.device)[None] < lengths[:, None]  # [batch, time]
        bias = self.relative[self.relative_buckets(time)].permute(2, 0, 1)[None]  # [1, heads, time, time]
        bias = bias.masked_fill(~inside[:, None, None, :], -1e4)
        for layer in self.layers:
            x = layer(x, bias)
        return x

    def relative_buckets(self, time: int, furthest: int = 128) -> Tensor:
        """[from, to]: signed distances, exact while near, logarithmic beyond (Raffel et al., 2020)."""
        at = torch.arange(time, device=self.relative.device)
        distance = at[:, None] - at[None]  # how far `to` lies before `from`
        half = self.buckets // 2
        exact = half // 2
        near = distance.abs()
        far = exact + (near.clamp_min(1) / exact).log() / math.log(furthest / exact) * (half - exact)
        bucket = torch.where(near < exact, near, far.long().clamp_max(half - 1))
        return bucket + (distance < 0) * half

    @classmethod
    def from_folder(cls, folder: Path, dropout: float = 0.1) -> "MPNet":
        """Of config.json and either the encoder.pt of `ner.adapt` or the original model.safetensors."""
        model = cls(json.loads((folder / "config.json").read_text()), dropout)
        if (folder / "encoder.pt").exists():
            model.load_state_dict(torch.load(folder / "encoder.pt", map_location="cpu"))
        else:
            model.load_state_dict(model._renamed(load_file(folder / "model.safetensors")))
        return model

    def _renamed(self, source: dict[str, Tensor]) -> dict[str, Tensor]:
        names = {
            "words.weight": "embeddings.word_embeddings.weight",
            "positions.weight": "embeddings.position_embeddings.weight",
            "norm.weight": "embeddings.LayerNorm.weight",
            "norm.bias": "embeddings.LayerNorm.bias",
            "relative": "encoder.relative_attention_bias.weight",
        }
        parts = {
            "out": "attention.attn.o",
            "attention_norm": "attention.LayerNorm",
            "up": "intermediate.dense",
            "down": "output.dense",
            "norm": "output.LayerNorm",
        }
        state = {mine: source[theirs] for mine, theirs in names.items()}
        state["cases.weight"] = self.cases.weight.detach()
        for i in range(len(self.layers)):
            for kind in ("weight", "bias"):
                prefix = f"encoder.layer.{i}"
                qkv = [source[f"{prefix}.attention.attn.{part}.{kind}"] for part in "qkv"]
                state[f"layers.{i}.qkv.{kind}"] = torch.cat(qkv)
                for mine, theirs in parts.items():
                    state[f"layers.{i}.{mine}.{kind}"] = source[f"{prefix}.{theirs}.{kind}"]
        return state
