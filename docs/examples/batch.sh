#!/bin/sh
# Two texts and one that is none: it is among the errors, and the others are answered.
curl -sS --fail-with-body --retry 5 "${NER_URL:-http://localhost:8080}/ner/batch" \
  -H 'content-type: application/json' \
  -d '{
    "documents": [
      { "id": "a", "text": "Denies fever." },
      { "id": "b", "text": "" },
      { "id": "c", "text": "CT scan of the abdomen." }
    ]
  }'
