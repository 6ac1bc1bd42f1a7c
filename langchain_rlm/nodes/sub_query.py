"""sub_query: the questions of one task, each a sub-model call or a recursive run one level down."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig, patch_config
from langgraph.errors import GraphBubbleUp

from langchain_rlm import journal as journals
from langchain_rlm import langgraph_keys
from langchain_rlm.budget import BudgetExceededError
from langchain_rlm.citations import within
from langchain_rlm.context.spans import assemble
from langchain_rlm.engine import Engine, beginning
from langchain_rlm.errors import RLMError
from langchain_rlm.level import Level, at, emit, spent, waiting
from langchain_rlm.models.calls import brief
from langchain_rlm.models.failures import Failure, ModelCallError, classify
from langchain_rlm.models.resolve import name_of
from langchain_rlm.repl.outcomes import plain
from langchain_rlm.state import Entry
from langchain_rlm.surrogates import encodable

LONG_PROMPT = 4_000
"""Characters above which the prompt of an `rlm_query` without a context is itself the context."""


async def sub_query(engine: Engine, task: dict[str, Any], config: RunnableConfig) -> dict[str, Any]:
    """Answer the questions of one task; a failing one does not fail the others."""
    level = await engine.level_of(engine.state_of(config), config)
    asked, turn = level.asked_now(task["calls"][0], config["configurable"][langgraph_keys.READ])
    seen = {"rlm_depth": level.depth, "rlm_turn": turn}
    config = {**config, "metadata": {**config.get("metadata", {}), **seen}}
    entries = await asyncio.gather(
        *(_answer(engine, level, call, config) for call in map(asked.__getitem__, task["calls"]))
    )
    return {"journal": list(entries)}


async def _answer(engine: Engine, level: Level, call: Entry, config: RunnableConfig) -> Entry:
    started = time.monotonic()
    emit("sub_query", level, id=call["id"], how=call["how"])
    try:
        ask = _use_tool if "tool" in call else _recurse if call["how"] == "rlm" and level.may_recurse else _ask_model
        entry = await ask(engine, level, call, config)
    except GraphBubbleUp:
        raise  # a person is asked; the task is run again when the answer is there
    except ModelCallError as error:
        entry = {"error": error.failure.as_dict(), **_paid(error, engine, call)}
    except BudgetExceededError as error:
        entry = {"error": {"type": "budget", "message": str(error)}, **_paid(error, engine, call)}
    except RLMError as error:
        entry = {"error": {"type": "failed", "message": str(error)}}
    except Exception as error:  # noqa: BLE001  # a sibling must not be lost to whatever a provider raises
        entry = {"error": classify(error).as_dict()}
    if "error" in entry:
        entry["error"]["message"] = encodable(entry["error"]["message"])
    level.answered.add(call["id"])
    seconds = round(time.monotonic() - started, 3)
    emit("answer", level, id=call["id"], error=entry.get("error"), seconds=seconds, spent=spent(level))
    return {"kind": "answer", "id": call["id"], **entry, "seconds": seconds, "at": at(level)}


def _paid(error: ModelCallError | BudgetExceededError, engine: Engine, call: Entry) -> Entry:
    """What a failed call has cost all the same."""
    model = engine.settings.pick(call["model"])
    return {"model": name_of(model), "usage": brief(error.usage)} if error.usage and model else {}


async def _ask_model(engine: Engine, level: Level, call: Entry, config: RunnableConfig) -> Entry:
    prompt = assemble(call["pieces"], level.corpus.texts)
    if call.get("context"):
        prompt = "\n\n".join([prompt, *(assemble(document, level.corpus.texts) for document in call["context"])])
    model = engine.settings.pick(call["model"])
    if model is None:
        raise ModelCallError(Failure("invalid", f"there is no sub-model {call['model']!r}"))
    asked = time.monotonic()
    async with _until_saved(engine, level, config):
        waited = time.monotonic() - asked
        reply = await level.run.caller.ask(
            model, [HumanMessage(prompt)], config, name="rlm.sub_query", metadata={"rlm_call": call["id"]}
        )
    return {"text": reply.text, "model": reply.model, "usage": brief(reply.usage), **waiting(waited + reply.waited)}


@asynccontextmanager
async def _until_saved(engine: Engine, level: Level, config: RunnableConfig) -> AsyncIterator[None]:
    """Hold a place until the answer is saved: a slow database must not let unsaved answers pile up."""
    places = level.run.unsaved
    saver = engine.saver
    if saver is None or not saver.saves(config):
        yield
        return
    await places.acquire()
    try:
        saver.check()
        yield
    except BaseException:
        places.release()
        raise
    saver.when_saved(config, places.release)


async def _use_tool(engine: Engine, level: Level, call: Entry, config: RunnableConfig) -> Entry:  # noqa: ARG001  # alike
    """Call one of the user's functions."""
    tool = level.tools[call["tool"]]
    args, kwargs = call["arguments"]
    try:
        async with asyncio.timeout(level.run.ledger.remaining_seconds()):
            value = await tool.call(args, kwargs, config)
    except GraphBubbleUp:
        if level.run.is_saved:
            raise
        message = f"{call['tool']}: interrupt() needs a checkpointer, and this run has none"
        return {"error": {"type": "tool", "message": message}}
    except Exception as error:  # noqa: BLE001  # the code is told, whatever it was
        return {"error": {"type": "tool", "message": f"{call['tool']}: {type(error).__name__}: {error}"}}
    return {"value": plain(value)}


