#!/bin/sh
# The drugs, doses and routes of one text.
curl -sS --fail-with-body --retry 5 "${NER_URL:-http://localhost:8080}/ner" \
  -H 'content-type: application/json' \
  -d '{
    "text": "Metformin 500 mg p.o. b.i.d. for type 2 diabetes mellitus.",
    "options": { "labels": ["Drug_Name", "Dosage", "Route"] }
  }'
