"""A real REPL and code that means ill or goes wrong: wrong arguments, endless loops, too much memory, ways out."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pydantic_monty as monty
import pytest

from langchain_rlm.repl.monty.session import MontySandbox
from langchain_rlm.repl.protocol import Ended
from tests.unit.repl.monty.sessions import a_session, answered, asked, ended, failed, output


@pytest.fixture(scope="module")
def pool() -> Iterator[monty.Monty]:
    with monty.Monty(min_processes=1, max_processes=50) as pool:
        yield pool


@pytest.fixture
def session(pool: monty.Monty) -> Iterator[MontySandbox]:
    with a_session(pool) as session:
        yield session


def lost(outcome: Any) -> str:
    """The error of a cell whose worker had to be given up."""
    assert isinstance(outcome, Ended), outcome
    assert outcome.lost, outcome
    return outcome.error or ""


# -- wrong arguments --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "error", "said"),
    [
        ("llm_query(1)", "TypeError", "llm_query: the prompt must be a str, not int"),
        ("llm_query(None)", "TypeError", "llm_query: the prompt must be a str, not NoneType"),
        ("llm_query(['a'])", "TypeError", "use llm_query_batched"),
        ("llm_query('  ')", "ValueError", "llm_query: the prompt is empty"),
        ("llm_query('a', model=3)", "TypeError", "llm_query: model must be a str, not int"),
        ("llm_query()", "TypeError", "llm_query() missing 1 required positional argument: 'prompt'"),
        ("llm_query('a', *'bcde')", "TypeError", "llm_query() takes from 1 to 4 positional arguments but 5"),
        ("llm_query('a', temperature=0)", "TypeError", "unexpected keyword argument 'temperature'"),
        ("llm_query_batched('a')", "TypeError", "pass a list of prompts, not one str. For one prompt use llm_query."),
        ("llm_query_batched(['a', 2])", "TypeError", "llm_query_batched: prompt 1 must be a str, not int"),
        ("llm_query_batched(['a', ''])", "ValueError", "llm_query_batched: prompt 1 is empty"),
        ("llm_query_batched(5)", "TypeError", "llm_query_batched: "),
        ("llm_query_batched(['a'], model=3)", "TypeError", "llm_query_batched: model must be a str, not int"),
        ("llm_query_batched(['a'], on_error='skip')", "ValueError", "on_error must be 'raise' or 'return', not 'skip'"),
        ("rlm_query(5)", "TypeError", "rlm_query: the prompt must be a str, not int"),
        ("rlm_query('a', context=3)", "TypeError", "rlm_query: context must be a str or a list of str, not int"),
        ("rlm_query('a', context=['x', 3])", "TypeError", "rlm_query: context[1] must be a str, not int"),
        ("rlm_query('a', model=3)", "TypeError", "rlm_query: model must be a str, not int"),
        ("rlm_query_batched(['a'], ['x', 'y'])", "ValueError", "one context for each of the 1 prompts"),
        ("rlm_query_batched(['a'], 'x')", "ValueError", "one context for each of the 1 prompts"),
        ("rlm_query_batched(['a'], 5)", "(TypeError|ValueError)", "rlm_query_batched: contexts must be a list"),
        ("chunks(5)", "TypeError", "chunks: text must be a str or a list of str, not int"),
        ("chunks(context, 0)", "ValueError", "chunks: size must be at least 1 character, not 0"),
        ("chunks(context, '3')", "TypeError", "chunks: size must be an int (characters), not '3'"),
        ("chunks(context, 5, 9)", "ValueError", "chunks: overlap must be at least 0 and below size (5), not 9"),
        ("budget(3)", "TypeError", "budget() takes 0 positional arguments but 1"),
        ("FINAL()", "ValueError", "FINAL: the answer is empty"),
    ],
)
def test_wrong_arguments_are_told_by_the_name_the_model_knows(
    session: MontySandbox, code: str, error: str, said: str
) -> None:
    told = failed(session.start(code))
    assert said in told
    assert any(f"{kind}: " in told for kind in error.strip("()").split("|"))
    assert "_rlm_" not in told
    assert output(session, "print('alive')") == "alive\n"


@pytest.mark.parametrize(
    "code",
    [
        "llm_query = 5",
        "def llm_query(prompt):\n    return 'mine'",
        "def f():\n    global llm_query\n    llm_query = 3\nf()",
        "globals()['llm_query'] = 5",
        "del llm_query",
        "from math import floor as llm_query",
        "class llm_query:\n    pass",
        "FINAL = llm_query_batched = print",
        "_rlm_contract_llm_query = print",
        "_rlm_host_ask = print",
    ],
)
def test_no_cell_takes_llm_query_or_final_from_the_next_one(session: MontySandbox, code: str) -> None:
    session.start(code)
    outcome = session.start("print(llm_query('q'), llm_query_batched(['r']))\nFINAL('x')")
    assert asked(outcome) == ["q"]
    outcome = session.resume(answered(outcome))
    assert asked(outcome) == ["r"]
    outcome = ended(session.resume(answered(outcome)))
    assert outcome.output == "Q ['R']\n"
    assert outcome.final == ("x",)


# -- limits -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code", ["while True:\n    pass", "x = 10 ** 9 ** 9", "for n in range(10 ** 12):\n    x = n", "x = 'a' * 10 ** 15"]
)
def test_code_that_would_never_end_is_stopped_and_reported_as_lost(pool: monty.Monty, code: str) -> None:
    with a_session(pool, cell_seconds=0.5) as session:
        outcome = session.start(f"print('before')\n{code}")
        said = lost(outcome)
        assert "its variables are lost" in said
        assert "0.5 seconds" in said or "memory" in said.lower()


def test_waiting_for_an_answer_does_not_count_as_the_cells_own_time(pool: monty.Monty) -> None:
    with a_session(pool, cell_seconds=0.3) as session:
        outcome = session.start("print(llm_query('q'))")
        threading.Event().wait(0.6)  # the answer takes twice as long as the cell may run
        assert ended(session.resume(answered(outcome))).output == "Q\n"


SLOW = "n = 0\nfor i in range(2_000_000):\n    n += i\nprint('over')"
"""Far more than a hundredth of a second of work."""


def test_a_cell_that_is_run_again_has_more_time_and_the_next_one_has_the_limit(pool: monty.Monty) -> None:
    with a_session(pool, cell_seconds=0.01) as session:
        session.allow(60)
        assert ended(session.start(f"llm_query('q')\n{SLOW}") and session.resume([("ok", "a")])).output == "over\n"
        session.allow(0.01)
        assert "ran for more than 0.01 seconds" in lost(session.start(SLOW))


def test_a_paused_cell_has_its_time_from_where_it_is_built_again(pool: monty.Monty) -> None:
    with a_session(pool, cell_seconds=0.01) as session:
        session.allow(60)
        session.start(f"{SLOW}\nllm_query('q')\nprint('on')")
        session.allow(5)
        assert ended(session.resume([("ok", "a")])).output == "over\non\n"


@pytest.mark.parametrize(
    "code",
    [
        "raise TimeoutError('feed time limit exceeded: 60.1s > 60s')",
        "raise MemoryError('memory limit exceeded: 600000000 bytes > 536870952 bytes')",
        "raise MemoryError",
        "raise RuntimeError('The REPL worker was ended: SIGABRT')",
        "class Late(TimeoutError):\n    pass\nraise Late('feed time limit exceeded: 2s > 1s')",
    ],
)
def test_what_a_cell_raises_is_not_taken_for_a_limit_of_the_host(session: MontySandbox, code: str) -> None:
    assert "its variables are lost" not in failed(session.start(f"kept = 1\n{code}"))
    assert output(session, "print(kept)") == "1\n"


@pytest.mark.parametrize(
    "code", ["x = 0\n" + "x += 1\n" * 30_000, f"x = [{'1,' * 30_000}]", "def f():\n" + "    yield 1\n" * 10_000]
)
def test_a_cell_of_more_code_than_can_be_rewritten_in_seconds_is_refused(session: MontySandbox, code: str) -> None:
    assert "the cell has more than 20,000 names, values and operations" in failed(session.start(code))


@pytest.mark.parametrize(
    "code", ["x = ['a' * 1000 for n in range(10 ** 7)]", "x = 'a'\nwhile True:\n    x += x", "x = list(range(10 ** 8))"]
)
def test_more_memory_than_allowed_is_reported_as_lost(pool: monty.Monty, code: str) -> None:
    with a_session(pool, memory=32 * 1024 * 1024) as session:
        assert "memory" in lost(session.start(code)).lower()


def test_a_deep_recursion_is_an_error_of_the_cell_and_costs_no_variables(session: MontySandbox) -> None:
    assert "RecursionError" in failed(session.start("x = 1\ndef f(n):\n    return f(n + 1)\nf(0)"))
    assert output(session, "print(x)") == "1\n"


def test_one_sessions_end_does_not_touch_another(pool: monty.Monty) -> None:
    with a_session(pool) as first, a_session(pool, cell_seconds=0.3) as second:
        output(first, "x = 1")
        lost(second.start("while True: pass"))
        second.close()
        assert output(first, "print(x)") == "1\n"


# -- ending -----------------------------------------------------------------------------------------------------------


def test_kill_from_another_thread_ends_a_running_cell(pool: monty.Monty) -> None:
    runs = threading.Event()

    def host(_: str) -> None:
        runs.set()

    with a_session(pool, host=host) as session:

        def kill() -> None:
            runs.wait()
            session.kill()

        killer = threading.Thread(target=kill)
        killer.start()
        assert "The REPL worker was ended" in lost(session.start("budget()\nwhile True:\n    pass"))
        killer.join()


def test_a_worker_that_died_between_two_cells_is_reported_as_lost(pool: monty.Monty) -> None:
    with a_session(pool) as session:
        output(session, "x = 1")
        session.kill()
        lost(session.start("import re\nprint(x)"))
        assert session.draft() is None
        assert session.variable("x") is None


def test_a_worker_that_died_at_a_question_is_reported_as_lost(pool: monty.Monty) -> None:
    with a_session(pool) as session:
        outcome = session.start("print(llm_query('q'))")
        session.kill()
        lost(session.resume(answered(outcome)))


def test_a_session_can_be_closed_twice_and_from_any_state(pool: monty.Monty) -> None:
    for code in ("x = 1", "llm_query('q')", "FINAL(1)", "1 / 0"):
        with a_session(pool) as session:
            session.start(code)
            session.close()
            session.close()
            session.kill()


def test_killing_a_closed_session_ends_no_other_sessions_worker(pool: monty.Monty) -> None:
    with a_session(pool) as first:
        first.close()
        with a_session(pool) as second:  # the pool gives it the same process
            first.kill()
            assert output(second, "print('alive')") == "alive\n"


def test_no_variable_passes_to_the_next_session_of_a_worker(pool: monty.Monty) -> None:
    with a_session(pool) as first:
        output(first, "secret = 1\nimport re")
    with a_session(pool) as second:
        assert "NameError" in failed(second.start("print(secret)"))


def test_no_worker_process_is_left_when_the_pool_has_ended() -> None:
    workers = []
    with monty.Monty(max_processes=4) as own:
        for code in ("x = 1", "llm_query('q')", "1 / 0"):
            with a_session(own) as session:
                session.start(code)
                workers.append(session._pid)
        with a_session(own) as session:
            assert session._pid is not None
            workers.append(session._pid)
            os.kill(session._pid, signal.SIGKILL)
    assert all(workers)
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]


# -- ways out ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "open('/etc/passwd').read()",
        "open('out.txt', 'w').write('x')",
        "eval(\"open('/etc/passwd').read()\")",
        "exec(\"open('/etc/passwd').read()\")",
        "[f for f in [open]][0]('/etc/passwd')",
        "from pathlib import Path\nPath('/etc/passwd').read_text()",
        "from pathlib import Path\nPath('x').write_text('x')",
        "from pathlib import Path\nlist(Path('/').iterdir())",
        "from pathlib import Path\nPath('/etc').exists()",
        "import os\nos.environ",
        "import os\nos.getenv('HOME')",
        "from os import environ",
        "import os\nos.system('id')",
        "import os\nos.listdir('/')",
        "import socket",
        "import subprocess",
        "import urllib.request",
        "import ctypes",
        "import importlib",
        "exec('import socket')",
        "__import__('socket')",
        "eval(\"__import__('os')\")",
        "print.__self__",
        "().__class__.__bases__[0].__subclasses__()",
        "(lambda: 0).__globals__",
        "(lambda: 0).__code__",
        "import sys\nsys.modules",
        "import sys\nsys._getframe()",
        "input('password?')",
        "breakpoint()",
        "exit()",
    ],
)
def test_there_is_no_way_to_files_environment_network_or_interpreter(session: MontySandbox, code: str) -> None:
    assert failed(session.start(code))
    assert output(session, "print('alive')") == "alive\n"


def test_clock_and_chance_are_the_same_in_every_session_of_a_run_and_sleeping_takes_no_time(pool: monty.Monty) -> None:
    code = "import random, time, datetime\ntime.sleep(10_000)\nprint(datetime.datetime.now(), random.random())"
    with a_session(pool) as first, a_session(pool) as second:
        told = output(first, code)
        assert told.startswith("2026-01-02 03:04:05 0.")
        assert output(second, code) == told
        assert output(second, code) != told


def test_a_cell_that_is_longer_than_any_model_writes_is_refused_before_it_is_rewritten(session: MontySandbox) -> None:
    refused = failed(session.start("n = 1\n" * 1_000_000))
    assert "The cell has 6,000,000 characters, at most 250,000 are run" in refused
    assert output(session, "n = 1\n" * 4_000 + "print(n)") == "1\n"


def test_a_worker_that_was_ended_is_gone_however_often_it_is_looked_for(pool: monty.Monty) -> None:
    with a_session(pool) as session:
        session.start("x = 1")
        assert not session._is_gone()
        session.kill()
        assert [session._is_gone() for _ in range(3)] == [True] * 3  # the second time its checkout has been taken back
