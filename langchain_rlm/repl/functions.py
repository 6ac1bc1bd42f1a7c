"""The functions that code finds in the REPL: the one table that prompts, sandboxes, tools and the README follow.

A new function is a row here, its code in the sandbox and, where the host answers, a method of `Run`.
"""

from dataclasses import dataclass
from types import UnionType
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class ReplFunction:
    """A function of the REPL.

    Args:
        name: What code calls it. No tool may take the name; a cell may, but only for itself unless `may_be_rebound`.
        signature: Its parameters, in parentheses.
        answered_by: `model`: the cell pauses until a model has answered. `host`: the method `host_<name>` of the run
            answers at once. `sandbox`: nothing leaves the REPL, except an answer of the run.
        on_record: What the host answers is kept, and given again when a REPL is built again. Else it is asked again:
            then the answer follows from the arguments and the context.
        takes: The kinds of the arguments that the host gets; a call with others is refused. Empty: no check.
        line: What the system prompt says of it, in the prompt's form; empty where it is not taught.
        shares_line: It is told on the line of the function before.
        needs: What a run must have for the prompt to tell of it.
        may_be_rebound: A cell may take the name for good: models write `chunks = chunks()`.
        ends_run: Its argument is the answer; a reply may also have it as bare text.
    """

    name: str
    signature: str
    answered_by: Literal["model", "host", "sandbox"]
    on_record: bool = True
    takes: tuple[type | UnionType, ...] = ()
    line: str = ""
    shares_line: bool = False
    needs: Literal["sub_calls", "recursion", "text"] | None = None
    may_be_rebound: bool = False
    ends_run: bool = False


FUNCTIONS = (
    ReplFunction(
        name="chunks", signature="(text=context, size=None, overlap=0)", answered_by="host", on_record=False,
        takes=(int | str | list, int, int), may_be_rebound=True,
        line="`chunks(text=context, size=None, overlap=0)`: pieces of at most `size` characters, cut between sections, "
        "records or lines; joined they are the text again. Of a list: whole documents, each under a line "
        "`=== position: name ===`; a longer one in parts (`part 1 of 3`).",
    ),
    ReplFunction(
        name="llm_query", signature="(prompt, model=None, schema=None, images=None)", answered_by="model",
        needs="sub_calls",
        line="`llm_query(prompt)`: asks a sub-model, returns its answer as `str`, or data with `schema=`, such as "
        '`{"year": int}`, `[str]`, `["yes", "no"]`. It sees nothing but the prompt: put question and text in it.',
    ),
    ReplFunction(
        name="llm_query_batched", signature='(prompts, model=None, on_error="raise", schema=None, images=None)',
        answered_by="model", needs="sub_calls",
        line="`llm_query_batched(prompts)`: many at once; answers in the same order. Use it instead of a loop.",
    ),
    ReplFunction(
        name="llm_map", signature="(items, task, labels=None, schema=None, batch=None, model=None, weigh=False)",
        answered_by="model", needs="sub_calls",
        line="`llm_map(items, task, labels=None)`: one answer for each item, in order, none missing: one of `labels` "
        "(a list, or a dict with what each means), data with `schema=`, or text.",
    ),
    ReplFunction(
        name="llm_quotes", signature="(question, texts=None, model=None)", answered_by="model", needs="sub_calls",
        line="`llm_quotes(question, texts)`: the sentences that bear on a question, word for word: a list of `str`, "
        "each with its mark (`... [c1]`).",
    ),
    ReplFunction(
        name="rlm_query", signature="(prompt, context=None, model=None)", answered_by="model", needs="recursion",
        line="`rlm_query(prompt, context)`: like `llm_query`, but the sub-model gets a REPL of its own over `context` "
        "(a `str` or list). For a piece too long for one prompt; dear.",
    ),
    ReplFunction(
        name="rlm_query_batched", signature='(prompts, contexts=None, model=None, on_error="raise")',
        answered_by="model", shares_line=True, needs="recursion",
        line="`rlm_query_batched(prompts, contexts)` for many.",
    ),
    ReplFunction(name="page", signature="(number, document=None)", answered_by="sandbox", may_be_rebound=True),
    ReplFunction(
        name="budget", signature="()", answered_by="host", may_be_rebound=True,
        line="`budget()`: what is left.",
    ),
    ReplFunction(
        name="SHOW_VARS", signature="()", answered_by="sandbox", shares_line=True,
        line="`SHOW_VARS()`: your variables.",
    ),
    ReplFunction(
        name="cite", signature='(quote, source=None, near=None, missing="raise")',
        answered_by="host", takes=(str, str | int | None, int | None), needs="text", may_be_rebound=True,
        line="`cite(quote, source=None, near=None)`: finds the words in `context` and gives a dict with `mark`, such "
        "as `[c1]`, to put behind the statement that rests on them, and `document`, `line`, `start`, `end`, `text`. "
        "`source`: a document's position, `id` or `name`; `near`: an offset in it, when several places have the words. "
        'It raises when none has; `missing="none"` gives None. Marks are resolved for the reader; add no list.',
    ),
    ReplFunction(
        name="FINAL", signature="(value)", answered_by="sandbox", ends_run=True,
        line="`FINAL(value)`: ends the run with this value as the answer. Give it the whole answer, in words or as "
        "data, not a promise of one. In a variable it may be as long as needed.",
    ),
    ReplFunction(name="FINAL_VAR", signature="(name)", answered_by="sandbox", ends_run=True),
    ReplFunction(name="SUBMIT", signature="(value)", answered_by="sandbox", ends_run=True),
    ReplFunction(
        name="print", signature='(*values, sep=" ", end="\\n", file=None, flush=False)',
        answered_by="sandbox", may_be_rebound=True,
    ),
)  # fmt: skip
NAMES = frozenset(function.name for function in FUNCTIONS)
ASKING = frozenset(function.name for function in FUNCTIONS if function.answered_by == "model")
PAUSING = ASKING | {function.name for function in FUNCTIONS if function.answered_by == "host"}
"""The names that leave the interpreter while a cell runs."""
SETTLED = frozenset(f.name for f in FUNCTIONS if f.answered_by == "host" and not f.on_record)
"""The names whose answers follow from the arguments and the context."""
ENDING = frozenset(function.name for function in FUNCTIONS if function.ends_run)
RECORDED = frozenset(function.name for function in FUNCTIONS if function.on_record)
KEPT = frozenset(function.name for function in FUNCTIONS if not function.may_be_rebound)
"""The names that each cell finds unchanged, even if an earlier cell rebound them."""
