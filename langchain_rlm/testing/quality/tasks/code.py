"""A code base of Python modules: which functions reach one, which change a constant."""

from random import Random

from langchain_rlm.testing.quality.tasks.drawn import Drawn, sentences
from langchain_rlm.testing.quality.words import DESCRIBED, a, names

A_FUNCTION = 185
"""Characters, about; what is left is filled with comments."""
OF_MODULE = 12
"""Functions."""
MOST = 24
"""Functions that are asked for."""
_VERBS = ("fold", "sort", "merge", "scale", "trim", "shift", "pack", "scan", "blend", "round", "drop", "pick")
_FORM = 'Answer with "Answer: " and their names, with commas between them.'


class _Code:
    """Functions by number; a function calls others that come before it alone, so that nothing calls itself."""

    def __init__(self, rng: Random, count: int) -> None:
        made = names(rng)
        self.rng = rng
        self.functions = [f"{rng.choice(_VERBS)}_{next(made).lower()}" for _ in range(count)]
        self.calls: list[list[int]] = [[] for _ in range(count)]
        self.constants = [f"SIGN_{next(made).upper()}" for _ in range(0, count, OF_MODULE)]
        self.changed: set[int] = set()
        """Functions that change the constant of their module."""
        self.target, *others = rng.sample(sorted(DESCRIBED), len(DESCRIBED))
        self.draws = [rng.choice(others) for _ in range(count)]
        self.says = [rng.choice(others) for _ in self.constants]

    def source(self, number: int) -> str:
        """The text of a function."""
        lines = [f"def {self.functions[number]}(value):", f'    """Print {a(self.draws[number])}."""']
        module = number // OF_MODULE
        if number in self.changed:
            lines += [f"    global {self.constants[module]}", f"    {self.constants[module]} = str(value)"]
        for called in self.calls[number]:
            name = self.functions[called]
            of = called // OF_MODULE
            lines.append(f"    value += {name if of == module else f'm{of:04}.{name}'}(value - {number % 9 + 1})")
        return "\n".join([*lines, f"    return value * {number % 7 + 2}"])

    def module(self, number: int, sources: list[str]) -> str:
        """The text of a module, with its imports."""
        own = range(number * OF_MODULE, number * OF_MODULE + len(sources))
        used = {called // OF_MODULE for one in own for called in self.calls[one]} - {number}
        head = [f"import m{one:04}" for one in sorted(used)] + [f'{self.constants[number]} = "{self.says[number]}"']
        return "\n\n\n".join(["\n".join(head), *sources]) + "\n"


def code(rng: Random, size: int, *, is_searchable: bool) -> Drawn:
    """One of the two questions."""
    made = _Code(rng, max(12, size // A_FUNCTION))
    ask = _reach if rng.random() < 0.6 else _changed
    question, right, others = ask(made, is_searchable=is_searchable)
    sources = [made.source(number) for number in range(len(made.functions))]
    evidence = [sources[number] for number in right] + others
    left = size - sum(map(len, _modules(made, sources).values()))
    comments = sentences(rng, left - left // 40)
    for place, one in enumerate(comments):
        number = place * len(sources) // len(comments)
        sources[number] = f"# {one}\n{sources[number]}"
    gold = sorted(made.functions[number] for number in right)
    return Drawn(f"{question} {_FORM}", _modules(made, sources), gold, tuple(evidence))


def _modules(made: _Code, sources: list[str]) -> dict[str, str]:
    return {
        f"m{number:04}.py": made.module(number, sources[number * OF_MODULE : (number + 1) * OF_MODULE])
        for number in range(len(made.constants))
    }


Asked = tuple[str, list[int], list[str]]
"""A question, the functions that are right, and what else the answer rests on."""


def _reach(made: _Code, *, is_searchable: bool) -> Asked:
    count = len(made.functions)
    end = made.rng.randrange(count // 3)
    right = sorted(made.rng.sample(range(end + 1, count), min(MOST, max(3, count // 6))))
    reaching = {end, *right}
    for number in range(1, count):
        free = [made.rng.randrange(number) for _ in range(made.rng.randrange(3))]
        made.calls[number] = [called for called in dict.fromkeys(free) if called not in reaching]
    for place, number in enumerate(right):
        made.calls[number].append(made.rng.choice([end, *right[:place]]))
    made.draws[end] = made.target
    _some_change(made, set())
    if is_searchable:
        return f"Which functions call {made.functions[end]}, directly or through others?", right, []
    shown = f'the one that shows "{DESCRIBED[made.target]}"'
    return f"Which functions lead, directly or through others, to {shown}?", right, [made.source(end)]


def _changed(made: _Code, *, is_searchable: bool) -> Asked:
    count = len(made.functions)
    for number in range(1, count):
        made.calls[number] = list(dict.fromkeys(made.rng.randrange(number) for _ in range(made.rng.randrange(3))))
    module = made.rng.randrange(len(made.constants))
    own = range(module * OF_MODULE, min(count, (module + 1) * OF_MODULE))
    right = sorted(made.rng.sample(own, min(len(own), made.rng.randint(1, 4))))
    made.says[module] = made.target
    _some_change(made, set(own))
    made.changed.update(right)
    if is_searchable:
        return f"Which functions change the constant {made.constants[module]}?", right, []
    beginning = f'{made.constants[module]} = "{made.target}"'
    return f'Which functions alter the constant that at first is "{DESCRIBED[made.target]}"?', right, [beginning]


def _some_change(made: _Code, apart: set[int]) -> None:
    """Some functions change the constant of their module, beside those that are asked for."""
    made.changed = {number for number in range(len(made.functions)) if made.rng.random() < 0.1} - apart
