"""A plan: a named program for questions of one shape. Its file is Python that a person can read.

The docstring says for which questions it is, with examples below; annotated names are its parameters; the rest is a
cell over the REPL's functions:

    '''How many items are of a kind.

    How many of the reviews are negative?
    labels: negative, other
    '''
    question: str
    labels: list[str]
    batch: int = 10

    FINAL(...)
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from langchain_rlm.errors import InputError
from langchain_rlm.plans.kinds import KNOWN, fits, kind_of
from langchain_rlm.plans.recorded import recorded_cell, with_parameters
from langchain_rlm.plans.shared import functions_for
from langchain_rlm.plans.sizes import NAMES as SIZES
from langchain_rlm.repl.syntax import literal, parse

QUESTION = "question"
"""The parameter that is the question of the run, unless it is given."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a plan: its type, and its value when none is given."""

    kind: str
    default: tuple[Any, ...] = ()
    """The value in a tuple; empty: it must be given."""
    line: int = 0
    """In the file; 0 when there is none."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A program over the REPL's functions, for questions of one shape.

    Args:
        name: What it is called.
        purpose: For which questions it is: one line, which the root model sees when it chooses. Lines below it are
            examples: a question, then the parameters that fit it, as `name: value`.
        parameters: Their types by name: `str`, `int`, `float`, `bool`, `list[str]`, `list[int]`, `list[float]`,
            `dict[str, str]`, `Literal["a", "b"]`, as such or as text; or a `Parameter` with a default. `question` is
            the question of the run. `piece`, `small_piece`, `batch` and `notes` have the sizes that suit the models.
        cell: Its code. It has the parameters as variables, and ends with `FINAL(...)`.
    """

    name: str
    purpose: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    cell: str
    above: int = 0
    """Lines of the file above the cell."""

    @classmethod
    def load(cls, path: str | Path) -> "Plan":
        """Read a plan from its file; it is named like the file.

        Raises:
            InputError: The file cannot be read, or holds no plan.
        """
        path = Path(path)
        try:
            return cls.of(path.read_text(encoding="utf-8"), path.stem)
        except (OSError, UnicodeDecodeError) as error:
            msg = f"The plan {path} cannot be read ({error}). Pass the name of a shipped plan, or a file with one."
            raise InputError(msg) from error

    @classmethod
    def of(cls, text: str, name: str) -> "Plan":
        """Read a plan from the text of its file.

        Raises:
            InputError: It is no plan; the message has the line.
        """
        body = _parsed(text, name).body
        said = ast.get_docstring(ast.Module(body[:1], []))
        if not said:
            msg = f"The plan {name!r}, line 1: a docstring must say for which questions it is."
            raise InputError(msg)
        parameters: dict[str, Any] = {}
        above = body[0].end_lineno or 0
        for node in body[1:]:
            if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
                break
            parameters[node.target.id] = _parameter(node, name)
            above = node.end_lineno or 0
        cell = "\n".join(text.splitlines()[above:])
        plan = cls(name=name, purpose=said, parameters=parameters, cell=cell, above=above)
        plan.check()
        return plan

    @classmethod
    def from_run(
        cls, result: Mapping[str, Any], *, parameters: Mapping[str, Any] | None = None, name: str = "recorded",
        purpose: str = "",
    ) -> "Plan":  # fmt: skip
        """Make a plan of the cells of a good run, to run again over other documents without a root model.

        Args:
            result: What `RLM.invoke` returned.
            parameters: Values that the cells have as literals, or inside texts, by the names that take their places.
            name: What the plan is called.
            purpose: For which questions it is. Default: the question of the run.

        Raises:
            InputError: The run was not answered by code, or a value is not in it.
        """
        code, kinds = with_parameters(recorded_cell(result["journal"]), parameters or {})
        return cls(name=name, purpose=purpose or str(result["question"]), parameters=kinds, cell=code)

    @property
    def text(self) -> str:
        """The plan as the text of its file."""
        said = '"""' + self.purpose.strip().replace("\\", "\\\\").replace('"""', '\\"""')
        lines = [said + ('\n"""' if "\n" in said else '"""'), ""]
        for name, parameter in self.typed.items():
            default = f" = {parameter.default[0]!r}" if parameter.default else ""
            lines.append(f"{name}: {parameter.kind}{default}")
        return "\n".join([*lines, "", self.cell.strip("\n"), ""])

    def save(self, path: str | Path) -> None:
        """Write the plan as a file, for `Plan.load` and for people to read."""
        Path(path).write_text(self.text, encoding="utf-8")

    @cached_property
    def typed(self) -> Mapping[str, Parameter]:
        """The parameters, each with its kind.

        Raises:
            InputError: A name or a type cannot be used.
        """
        typed = {}
        for name, given in self.parameters.items():
            parameter = given if isinstance(given, Parameter) else Parameter(given)
            if not name.isidentifier():
                raise self._wrong(name, parameter.line, "is no name")
            try:
                typed[name] = Parameter(kind_of(parameter.kind), parameter.default, parameter.line)
            except ValueError as error:
                raise self._wrong(name, parameter.line, f"{error}. Known are {KNOWN}") from None
            self._check_value(name, typed[name], *parameter.default)
        return typed

    @property
    def own(self) -> dict[str, Parameter]:
        """The parameters beside the question and the sizes, which follow from the run."""
        return {name: one for name, one in self.typed.items() if name not in {QUESTION, *SIZES}}

    def check(self, given: Mapping[str, Any] | None = None) -> None:
        """Refuse a plan that cannot run, and parameters that it does not have, or of another type.

        Raises:
            InputError: With the line.
        """
        _parsed(self.cell, self.name, self.above)
        for name, parameter in self.typed.items():
            if given is not None and name in given:
                self._check_value(name, parameter, given[name])
        if given is None:
            return
        if unknown := [name for name in given if name not in self.typed]:
            msg = f"plan_parameters: the plan {self.name!r} has no {unknown[0]!r}. It has {', '.join(self.typed)}."
            raise InputError(msg)
        if missing := [name for name, one in self.own.items() if not one.default and name not in given]:
            raise self._wrong(missing[0], self.typed[missing[0]].line, "has no value. Pass it in plan_parameters")

    def bound(self, given: Mapping[str, Any]) -> str:
        """The cell with the functions that it shares with other plans, and the parameters as literals at its top."""
        values = {name: given[name] if name in given else one.default[0] for name, one in self.typed.items()}
        above = [f"{name} = {value!r}" for name, value in values.items()]
        return "\n".join([*above, *functions_for(self.cell), self.cell.strip("\n")])

    def _check_value(self, name: str, parameter: Parameter, *values: Any) -> None:
        for value in values:
            if not fits(parameter.kind, value):
                raise self._wrong(name, parameter.line, f"is {value!r:.100}, and must be {parameter.kind}")

    def _wrong(self, name: str, line: int, what: str) -> InputError:
        where = f", line {line}" if line else ""
        return InputError(f"The plan {self.name!r}{where}: the parameter {name!r} {what}.")


def _parsed(text: str, name: str, above: int = 0) -> ast.Module:
    try:
        tree = parse(text)
    except SyntaxError as error:
        line = (error.lineno or 1) + above
        shown = (error.text or "").strip()
        msg = f"The plan {name!r}, line {line}: {error.msg}: {shown:.100}"
        raise InputError(msg) from error
    except (ValueError, RecursionError, MemoryError) as error:
        msg = f"The plan {name!r} cannot be read as Python: {error}."
        raise InputError(msg) from error
    if not tree.body:
        msg = f"The plan {name!r} is empty: it needs a cell, which ends with FINAL(...)."
        raise InputError(msg)
    return tree


def _parameter(node: ast.AnnAssign, plan: str) -> Parameter:
    """A parameter as a line of a file declares it."""
    try:
        default = (literal(ast.unparse(node.value)),) if node.value is not None else ()
    except ValueError:
        msg = (
            f"The plan {plan!r}, line {node.lineno}: a default must be a literal, not {ast.unparse(node.value)!r:.80}."  # type: ignore[arg-type]
        )
        raise InputError(msg) from None
    return Parameter(ast.unparse(node.annotation), default, node.lineno)
