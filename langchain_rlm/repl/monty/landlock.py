"""Restricts its own process with Landlock, then becomes the program: `landlock.py FILE... PROGRAM -- ARGUMENT...`.

Started by itself for each worker, with nothing but the standard library. The files and the program may be read and run;
nothing else may be opened, nothing written. See https://docs.kernel.org/userspace-api/landlock.html.
"""

import ctypes
import os
import sys

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""System call numbers, the same on every architecture but alpha."""
PR_SET_NO_NEW_PRIVS = 38
VERSION = 1
PATH_BENEATH = 1
EXECUTE, READ_FILE = 1 << 0, 1 << 2
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many rights about files each version of the interface knows."""
BIND_AND_CONNECT_TCP = 0b11
ABSTRACT_SOCKETS_AND_SIGNALS = 0b11
NET_SINCE, SCOPES_SINCE = 4, 6
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


_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        sys.exit(f"{what}: {os.strerror(ctypes.get_errno())}")
    return result


def version() -> int:
    """The version of the kernel's interface; negative when it has none."""
    return int(_libc.syscall(CREATE_RULESET, ctypes.c_void_p(), ctypes.c_size_t(0), ctypes.c_uint32(VERSION)))


def restrict(paths: list[str]) -> None:
    """Leave this process no files but these, to read and to run, for good."""
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
        rule = _PathBeneath(EXECUTE | READ_FILE, file)
        added = _libc.syscall(ADD_RULE, ruleset, PATH_BENEATH, ctypes.byref(rule), no_flags)
        _checked(added, f"landlock_add_rule for {path}")
        os.close(file)
    _libc.unshare(NAMESPACES)  # no network at all, where anybody may have namespaces
    _checked(_libc.prctl(PR_SET_NO_NEW_PRIVS, *map(ctypes.c_ulong, (1, 0, 0, 0))), "no_new_privs")
    _checked(_libc.syscall(RESTRICT_SELF, ruleset, no_flags), "landlock_restrict_self")


def main(arguments: list[str]) -> None:
    """Restrict this process, and become the program."""
    end = arguments.index("--")
    paths = arguments[:end]
    os.chdir("/")
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    restrict(paths)
    os.execve(paths[-1], [paths[-1], *arguments[end + 1 :]], {})  # noqa: S606  # this is what it is for


if __name__ == "__main__":
    main(sys.argv[1:])
