"""Step 5b: fixtures by which the service's tests hold TypeScript to Python.

python -m ner.parity runs/ner_jsl-1 --tokens notes.tok.jsonl --out ../test/fixtures/parity/expected.json

For each note: the ids of every row, the emissions of the network in PyTorch, tags, and entities with probabilities
computed as ratios of partition functions.
"""

import argparse
import json
from pathlib import Path

from .data import read_documents
from .recognize import recognize
from .run_folder import Run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--tokens", type=Path, required=True, help="notes through ner-jsl tokenize")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()

    run = Run(arguments.run)
    notes = []
    for document in read_documents(arguments.tokens):
        found = recognize(run, document)
        notes.append(
            {
                "id": document.id,
                "rows": [
                    {
                        "wordIds": row.word_ids,
                        "characterIds": row.character_ids,
                        "emissions": [[round(value, 5) for value in step] for step in row.emissions.tolist()],
                    }
                    for row in found.rows
                ],
                "tags": found.tags,
                "entities": [entity | {"confidence": round(entity["confidence"], 6)} for entity in found.entities],
            }
        )
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps({"notes": notes}, separators=(",", ":")) + "\n")
    print(f"{len(notes)} notes -> {arguments.out}")


if __name__ == "__main__":
    main()
