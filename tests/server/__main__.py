"""`python -m tests.server --port 0 [--config JSON or file]`."""

import argparse
import asyncio
import json
from pathlib import Path
from typing import Any

from tests.server.app import serve


def read_config(text: str) -> dict[str, Any]:
    config: dict[str, Any] = json.loads(text if text.lstrip().startswith("{") else Path(text).read_text("utf-8"))
    return config


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.server", description="An OpenAI-compatible server for tests.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--config", default="{}", help="a JSON object, or the path of a file with one")
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.port, read_config(arguments.config)))


if __name__ == "__main__":
    main()
