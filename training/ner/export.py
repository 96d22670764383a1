"""Step 5: a run folder to a model folder that the service loads.

python -m ner.export runs/ner_jsl-1 --name ner_jsl --version 1.0.0 --golden golden.jsonl \\
    --golden-tokens golden.tok.jsonl --out ../models/ner_jsl

Writes the network, vocabularies, CRF and manifest, then reloads the network with ONNX Runtime and compares its
emissions with PyTorch's on the golden note before it says done.
"""

import argparse
import hashlib
import json
import os
from pathlib import Path

import numpy as np
import torch

# The runtime sends usage data unless this is set before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime  # noqa: E402

from . import onnx_graph
from .data import Batch, make_rows, read_documents
from .recognize import recognize
from .run_folder import Run

FILES = [onnx_graph.FORMS, onnx_graph.ROWS, onnx_graph.EMBEDDINGS, "words.txt", "chars.txt", "tags.txt", "crf.json"]
# Largest difference of an emission between PyTorch and ONNX Runtime, which sum in different orders.
TOLERANCE = 2e-4


class Served:
    """The exported network in ONNX Runtime, on one thread: its results do not depend on how many there are."""

    def __init__(self, folder: Path):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.forms, self.rows = (
            onnxruntime.InferenceSession(str(folder / name), options, providers=["CPUExecutionProvider"])
            for name in (onnx_graph.FORMS, onnx_graph.ROWS)
        )

    def emissions(self, inputs: dict[str, np.ndarray]) -> np.ndarray:
        """Of what `network_inputs` returns: [rows, time, tags]."""
        (gates,) = self.forms.run(["gates"], {name: inputs[name] for name in ("word_ids", "character_ids")})
        padding = np.zeros_like(gates[:1])
        return self.rows.run(["emissions"], {"gates": np.concatenate([padding, gates]), "forms": inputs["forms"]})[0]


def network_inputs(batch: Batch) -> dict[str, np.ndarray]:
    """A padded batch as the served graphs take it: distinct (word, characters) pairs, numbered from 1; 0 is padding."""
    both = torch.cat([batch.word_ids[..., None], batch.character_ids], 2)  # [rows, time, 1 + characters]
    distinct, numbers = torch.unique(both.flatten(0, 1), dim=0, return_inverse=True)
    numbers = numbers.reshape(batch.word_ids.shape) + 1
    numbers[torch.arange(numbers.shape[1])[None] >= batch.lengths[:, None]] = 0
    return {
        "word_ids": distinct[:, 0].numpy().astype(np.int32),
        "character_ids": distinct[:, 1:].numpy().astype(np.int32),
        "forms": numbers.numpy().astype(np.int32),
    }


@torch.no_grad()
def largest_difference(run: Run, folder: Path, batch: Batch) -> float:
    """Between the emissions of PyTorch and of the exported network, over the tokens of the rows."""
    served = Served(folder).emissions(network_inputs(batch))
    trained = run.network(batch.word_ids, batch.character_ids, batch.lengths).numpy()
    inside = np.arange(trained.shape[1])[None] < batch.lengths.numpy()[:, None]
    return float(np.abs(served - trained)[inside].max())


def manifest(run: Run, folder: Path, name: str, version: str, golden: dict, training: dict) -> dict:
    def describe(file: str) -> dict:
        content = (folder / file).read_bytes()
        return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}

    return {
        "format": 3,
        "name": name,
        "version": version,
        "description": f"Clinical named entity recognition, {len(run.labels)} labels: "
        "word vectors, character CNN, BiLSTM, CRF",
        "license": "Apache-2.0",
        "language": "en",
        "pipeline": {
            "tokens": "clinical-1",
            "sentences": "clinical-1",
            "words": "lower-case, then digits as zero",
            "characterLength": run.config["character_length"],
            "rowTokens": run.config["row_tokens"],
        },
        "tagScheme": "IOB2",
        "labels": run.labels,
        "files": {file: describe(file) for file in FILES},
        "golden": golden,
        "training": training,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--name", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--golden", type=Path, required=True, help="one document: id, text")
    parser.add_argument("--golden-tokens", type=Path, required=True, help="the same through ner-jsl tokenize")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()

    run, folder = Run(arguments.run), arguments.out
    folder.mkdir(parents=True, exist_ok=True)
    onnx_graph.save(run.network, run.config["character_length"], len(run.tags), folder)
    run.words.write(folder / "words.txt")
    run.characters.write(folder / "chars.txt")
    (folder / "tags.txt").write_text("".join(f"{tag}\n" for tag in run.tags))
    start, transitions, end = (scores.detach().tolist() for scores in run.crf.scores())
    (folder / "crf.json").write_text(json.dumps({"start": start, "end": end, "transitions": transitions}) + "\n")

    golden = json.loads(arguments.golden.read_text(encoding="utf-8"))
    documents = read_documents(arguments.golden_tokens)
    batch = run.encoder.batch(documents, make_rows(documents, run.config["row_tokens"]))
    difference = largest_difference(run, folder, batch)
    print(f"largest difference of an emission, PyTorch to ONNX Runtime: {difference:.2e}")
    if difference > TOLERANCE:
        raise SystemExit("the exported network does not compute what was trained")

    found = recognize(run, documents[0]).entities
    for entity in found:
        entity["confidence"] = round(entity["confidence"], 6)
    training = {
        "seed": run.config["seed"],
        "epoch": run.metrics["epoch"],
        "devF1": round(run.metrics["f1"], 4),
        "devTokenF1": round(run.metrics["token_f1"], 4),
        "devMacroF1": round(run.metrics["macro_f1_10"], 4),
    }
    description = manifest(
        run, folder, arguments.name, arguments.version, {"text": golden["text"], "entities": found}, training
    )
    (folder / "manifest.json").write_text(json.dumps(description, indent=2, ensure_ascii=False) + "\n")
    size = sum(file["bytes"] for file in description["files"].values())
    print(f"{folder}: {size / 1e6:.1f} MB, golden note {len(found)} entities")


if __name__ == "__main__":
    main()
