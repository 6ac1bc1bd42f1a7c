"""The worker's program: it gives up its rights, takes the context, and runs the cells that it is given."""

from __future__ import annotations

import os
import sys
import threading
import types
import warnings
from typing import Any

from langchain_rlm.repl.cpython.worker import cells, confine, contract, fixed, loops, patience, wire

STACK = (1 if sys.version_info >= (3, 11) else 4) << 20
"""Bytes of a thread's stack: what it might use counts as memory. Before 3.11, calls in Python take more of it."""


def main() -> None:
    """Serve the host until it is gone."""
    link = _own_pipes()
    told = link.receive()[0]
    confine.die_with_parent(told["parent"])
    link.most = told.get("most", 0)
    threading.stack_size(STACK)
    sys.path[:] = [path for path in sys.path if path] + told["sites"]
    try:
        confine.limit(told["memory"])
        if told["jailed"]:
            confine.confine(told["sites"])
    except OSError as error:
        link.send("failed", error.strerror or str(error))
        return
    if told.get("is_trial"):
        link.send("ready")
        return
    repl = _repl(link, told)
    link.listen()
    link.send("ready")
    while True:
        _serve(link, repl, link.commands.get())


def _own_pipes() -> wire.Wire:
    """Moves the pipes to the host away from the standard descriptors, which then lead nowhere."""
    incoming, outgoing = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    return wire.Wire(incoming, outgoing)


def _repl(link: wire.Wire, told: dict[str, Any]) -> cells.Cells:
    texts = [link.exactly(size).decode("utf-8", "surrogatepass") for size in told["texts"]]
    module = types.ModuleType("__main__")
    module.__dict__.update(context=texts[0] if told["single"] else texts, sources=told["sources"])
    module.__dict__["_rlm_settings"] = told["settings"]
    bound = contract.Contract(link, told["contract"], told["names"], module.__dict__)
    del module.__dict__["_rlm_settings"]
    module.__dict__.update(bound.rebindable)
    bound.begin(is_first=True)
    bound.own()
    output = cells.Output(link, told["settings"]["print_limit"])
    repl = cells.Cells(bound, output, module)
    sys.modules["__main__"], sys.stdout, sys.stderr = module, output, output
    sys.argv[:] = [""]
    warnings.simplefilter("ignore")
    loops.watch_for(link)
    patience.have_patience(link)
    fixed.fix(told["started"], told["seed"])
    return repl


def _serve(link: wire.Wire, repl: cells.Cells, command: list[Any]) -> None:
    kind, *given = command
    if kind == "cell":
        ended = repl.run(given[0], is_first=given[1])
        link.send("end", link.others, ended)
        return
    try:
        value = repl.contract.variable(given[0]) if kind == "variable" else [repl.contract.draft()]
    except Exception:  # noqa: BLE001  # no usable value
        value = []
    link.send("value", value)
