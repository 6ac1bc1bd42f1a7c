"""The command line. Heavy imports wait until a command needs them: `--help` answers at once."""

from langchain_rlm.cli.app import main

__all__ = ["main"]
