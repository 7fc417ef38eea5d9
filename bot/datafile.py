"""Read a YAML data file into a typed model, or say in which file and line it is wrong and what would be right."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, Extra, ValidationError


class DataFileError(Exception):
    """A data file cannot be used. The message reads ``path:line: what is wrong; what would be right``."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        super().__init__(f"{path}:{line}: {problem}")
        self.path, self.line, self.problem = path, line, problem


class Entry(BaseModel):
    """Base of every entry of a data file: unknown keys are refused, values cannot be changed after loading."""

    class Config:
        extra = Extra.forbid
        frozen = True
        anystr_strip_whitespace = True
        min_anystr_length = 1


EntryT = TypeVar("EntryT", bound=BaseModel)


class DataFile:
    """One YAML file, parsed, with the line of every value in it."""

    def __init__(self, path: Path) -> None:
        """Parse ``path``. Raises DataFileError when it is missing, not UTF-8, not YAML, or repeats a key."""
        self.path = path
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise DataFileError(path, 1, "the file is missing; put it back or restore it from version control") from None
        except UnicodeDecodeError as error:
            raise DataFileError(path, 1, f"byte {error.start} is not UTF-8; save the file as UTF-8") from None
        except OSError as error:
            raise DataFileError(path, 1, f"the file cannot be read ({error.strerror})") from None
        try:
            loader = yaml.CSafeLoader(text)
            self._root = loader.get_single_node()
            self._refuse_odd_keys(self._root, set())
            self.value: Any = None if self._root is None else loader.construct_document(self._root)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise DataFileError(path, line, f"not valid YAML: {error.problem}; check indentation and quotes") from None
        except (yaml.YAMLError, ValueError) as error:
            raise DataFileError(path, self._line_of_bad_date(), f"not valid YAML: {error}") from None

    def _refuse_odd_keys(self, node: yaml.Node | None, seen: set[int]) -> None:
        """PyYAML silently keeps the last of two equal keys; an editor would lose a text without knowing."""
        if node is None or id(node) in seen:
            return
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            names: set[str] = set()
            for key, value in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    raise self.error_at(key, "a key must be a plain word")
                if key.value in names:
                    raise self.error_at(key, f"the key '{key.value}' stands here twice; keep one of them")
                names.add(key.value)
                self._refuse_odd_keys(value, seen)
        elif isinstance(node, yaml.SequenceNode):
            for child in node.value:
                self._refuse_odd_keys(child, seen)

    def _line_of_bad_date(self) -> int:
        """PyYAML does not say where a date such as 2026-02-30 stands."""
        nodes = [self._root] if getattr(self, "_root", None) else []
        while nodes:
            node = nodes.pop()
            if isinstance(node, yaml.MappingNode):
                nodes += [value for _, value in node.value]
            elif isinstance(node, yaml.SequenceNode):
                nodes += node.value
            elif isinstance(node, yaml.ScalarNode) and node.tag.endswith("timestamp"):
                try:
                    yaml.safe_load(node.value)
                except ValueError:
                    return node.start_mark.line + 1
        return 1

    def error_at(self, node: yaml.Node, problem: str) -> DataFileError:
        return DataFileError(self.path, node.start_mark.line + 1, problem)

    def error(self, where: tuple[str | int, ...], problem: str) -> DataFileError:
        """The error to raise for the value at ``where``, a path of keys and list positions."""
        return DataFileError(self.path, self.line(where), problem)

    def line(self, where: tuple[str | int, ...]) -> int:
        """Line (from 1) of the value at ``where``, or of its nearest parent that exists."""
        node, line = self._root, 1
        for step in where:
            found = None
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    if key.value == str(step):
                        line, found = key.start_mark.line + 1, value
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                found = node.value[step]
                line = found.start_mark.line + 1
            if found is None:
                break
            node = found
        return line

    def entry(self, model: type[EntryT]) -> EntryT:
        """The whole file as one ``model``. Raises DataFileError with line and remedy."""
        return self._checked(model, self.value, ())

    def mapping(self, model: type[EntryT]) -> dict[str, EntryT]:
        """A file of the form ``id: entry`` as a dictionary of ``model``."""
        if not isinstance(self.value, dict) or not isinstance(self._root, yaml.MappingNode):
            raise DataFileError(self.path, 1, "expected 'name: entry' pairs at the top level")
        for (node, _), key in zip(self._root.value, self.value, strict=True):
            if not isinstance(key, str):
                raise self.error_at(node, f"YAML reads the name {node.value} as {key!r}; put it in quotes")
        return {key: self._checked(model, value, (key,)) for key, value in self.value.items()}

    def sequence(self, model: type[EntryT]) -> list[EntryT]:
        """A file that is a list of entries as a list of ``model``."""
        if not isinstance(self.value, list):
            raise DataFileError(self.path, 1, "expected a list of entries ('- ...') at the top level")
        return [self._checked(model, value, (position,)) for position, value in enumerate(self.value)]

    def _checked(self, model: type[EntryT], value: Any, where: tuple[str | int, ...]) -> EntryT:
        if not isinstance(value, dict):
            raise self.error(where, f"expected the keys {', '.join(model.__fields__)}")
        try:
            return model.parse_obj(value)
        except ValidationError as error:
            raise self._readable(error, model, where) from None

    def _readable(self, error: ValidationError, model: type[BaseModel], where: tuple[str | int, ...]) -> DataFileError:
        # A misspelt key is both unknown and missing: name the one that stands in the file.
        first = min(error.errors(), key=lambda fault: fault["type"] != "value_error.extra")
        location = tuple(step for step in first["loc"] if step != "__root__")
        name = ".".join(str(step) for step in location) or "entry"
        if first["type"] == "value_error.extra":
            problem = f"unknown key '{location[-1]}'; {_allowed_keys(model, location)}"
        elif first["type"] == "value_error.missing":
            problem = f"the key '{location[-1]}' is missing; add it"
        else:
            problem = f"'{name}' is not right: {first['msg']}"
        return self.error((*where, *location), problem)


def _allowed_keys(model: type[BaseModel], location: tuple[str | int, ...]) -> str:
    """The keys that may stand where an unknown one was found."""
    current: Any = model
    for step in location[:-1]:
        fields = getattr(current, "__fields__", {})
        if step in fields:
            current = fields[step].type_
    fields = getattr(current, "__fields__", {})
    return f"allowed here: {', '.join(fields)}" if fields else "remove it or correct its spelling"
