"""Rasa without TensorFlow, which Rasa 3.6.21 imports for components that this guide does not use.

Eight seconds and 250 MB in every process that imports Rasa. Imported before Rasa, this module puts a stand-in in TensorFlow's
place: it has every name that Rasa's modules want while they are imported (classes to derive from, decorators), and whoever
would use one of them (a `DIETClassifier` in config.yml, say) is told so at once. Rasa's own command (`rasa train`) still
gets the real TensorFlow; `python -m bot.rasa_ext.command_line train` does not.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import bot.without_tensorflow  # noqa: F401  # spaCy's library must find nothing at all, or it would use the stand-in

LEFT_OUT = frozenset({"tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras"})


class LeftOutError(RuntimeError):
    """Something wants to use TensorFlow in a process that leaves it out."""


class _StandIn(type):
    """A class with every attribute: each is a class like it, so that any of them can be derived from."""

    def __getattr__(cls, name: str) -> _StandIn:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _StandIn(name, (), {"__module__": f"{cls.__module__}.{cls.__name__}"})
        setattr(cls, name, made)
        return made

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        """As a decorator it leaves the function as it is; everything else would be use."""
        if len(arguments) == 1 and callable(arguments[0]) and not named:
            return arguments[0]
        raise LeftOutError(
            f"{cls.__module__}.{cls.__name__} needs TensorFlow, which this guide leaves out: "
            "use components in config.yml that do without it"
        )


class _Module(ModuleType):
    __path__: list[str] = []

    def __getattr__(self, name: str) -> _StandIn:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _StandIn(name, (), {"__module__": self.__name__})
        setattr(self, name, made)
        return made


class _Finder(MetaPathFinder, Loader):
    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        return ModuleSpec(fullname, self, is_package=True) if fullname.split(".")[0] in LEFT_OUT else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""


if "tensorflow" not in sys.modules:
    sys.meta_path.insert(0, _Finder())
