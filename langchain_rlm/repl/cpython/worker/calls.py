"""The system calls that a jailed worker may make. All others fail: what is not here cannot be a hole.

It may use its memory, threads, clocks, pipes and descriptors, and read files as far as it is let. It may make no
process, no socket but a pair of its own, signal nobody but itself, and change nothing of its own jail.
"""

from __future__ import annotations

import os

LOAD, AND, JUMP_IF_EQUAL, JUMP_IF_AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
ALLOWED, REFUSED = 0x7FFF_0000, 0x0005_0000
NOT_PERMITTED, NO_TERMINAL, NOT_KNOWN = 1, 25, 38
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32_CALLS = 0x4000_0000
WHOLE = 0xFFFF_FFFF

FREE = {
    "x86_64": (
        # futex, read, write, mmap, munmap, mprotect, madvise, brk, mremap, mincore
        202, 0, 1, 9, 11, 10, 28, 12, 25, 27,
        # close, stat, fstat, lstat, lseek, pread64, readv, writev, preadv, access, open, openat, newfstatat, statx
        3, 4, 5, 6, 8, 17, 19, 20, 295, 21, 2, 257, 262, 332,
        # readlink, readlinkat, faccessat, faccessat2, getdents, getdents64, getcwd, fadvise64
        89, 267, 269, 439, 78, 217, 79, 221,
        # poll, ppoll, select, pselect6, epoll_create1, epoll_ctl, epoll_wait, epoll_pwait, epoll_pwait2, eventfd2
        7, 271, 23, 270, 291, 233, 232, 281, 441, 290,
        # pipe, pipe2, dup, dup2, dup3, recvfrom, shutdown, getsockname, getpeername, getsockopt
        22, 293, 32, 33, 292, 45, 48, 51, 52, 55,
        # rt_sigaction, rt_sigprocmask, rt_sigreturn, rt_sigpending, rt_sigtimedwait, rt_sigsuspend, sigaltstack, pause
        13, 14, 15, 127, 128, 130, 131, 34,
        # sched_yield, nanosleep, clock_nanosleep, clock_gettime, clock_getres, gettimeofday, time, times
        24, 35, 230, 228, 229, 96, 201, 100,
        # getitimer, setitimer, alarm, getrusage, getrlimit, sysinfo, uname, getrandom, getcpu, sched_getaffinity
        36, 38, 37, 98, 97, 99, 63, 318, 309, 204,
        # getpid, gettid, getppid, getuid, geteuid, getgid, getegid, getpgrp
        39, 186, 110, 102, 107, 104, 108, 111,
        # set_tid_address, set_robust_list, get_robust_list, rseq, membarrier, restart_syscall, exit, exit_group
        218, 273, 274, 334, 324, 219, 60, 231,
    ),
    "aarch64": (
        98, 63, 64, 222, 215, 226, 233, 214, 216, 232,
        57, 80, 62, 67, 65, 66, 69, 56, 79, 291,
        78, 48, 439, 61, 17, 223,
        73, 72, 20, 21, 22, 441, 19,
        59, 23, 24, 207, 210, 204, 205, 209,
        134, 135, 139, 136, 137, 133, 132,
        124, 101, 115, 113, 114, 169, 153,
        102, 103, 165, 163, 179, 160, 278, 168, 123,
        172, 178, 173, 174, 175, 176, 177,
        96, 99, 100, 293, 283, 128, 93, 94,
    ),
}  # fmt: skip
"""Calls that may be made with anything."""
NUMBERS = {
    "x86_64": {
        "clone": 56, "clone3": 435, "fcntl": 72, "ioctl": 16, "kill": 62, "prctl": 157, "prlimit64": 302, "sendto": 44,
        "socketpair": 53, "tgkill": 234,
    },
    "aarch64": {
        "clone": 220, "clone3": 435, "fcntl": 25, "ioctl": 29, "kill": 129, "prctl": 167, "prlimit64": 261,
        "sendto": 206, "socketpair": 199, "tgkill": 131,
    },
}  # fmt: skip
THREAD, NAMESPACES = 0x0001_0000 | 0x0000_0800 | 0x0000_0100, 0x7E02_0080
"""What a call of `clone` has that makes a thread (with its memory and signals), and none has that is allowed."""

