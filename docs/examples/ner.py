# The entities of a text. Needs the package requests.
import os

import requests

service = os.environ.get("NER_URL", "http://localhost:8080")
text = "Ms. Okafor 🙂 denies chest pain. Takes aspirin 81 mg p.o. daily."

response = requests.post(f"{service}/ner", json={"text": text, "options": {"minConfidence": 0.5}}, timeout=60)
if not response.ok:
    problem = response.json()
    raise SystemExit(f"{problem['code']}: {problem.get('detail', problem['title'])}")

# Offsets count UTF-16 code units, two for a character such as 🙂, and Python counts characters.
units = text.encode("utf-16-le", "surrogatepass")
for entity in response.json()["entities"]:
    span = units[2 * entity["start"] : 2 * entity["end"]].decode("utf-16-le", "surrogatepass")
    assert span == entity["text"]
    print(entity["start"], entity["end"], entity["label"], span)
