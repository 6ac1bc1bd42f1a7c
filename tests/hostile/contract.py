"""The contract's own functions: taken away, replaced, forged, called wrongly, and budgets raised from code."""

from typing import Any

from tests.hostile.attempts import OBSERVED, Attempt, attempt

ASKS = "print(llm_query('is it you?'))"
QUERY = "_rlm_host_ask"


def forged(name: str, arguments: str, function: str = QUERY, **expected: Any) -> Attempt:
    """A host call that goes past the lowering and the contract."""
    return attempt(name, f"{function}({arguments})", unlowered=True, **expected)


def replaced(name: str, code: str) -> Attempt:
    """A function of the REPL replaced past the lowering; the session goes on."""
    return attempt(name, code, ASKS, ends=OBSERVED, said="answered: is it you?", unlowered=True)


SHADOWED: tuple[Attempt, ...] = tuple(
    attempt(f"{name} shadowed", code, ASKS, ends=OBSERVED, said="answered: is it you?")
    for name, code in {
        "llm_query by assignment": "llm_query = lambda p: 'mine'",
        "llm_query through locals": "locals()['llm_query'] = lambda p: 'mine'",
        "llm_query through globals": "globals()['llm_query'] = lambda p: 'mine'",
        "llm_query as a class": "class llm_query:\n    pass",
        "llm_query in a loop": "for llm_query in [1]:\n    pass",
        "llm_query by a function": "def f():\n    global llm_query\n    llm_query = 1\nf()",
        "FINAL": "FINAL = print",
        "SHOW_VARS": "SHOW_VARS = 5",
        "answer": "answer = 5",
        "context": "context = None",
        "budget": "budget = lambda: {'turns': 10 ** 9}",
        "a helper": "_rlm_one = lambda results: 'mine'",
        "a host function": "_rlm_host_ask = lambda *a: [('ok', 'mine')]",
        "len": "len = lambda x: 0",
        "locals": "locals = 5",
        "isinstance": "isinstance = lambda *a: True",
        "str": "str = 'x'",
        "print": "print = print",
    }.items()
)

REPLACED: tuple[Attempt, ...] = (
    replaced("llm_query replaced", "llm_query = lambda p: 'mine'"),
    replaced("the end of a cell replaced", "_rlm_cell_end = lambda n, a: 5"),
    replaced("the end of a cell replaced, with a wrong list", "_rlm_cell_end = lambda n, a: [[1, 2], [3]]"),
    replaced("the draft replaced", "_rlm_draft = lambda n: 1 / 0"),
)

FORGED: tuple[Attempt, ...] = (
    *(
        forged(f"forged question {arguments}", arguments, said="wrong arguments")
        for arguments in (
            "", "'llm'", "1, 2, 3, 4, 5", "'llm', 'text', None, None, True", "'llm', [], None, None, True",
            "'llm', [1], None, None, True", "'llm', ['a'], 5, None, True", "'llm', ['a'], None, ['x', 'y'], True",
            "'rlm', ['a'], None, [[1]], True", "'root', ['a'], None, None, True", "['llm'], ['a'], None, None, True",
            "{}, {}, {}, {}, {}",
        )
    ),
    forged("forged tool", "'rm', ['x'], {}", "_rlm_host_tool", said="wrong arguments"),
    forged("forged tool without arguments", "", "_rlm_host_tool", said="wrong arguments"),
    forged("forged answer of two values", "1, 2", "_rlm_host_final", said="wrong arguments"),
    forged("forged budget", "10 ** 9", "_rlm_host_budget", ends=OBSERVED),
    forged("forged chunks", "[0, True, None, [5]], 10 ** 30, -1", "_rlm_host_chunks", ends=OBSERVED),
    forged("forged chunks of a list that is none", "{}, 5, 0", "_rlm_host_chunks", said="wrong arguments"),
    forged("an invented host function", "'x'", "_rlm_host_shell", said="NameError"),
    attempt("a host function by its name", "_rlm_host_final('x')", said="reserved"),
    attempt("a future of an earlier cell", "f = _rlm_host_future('llm', ['x'], None, None, True)", "print(await f)",
            unlowered=True),
    attempt("an unknown sub-model", "print(llm_query('x', model='root'))", ends=OBSERVED),
    attempt("budget raised", "b = budget()\nb['turns'] = 10 ** 9\nb['sub_queries'] = 10 ** 9\nprint(budget())",
            ends=OBSERVED, said="'sub_queries': 5"),
    attempt("budget given a value", "budget(10 ** 9)", said="TypeError"),
    attempt("settings raised", "settings = {'cell_seconds': 10 ** 9}\n_rlm_settings.update(settings)", said="reserved"),
)  # fmt: skip
