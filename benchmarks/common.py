"""What the benchmarks share: a model without latency, texts, and a table of figures, each in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Row = tuple[str, str, str, bool]
"""Figure, measured, must reach, reached."""


def in_process(reply: Callable[[str], str], name: str) -> Any:
    """A chat model without latency."""
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage
    from langchain_core.outputs import ChatGeneration, ChatResult

    class Instant(BaseChatModel):
        model_name: str = name

        @property
        def _llm_type(self) -> str:
            return "instant"

        def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **_: Any) -> ChatResult:
            return ChatResult(generations=[ChatGeneration(message=AIMessage(reply(messages[-1].text)))])

        async def _agenerate(self, messages: Any, stop: Any = None, run_manager: Any = None, **_: Any) -> ChatResult:
            return self._generate(messages)

    return Instant()


def text_of(characters: int, seed: int = 7) -> str:
    """Words without a pattern, so that every span is found where it is and nowhere else."""
    import random

    draw = random.Random(seed)
    words = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(2, 9))) for _ in range(20_000)]
    return " ".join(draw.choices(words, k=characters // 5))[:characters]


def limited(what: str, value: float, limit: float, unit: str) -> list[Row]:
    """The row of a figure that may not pass a limit."""
    return [(what, f"{value:.2f} {unit}", f"<= {limit:g}", value <= limit)]


def show(table: Iterable[Row]) -> None:
    """Print the table and end: with 0 when every figure is reached."""
    print("| figure | measured | must reach | |\n|---|---|---|---|")
    failed = False
    for what, measured, must, reached in table:
        print(f"| {what} | {measured} | {must} | {'yes' if reached else 'NO'} |", flush=True)
        failed |= not reached
    sys.exit(failed)


def apart(file: str, name: str, *arguments: str) -> Any:
    """What the function of that name measures, in a process of its own: `measured` is called there."""
    command = [sys.executable, file, f"--one={name}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{done.stderr[-2000:]}\n{name} failed")
    return json.loads(done.stdout.splitlines()[-1])


def run(file: str, figures: Mapping[str, Callable[[], list[Row]]]) -> None:
    """Measure the figures named on the command line, by default all, each in a process of its own."""
    if sys.argv[1:] and sys.argv[1].startswith("--one="):
        print(json.dumps(figures[sys.argv[1].removeprefix("--one=")]()))
    else:
        show(row for name in sys.argv[1:] or figures for row in apart(file, name))
