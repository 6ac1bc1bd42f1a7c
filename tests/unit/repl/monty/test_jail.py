"""The operating system's jail around the worker: what it keeps out, that it ends, and how it is chosen."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pydantic_monty as monty
import pytest

from langchain_rlm import RLM
from langchain_rlm.errors import InputError
from langchain_rlm.repl.jail import landlock
from langchain_rlm.repl.jail.report import VARIABLE, JailReport
from langchain_rlm.repl.monty import jail
from tests.debian import UnavailableError, libraries, unpacked
from tests.unit.repl.monty.sessions import a_session, answered, ended, failed, output

KINDS = ("bubblewrap", "landlock")
BWRAP = Path("usr/bin/bwrap")
WAIT_SECONDS = 30.0


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(VARIABLE, request.param)
    try:
        if request.param == "bubblewrap" and shutil.which("bwrap") is None:
            root = unpacked("bubblewrap", ["bubblewrap"], BWRAP)
            monkeypatch.setenv("PATH", str((root / BWRAP).parent), prepend=os.pathsep)
            for name, value in libraries(root).items():
                monkeypatch.setenv(name, value)
        jail.worker_path()
    except (InputError, UnavailableError) as error:
        pytest.skip(str(error))
    return str(request.param)


@pytest.fixture
def pool(kind: str) -> Iterator[monty.Monty]:  # noqa: ARG001  # its environment
    with monty.Monty(binary_path=jail.worker_path(), max_processes=4) as pool:
        yield pool


def tree(pid: int) -> set[int]:
    """A process and those below it."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    below = {int(child) for found in lists for child in found.read_text().split()}
    return {pid}.union(*(tree(child) for child in below))


def started(before: set[int]) -> set[int]:
    """What this process has started since: of a session, the worker and what stands around it."""
    return tree(os.getpid()) - before


def soon(condition: Callable[[], Any]) -> bool:
    """Whether the condition comes true, before the test would be given up."""
    end = time.monotonic() + WAIT_SECONDS
    while not (holds := bool(condition())) and time.monotonic() < end:
        time.sleep(0.01)
    return holds


def gone(pids: set[int]) -> bool:
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


# -- what it keeps out ------------------------------------------------------------------------------------------------

PROBE = """
canary=$1 port=$2 host=$3
attempt() { local told; told=$(eval "$2" 2>&1) && echo "$1: done: $told" || echo "$1: refused"; }
attempt read 'read -r line < "$canary" && echo "$line"'
attempt write 'echo over > "$canary"'
attempt create 'echo new > "$canary.new"'
attempt list 'compgen -G "${canary%/*}/*"'
attempt passwd 'read -r line < /etc/passwd'
attempt process 'read -r line < "/proc/$host/status"'
attempt start '/bin/cat "$canary"'
attempt connect 'exec 9<> "/dev/tcp/127.0.0.1/$port"'
attempt signal 'kill -0 "$host"'
attempt inherited 'read -r line <&7 && echo "$line"'
attempt environment '[ -n "$MARKER" ]'
echo datagram > "/dev/udp/127.0.0.1/$4"  # may seem to be sent
"""
ATTEMPTS = 11


def missing_in_this_kernel() -> set[str]:
    """What the kernel's Landlock is too old to refuse."""
    since = {"connect": landlock.NET_SINCE, "signal": landlock.SCOPES_SINCE}
    return {name for name, version in since.items() if landlock.version() < version}


def is_filtered() -> bool:
    wrapper = jail._wrapper()
    return wrapper is not None and bool(wrapper.direct)


def namespaces_are_allowed() -> bool:
    unshare = shutil.which("unshare")
    return (
        unshare is not None
        and subprocess.run([unshare, "-Un", "true"], capture_output=True, check=False).returncode == 0
    )


