"""How threads and event loops of a cell ask: what several ask goes out at once, and again in the same order."""

import platform
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from langchain_rlm.repl.cpython.session import CPythonSandbox
from langchain_rlm.repl.cpython.workers import CPython, CPythonSandboxes
from langchain_rlm.repl.protocol import Asked, Ended, Outcome
from tests.unit.repl.monty.sessions import a_session, answered, asked, ended, failed, output

pytestmark = pytest.mark.skipif(platform.system() != "Linux", reason="full Python is jailed on Linux alone")
POOL = "from concurrent.futures import ThreadPoolExecutor, as_completed\n"
COMPLETED = f"""{POOL}with ThreadPoolExecutor(4) as pool:
    futures = [pool.submit(lambda n: llm_query(f'q{{n}}') + llm_query(f'r{{n}}'), n) for n in range(9)]
    print([future.result() for future in as_completed(futures)])
"""


@pytest.fixture(scope="module")
def sandboxes() -> Iterator[CPythonSandboxes]:
    with closing(CPython()()) as sandboxes:
        yield sandboxes


@pytest.fixture(scope="module")
def session(sandboxes: CPythonSandboxes) -> Iterator[CPythonSandbox]:
    with a_session(sandboxes, tools=frozenset({"search"})) as session:
        yield session


def batches(session: CPythonSandbox, outcome: Outcome) -> tuple[list[list[str]], Ended]:
    """What a cell asks, pause by pause, each answered in capitals; and its end."""
    found = []
    while isinstance(outcome, Asked):
        found.append(asked(outcome))
        outcome = session.resume(answered(outcome))
    return found, ended(outcome)


def test_threads_of_a_pool_ask_at_once(session: CPythonSandbox) -> None:
    code = f"{POOL}with ThreadPoolExecutor(8) as p:\n    print(list(p.map(llm_query, [f'q{{n}}' for n in range(20)])))"
    found, end = batches(session, session.start(code))
    assert [len(batch) for batch in found] == [8, 8, 4]
    assert [prompt for batch in found for prompt in batch] == [f"q{n}" for n in range(20)]
    assert end.output == f"{[f'Q{n}' for n in range(20)]}\n"


def test_the_same_cells_with_the_same_answers_do_the_same_in_threads_too(sandboxes: CPythonSandboxes) -> None:
    seen = []
    for _ in range(4):
        with a_session(sandboxes) as session:
            seen.append(batches(session, session.start(COMPLETED)))
    assert all(one == seen[0] for one in seen)


def test_threads_by_hand_ask_at_once_and_batches_of_theirs_stay_together(session: CPythonSandbox) -> None:
    code = """import threading
told = {}
def ask(n):
    told[n] = llm_query_batched([f'{n}a', f'{n}b'])
threads = [threading.Thread(target=ask, args=(n,)) for n in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(told)"""
    found, end = batches(session, session.start(code))
    assert found == [["0a", "0b", "1a", "1b", "2a", "2b"]]
    assert end.output == "{0: ['0A', '0B'], 1: ['1A', '1B'], 2: ['2A', '2B']}\n"


@pytest.mark.parametrize(
    "call",
    ["asyncio.to_thread(llm_query, p)", "llm_query(p)", "one(p)", "search(p)"],
    ids=["in a thread", "as if it were asynchronous", "in a coroutine", "a tool"],
)
def test_what_is_gathered_is_asked_at_once(session: CPythonSandbox, call: str) -> None:
    code = f"""import asyncio
async def one(p):
    await asyncio.sleep(1)
    return await llm_query(p)
print(await asyncio.gather(*[{call} for p in 'abcdefgh']))"""
    outcome = session.start(code)
    assert isinstance(outcome, Asked)
    assert len(outcome.calls) == 8
    assert ended(session.resume([("ok", n) for n in range(8)])).output == f"{[*range(8)]}\n"


def test_no_time_passes_for_an_event_loop_while_a_model_is_asked(session: CPythonSandbox) -> None:
    code = "import asyncio\nprint(await asyncio.wait_for(asyncio.to_thread(llm_query, 'slow'), timeout=0.001))"
    outcome = session.start(code)
    assert asked(outcome) == ["slow"]
    assert ended(session.resume([("ok", "late")])).output == "late\n"


