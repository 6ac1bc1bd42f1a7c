"""What a cell asks: written down by reference, counted, and sent out as tasks."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from langgraph.types import Send

from langchain_rlm.budget import BudgetExceededError
from langchain_rlm.context.pages import span_of
from langchain_rlm.context.pieces import Piece
from langchain_rlm.journal import reading as journals
from langchain_rlm.journal.entries import AnswerEntry, AskedEntry, Entry
from langchain_rlm.journal.parts import Arguments, How, Image, Pieces, SubQueryError
from langchain_rlm.journal.parts import Call as CallEntry
from langchain_rlm.models.remedies import NO_IMAGES
from langchain_rlm.models.resolve import may_see, name_of
from langchain_rlm.nodes.expected_cost import expected_of
from langchain_rlm.repl.protocol import Asked, Call, Passed
from langchain_rlm.runtime.run import Run, emit

GROUPS = 128
"""Tasks of one fan-out. Larger batches put several sub-queries into a task: the cost of tasks grows faster than their
number."""
WAVE = 1_000
"""With a checkpointer every sub-query is a task, so that its answer is saved when it comes. The cost of tasks grows
faster than their number: no more than this are sent out at a time."""

LAST_TURN = "This is the last turn: no sub-query can be asked any more. Call FINAL."


def asked_entry(run: Run, asked: Asked, pool: dict[str, list[AnswerEntry]], *, is_sampling: bool = False) -> AskedEntry:
    """The journal entry for the calls of one pause; what they are given again is taken out of the pool.

    What the cell of a run that samples asks is no sub-query of the root model's.
    """
    run.finder.given.learn([call.prompt for call in asked.calls if call.arguments is None])
    documents = _Documents(run, len(asked.calls))
    calls = [_call_entry(run, call, pool, documents, number) for number, call in enumerate(asked.calls)]
    if is_sampling:
        for call in calls:
            call["how"] = "sample" if call["how"] == "rlm" else "judge"
    entry: AskedEntry = {"kind": "asked", "raises": asked.raises, "calls": calls}
    return {**entry, "is_ahead": True} if asked.is_ahead else entry


def with_room(run: Run, asked: Asked, pool: dict[str, list[AnswerEntry]], *, is_last_turn: bool) -> Asked:
    """Of what is asked ahead, what may be asked and the budget has room for, from the first call on."""
    left = {name: run.tree.ledger.left()[name] for name in ("sub_queries", "tokens", "cost")}
    kept = {digest: len(answers) for digest, answers in pool.items()}
    fits = 0
    for call in () if is_last_turn or not run.tree.settings.budget.depth else asked.calls:
        digest = call.digest()
        kept[digest] = kept.get(digest, 0) - 1
        if kept[digest] < 0:
            amounts = (1, *expected_of(run, call.model, len(call.prompt) + sum(map(len, _texts(call.context)))))
            for name, amount in zip(left, amounts, strict=True):
                left[name] = None if (room := left[name]) is None else room - (amount or 0)
        if _unknown_model(run, call.model) or any(room is not None and room < 0 for room in left.values()):
            break
        fits += 1
    return replace(asked, calls=asked.calls[:fits])


def _texts(context: Passed | list[Passed] | None) -> list[str]:
    given = context if isinstance(context, list) else [context]
    return [text for text in given if isinstance(text, str)]


def too_many(run: Run, asked: Asked, pool: dict[str, list[AnswerEntry]]) -> AskedEntry | None:
    """One entry in place of calls that are more than the budget has, which are not written down; else None."""
    left = run.tree.ledger.left()["sub_queries"]
    tools = sum(call.arguments is not None for call in asked.calls)
    count, error = len(asked.calls) - tools, None
    if left is not None and count > left + sum(map(len, pool.values())):
        error = _refusal(run, count, is_last_turn=False)
    if error is None and (error := _refused_tools(run, tools)) is None:
        return None
    return {
        "kind": "asked", "raises": asked.raises, "calls": [], "count": len(asked.calls), "digest": asked.digest(),
        "refused": {"error": error},
    }  # fmt: skip


class _Documents:
    """The contexts that one pause hands to recursive runs; often they are whole documents.

    Of equal documents, each is taken once if possible. When a list or the batch has as many contexts as there are
    documents, the one at the same position is taken.
    """

    def __init__(self, run: Run, calls: int) -> None:
        self._level = run
        self._calls = calls
        self._taken: set[int] = set()

    def pieces(self, context: Passed | list[Passed], number: int) -> list[Pieces]:
        if not isinstance(context, list):
            return [self._pieces(context, number, self._calls)]
        self._taken.clear()
        return [self._pieces(text, position, len(context)) for position, text in enumerate(context)]

    def _pieces(self, text: Passed, position: int, count: int) -> Pieces:
        if isinstance(text, int):
            return [[text, 0, len(self._level.corpus.texts[text])]]
        finder = self._level.finder
        whole = finder.document(text, position if count == len(self._level.corpus.texts) else None, self._taken)
        if whole is None:
            return _plain(finder.pieces(text))
        self._taken.add(whole[0])
        return _plain([whole])


def _call_entry(
    run: Run, call: Call, pool: dict[str, list[AnswerEntry]], documents: _Documents, number: int
) -> CallEntry:
    run.calls += 1
    how = cast("How", call.how)
    entry: CallEntry = {"id": str(run.calls), "how": how, "model": call.model, "digest": call.digest(), "pieces": []}
    if call.arguments is not None:
        entry["tool"] = call.prompt
        entry["arguments"] = cast("Arguments", [*call.arguments])  # as it comes back from a checkpoint
    else:
        entry["pieces"] = _plain(run.finder.pieces(call.prompt))
    if call.images:
        entry["images"] = [_image(run, document, page) for document, page in call.images]
    if call.labels is not None:
        entry["labels"] = [*call.labels]
    if call.is_choice:
        entry["choice"] = True
    if call.context is not None:
        entry["context"] = documents.pieces(call.context, number)
        entry["single"] = not isinstance(call.context, list)
    kept = pool.get(entry["digest"])
    if kept:
        entry["reused"] = kept.pop(0)["id"]
    return entry


def _image(run: Run, document: int, page: int) -> Image:
    span = span_of(run.corpus, document, page)
    return {"document": document, "page": page, **({"span": [*span]} if span else {})}  # type: ignore[typeddict-item]


def _plain(pieces: Sequence[Piece]) -> Pieces:
    """Pieces as they come back from a checkpoint: tuples are lists."""
    return [piece if isinstance(piece, str) else list(piece) for piece in pieces]


def answers_at_once(run: Run, asked: AskedEntry, journal: Sequence[Entry], *, is_last_turn: bool) -> list[AnswerEntry]:
    """The answers that need no model: those already paid for, and refusals."""
    given = journals.answers(journal) if any("reused" in call for call in asked["calls"]) else {}
    count = sum("reused" not in call and journals.is_sub_query(call) for call in asked["calls"])
    refused = _refusal(run, count, is_last_turn=is_last_turn)
    answers: list[AnswerEntry] = []
    for call in asked["calls"]:
        if "reused" in call:
            answers.append({**given[call["reused"]], "id": call["id"], "usage": None, "is_copy": True})
        elif "tool" in call:
            continue
        elif error := refused or _unknown_model(run, call["model"]) or _unseen(run, call):
            answers.append({"kind": "answer", "id": call["id"], "error": error, "refused": bool(refused)})
    return answers


def _refusal(run: Run, count: int, *, is_last_turn: bool) -> SubQueryError | None:
    """Why none of these calls may be made, or None: then they are counted."""
    if not count:
        return None
    if is_last_turn:
        return {"type": "budget", "message": LAST_TURN}
    try:
        run.tree.ledger.take_sub_queries(count)
    except BudgetExceededError as error:
        return {"type": "budget", "message": str(error)}
    return None


def _refused_tools(run: Run, count: int) -> SubQueryError | None:
    """Why none of these functions may be called, or None: then they are counted."""
    try:
        run.tree.ledger.take_tool_calls(count)
    except BudgetExceededError as error:
        return {"type": "budget", "message": str(error)}
    return None


def _unknown_model(run: Run, name: str | None) -> SubQueryError | None:
    if run.tree.settings.pick(name) is not None:
        return None
    known = ", ".join(run.tree.settings.sub_models) or "none: leave `model` out"
    return {"type": "invalid", "message": f"There is no sub-model {name!r}. Known: {known}."}


def _unseen(run: Run, call: CallEntry) -> SubQueryError | None:
    """Why the pictures of a call cannot be sent, where that is known before."""
    images = call.get("images")
    if not images:
        return None
    if any("span" not in image for image in images):
        return {"type": "invalid", "message": "There is no such page. Make images with page(number)."}
    model = run.model_of(call)
    if model is None or may_see(model):
        return None
    return {"type": "invalid", "message": f"The sub-model {name_of(model)!r} takes no images. {NO_IMAGES}"}


def sends(run: Run, calls: Sequence[CallEntry]) -> list[Send]:
    """One task for each question, up to a number; then several to a task, or in waves where answers are saved.

    Recursive runs and tools never share a task: they may be interrupted, and a task is then run again. A task has the
    ids of its calls alone; what they ask is in the journal, and would else be saved three times.
    """
    emit("sub_queries", run, count=len(calls))
    if run.tree.settings.is_saved:
        groups = [[call] for call in calls[:WAVE]]
    else:
        alone = [call for call in calls if call["how"] == "tool" or run.is_below(call)]
        small = [call for call in calls if call not in alone] if alone else calls
        size = -(-len(small) // GROUPS) or 1
        groups = [
            *(list(small[start : start + size]) for start in range(0, len(small), size)),
            *([one] for one in alone),
        ]
    return [Send("sub_query", {"calls": [call["id"] for call in group]}) for group in groups]
