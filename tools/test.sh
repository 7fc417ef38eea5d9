#!/bin/sh
# All checks, in the order in which they fail fastest. Sets up what it needs.
set -eu
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$*"; }

sh tools/setup.sh test
sh tools/setup.sh console
python=.venv-test/bin/python
export PYTHONWARNINGS=ignore RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3
export ACTION_SERVER_URL=http://127.0.0.1:1/webhook TRACKER_DB=:memory:

step "style"
.venv-test/bin/ruff check .
.venv-test/bin/ruff format --check .
step "types"
.venv-test/bin/mypy
step "unit tests and content"
sh tools/setup.sh servers
sh tools/setup.sh audit
PYTHONWARNINGS='' $python -m pytest -q -n 2 --ignore tests/conversations --ignore tests/browser --ignore tests/deployment
step "staff console"
.venv-console/bin/mypy --config-file bot/console/mypy.ini
PYTHONWARNINGS='' .venv-console/bin/python -m pytest -q -n 2 tests/console
step "training"
$python -m tools.train
step "training data"
# Rasa warns that retrieval intents have no responses of their own; ours are answered by actions. Shown only when it fails.
$python -m bot.rasa_ext.command_line data validate --fail-on-warnings --data data --domain domain.yml --config config.yml \
    >.build/validate.log 2>&1 || { cat .build/validate.log; exit 1; }
tail -n 1 .build/validate.log
step "stories"
$python -m bot.rasa_ext.command_line test core --stories tests/stories --e2e --fail-on-prediction-errors --out .build/results \
    --model models/guide.tar.gz --endpoints /dev/null
step "conversations with the running guide"
PYTHONWARNINGS='' $python -m pytest -q --durations 10 tests/conversations
step "several copies, backups, what is installed"
PYTHONWARNINGS='' $python -m pytest -q -s tests/deployment
step "every promise under faults, with small numbers"
$python -m faults --short
step "the chat in a real browser"
sh tools/setup.sh browser
PYTHONWARNINGS='' $python -m pytest -q -s tests/browser
