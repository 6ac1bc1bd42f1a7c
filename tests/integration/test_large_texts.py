"""Runs over texts that stay in their files: answers, places, and files that change meanwhile."""

import os
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from langchain_rlm import RLM, Budget, InputError, ReplLimits
from langchain_rlm.context.large_files import VARIABLE
from tests.server.client import ModelServer

LINES = [f"Line {number}: the {number * 7919 % 9973} geese of Zürich have landed.\n" for number in range(300)]
TEXT = "".join(LINES)


@pytest.fixture(autouse=True)
def _all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "1000")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "geese.log"
    path.write_text(TEXT, encoding="utf-8")
    return path


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


def rlm_of(server: ModelServer, *replies: str, **settings: Any) -> RLM:
    server.configure(models={"root": {"kind": "script", "replies": [*replies]}, "sub": {"kind": "echo"}})
    root, sub = (server.chat_model(name, keep_alive=True) for name in ("root", "sub"))
    return RLM(root, sub, route="rlm", **settings)


def ask(rlm: RLM, context: Any, **config: Any) -> Any:
    return rlm.invoke({"question": "How many geese?", "context": context}, config or None)  # type: ignore[arg-type]


def output(result: Any, number: int = 0) -> str:
    ends = [entry for entry in result["journal"] if entry["kind"] == "cell_end"]
    return str(ends[number]["output"]) + (ends[number]["error"] or "")


def test_a_text_in_a_file_is_searched_and_answered(model_server: ModelServer, log: Path) -> None:
    code = (
        "import re\nfound = re.findall(r'the (\\d+) geese', context)\n"
        "print(type(context).__name__, len(context), len(found), context[:6], context.splitlines()[299])\n"
        "FINAL(found[5])"
    )
    result = ask(rlm_of(model_server, cell(code)), log)
    assert output(result).strip() == f"LargeText {len(TEXT)} 300 {TEXT[:6]} {LINES[299].strip()}"
    assert result["answer"] == str(5 * 7919 % 9973)


@pytest.mark.parametrize(
    "prompts",
    [
        "['Read: ' + piece for piece in chunks(size=2000)]",
        "['Read: ' + context[at:at + 1500] + ' Well?' for at in range(0, len(context), 1500)]",
        "[f'Line {i}. ' + line for i, line in enumerate(context.splitlines())]",
    ],
)
def test_all_that_was_sent_counts_as_read(model_server: ModelServer, log: Path, prompts: str) -> None:
    result = ask(rlm_of(model_server, cell(f"llm_query_batched({prompts})\nFINAL('done')")), log)
    assert not output(result)
    assert result["coverage"]["read"] == 1.0
    assert result["coverage"]["documents"][0]["unread"] == []


def test_words_of_a_large_text_are_cited(model_server: ModelServer, log: Path) -> None:
    quote = LINES[200].strip()
    result = ask(rlm_of(model_server, cell(f"FINAL('Many. ' + cite({quote!r})['mark'])")), log)
    (citation,) = result["citations"]
    assert (citation["line"], citation["text"]) == (201, quote)
    assert TEXT[citation["start"] : citation["end"]] == quote


def test_words_are_cited_in_a_loop_over_their_places(model_server: ModelServer, log: Path) -> None:
    code = (
        f"places = {{{LINES[200].strip()!r}: 0}}\nfor quote in places:\n    print(cite(quote, places[quote])['line'])"
    )
    assert output(ask(rlm_of(model_server, cell(f"{code}\nFINAL(1)")), log)) == "201\n"


def test_code_may_keep_pieces_of_a_large_text_as_of_any_other(model_server: ModelServer, tmp_path: Path) -> None:
    (tmp_path / "lines.txt").write_text("a line of the text\n" * 400_000)
    code = (
        "kept = [context[at : at + 10**5] for _ in range(3) for at in range(0, len(context), 10**5)]\nFINAL(len(kept))"
    )
    rlm = rlm_of(model_server, cell(code), repl_limits=ReplLimits(memory=16_000_000))
    assert ask(rlm, tmp_path / "lines.txt")["answer"] == "228"


def test_a_recursive_run_reads_the_same_file(model_server: ModelServer, log: Path) -> None:
    below = cell("FINAL(type(context).__name__ + ' ' + str(context.count('geese')))")
    rlm = rlm_of(model_server, "", budget=Budget(depth=2))
    rules = [{"match": r"<question>\nCount", "reply": below}]
    default = cell("FINAL(rlm_query('Count the geese.', context))")
    model_server.configure(
        models={"root": {"kind": "rules", "rules": rules, "default": default}, "sub": {"kind": "echo"}}
    )
    result = ask(rlm, log)
    assert result["answer"] == "LargeText 300"


def test_a_run_over_a_large_text_goes_on_in_another_process(
    model_server: ModelServer, log: Path, tmp_path: Path
) -> None:
    saver = InMemorySaver()
    store = {"checkpointer": saver, "context_store": tmp_path / "store"}
    rlm = rlm_of(model_server, cell("FINAL(context.count('geese'))"), **store)
    config: Any = {"configurable": {"thread_id": "one"}}
    assert rlm.invoke({"question": "How many?", "context": log}, config)["answer"] == "300"
    log.unlink()
    again = rlm_of(model_server, cell("FINAL(context.find('Line 299'))"), **store)
    assert again.invoke({"question": "Where?"}, config)["answer"] == str(TEXT.index("Line 299"))


@pytest.mark.parametrize(("change", "said"), [("truncate", "was cut short"), ("write", "was changed")])
def test_a_file_that_changes_while_a_run_reads_it_is_an_error(
    model_server: ModelServer, log: Path, change: str, said: str
) -> None:
    def changes() -> str:
        if change == "truncate":
            os.truncate(log, 100)
        else:
            log.write_text(TEXT.replace("geese", "ducks"), encoding="utf-8")
        return "done"

    rlm = rlm_of(model_server, cell("changes()\nprint(context[5000:5100])\nFINAL('x')"), tools=[changes])
    with pytest.raises(InputError, match=said):
        ask(rlm, log)


def test_a_file_that_only_grows_is_read_as_it_was(model_server: ModelServer, log: Path) -> None:
    def grows() -> str:
        with log.open("a", encoding="utf-8") as file:
            file.write("one more line\n")
        return "done"

    rlm = rlm_of(model_server, cell("grows()\nFINAL(len(context.splitlines()), )"), tools=[grows])
    assert ask(rlm, log)["answer"] == "300"
