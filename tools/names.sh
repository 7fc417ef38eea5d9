#!/bin/sh
# Train anew the model that finds people's names (some ten minutes on one core), and replace the files in bot/privacy/weights.
# Faker, which has the names, stays in a folder of its own. Afterwards: make test, make evaluate.
set -eu
cd "$(dirname "$0")/.."

sh tools/setup.sh test  # gets uv
folder=.build/faker
.build/tools/bin/uv pip install --quiet --require-hashes --no-deps --python .venv-test/bin/python --target "$folder" -r requirements/names.lock
# One thread: the same sums in the same order give the same model.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 TF_CPP_MIN_LOG_LEVEL=3 PYTHONPATH="$folder"
exec .venv-test/bin/python -W ignore -m training.names.train
