"""The command line. Heavy imports wait until a command needs them: `--help` answers at once."""

import os
import sys


def main() -> None:
    """Run the command line, or say what it needs."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed: the next file would take its number, and a worker not start
            number = os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(number, True)  # noqa: FBT003  # its name says what
            setattr(sys, name, os.fdopen(number, mode))
    try:
        from langchain_rlm.cli.app import main as run  # typer, which brings rich, is an extra
    except ModuleNotFoundError as error:
        if error.name != "typer":
            raise
        sys.exit("langchain-rlm: the command line needs typer: pip install 'langchain-rlm[cli]'")
    run()
