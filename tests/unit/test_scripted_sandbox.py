"""The scripted sandbox keeps the promises of the protocol, so that what is tested with it holds with a real one."""

import threading
from datetime import date, datetime
from typing import Any

import pytest
from langchain_core.language_models import FakeListChatModel

from langchain_rlm import RLM
from langchain_rlm.errors import ReplayError
from langchain_rlm.repl.protocol import DEEPEST, Asked, Call, Ended, ReplContext, ReplLimits
from tests.unit.journals import STARTED
from tests.unit.scripted_sandbox import Cell, Script, ScriptedSandbox, ScriptedSandboxes

CONTEXT = ReplContext(["text"], single=True, sources=[{}], chunk_size=100)

LOST = "\N{REPLACEMENT CHARACTER}"


def opened(**cells: Cell) -> ScriptedSandbox:
    sandbox = ScriptedSandboxes(cells).new(
        CONTEXT, ReplLimits(), seed="", started=datetime.fromisoformat(STARTED), host=lambda *_: "told"
    )
    sandbox.open()
    return sandbox


def ended(outcome: Any) -> Ended:
    assert isinstance(outcome, Ended)
    return outcome


def count(repl: ScriptedSandbox) -> Script:
    """As in the module's own example."""
    words = yield from repl.ask("How many words?", "And lines?")
    repl.print(words)
    return repl.final(words[0])


def test_a_run_goes_through_scripted_cells_as_through_code() -> None:
    sandboxes = ScriptedSandboxes({"count": count})
    root, sub = (FakeListChatModel(responses=[text]) for text in ("```repl\ncount\n```", "five"))
    result = RLM(root, sub, route="rlm", repl=sandboxes).invoke({"question": "How many?", "context": "text"})
    assert (result["answer"], result["stop_reason"]) == ("five", "answered")
    assert [entry["kind"] for entry in result["journal"]].count("answer") == 2
    assert [sandbox.ran for sandbox in sandboxes.opened] == [["count"]]
    assert sandboxes.is_closed
    assert sandboxes.opened[0].is_closed


def test_a_cell_pauses_at_what_it_asks() -> None:
    sandbox = opened(count=count)
    assert sandbox.start("count") == Asked((Call("llm", "How many words?"), Call("llm", "And lines?")))
    outcome = ended(sandbox.resume([("ok", "5"), ("ok", "1")]))
    assert (outcome.output, outcome.final) == ("['5', '1']\n", ("5",))


def test_a_failed_answer_raises_in_the_cell() -> None:
    sandbox = opened(count=count)
    sandbox.start("count")
    assert ended(sandbox.resume([("ok", "5"), ("failed", "server", "down")])).error == "RuntimeError: server: down"


def test_answers_without_a_question_are_an_error() -> None:
    with pytest.raises(ReplayError):
        opened().resume([])


def test_code_that_has_no_script_is_refused() -> None:
    outcome = ended(opened(count=count).start("other"))
    assert outcome.refused
    assert "'other'" in (outcome.error or "")


def test_variables_stay_and_those_a_cell_assigned_are_told() -> None:
    def assign(repl: ScriptedSandbox) -> None:
        repl.variables["n"] = repl.variables.get("n", 0) + 1

    sandbox = opened(assign=assign, idle=lambda _: None)
    for n in (1, 2):
        assert ended(sandbox.start("assign\n")).variables == (("n", "int", None),)
        assert sandbox.variable("n") == (n,)
    assert ended(sandbox.start("idle")).variables == ()
    assert sandbox.variable("m") is None


def test_answer_is_the_draft_and_ends_the_run_when_it_is_ready() -> None:
    def draft(repl: ScriptedSandbox) -> None:
        repl.variables["answer"]["content"] = "half"

    def ready(repl: ScriptedSandbox) -> None:
        repl.variables["answer"]["ready"] = True

    sandbox = opened(draft=draft, ready=ready)
    assert ended(sandbox.start("draft")).final is None
    assert sandbox.draft() == "half"
    assert ended(sandbox.start("ready")).final == ("half",)
    assert ended(sandbox.start("ready", is_first=True)).final is None


def test_tools_and_the_host_are_called_from_a_cell() -> None:
    def use(repl: ScriptedSandbox) -> Script:
        repl.print(repl.host("budget"))
        repl.print((yield from repl.use("add", 1, to=2)))

    sandbox = opened(use=use)
    assert sandbox.start("use") == Asked((Call("tool", "add", arguments=([1], {"to": 2})),))
    assert ended(sandbox.resume([("ok", 3)])).output == "told\n3\n"


def test_a_cell_that_hangs_comes_back_lost_when_it_is_killed() -> None:
    sandbox = opened(hang=lambda repl: repl.hang())
    threading.Timer(0.01, sandbox.kill).start()
    outcome = ended(sandbox.start("hang"))
    assert outcome.lost


def test_after_a_kill_nothing_comes_of_it_any_more() -> None:
    sandbox = opened(count=count)
    sandbox.start("count")
    sandbox.kill()
    assert ended(sandbox.resume([("ok", "5"), ("ok", "1")])).lost
    sandbox.close()
    sandbox.close()


def test_what_comes_out_is_plain_and_can_be_encoded() -> None:
    def ends(repl: ScriptedSandbox) -> Script:
        repl.variables["caf\udce9"] = repl.variables["kept"] = {2, 1}
        repl.variables["answer"]["content"] = (date(2024, 1, 2), 2**64)
        answers = yield from repl.ask("why \ud83d?", how="rlm", context=["half \ud83d"])
        used = yield from repl.use("use", (1,), named={"\udc00": {2, 1}})
        repl.print("\ud83d", answers, used)
        return repl.final({1: {2, 1}})

    sandbox = opened(ends=ends)
    assert sandbox.start("ends") == Asked((Call("rlm", f"why {LOST}?", context=[f"half {LOST}"]),))
    call = Call("tool", "use", arguments=([[1]], {"named": {LOST: [1, 2]}}))
    assert sandbox.resume([("ok", "a")]) == Asked((call,))
    outcome = ended(sandbox.resume([("ok", "b")]))
    assert (outcome.output, outcome.final) == (f"{LOST} ['a'] b\n", ({"1": [1, 2]},))
    assert sandbox.variable("kept") == ([1, 2],)
    assert sandbox.draft() == ["2024-01-02", str(2**64)]

    def fails(repl: ScriptedSandbox) -> None:
        repl.variables["caf\udce9"] = 1
        message = "no \ud83d"
        raise ValueError(message)

    outcome = ended(opened(fails=fails).start("fails"))
    assert (outcome.error, outcome.variables) == (f"ValueError: no {LOST}", ((f"caf{LOST}", "int", None),))


@pytest.mark.parametrize("ready", [{"ready": False}, {"ready": True}])
def test_a_value_that_is_nested_too_deeply_is_an_error_of_the_cell(ready: dict[str, bool]) -> None:
    def deep(repl: ScriptedSandbox) -> Ended | None:
        value: Any = 1
        for _ in range(DEEPEST):
            value = [value]
        repl.variables["deep"] = value
        repl.variables["answer"] = {"content": value, **ready}
        return None if ready["ready"] else repl.final(value)

    sandbox = opened(deep=deep)
    assert "nested more than" in str(ended(sandbox.start("deep")).error)
    assert sandbox.variable("deep") is None
    assert sandbox.draft() is None
