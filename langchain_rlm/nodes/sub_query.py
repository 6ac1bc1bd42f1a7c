"""sub_query: the questions of one task, each a sub-model call or a recursive run one level down."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, cast

from langchain_core.messages import HumanMessage, SystemMessage
from langchain_core.runnables import RunnableConfig, patch_config
from langgraph.errors import GraphBubbleUp

from langchain_rlm.budget import BudgetExceededError
from langchain_rlm.context.pages import pictures
from langchain_rlm.context.pieces import assemble
from langchain_rlm.errors import HostError, InputError, ModelError, RLMError, SubModelError, ThreadBusyError
from langchain_rlm.evidence.citations import within
from langchain_rlm.journal.below import context_over
from langchain_rlm.journal.entries import Answered, AnswerEntry, BelowRun, Entry, Over
from langchain_rlm.journal.paid import spending
from langchain_rlm.journal.parts import Call, SubQueryError, Usage
from langchain_rlm.journal.reading import is_sub_query, turns
from langchain_rlm.models.failures import Failure, ModelCallError, classify
from langchain_rlm.models.messages import PAGES, brief
from langchain_rlm.models.remedies import NO_IMAGES, REMEDIES
from langchain_rlm.models.resolve import name_of
from langchain_rlm.models.weights import LABELS
from langchain_rlm.prompts import JUDGE
from langchain_rlm.repl.protocol import plain
from langchain_rlm.runtime import langgraph_keys
from langchain_rlm.runtime.registry import RunRegistry, beginning
from langchain_rlm.runtime.run import Run, at, emit, spent, waiting
from langchain_rlm.runtime.savers import GroupingSaver
from langchain_rlm.surrogates import encodable
from langchain_rlm.threads import timeout

LONG_PROMPT = 4_000
"""Characters above which the prompt of an `rlm_query` without a context is itself the context."""
DO_IT = "The context is a request together with its text. Do what it asks."


async def sub_query(registry: RunRegistry, task: dict[str, Any], config: RunnableConfig) -> dict[str, Any]:
    """Answer the questions of one task; a failing one does not fail the others."""
    run = await registry.run_of(registry.state_of(config), config)
    asked, turn = run.asked_now(task["calls"][0], config["configurable"][langgraph_keys.READ])
    seen = {"rlm_depth": run.depth, "rlm_turn": turn}
    config = {**config, "metadata": {**config.get("metadata", {}), **seen}}
    entries = await asyncio.gather(*(_answer(registry, run, asked[call], config) for call in task["calls"]))
    return {"journal": [*run.take_lost(), *(entry for entry in entries if entry is not None)]}


async def _answer(registry: RunRegistry, run: Run, call: Call, config: RunnableConfig) -> AnswerEntry | None:
    """The answer of a call; None when its model seems not to be usable: `aggregate` says what follows."""
    started = time.monotonic()
    if is_sub_query(call) and (refusal := run.tree.ledger.refuse_excess()):
        error: SubQueryError = {"type": "budget", "message": refusal}
        return {"kind": "answer", "id": call["id"], "error": error, "refused": True}
    emit("sub_query", run, id=call["id"], how=call["how"])
    try:
        ask = _use_tool if "tool" in call else _recurse if run.is_below(call) else _ask_model
        entry: Answered = await ask(registry, run, call, config)
    except (GraphBubbleUp, SubModelError, HostError, ThreadBusyError):
        raise  # a person is asked, or has to mend something; the task is run again after that
    except ModelCallError as error:
        _refuse_of_host(error.failure, error)
        entry = {"error": cast("SubQueryError", error.failure.as_dict()), **_paid(error, run, call)}
    except BudgetExceededError as error:
        entry = {"error": {"type": "budget", "message": str(error)}, **_paid(error, run, call)}
        entry |= {"is_sent": True} if error.is_sent else {}
    except RLMError as error:
        if _ends_all(run, call, error):
            raise
        entry = {"error": {"type": "failed", "message": str(error)}}
    except Exception as error:  # noqa: BLE001  # no error of a provider may lose the siblings
        failure = classify(error)
        _refuse_of_host(failure, error)
        entry = {"error": cast("SubQueryError", failure.as_dict())}
    seconds = round(time.monotonic() - started, 3)
    emit("answer", run, id=call["id"], error=entry.get("error"), seconds=seconds, spent=spent(run))
    answer: AnswerEntry = {"kind": "answer", "id": call["id"], **entry, "seconds": seconds, "at": at(run)}
    model = run.model_of(call)
    if model is None or "run" in entry or "error" not in entry or not run.tree.caller.unusable(model):
        return answer
    run.held[call["id"]] = answer
    return None


def _ends_all(run: Run, call: Call, error: RLMError) -> bool:
    """Whether the root model of a sample cannot be used, and the whole run, with all samples, can go on later."""
    is_of_model = type(error) is ModelError  # others are about this conversation
    return call["how"] == "sample" and is_of_model and run.tree.is_saved


def _refuse_of_host(failure: Failure, error: Exception) -> None:
    """Raise what is no answer to the code: another machine, or this one later, would have asked."""
    if failure.kind == "host":
        msg = f"A sub-query could not be asked: {failure.message}. {REMEDIES['host']}"
        raise HostError(msg) from error


def _paid(error: ModelCallError | BudgetExceededError, run: Run, call: Call) -> Answered:
    model = run.model_of(call)
    return {"model": name_of(model), "usage": _brief(error.usage)} if error.usage and model else {}


async def _ask_model(registry: RunRegistry, run: Run, call: Call, config: RunnableConfig) -> Answered:  # noqa: ARG001  # alike
    prompt = assemble(call["pieces"], run.corpus.texts)
    prompt = "\n\n".join([prompt, *(assemble(document, run.corpus.texts) for document in call.get("context", ()))])
    model = run.model_of(call)
    if model is None:
        raise ModelCallError(Failure("invalid", f"there is no sub-model {call['model']!r}"))
    asked = time.monotonic()
    async with _until_saved(run, config), _message(run, call, prompt) as message:
        waited = time.monotonic() - asked
        try:
            # some templates have a system message of their own, longer than the question
            above = [SystemMessage(JUDGE)] if "choice" in call else []
            reply = await run.tree.caller.ask(
                model, [*above, message], config, name="rlm.sub_query", metadata={"rlm_call": call["id"]}
            )
        except ModelCallError as error:
            raise _of_images(error, call) from error
    answered: Answered = {"text": reply.text, "model": reply.model, "usage": _brief(reply.usage)}
    return {**answered, **waiting(waited + reply.waited)}


@asynccontextmanager
async def _message(run: Run, call: Call, prompt: str) -> AsyncIterator[HumanMessage]:
    """The prompt with its pictures. Few calls have theirs at a time: each may hold some 27 MB."""
    pages = [(image["document"], image["page"]) for image in call.get("images", ())]
    if not pages:
        yield HumanMessage(prompt, additional_kwargs={LABELS: call["labels"]} if "labels" in call else {})
        return
    async with run.tree.seeing:
        try:
            blocks = await pictures(run.corpus, pages)
        except InputError as error:
            raise ModelCallError(Failure("invalid", str(error))) from error
        yield HumanMessage([{"type": "text", "text": prompt}, *blocks], additional_kwargs={PAGES: pages})


def _of_images(error: ModelCallError, call: Call) -> ModelCallError:
    """The error of a request that the provider refused, perhaps for its pictures."""
    if not call.get("images") or error.failure.kind != "invalid":
        return error
    said = f"{error.failure.message.rstrip('.')}. The prompt had images, which its model may not take. {NO_IMAGES}"
    told = ModelCallError(replace(error.failure, message=said))
    told.usage = error.usage
    return told


@asynccontextmanager
async def _until_saved(run: Run, config: RunnableConfig) -> AsyncIterator[None]:
    """Hold a place until the answer is saved: a slow database must not let unsaved answers pile up."""
    places = run.tree.unsaved
    saver = config.get("configurable", {}).get(langgraph_keys.CHECKPOINTER)
    if not isinstance(saver, GroupingSaver) or not saver.saves(config):
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


async def _use_tool(registry: RunRegistry, run: Run, call: Call, config: RunnableConfig) -> Answered:  # noqa: ARG001  # alike
    """Call one of the user's functions."""
    tool = run.tools[call["tool"]]
    args, kwargs = call["arguments"]
    try:
        async with timeout(run.tree.ledger.remaining_seconds()):
            return {"value": run.noted(call["tool"], plain(await tool.call(args, kwargs, config)))}
    except GraphBubbleUp:
        if run.tree.is_saved:
            raise
        message = "interrupt() needs a checkpointer, and this run has none"
    except Exception as error:  # noqa: BLE001  # the code is told, whatever it was
        message = encodable(f"{type(error).__name__}: {error}")
    return {"error": {"type": "tool", "message": f"{call['tool']}: {message}"}}