async def _recurse(engine: Engine, level: Level, call: Entry, config: RunnableConfig) -> Entry:
    """Run the same state machine one level down; what it spends counts for the whole tree."""
    if not level.run.ledger.set_turn_aside():
        msg = "No turn is left for a recursive run. Ask with llm_query and the text in the prompt, or finish."
        raise BudgetExceededError(msg, "turns")
    path = f"{level.path}/{call['id']}"
    question, ref, over = _task(level, call)
    begun = {"run_id": level.run.id, "path": path, "depth": level.depth + 1, "context_ref": ref}
    try:
        result = await engine.graph.ainvoke(
            {"question": question}, beginning(patch_config(config, run_name="rlm.rlm_query"), begun)
        )
    except RLMError as error:
        return _failed(level, call, over, error)
    finally:
        below = level.run.levels.pop(path, None)
        if below is None:
            level.run.ledger.give_turn_back()
        else:
            below.give_turn_back()
            await below.drop()
    if below is None:  # it had ended in another process, and only its answer was not saved here
        level.run.ledger.charge(replace(journals.spending(result["journal"]), seconds=0.0))
    run = {key: result[key] for key in ("turns", "stop_reason", "journal")} | {"over": over, "marks": call["id"]}
    if not result["answer"].strip():
        message = f"the recursive run ended without an answer ({result['stop_reason']})"
        return {"error": {"type": "empty", "message": message}, "run": run}
    return {"text": within(call["id"], result["answer"], result["journal"]), "run": run}


def _failed(level: Level, call: Entry, over: str, error: RLMError) -> Entry:
    """The answer of a recursive run that an error ended: what it came to stays, for it is paid."""
    kind = "budget" if isinstance(error, BudgetExceededError) else "failed"
    entry: Entry = {"error": {"type": kind, "message": str(error)}}
    if error.journal:
        turns = journals.turns(error.journal)
        run = {"turns": turns, "stop_reason": "failed", "journal": error.journal, "over": over, "marks": call["id"]}
        entry["run"] = run
    if isinstance(error.__cause__, ModelCallError) and error.__cause__.usage:
        entry |= {"model": name_of(level.run.settings.model), "usage": brief(error.__cause__.usage)}
    return entry


def _task(level: Level, call: Entry) -> tuple[str, dict[str, Any], str]:
    """The question and the context of a recursive run, by reference, and what that context is."""
    prompt = assemble(call["pieces"], level.corpus.texts)
    documents = level.corpus.documents
    if call.get("context") is not None:
        names = [f"text {index + 1}" for index in range(len(call["context"]))]
        return prompt, {"pieces": call["context"], "single": call["single"], "names": names}, "context"
    if len(prompt) > LONG_PROMPT:
        question = "The context is a request together with its text. Do what it asks."
        return question, {"pieces": [call["pieces"]], "single": True, "names": ["request"]}, "prompt"
    pieces = [[[index, 0, len(document.text)]] for index, document in enumerate(documents)]
    return prompt, {"pieces": pieces, "single": level.corpus.single, "names": [d.name for d in documents]}, "all"
