"""`replay` and the answer: what the cells and replies on record give must be what the journal says was answered."""

import json
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from pydantic import BaseModel
from typer.testing import CliRunner, Result

from langchain_rlm import RLM, Budget, Plan, save_journal
from langchain_rlm.cli.app import app
from tests.server.client import ModelServer

TEXT = "".join(f"Item {number} weighs {number * 7919 % 9973} grams.\n" for number in range(60))
CITE = "found = cite('Item 3 weighs 3811 grams.')\n"
NESTED = "one = rlm_query('Cite it.', context)\ntwo = cite('Item 3 weighs 3811 grams.')\n"
BELOW = f"```repl\n{CITE}FINAL('below ' + found['mark'])\n```"
Entries = list[dict[str, Any]]


class Weighed(BaseModel):
    """The form of an answer, which is not how the code gives it."""

    grams: float
    unit: str = "g"


def cell(code: str) -> str:
    return f"```repl\n{code}\n```"


@dataclass(frozen=True)
class Case:
    """A run: what its root model says, how it is set up, and how it ends."""

    replies: tuple[str, ...]
    stop_reason: str = "answered"
    is_made: bool = True
    """A replay makes its answer again."""
    settings: dict[str, Any] = field(default_factory=dict)
    more: tuple[str, ...] = ()
    """Further questions."""


PLAN = Plan(name="ask", purpose="One question.", parameters={"question": str}, cell="FINAL(llm_query(question))")
CASES = {
    "cell": Case((cell("FINAL('Item 3')"),)),
    "draft": Case((cell("answer = {'content': 'Item 3', 'ready': True}"),)),
    "data": Case((cell("FINAL({'items': [3, (4, None)], 1: float('nan')})"),)),
    "citations": Case((cell(CITE + "FINAL(['it is ' + found['mark'], 3])"),)),
    "no mark": Case((cell(CITE + "FINAL('it is 3811')"),)),
    "recursion": Case((cell(NESTED + "FINAL(one + two['mark'])"),), settings={"budget": Budget(depth=2)}),
    "bare": Case(("FINAL(It is 3811)",)),
    "variable": Case((cell("weight = 3811\nprint(weight)"), "FINAL_VAR(weight)")),
    "variable beside": Case((cell("weight = 3811") + "\nFINAL_VAR(weight)",)),
    "prose": Case(("It is 3811.", "As I said, 3811."), "no_code"),
    "plan": Case(("3811",), settings={"route": "plan", "plan": PLAN}),
    "direct": Case(("It is 3811.",), "direct", settings={"route": "direct"}),
    "form": Case((cell("FINAL({'grams': '3811'})"),), settings={"response_format": Weighed}),
    "form refused": Case(
        (cell("FINAL('heavy')"), cell("FINAL({'grams': '3811'})")), settings={"response_format": Weighed}
    ),
    "form direct": Case(('{"grams": 3811}',), "direct", settings={"route": "direct", "response_format": Weighed}),
    "citation missing": Case(
        (cell("FINAL('it is 3811')"), cell(CITE + "FINAL('it is 3811 ' + found['mark'])")),
        settings={"require_citations": True},
    ),
    "coverage missing": Case((cell("FINAL('3811')"), cell("print(context)\nFINAL('3811 g')")), settings={
        "require_coverage": 0.9,
    }),
    "last turn": Case(
        (cell("print(1)"), cell("print(2)") + "\nFINAL(3811 or so)"), "budget:turns",
        settings={"budget": Budget(turns=2)},
    ),
    "last draft": Case(
        (cell("answer['content'] = 'about 3800'"), cell("print(2)")), "budget:turns",
        settings={"budget": Budget(turns=2)},
    ),
    "last refused": Case(
        (cell("FINAL('no mark')"), cell("print(2)")), "budget:turns",
        settings={"budget": Budget(turns=2), "require_citations": True},
    ),
    "last output": Case((cell("print(1)"), cell("print(2)")), "budget:turns", is_made=False,
        settings={"budget": Budget(turns=2)},
    ),
    "samples": Case((cell(CITE + "FINAL(['it is ' + found['mark'], 3])"),), settings={"samples": 2}, more=("Again?",)),
    "samples form": Case(
        (cell("FINAL({'grams': '3811'})"),),
        settings={"response_format": Weighed, "samples": 2, "require_coverage": 0.1},
    ),
    "samples direct": Case(("It is 3811.",), "direct", settings={"route": "direct", "samples": 2}),
    "follow-up": Case((cell(CITE + "FINAL(found['mark'])"), cell("FINAL('again ' + found['mark'])")), more=("Again?",)),
}  # fmt: skip


@pytest.fixture
def replay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Result]]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "book.txt").write_text(TEXT)
    handlers = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGHUP)}
    yield lambda: CliRunner().invoke(app, ["replay", "run.jsonl", "--context", "book.txt"])
    for name, handler in handlers.items():
        signal.signal(name, handler)


def recorded(server: ModelServer, case: Case) -> dict[str, Any]:
    """Run a case, and keep it in run.jsonl."""
    below = {"match": r"<question>\nCite it\.", "reply": BELOW}
    server.configure(models={"root": {"kind": "script", "replies": list(case.replies)}})
    if "rlm_query" in case.replies[0]:
        server.configure(models={"root": {"kind": "rules", "rules": [below], "default": case.replies[0]}})
    rlm = RLM(server.chat_model("root"), checkpointer=InMemorySaver(), **{"route": "rlm", **case.settings})
    thread: Any = {"configurable": {"thread_id": "1"}}
    result: Any = rlm.invoke({"question": "What does item 3 weigh?", "context": Path("book.txt")}, thread)
    for question in case.more:
        result = rlm.invoke({"question": question}, thread)
    save_journal(result, "run.jsonl")
    return dict(result)