async def _recurse(registry: RunRegistry, run: Run, call: Call, config: RunnableConfig) -> Answered:
    """Run the same state machine one level down; what it spends counts for the whole tree."""
    if not run.tree.ledger.set_turn_aside():
        msg = "No turn is left for a recursive run. Ask with llm_query and the text in the prompt, or finish."
        raise BudgetExceededError(msg, "turns")
    path = f"{run.path}/{call['id']}"
    question, ref, over = _task(run, call)
    depth = run.depth + (call["how"] != "sample")
    begun = {"tree_id": run.tree.id, "path": path, "depth": depth, "context_ref": ref}
    try:
        below_config = beginning(patch_config(config, run_name="rlm.rlm_query"), begun)
        result = await registry.graph.ainvoke({"question": question}, below_config)
    except RLMError as error:
        if isinstance(error, SubModelError) or _ends_all(run, call, error):
            raise
        return _failed(run, call, over, error)
    finally:
        below = registry.runs.pop((run.tree.id, path), None)
        if below is None:
            run.tree.ledger.give_turn_back()
        else:
            below.give_turn_back()
            await below.repl.drop()
    if below is None:  # it ended in another process; only its answer was not saved here
        run.tree.ledger.charge(replace(spending(result["journal"]), seconds=0.0))
    record = _record(call, over, result["turns"], result["stop_reason"], result["journal"])
    if not result["answer"].strip():
        message = f"the recursive run ended without an answer ({result['stop_reason']})"
        return {"error": {"type": "empty", "message": message}, "run": record}
    if call["how"] == "sample":
        return {"value": {"answer": result["value"], "turns": result["turns"]}, "run": record}
    return {"text": within(call["id"], result["answer"], result["journal"]), "run": record}


