"""What the lowering of one session remembers between cells."""

import ast
import copy
from dataclasses import dataclass, field

from langchain_rlm.repl.monty.lowering import vocabulary
from langchain_rlm.repl.monty.lowering.trees import FunctionNode


@dataclass(frozen=True)
class KnownClass:
    """A class that a cell defined.

    Attributes:
        name: Its name.
        node: Its definition as the model wrote it.
        order: Itself and its bases, in method resolution order.
        error: The builtin exception that carries it when it is raised; empty for other classes.
        kinds: Methods that are not plain methods: name to "property", "staticmethod" or "classmethod".
        attributes: What `vars()` of an instance holds.
        fields: The fields of a dataclass.
        has_length: Whether it defines `__len__`.
    """

    name: str
    node: ast.ClassDef
    order: tuple[str, ...]
    error: str
    kinds: dict[str, str]
    attributes: tuple[str, ...]
    fields: tuple[str, ...]
    has_length: bool


ANSWER_ERROR = KnownClass(
    name="AnswerError", node=ast.ClassDef("AnswerError", [], [], [], []), order=("AnswerError",), error="RuntimeError",
    kinds={}, attributes=("answers", "missing"), fields=(), has_length=False,
)  # fmt: skip
"""The exception of the REPL's own, which `sandbox/contract.py` defines."""


@dataclass
class Knowledge:
    """Names, functions and classes of the cells so far."""

    names: set[str] = field(default_factory=set)
    suspending: set[str] = field(default_factory=set)
    methods: set[str] = field(default_factory=set)
    modules: dict[str, str] = field(default_factory=lambda: {"re": "re"})
    fed: set[str] = field(default_factory=set)
    classes: dict[str, KnownClass] = field(default_factory=dict)
    functions: dict[str, FunctionNode] = field(default_factory=dict)
    twins: set[str] = field(default_factory=set)
    generators: set[str] = field(default_factory=set)
    """Functions and methods that yield."""
    has_odd_errors: bool = False
    """Whether a builtin error was made of something else than one text."""
    has_iterators: bool = False
    """Whether a name may stand for an iterator, which is over when it was looped over once."""
    has_asking_iterators: bool = False
    """Whether a name may stand for an iterator that asks a model for its next item."""
    count: int = 0

    def copy(self) -> "Knowledge":
        """A copy to change while a cell is lowered; a refused cell leaves the original as it was."""
        made = copy.copy(self)
        for key, value in vars(self).items():
            setattr(made, key, copy.copy(value))
        return made

    def kinds_of(self, method: str) -> dict[str, str]:
        """The classes on which `method` is a property, static or class method, and which of them."""
        return {name: known.kinds[method] for name, known in self.classes.items() if method in known.kinds}

    def family(self, name: str) -> list[str]:
        """A class and the classes that derive from it, as known so far."""
        return [other for other, known in self.classes.items() if name in known.order]

    def deriving(self, name: str) -> list[str]:
        """Like `family`, but also of a builtin exception."""
        above = {one for one, error in vocabulary.ERRORS.items() if issubclass(error, vocabulary.ERRORS.get(name, ()))}
        return [*self.family(name), *[own for own, carrier in self.errors.items() if carrier in above]]

    @property
    def errors(self) -> dict[str, str]:
        """The exceptions that cells defined, and the builtin exception that carries each."""
        return {name: known.error for name, known in self.classes.items() if known.error}
