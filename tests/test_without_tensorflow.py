"""TensorFlow costs seconds and hundreds of megabytes: no process of ours loads it."""

from __future__ import annotations

import subprocess
import sys

import pytest


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], timeout=120, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("module", ["actions.answer", "tools.serve", "bot.understanding.entities", "bot.triage", "bot.privacy"])
def test_it_is_not_loaded(module):
    assert run(f"import sys, {module}; sys.exit('tensorflow' in sys.modules)").returncode == 0


def test_all_of_rasa_is_imported_without_it():
    found = run(
        "import sys, bot.rasa_ext.command_line\n"
        "import rasa.__main__, rasa.core.run, rasa.model_training, rasa.engine.recipes.default_components\n"
        "print(*(name for name, module in sys.modules.items() if name.startswith('tensorflow') and '__file__' in vars(module)))"
    )
    assert (found.returncode, found.stdout.strip()) == (0, ""), found.stderr


def test_what_needs_it_says_so():
    found = run(
        "import bot.rasa_ext.without_tensorflow\n"
        "from rasa.utils.tensorflow.models import TransformerRasaModel\n"
        "TransformerRasaModel('DIET', {}, {}, {})"
    )
    assert "rasa.utils.tensorflow.models.TransformerRasaModel needs TensorFlow, which this guide leaves out" in found.stderr


def test_fine_tuning_has_no_spacy_and_needs_none():
    found = run("import sys; sys.modules['thinc'] = None; import bot.without_tensorflow")
    assert found.returncode == 0, found.stderr


def test_rasas_own_command_still_finds_it():
    found = run("import importlib.util, bot.rasa_ext; print(importlib.util.find_spec('tensorflow').origin)")
    assert found.stdout.strip().endswith("tensorflow/__init__.py"), found.stderr
