"""What an attempt is, and what it may come to."""

from dataclasses import dataclass
from pathlib import Path

REFUSED, OBSERVED, STOPPED = "refused", "observed", "stopped"
BOUNDED = f"{REFUSED} or {STOPPED}"
"""An error in the cell; an ordinary end of the cell; stopped by a limit, its variables lost.
Which of two limits is met first may depend on the machine."""

MARKER = "marker-7c41e9"
"""In everything that no attempt may reach: the environment, a file, another run's context and variables."""
VARIABLE = "HOSTILE_CANARY"


@dataclass(frozen=True)
class Attempt:
    """Cells that mean ill. The last one's outcome counts; `{canary}` in them is a file of the host's, `{pid}` the host.

    `said`: what the outcome's error or output must hold. `unlowered`: the cells get past the lowering, as if it had
    let them through; what comes after it must hold on its own.
    """

    name: str
    cells: tuple[str, ...]
    ends: str
    said: str = ""
    unlowered: bool = False

    def code(self, canary: Path, pid: int) -> list[str]:
        return [cell.replace("{canary}", str(canary)).replace("{pid}", str(pid)) for cell in self.cells]


def attempt(name: str, *cells: str, ends: str = REFUSED, said: str = "", unlowered: bool = False) -> Attempt:
    return Attempt(name, cells, ends, said, unlowered)
