"""The command line. Heavy imports wait until a command needs them: `--help` answers at once."""

import sys


def main() -> None:
    """Run the command line, or say what it needs."""
    try:
        from langchain_rlm.cli.app import main as run  # typer, which brings rich, is an extra
    except ModuleNotFoundError as error:
        if error.name != "typer":
            raise
        sys.exit("langchain-rlm: the command line needs typer: pip install 'langchain-rlm[cli]'")
    run()