_Test = tuple[int, int, tuple[int, ...]]
"""Of a 32-bit word of the arguments (by its position), the bits that count, and what they may be."""


def _word(argument: int, *, upper: bool = False) -> int:
    return 16 + 8 * argument + (4 if upper else 0)


def bounded(pid: int) -> dict[str, tuple[list[_Test], int]]:
    """The calls that are allowed with some arguments only, and what the others fail with."""
    none, signals = (0,), tuple(number for number in range(65) if number not in (9, 19))  # not SIGKILL, SIGSTOP
    itself: list[_Test] = [(_word(0), WHOLE, (pid,))]
    return {
        "clone": ([(_word(0), THREAD | NAMESPACES, (THREAD,))], NOT_PERMITTED),
        "clone3": ([(_word(0), 0, (1,))], NOT_KNOWN),  # its flags cannot be seen; the C library takes clone then
        # duplicates and flags; no owner who gets signals, no sizes of pipes, no locks
        "fcntl": ([(_word(1), WHOLE, (0, 1, 2, 3, 4, 1030))], NOT_PERMITTED),
        "ioctl": ([(_word(1), WHOLE, (0x5450, 0x5451, 0x5421))], NO_TERMINAL),  # FIONCLEX, FIOCLEX, FIONBIO
        "kill": ([*itself, (_word(1), WHOLE, signals)], NOT_PERMITTED),
        "tgkill": ([*itself, (_word(2), WHOLE, signals)], NOT_PERMITTED),
        "prctl": ([(_word(0), WHOLE, (15, 16))], NOT_PERMITTED),  # a thread's name
        "prlimit64": (
            [(_word(0), WHOLE, none), (_word(2), WHOLE, none), (_word(2, upper=True), WHOLE, none)], NOT_PERMITTED,
        ),
        "sendto": ([(_word(4), WHOLE, none), (_word(4, upper=True), WHOLE, none)], NOT_PERMITTED),
        "socketpair": ([(_word(0), WHOLE, (1,)), (_word(1), 0xF, (1,))], NOT_PERMITTED),  # AF_UNIX, SOCK_STREAM
    }  # fmt: skip


def program() -> list[tuple[int, int, int, int]] | None:
    """The filter for this machine and process; None when the machine is of another kind."""
    machine = os.uname().machine
    if machine not in FREE:
        return None
    refuse = (RETURN, 0, 0, REFUSED | NOT_PERMITTED)
    steps = [
        (LOAD, 0, 0, 4), (JUMP_IF_EQUAL, 1, 0, AUDIT_ARCH[machine]), refuse,
        (LOAD, 0, 0, 0), (JUMP_IF_AT_LEAST, 0, 1, X32_CALLS), refuse,
    ]  # fmt: skip
    for number in FREE[machine]:
        steps += [(JUMP_IF_EQUAL, 0, 1, number), (RETURN, 0, 0, ALLOWED)]
    for name, (tests, error) in bounded(os.getpid()).items():
        body = [step for test in tests for step in _tested(test, error)]
        steps += [(JUMP_IF_EQUAL, 0, len(body) + 1, NUMBERS[machine][name]), *body, (RETURN, 0, 0, ALLOWED)]
    return [*steps, refuse]


def _tested(test: _Test, error: int) -> list[tuple[int, int, int, int]]:
    """Goes on when the test holds, else refuses."""
    at, mask, values = test
    equal = [(JUMP_IF_EQUAL, len(values) - place, 0, value) for place, value in enumerate(values)]
    return [(LOAD, 0, 0, at), (AND, 0, 0, mask), *equal, (RETURN, 0, 0, REFUSED | error)]