def _record(call: Call, over: Over, turns: int, stop_reason: str, journal: list[Entry]) -> BelowRun:
    return {"turns": turns, "stop_reason": stop_reason, "journal": journal, "over": over, "marks": call["id"]}


def _failed(run: Run, call: Call, over: Over, error: RLMError) -> Answered:
    """The answer of a recursive run that an error ended. Its journal is kept, since it was paid for."""
    kind = "budget" if isinstance(error, BudgetExceededError) else "failed"
    entry: Answered = {"error": {"type": kind, "message": str(error)}}
    if error.journal:
        journal = cast("list[Entry]", error.journal)
        entry["run"] = _record(call, over, turns(journal), "failed", journal)
    if isinstance(error.__cause__, ModelCallError) and error.__cause__.usage:
        entry["model"], entry["usage"] = name_of(run.tree.settings.model), _brief(error.__cause__.usage)
    return entry


def _brief(usage: Mapping[str, Any]) -> Usage:
    return cast("Usage", brief(usage))


def _task(run: Run, call: Call) -> tuple[str, dict[str, Any], Over]:
    """The question and the context of a recursive run, by reference, and what that context is."""
    prompt = assemble(call["pieces"], run.corpus.texts)
    if call["how"] == "sample":
        return prompt, run.corpus.ref(), "all"
    over: Over = "context" if "context" in call else "prompt" if len(prompt) > LONG_PROMPT else "all"
    ref = context_over(call, over)
    if ref is None:
        pieces = [[[index, 0, len(text)]] for index, text in enumerate(run.corpus.texts)]
        ref = {"pieces": pieces, "single": run.corpus.single, "names": [d.name for d in run.corpus.documents]}
    return DO_IT if over == "prompt" else prompt, ref, over
