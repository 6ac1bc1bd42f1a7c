"""Event loops of the cells: their clock goes on only while they wait for nothing but it."""

from __future__ import annotations

import selectors
import sys
import threading
import time
import types
from importlib.machinery import ModuleSpec, PathFinder
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from langchain_rlm.repl.cpython.worker.wire import Wire


LOOK_SECONDS, IDLE_LOOKS, WORK_SECONDS = 0.01, 3, 0.001
"""How long a loop waits at a time while other threads may bring something; how often, when they do not work."""
_processor_time = time.process_time
"""The true one."""


class _Selector(selectors.DefaultSelector):
    """Lets time pass at once where no thread could bring anything, and not at all while a model is asked."""

    wire: Any = None
    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        idle = 0
        while idle < IDLE_LOOKS:
            if self.wire.is_asking:
                return super().select()
            before = _processor_time()
            ready = super().select(LOOK_SECONDS if self.wire.others else 0)
            if ready:
                return ready
            idle = idle + 1 if _processor_time() - before < WORK_SECONDS else 0
            idle = idle if self.wire.others else IDLE_LOOKS
        self.now += timeout
        return []


def watch_for(wire: Wire) -> None:
    """Fix `asyncio` when it is imported: many cells do without, and it takes its time."""
    sys.meta_path.insert(0, cast("Any", _Finder(wire)))


class _Finder:
    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name == "nest_asyncio":
            return ModuleSpec(name, cast("Any", _Nothing()))
        if name != "asyncio":
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = cast("Any", _Fixing(spec.loader, self.wire))
        return spec


class _Fixing:
    """Loads `asyncio`, and fixes it."""

    def __init__(self, loader: Any, wire: Wire) -> None:
        self.loader, self.wire = loader, wire

    def create_module(self, spec: ModuleSpec) -> Any:
        return self.loader.create_module(spec)

    def exec_module(self, module: types.ModuleType) -> None:
        self.loader.exec_module(module)
        _fix(module, self.wire)


class _Nothing:
    """`nest_asyncio`: there is nothing to apply, `asyncio.run` may be called anywhere."""

    def create_module(self, _: ModuleSpec) -> None:
        """The usual one."""

    def exec_module(self, module: types.ModuleType) -> None:
        module.apply = lambda *_: None  # type: ignore[attr-defined]


def _fix(asyncio: Any, wire: Wire) -> None:
    class CellLoop(asyncio.SelectorEventLoop):  # type: ignore[misc]
        def __init__(self) -> None:
            selector = _Selector()
            selector.wire = wire
            super().__init__(selector)

        def time(self) -> float:
            return self._selector.now  # type: ignore[no-any-return]

    asyncio.DefaultEventLoopPolicy._loop_factory = CellLoop  # noqa: SLF001  # what policies make
    plainly = asyncio.run

    def run(main: Any, **given: Any) -> Any:
        """As always; where a loop runs already, in a thread of its own."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return plainly(main, **given)
        return _elsewhere(lambda: plainly(main, **given))

    asyncio.run = run


def _elsewhere(work: Any) -> Any:
    told: list[Any] = []

    def go() -> None:
        try:
            told.append((True, work()))
        except BaseException as error:  # noqa: BLE001  # raised again below
            told.append((False, error))

    thread = threading.Thread(target=go)
    thread.start()
    thread.join()
    is_well, value = told[0]
    if is_well:
        return value
    raise value
