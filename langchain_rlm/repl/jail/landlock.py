"""Restricts a thread, and what it starts, to some files: by Landlock, and by a filter of system calls (seccomp).

The files may be read and run; nothing else may be opened, nothing written. No sockets, no signals, no look into other
processes. See https://docs.kernel.org/userspace-api/landlock.html and `seccomp_filter.html` beside it.

Also a program of its own, with nothing but the standard library, which restricts itself and becomes another one:
`landlock.py FILE... PROGRAM -- ARGUMENT...`.
"""

import ctypes
import os
import sys

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""System call numbers, the same on every architecture but alpha."""
PR_SET_NO_NEW_PRIVS = 38
VERSION = 1
PATH_BENEATH = 1
EXECUTE, READ_FILE, READ_DIRECTORY = 1 << 0, 1 << 2, 1 << 3
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many rights about files each version of the interface knows."""
BIND_AND_CONNECT_TCP = 0b11
ABSTRACT_SOCKETS_AND_SIGNALS = 0b11
NET_SINCE, SCOPES_SINCE = 4, 6
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
REFUSED = {
    # socket, socketpair, io_uring_setup; kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_send_signal;
    # ptrace, process_vm_readv, process_vm_writev, pidfd_getfd
    "x86_64": (41, 53, 425, 62, 200, 234, 129, 297, 424, 101, 310, 311, 438),
    "aarch64": (198, 199, 425, 129, 130, 131, 138, 240, 424, 117, 270, 271, 438),
}
"""System calls that fail with EPERM."""
PR_SET_SECCOMP, FILTER_MODE = 22, 2
LOAD, JUMP_IF_EQUAL, JUMP_IF_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, EPERM = 0x7FFF_0000, 0x0005_0001
X32_CALLS = 0x4000_0000
"""Where the numbers of a second table begin, which has all calls again."""
NAMESPACES = 0x1000_0000 | 0x4000_0000 | 0x0800_0000  # CLONE_NEWUSER, CLONE_NEWNET, CLONE_NEWIPC


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"  # Python 3.14 and newer want it named beside `_pack_`
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("then", ctypes.c_uint8),
        ("otherwise", ctypes.c_uint8),
        ("k", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.POINTER(_Instruction)))


_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")
    return result


def version() -> int:
    """The version of the kernel's interface; negative when it has none."""
    return int(_libc.syscall(CREATE_RULESET, ctypes.c_void_p(), ctypes.c_size_t(0), ctypes.c_uint32(VERSION)))


def restrict(paths: list[str]) -> bool:
    """Leave this thread, and what it starts, no files but these, for good; whether system calls are filtered, too.

    Raises:
        OSError: The kernel cannot.
    """
    restrict_files(paths)
    return _filter_calls()


def restrict_files(paths: list[str]) -> None:
    """Leave this thread, and what it starts, no files but these and what is in these directories, for good.

    Raises:
        OSError: The kernel cannot.
    """
    no_flags = ctypes.c_uint32()
    known = _checked(version(), "the kernel has no Landlock")
    rules = _Ruleset(
        (1 << FILE_RIGHTS.get(known, max(FILE_RIGHTS.values()))) - 1,
        BIND_AND_CONNECT_TCP if known >= NET_SINCE else 0,
        ABSTRACT_SOCKETS_AND_SIGNALS if known >= SCOPES_SINCE else 0,
    )
    size = 24 if known >= SCOPES_SINCE else 16 if known >= NET_SINCE else 8
    ruleset = _libc.syscall(CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), no_flags)
    _checked(ruleset, "landlock_create_ruleset")
    for path in paths:
        file = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rights = EXECUTE | READ_FILE | (READ_DIRECTORY if os.path.isdir(path) else 0)  # noqa: PTH112  # starts fast
        rule = _PathBeneath(rights, file)
        added = _libc.syscall(ADD_RULE, ruleset, PATH_BENEATH, ctypes.byref(rule), no_flags)
        _checked(added, f"landlock_add_rule for {path}")
        os.close(file)
    _checked(_libc.prctl(PR_SET_NO_NEW_PRIVS, *map(ctypes.c_ulong, (1, 0, 0, 0))), "no_new_privs")
    _checked(_libc.syscall(RESTRICT_SELF, ruleset, no_flags), "landlock_restrict_self")
    os.close(ruleset)


def install(steps: list[tuple[int, int, int, int]]) -> bool:
    """Filter the system calls of this thread, and of what it starts, by a program (code, then, otherwise, k)."""
    program = _Program(len(steps), (_Instruction * len(steps))(*(_Instruction(*step) for step in steps)))
    nothing = ctypes.c_ulong()
    done = _libc.prctl(PR_SET_SECCOMP, ctypes.c_ulong(FILTER_MODE), ctypes.byref(program), nothing, nothing)
    return bool(done == 0)


def _filter_calls() -> bool:
    machine = os.uname().machine
    if machine not in REFUSED:
        return False
    refused = REFUSED[machine]
    steps = [
        (LOAD, 0, 0, 4),
        (JUMP_IF_EQUAL, 0, len(refused) + 3, AUDIT_ARCH[machine]),
        (LOAD, 0, 0, 0),
        (JUMP_IF_AT_LEAST, len(refused) + 1, 0, X32_CALLS),
        *((JUMP_IF_EQUAL, len(refused) - index, 0, number) for index, number in enumerate(refused)),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, EPERM),
    ]
    return install(steps)


def main(arguments: list[str]) -> None:
    """Restrict this process, and become the program."""
    end = arguments.index("--")
    paths = arguments[:end]
    os.chdir("/")
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    _libc.unshare(NAMESPACES)  # no network at all, where anybody may have namespaces
    try:
        restrict(paths)
    except OSError as error:
        sys.exit(error.strerror)
    os.execve(paths[-1], [paths[-1], *arguments[end + 1 :]], {})  # noqa: S606  # this is what it is for


if __name__ == "__main__":
    main(sys.argv[1:])
