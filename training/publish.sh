#!/usr/bin/env bash
# Publishes a run as the model the service serves, with its golden note and parity fixtures renewed.
# Usage: ./publish.sh RUN_FOLDER VERSION
set -euo pipefail
run=$1 version=$2
cd "$(dirname "$0")"
node ../src/prepare.mjs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
node ../dist/cli/main.js tokenize golden/golden.jsonl >"$work/golden.tok.jsonl"
node ../dist/cli/main.js tokenize ../test/fixtures/notes.jsonl >"$work/notes.tok.jsonl"
python=.venv/bin/python
"$python" -m ner.export "$run" --name ner_jsl --version "$version" \
  --golden golden/golden.jsonl --golden-tokens "$work/golden.tok.jsonl" --out ../models/ner_jsl
"$python" -m ner.parity "$run" --tokens "$work/notes.tok.jsonl" --out ../test/fixtures/parity/expected.json
