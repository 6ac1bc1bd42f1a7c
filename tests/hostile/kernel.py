"""What the kernel must stop where the interpreter stops nothing: full Python, held by its jail alone."""

from tests.hostile.attempts import OBSERVED, Attempt, attempt

RAW = "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
SAID = "print(libc.%s, ctypes.get_errno())"
NO = "-1 1\n"
"""It failed, with EPERM."""
X86 = {
    "socket": 41, "fork": 57, "execve": 59, "ptrace": 101, "process_vm_readv": 310, "bpf": 321, "io_uring_setup": 425,
    "memfd_create": 319, "unlink": 87, "chmod": 90, "mount": 165, "setuid": 105, "keyctl": 250, "seccomp": 317,
    "open_by_handle_at": 304, "pidfd_open": 434, "userfaultfd": 323, "unshare": 272, "perf_event_open": 298,
}  # fmt: skip

NOT_THERE = "[Errno "
"""Permission denied, or with bubblewrap no such file."""
FILES: tuple[Attempt, ...] = (
    attempt("read a file of the host", "print(open('{canary}').read())", said=NOT_THERE),
    attempt("read the passwords", "print(open('/etc/passwd').read())", said=NOT_THERE),
    attempt("list a directory", "import os\nprint(os.listdir('/etc'))", said=NOT_THERE),
    attempt("environment of the host", "print(open('/proc/{pid}/environ').read())", said=NOT_THERE),
    attempt("memory of the host", "open('/proc/{pid}/mem', 'rb').read(1)", said=NOT_THERE),
    attempt("its own process", "print(open('/proc/self/environ').read())", said=NOT_THERE),
    attempt("write outside", "open('/tmp/rlm-written', 'w')", said=NOT_THERE),
    attempt("write into the library", "import os\nopen(os.__file__, 'a')", said=NOT_THERE),
    attempt("remove a file", "import os\nos.remove('{canary}')", said="PermissionError"),
    attempt("change a file's mode", "import os\nos.chmod('{canary}', 0)", said="PermissionError"),
    attempt("make a link", "import os\nos.symlink('/etc', '/tmp/rlm-link')", said="PermissionError"),
    attempt("a device", "open('/dev/kmsg')", said=NOT_THERE),
    attempt("a database", "import sqlite3\nsqlite3.connect('/tmp/rlm.db').execute('select 1')", said="unable"),
)  # fmt: skip

PROCESSES: tuple[Attempt, ...] = (
    attempt("fork", "import os\nos.fork()", said="PermissionError"),
    attempt("a program", "import subprocess\nsubprocess.run(['id'])", said="PermissionError"),
    attempt("a shell", "import os\nprint(os.system('id') == 0)", ends=OBSERVED, said="False"),
    attempt("another program in its place", "import os\nos.execv('/bin/sh', ['sh'])", said="Error"),
    attempt("a process pool", "import multiprocessing\nmultiprocessing.Process(target=print).start()", said="Error"),
    attempt("kill the host", "import os\nos.kill({pid}, 9)", said="PermissionError"),
    attempt("kill its parent", "import os\nos.kill(os.getppid(), 9)", said="PermissionError"),
    attempt("kill all", "import os\nos.kill(-1, 9)", said="PermissionError"),
    attempt("signals by a descriptor", "import fcntl, os\nfcntl.fcntl(os.pipe()[0], 8, {pid})", said="PermissionError"),
    attempt("limits lifted", "import resource\nresource.setrlimit(resource.RLIMIT_AS, (-1, -1))", said="Error"),
    attempt("limits of the host", "import resource\nresource.prlimit({pid}, resource.RLIMIT_AS, (1, 1))", said="Error"),
)  # fmt: skip

NETWORK: tuple[Attempt, ...] = (
    attempt("a socket", "import socket\nsocket.create_connection(('127.0.0.1', 80))", said="PermissionError"),
    attempt("a datagram socket", "import socket\nsocket.socket(type=socket.SOCK_DGRAM)", said="PermissionError"),
    attempt("a local socket", "import socket\nsocket.socket(socket.AF_UNIX)", said="PermissionError"),
    attempt("a pair for datagrams", "import socket\nsocket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)", said="Perm"),
    attempt("an address", "import urllib.request\nurllib.request.urlopen('http://127.0.0.1/')", said="Error"),
    attempt("its own pair connected", "import socket\na, b = socket.socketpair()\na.connect('/run/x')", said="Perm"),
)  # fmt: skip

CALLS: tuple[Attempt, ...] = (
    *(attempt(f"raw {name}", f"{RAW}{SAID % f'syscall({number}, 0, 0, 0)'}", ends=OBSERVED, said=NO)
      for name, number in X86.items()),
    attempt("life tie cut", f"{RAW}{SAID % 'prctl(1, 0)'}", ends=OBSERVED, said=NO),
    attempt("be traced", f"{RAW}{SAID % 'prctl(4, 1)'}", ends=OBSERVED, said=NO),
    attempt("calls of the other table", f"{RAW}{SAID % 'syscall(0x40000000 + 57)'}", ends=OBSERVED, said=NO),
    attempt("clone without a thread", f"{RAW}{SAID % 'syscall(56, 17, 0, 0, 0, 0)'}", ends=OBSERVED, said=NO),
    attempt("clone3", f"{RAW}{SAID % 'syscall(435, 0, 0)'}", ends=OBSERVED, said="-1 38\n"),
    attempt("a namespace by a thread's call", f"{RAW}{SAID % 'syscall(56, 0x10000900 | 0x10000, 0, 0, 0, 0)'}",
            ends=OBSERVED, said=NO),
)  # fmt: skip

_WRITE = "import json, os\nfor d in range(3, 100):\n    try:\n        %s\n    except OSError:\n        pass"
_FLOOD = "json.dumps(['print', 'x' * 60_000]).encode()"
ENDS = (
    ("an exit", "import os\nos._exit(0)"),
    ("an abort", "import os\nos.abort()"),
    ("a fault", "import ctypes\nctypes.string_at(0)"),
    ("closed pipes", "import os\nos.closerange(0, 100)"),
    ("garbage into every pipe", _WRITE % "os.write(d, b'\\x00\\x00\\x00\\x02{]')"),
    ("a message without end", _WRITE % "os.write(d, b'\\x7f\\xff\\xff\\xff')"),
    ("a message of another kind", _WRITE % "os.write(d, b'\\x00\\x00\\x00\\x09[\"x\", {}]')"),
    ("a message nested deeply", _WRITE % "os.write(d, (60_000).to_bytes(4, 'big') + b'[' * 60_000)"),
    ("a flood past the limit", _WRITE % f"while True: os.write(d, len({_FLOOD}).to_bytes(4, 'big') + {_FLOOD})"),
)
"""Code that ends its worker, or seems to: the cell is lost, the host is not."""