def test_no_timeout_of_a_thread_runs_out_while_a_model_is_asked(session: CPythonSandbox) -> None:
    code = f"{POOL}with ThreadPoolExecutor(1) as p: print(p.submit(llm_query, 'slow').result(timeout=0.2))"
    outcome = session.start(code)
    assert asked(outcome) == ["slow"]
    threading.Event().wait(0.3)  # longer than the timeout
    assert ended(session.resume([("ok", "late")])).output == "late\n"
    said = failed(session.start(f"{POOL}import threading\nprint(threading.Event().wait(0.1))\n1 / 0"))
    assert "ZeroDivisionError" in said


def test_a_loop_runs_in_a_loop(session: CPythonSandbox) -> None:
    code = "import asyncio, nest_asyncio\nnest_asyncio.apply()\nasync def f():\n    return await llm_query('x')\n"
    found, end = batches(session, session.start(f"{code}async def g():\n    return asyncio.run(f())\nprint(await g())"))
    assert (found, end.output) == ([["x"]], "X\n")


def test_one_thread_that_fails_leaves_the_others_their_answers(session: CPythonSandbox) -> None:
    code = f"""{POOL}def ask(p):
    try:
        return llm_query(p)
    except RuntimeError as e:
        return str(e)
with ThreadPoolExecutor(2) as p: print(list(p.map(ask, 'ab')))"""
    outcome = session.start(code)
    assert isinstance(outcome, Asked)
    end = ended(session.resume([("failed", "timeout", "too slow"), ("ok", "B")]))
    assert end.output == "['sub-query failed (timeout): too slow', 'B']\n"


def test_what_a_thread_asks_after_its_cell_has_ended_is_refused(session: CPythonSandbox) -> None:
    code = "import threading\nthreading.Thread(target=lambda: llm_query('late'), name='t').start()"
    assert ended(session.start(code)).output == ""
    assert "RuntimeError: the cell that asked has ended" in output(session, "pass") + output(session, "pass")


def test_an_answer_in_a_thread_ends_the_run(session: CPythonSandbox) -> None:
    code = "import threading\nt = threading.Thread(target=lambda: FINAL('yes'))\nt.start()\nt.join()\nllm_query('more')"
    assert ended(session.start(code)).final == ("yes",)
    assert output(session, "print(1)") == "1\n"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import time as t\nprint(t.time(), t.perf_counter() == t.time(), t.strftime('%Y'))", "1767323045.0 True 2026"),
        ("import datetime as d\nprint(d.datetime.now(), d.date.today(), isinstance(d.datetime.now(), d.datetime))",
         "2026-01-02 03:04:05 2026-01-02 True"),
        ("from datetime import datetime, timezone\nprint(datetime.now(timezone.utc))", "2026-01-02 03:04:05+00:00"),
        ("import time\ntime.sleep(1000)\nprint('at once')", "at once"),
        ("import asyncio\nawait asyncio.sleep(1000)\nprint('at once')", "at once"),
        ("import os\nprint(os.cpu_count(), sorted(os.environ)[0])", "28 LANG"),
    ],
)  # fmt: skip
def test_the_clock_stands_still(session: CPythonSandbox, code: str, said: str) -> None:
    assert output(session, code) == f"{said}\n"


def test_chance_and_hashing_follow_the_seed(sandboxes: CPythonSandboxes) -> None:
    code = (
        "import os, random, secrets, uuid\nprint(random.random(), random.Random().random(), uuid.uuid4(), "
        "os.urandom(4), secrets.token_hex(4), hash('text'), {'a', 'b', 'c', 'd'})"
    )
    seen = set()
    for _ in range(2):
        with a_session(sandboxes) as session:
            seen.add(output(session, code))
    assert len(seen) == 1


def test_errors_are_told_with_the_lines_of_cells_alone(session: CPythonSandbox) -> None:
    output(session, "import json\ndef read(text):\n    return json.loads(text)")
    said = failed(session.start("x = 1\nread('{')")).splitlines()
    assert said[:5] == [
        "Traceback (most recent call last):", "  line 2, in <module>", "    read('{')",
        "  line 3 of an earlier cell, in read", "    return json.loads(text)",
    ]  # fmt: skip
    assert said[5].startswith("json.decoder.JSONDecodeError: ")


def test_the_context_is_handed_over_whole(sandboxes: CPythonSandboxes) -> None:
    texts: Any = ("zwölf 🎈\n" * 100_000, "", "half \ud83c")
    with a_session(sandboxes, *texts, single=False) as session:
        assert (
            output(session, "print([len(text) for text in context], context[2] == 'half \\ud83c')")
            == "[800000, 0, 6] True\n"
        )
