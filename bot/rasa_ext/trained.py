"""What the trained NLU components share: something pure that learns, saves itself and is loaded, inside the graph of Rasa."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from typing_extensions import Self


class Learned(Protocol):
    def save(self, folder: Path) -> None: ...


Part = TypeVar("Part", bound=Learned)


class TrainedComponent(GraphComponent, IntentClassifier, Generic[Part]):
    """A component says how its part is learned (``learn``), read (``read``) and what it does with a message (``see``)."""

    def __init__(self, model_storage: ModelStorage, resource: Resource, part: Part | None = None) -> None:
        self._model_storage, self._resource, self._part = model_storage, resource, part

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Self:
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Self:
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, cls.read(folder))

    def train(self, training_data: TrainingData) -> Resource:
        examples = [message for message in training_data.intent_examples if message.get("text")]
        self._part = self.learn(
            [str(message.get("text")) for message in examples], [message.get_full_intent() for message in examples]
        )
        with self._model_storage.write_to(self._resource) as folder:
            self._part.save(folder)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        assert self._part is not None, "Rasa loads or trains a component before it processes messages"
        for message in messages:
            self.see(self._part, message)
        return messages

    @staticmethod
    @abstractmethod
    def learn(texts: list[str], intents: list[str]) -> Part: ...

    @staticmethod
    @abstractmethod
    def read(folder: Path) -> Part: ...

    @abstractmethod
    def see(self, part: Part, message: Message) -> None: ...
