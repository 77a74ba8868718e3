#!/bin/sh
# Writes tests/data/schema-NNNN.tar.gz and .json: a small data directory of this version, and what it answers.
# Run it before a release; later versions are tested against it.
set -eu
cd "$(dirname "$0")/.."
mkdir -p tests/data
exec .venv/bin/python -m tests.kit.stored_data tests/data
