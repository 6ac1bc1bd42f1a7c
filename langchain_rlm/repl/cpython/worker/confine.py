"""Gives up, for good, what a worker must not have: files, system calls, rights, memory. Before any cell runs."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from typing import Any

from langchain_rlm.repl.cpython.worker import calls

DESCRIPTORS = 128
PR_SET_PDEATHSIG = 1
CAPSET = {"x86_64": 126, "aarch64": 91}
CAPABILITIES_VERSION = 0x2008_0522
READ = ("/etc/ld.so.cache", "/usr/share/zoneinfo", "/usr/lib/locale", "/dev/null")
"""What libraries of Python read beside it, where it exists."""


def die_with_parent(parent: int | None) -> None:
    """Have the kernel end this process when the thread that started it ends; `parent` is the process of that."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent is not None and os.getppid() != parent:
        os._exit(1)


def limit(memory: int) -> None:
    """Limit the address space beside what is used now, forbid to write files, and to leave a core."""
    try:
        import resource
    except ImportError:
        return
    wanted = [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_NOFILE, DESCRIPTORS)]
    if sys.platform == "linux":
        wanted.append((resource.RLIMIT_AS, _used() + memory))
    for which, size in wanted:
        with contextlib.suppress(OSError, ValueError):
            hard = resource.getrlimit(which)[1]
            least = size if hard == resource.RLIM_INFINITY else min(size, hard)
            resource.setrlimit(which, (least, least))


def _used() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def confine(sites: list[str]) -> None:
    """Leave this process the standard library and these directories to read, and the system calls of `calls`.

    Raises:
        OSError: The kernel cannot.
    """
    from langchain_rlm.repl.jail import landlock

    program = calls.program()
    if program is None:
        raise OSError(0, f"no filter of system calls is known for {os.uname().machine}")
    if landlock.version() > 0:
        landlock.restrict_files([path for path in _readable(sites) if os.path.exists(path)])
    else:
        ctypes.CDLL(None).prctl(38, *map(ctypes.c_ulong, (1, 0, 0, 0)))  # no new privileges
    _drop_capabilities()
    if not landlock.install(program):
        raise OSError(0, "the kernel filters no system calls (seccomp)")


def _readable(sites: list[str]) -> set[str]:
    with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as file:
        mapped = {line.split(None, 5)[5].strip() for line in file if "/" in line}
    libraries = {os.path.dirname(path) for path in mapped if path.startswith("/") and ".so" in path}
    return {*libraries, *sys.path, *sites, *READ} - {"", "/", "/usr", "/tmp", "/home", "/root"}  # noqa: S108  # never


def _drop_capabilities() -> None:
    number = CAPSET.get(os.uname().machine)
    header: Any = (ctypes.c_uint32 * 2)(CAPABILITIES_VERSION, 0)
    nothing: Any = (ctypes.c_uint32 * 6)()
    if number is not None:
        ctypes.CDLL(None).syscall(number, header, nothing)
