"""A run with samples: its one cell asks several runs the same question, and says whose answer to take.

The cell stands in the place of a reply of the root model, so such a run is saved, resumed and replayed as any other.
"""

from functools import cache
from importlib import resources
from typing import Any

from langgraph.types import Command

from langchain_rlm.errors import ModelError
from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.entries import ReplyEntry
from langchain_rlm.journal.samples import failures
from langchain_rlm.nodes.cells import Turn
from langchain_rlm.repl.replies import parse_reply
from langchain_rlm.runtime.run import Run, at, emit
from langchain_rlm.state import RLMState


async def sampled(run: Run, state: RLMState) -> Command[Any]:
    """Write the reply whose cell samples; when it has run, and no sample has an answer, there is none."""
    if journals.turns(state["journal"]):
        if failed := failures(state["journal"]):
            raise ModelError(failed[0])
        return await Turn(run, state, parse_reply("")).give_up()
    emit("turn", run, turn=1, last=False)
    reply: ReplyEntry = {
        "kind": "reply", "turn": 1, "text": _reply(run, journals.question(state["journal"])), "last": None,
        "usage": None, "at": at(run),
    }  # fmt: skip
    return Command(update={"journal": [*run.take_lost(), reply]}, goto="decompose")


def _reply(run: Run, question: str) -> str:
    count = run.tree.settings.samples
    asked = ascii(question).replace("`", "\\x60")  # the cell is in a fence
    asking = (
        f"question = {asked}\nresults = rlm_query_batched([question] * {count}, on_error='return')\n"
        "taken = agreed(question, results, llm_query)\nif taken:\n    FINAL(taken)"
    )
    return f"{count} runs, one answer.\n\n```repl\n{_agreement()}\n\n{asking}\n```"


@cache
def _agreement() -> str:
    return (resources.files("langchain_rlm.nodes") / "agreement.py").read_text(encoding="utf-8").strip()