def change(edit: Callable[[Entries], object]) -> None:
    """Change the lines of run.jsonl by hand."""
    file = Path("run.jsonl")
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    edit(lines)
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))


@pytest.mark.parametrize("name", CASES)
def test_the_answer_of_a_run_is_made_again_and_another_one_in_the_first_line_is_not_taken(
    name: str, model_server: ModelServer, replay: Callable[[], Result]
) -> None:
    case = CASES[name]
    result = recorded(model_server, case)
    assert result["stop_reason"] == case.stop_reason
    same = replay()
    assert (same.exit_code, same.stdout.startswith(result["answer"])) == (0, True), same.stderr
    said = same.stderr.splitlines()[-1]
    assert ("was not made again" in said) is not case.is_made, said
    change(lambda lines: lines[0].update(answer=f"{result['answer'][:-1]}!"))
    other = replay()
    assert (other.exit_code, other.stdout) == (1, "")
    assert f"turn {result['turns']} " in other.stderr.splitlines()[-1]


def cells_with(old: str, new: str) -> Callable[[Entries], None]:
    def edit(lines: Entries) -> None:
        found = [entry for entry in lines if entry.get("kind") == "cell" and old in entry["code"]]
        assert found
        for entry in found:
            entry["code"] = entry["code"].replace(old, new)

    return edit


def everywhere(old: str, new: str) -> Callable[[Entries], None]:
    def edit(lines: Entries) -> None:
        lines[:] = [json.loads(json.dumps(line).replace(old, new)) for line in lines]

    return edit


EDITS: dict[str, tuple[str, Callable[[Entries], None], str]] = {
    "cell": ("cell", cells_with("Item 3", "Item 4"), "turn 1 gives the answer 'Item 4', on record 'Item 3'"),
    "all": ("cell", everywhere("Item 3", "Item 4"), "turn 1 gives the answer 'Item 4', on record another one of 6 c"),
    "none": ("cell", cells_with("FINAL", "str"), "turn 1 gives no answer, on record 'Item 3'"),
    "draft": ("draft", cells_with("Item 3", "Item 4"), "turn 1 gives the answer 'Item 4', on record 'Item 3'"),
    "early": ("variable", cells_with("print(weight)", "print(weight)\nFINAL(0)"), "answer '0', and none on record"),
    "variable": ("variable beside", cells_with("3811", "9"), "turn 1 gives the answer '9', on record '3811'"),
    "refused": ("form refused", cells_with("heavy", "light"), "turn 1 gives the answer 'light', on record 'heavy'"),
    "form": ("form", cells_with("3811", "9"), "gives the answer '{\"grams\": \"9\"}', on record another one of "),
    "mark": ("citations", cells_with("found['mark']", "'?'"), "gives the answer '[\"it is ?\", 3]', on record "),
    "direct": ("direct", everywhere('"It is 3811."', '"It is 9."'), "turn 1 gives the answer 'It is 9.', on record "),
    "last": ("last draft", cells_with("3800", "9"), "turn 2 gives the answer 'about 9', on record 'about 3800'"),
    "first": ("follow-up", cells_with("FINAL(found", "FINAL('x' + found"), "turn 1 gives the answer 'x[1]', on "),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_a_turn_that_gives_another_answer_than_on_record_is_named_with_both(
    name: str, model_server: ModelServer, replay: Callable[[], Result]
) -> None:
    case, edit, said = EDITS[name]
    recorded(model_server, CASES[case])
    change(edit)
    done = replay()
    assert (done.exit_code, done.stdout) == (1, "")
    error = done.stderr.splitlines()[-1]
    assert error.startswith("error: the replay differs from the record: turn ")
    assert said in error


def test_the_answer_of_a_recursive_run_and_what_is_cited_are_compared_too(
    model_server: ModelServer, replay: Callable[[], Result]
) -> None:
    recorded(model_server, CASES["recursion"])
    kept = Path("run.jsonl").read_text()

    def other_below(lines: Entries) -> None:
        run = next(entry["run"] for entry in lines if entry.get("kind") == "answer")
        cells_with("'below '", "'under '")(run["journal"])

    change(other_below)
    below = replay()
    assert below.exit_code == 1
    assert "turn 1 of the recursive run /1 gives the answer 'under [c1]', on record another one" in below.stderr
    Path("run.jsonl").write_text(kept)
    change(lambda lines: lines[0]["citations"][0].update(start=0, end=5, text="Item "))
    cited = replay()
    assert cited.exit_code == 1
    assert "turn 1 cites '[1] d0 " in cited.stderr


def test_a_forked_run_gives_the_answer_of_its_new_cell(model_server: ModelServer, replay: Callable[[], Result]) -> None:
    model_server.configure(models={"root": {"kind": "script", "replies": [cell("FINAL('Item 3')")]}})
    rlm = RLM(model_server.chat_model("root"), checkpointer=InMemorySaver(), route="rlm")
    thread: Any = {"configurable": {"thread_id": "1"}}
    rlm.invoke({"question": "Which?", "context": Path("book.txt")}, thread)
    result = rlm.invoke(None, rlm.fork(thread, turn=1, code="FINAL('Item 5')"))
    save_journal(result, "run.jsonl")
    done = replay()
    assert (done.exit_code, done.stdout) == (0, "Item 5\n")