def in_thread(shell: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the probe where a worker runs that a restricted thread has started."""
    return jail._restricted(
        (*jail._libraries(shell), shell),
        lambda path: subprocess.run(
            [path, "--norc", "-c", PROBE, "probe", *arguments],
            stdin=subprocess.PIPE, capture_output=True, text=True, env={}, timeout=WAIT_SECONDS, check=False,
        ),
    )  # fmt: skip


def in_jail(shell: str, *arguments: str, canary: Path) -> subprocess.CompletedProcess[str]:
    """Run the probe where the worker runs: the worker's own program gives code no way to try."""
    build = jail._KINDS[jail.jail_report().kind]
    descriptor = jail._in_memory(build(shell, jail._libraries(shell)))
    outer = ["/bin/sh", "-c", 'exec 7<"$0" "$@"', str(canary), f"/proc/{os.getpid()}/fd/{descriptor}"]
    try:
        command = [*outer, "--norc", "-c", PROBE, "probe", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=WAIT_SECONDS, check=False)
    finally:
        os.close(descriptor)


def test_what_runs_in_the_jail_reaches_no_file_network_process_or_environment(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = shutil.which("bash")
    if shell is None:
        pytest.skip("there is no bash to try it with")
    canary = tmp_path / "canary"
    canary.write_text("marker-of-the-host\n")
    monkeypatch.setenv("MARKER", "marker-of-the-host")
    receiver = socket.socket(type=socket.SOCK_DGRAM)
    with socket.create_server(("127.0.0.1", 0)) as server, receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(0)  # what was sent on this machine is there
        ports = [str(each.getsockname()[1]) for each in (server, receiver)]
        arguments = (str(canary), ports[0], str(os.getpid()), ports[1])
        outside = subprocess.run(
            ["/bin/sh", "-c", 'exec 7<"$0" "$@"', canary, shell, "--norc", "-c", PROBE, "probe", *arguments],
            capture_output=True, text=True, timeout=WAIT_SECONDS, check=False,
        )  # fmt: skip
        assert outside.stdout.count(": done") == ATTEMPTS, outside  # each of them works without the jail
        assert receiver.recv(100) == b"datagram\n"
        (tmp_path / "canary.new").unlink()
        canary.write_text("marker-of-the-host\n")
        inside = in_jail(shell, *arguments, canary=canary)
        found = [inside, in_thread(shell, *arguments)] if kind == "landlock" and is_filtered() else [inside]
        if kind == "bubblewrap" or is_filtered() or namespaces_are_allowed():
            with pytest.raises(BlockingIOError):
                receiver.recv(100)
    for one in found:
        done = {line.partition(":")[0] for line in one.stdout.splitlines() if not line.endswith(": refused")}
        assert done <= (missing_in_this_kernel() if kind == "landlock" and not is_filtered() else set()), one
        assert len(one.stdout.splitlines()) == ATTEMPTS, one
    assert canary.read_text() == "marker-of-the-host\n"
    assert not (tmp_path / "canary.new").exists()


# -- the worker -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("kind")
def test_cells_run_in_the_jail_as_without_it(pool: monty.Monty) -> None:
    with a_session(pool) as session:
        outcome = session.start("import re, datetime\nprint(len(re.findall('beta', context)), llm_query('q'))")
        assert ended(session.resume(answered(outcome))).output == "20 Q\n"


@pytest.mark.usefixtures("kind")
def test_a_killed_session_leaves_no_process_of_the_jail(pool: monty.Monty) -> None:
    reached = threading.Event()
    before = tree(os.getpid())
    with a_session(pool, host=lambda _: reached.set()) as session:
        assert session._pid is not None
        processes: set[int] = set()
        worker: list[str] = []

        def kill() -> None:
            reached.wait()
            processes.update(started(before))
            worker.append(Path(f"/proc/{session._pid}/comm").read_text().strip())
            session.kill()

        killer = threading.Thread(target=kill)
        killer.start()
        outcome = session.start("budget()\nwhile True:\n    pass")
        killer.join()
        assert "The REPL worker was ended" in failed(outcome)
        assert worker == ["monty"]  # the others end by themselves, and are no orphans
        assert soon(lambda: gone(processes))


def test_a_worker_outlives_the_thread_that_started_it_and_ends_with_its_pool(kind: str) -> None:
    pool = monty.Monty(binary_path=jail.worker_path(), min_processes=0, max_processes=2)
    before = tree(os.getpid())
    with pool, ExitStack() as stack:
        opened: list[Any] = []
        thread = threading.Thread(target=lambda: opened.append(stack.enter_context(a_session(pool))))
        thread.start()
        thread.join()
        (session,) = opened
        assert output(session, "print('alive')") == "alive\n"  # all its processes are there then
        processes = started(before)
        assert len(processes) == {"bubblewrap": 3, "landlock": 1}[kind]
    assert soon(lambda: gone(processes))


DESCRIPTORS = """
import contextlib, os
from langchain_rlm.repl.monty import jail
from langchain_rlm.repl.monty.workers import MontySandboxes
with contextlib.closing(MontySandboxes()) as workers, workers.checkout() as session:
    descriptors = sorted(os.listdir(f"/proc/{session.worker_pid}/fd"))
    print(session.feed_run("6 * 7"), jail._is_anything_inherited(), *descriptors)
"""


@pytest.mark.parametrize("inherits", [False, True])
def test_a_worker_has_no_descriptor_of_its_host(kind: str, tmp_path: Path, *, inherits: bool) -> None:
    if kind == "bubblewrap":
        pytest.skip("its shell closes the first ten")
    with (tmp_path / "of the host").open("w") as file:
        given = [file.fileno()] if inherits else []
        done = subprocess.run(
            [sys.executable, "-c", DESCRIPTORS], pass_fds=given, capture_output=True, text=True, check=False
        )
    assert done.stdout.split() == ["42", str(inherits), "0", "1", "2"], done


HOST = """
import sys, pydantic_monty as monty
from langchain_rlm.repl.monty import jail
with monty.Monty(binary_path=jail.worker_path()) as pool, pool.checkout() as session:
    session.feed_run("1")
    print(session.worker_pid, flush=True)
    sys.stdin.read()
"""


@pytest.mark.usefixtures("kind")
def test_nothing_is_left_when_the_host_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOST], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as host:
        assert host.stdout is not None
        processes = tree(int(host.stdout.readline()))
        host.kill()
    assert processes
    assert soon(lambda: gone(processes))


# -- the choice -------------------------------------------------------------------------------------------------------


@pytest.fixture
def nothing_on_the_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A PATH with ldd only."""
    ldd = shutil.which("ldd")
    if ldd is not None:
        (tmp_path / "ldd").symlink_to(ldd)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_off_is_no_jail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "off")
    assert jail.worker_path() is None
    assert jail.jail_report() == JailReport("none", "LANGCHAIN_RLM_JAIL is off")


def test_an_unknown_jail_is_named_with_what_to_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "Docker")
    with pytest.raises(
        InputError, match=r"LANGCHAIN_RLM_JAIL='docker' is not a jail. Use auto, bubblewrap, landlock or off"
    ):
        jail.worker_path()


@pytest.mark.usefixtures("nothing_on_the_path")
def test_a_jail_that_is_asked_for_and_does_not_work_is_an_error_that_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "bubblewrap")
    with pytest.raises(
        InputError, match=r"'bubblewrap' does not work here: bwrap is not on PATH \(install bubblewrap\)"
    ):
        jail.worker_path()
    with pytest.raises(InputError, match="bubblewrap"):
        RLM("offline", route="rlm").invoke({"question": "What?", "context": "text"})


def test_a_bwrap_that_may_not_make_namespaces_gives_way_to_the_next(
    nothing_on_the_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bwrap = nothing_on_the_path / "bwrap"
    bwrap.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    bwrap.chmod(0o700)
    monkeypatch.setenv(VARIABLE, "auto")
    report = jail.jail_report()
    assert report.kind in {"landlock", "none"}
    assert report.others["bubblewrap"] == "a trial failed: bwrap: No permissions to create new namespace"


def test_where_nothing_works_there_is_no_jail_and_every_reason(
    nothing_on_the_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (nothing_on_the_path / "ldd").unlink(missing_ok=True)
    monkeypatch.setenv(VARIABLE, "auto")
    assert jail.worker_path() is None
    report = jail.jail_report()
    assert (report.kind, set(report.others)) == ("none", set(KINDS))


def test_the_trial_is_made_once(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = jail.worker_path()
    monkeypatch.setattr(jail, "_try", None)
    assert jail.worker_path() == path
    assert jail.jail_report().kind == kind


@pytest.mark.usefixtures("kind")
def test_a_descriptor_that_a_daemon_closed_is_made_anew() -> None:
    path = jail.worker_path()
    assert path is not None
    descriptor = int(path.rpartition("/")[2])
    replaced = os.open("/dev/null", os.O_RDONLY)
    os.dup2(replaced, descriptor)
    try:
        anew = jail.worker_path()
    finally:
        os.close(replaced)
        os.close(descriptor)
    assert anew not in {None, path}
