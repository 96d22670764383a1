# The entities of a column of notes, one a row. Needs the packages pandas and requests.
import os
import sys

import pandas as pd
import requests

service = os.environ.get("NER_URL", "http://localhost:8080")


def entities_of(notes: pd.Series, size: int = 100) -> pd.DataFrame:
    """Columns note (the index of `notes`), start, end, text, label, confidence; offsets are UTF-16 code units."""
    rows = []
    with requests.Session() as session:
        for first in range(0, len(notes), size):
            part = notes.iloc[first : first + size]
            documents = [{"id": str(position), "text": text} for position, text in enumerate(part)]
            response = session.post(f"{service}/ner/batch", json={"documents": documents}, timeout=120)
            response.raise_for_status()
            answer = response.json()
            for error in answer["errors"]:
                print(part.index[error["index"]], error["problem"]["code"], file=sys.stderr)
            for document in answer["documents"]:
                note = part.index[int(document["id"])]
                rows += [{"note": note, **entity} for entity in document["entities"]]
    return pd.DataFrame(rows, columns=["note", "start", "end", "text", "label", "confidence"])


notes = pd.DataFrame(
    {
        "patient": [17, 23, 42],
        "note": [
            "Started lisinopril 10 mg daily for hypertension.",
            "",
            "Chest x-ray showed no pneumothorax.",
        ],
    }
).set_index("patient")

found = entities_of(notes["note"])
print(found.drop(columns="confidence").to_csv(index=False), end="")
print(found["label"].value_counts().sort_index().to_string(header=False))
