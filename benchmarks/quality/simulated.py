"""A simulated reader: an OpenAI-compatible model that reads its prompts, errs by a curve, and knows no right answer.

It proves orchestration and nothing else: that every piece arrives once, that answers come back in order, that limits
hold, what a method costs for the same reader. Its figures say nothing about models; for it reads by patterns that were
written for the very sentences of the tasks, and its programs for their very questions. As a root model it plays this
package and the reference implementation; where it is offered file tools it calls them by a script (`tools.py`), and
reads what they show by itself.

The server is that of the tests, in a process of its own, with windows, output limits, rates and faults as it has them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from benchmarks.quality.planning import choice
from benchmarks.quality.programs import root_reply
from benchmarks.quality.reading import read
from benchmarks.quality.rot import CURVES, Luck
from benchmarks.quality.tools import NEEDED, agent_reply
from tests.server.client import ModelServer
from tests.server.outcome import text_of, tokens

FUNCTION = "benchmarks.quality.simulated:reply"
_IS_ROOT = re.compile(r"^(?:`context` is (?:one `str`|a `list` of )|Your context is an? )", re.MULTILINE)
"""In the first message of this package, or of the reference implementation."""


@contextmanager
def simulated(
    models: Mapping[str, Mapping[str, Any]], *, seed: int = 1, rot: str = "gpt-5-mini", **server: Any
) -> Iterator[str]:
    """Serve simulated models for as long as the `with` block; gives the URL for `ChatOpenAI(base_url=...)`.

    Args:
        models: By name: what the test server takes for a model (`window` and `max_output` in tokens, `latency`,
            `rpm`, `tpm`, `faults`), and `rot` where a model has a curve of its own.
        seed: Another one makes other mistakes.
        rot: The curve of all models, one of `CURVES`; `off` makes no mistakes.
        server: Further settings of the test server.
    """
    given = {name: served(name, model, seed=seed, rot=rot) for name, model in models.items()}
    with ModelServer(models=given, **{"log": False, **server}) as running:
        yield running.url


def served(name: str, model: Mapping[str, Any], *, seed: int = 1, rot: str = "gpt-5-mini") -> dict[str, Any]:
    """A simulated model as the test server is configured."""
    curve = model.get("rot", rot)
    if curve not in CURVES:
        msg = f"rot={curve!r}: there is no curve of this name. Known: {', '.join(CURVES)}."
        raise ValueError(msg)
    told = {"model": name, "seed": seed, "rot": curve}
    return {"kind": "function", "function": FUNCTION, "given": told} | {
        key: value for key, value in model.items() if key != "rot"
    }


def reply(
    messages: Sequence[Mapping[str, Any]], *, model: str, seed: int, rot: str, tools: Sequence[str] = ()
) -> str | dict[str, Any]:
    """What a model says: as a root model by the turn it is at, with file tools by what they show, else as it reads."""
    texts = [text_of(message) for message in messages]
    first = next((text for text in texts if _IS_ROOT.search(text)), None)
    if first is not None:
        return root_reply(first, sum(message.get("role") == "assistant" for message in messages))
    if (chosen := choice(texts)) is not None:
        return chosen
    luck = Luck(seed, model, CURVES[rot], sum(tokens(len(text)) for text in texts))
    if NEEDED.issubset(tools):
        return agent_reply(messages, luck)
    return read("\n\n".join(texts), luck)
