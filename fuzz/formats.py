"""Fuzz the detector of formats: every text has a profile whose patterns compile, in time that its length explains."""

import re

import atheris

with atheris.instrument_imports(include=[f"langchain_rlm.context.{part}" for part in ("formats", "kinds", "scan")]):
    from langchain_rlm.context.formats import estimate_tokens, profile

from common import run  # beside this file, which is run as a script

NAMES = ("", "a.md", "a.json", "a.jsonl", "a.csv", "a.html", "a.log", "a.py")
SEEDS = (
    "# Title\n\n## Part\n- one\n- two\n\n```py\nx = 1\n```\n",
    '{"a": [1, 2, {"b": null}],\n  "c": "d"}',
    '{"a": 1}\n{"a": 2}\n{"a": 3}\n',
    "name,age\nann,3\nbob,4\n",
    "<html><head><title>T</title></head><body><p>x</p></body></html>",
    "<?xml version='1.0'?><r><i a='1'/><i/></r>",
    "2024-01-02T03:04:05 INFO started\n2024-01-02 03:04:06 ERROR failed\n",
    "User: hello\nAssistant: good day\nUser: bye\nAssistant: bye\n",
    "import re\ndef f(x):\n    return g(x)\nclass A:\n    y = {1: 2};\n",
    "CHAPTER I\n\nIt was.\n\nCHAPTER II\n\nIt is.\n\f1.2 Head Line\n=====\n* * *\n",
)


def check(text: str) -> None:
    """Fail when what is promised of any text does not hold of this one."""
    name = NAMES[len(text) % len(NAMES)]
    found = profile(text, name=name)
    assert found.characters == len(text)
    assert found.lines == len(text.split("\n")) - (not text or text.endswith("\n"))
    assert text.startswith(found.head)
    assert text.endswith(found.tail)
    assert all("\n" not in line for line in found.structure), "a sentence of several lines"
    for separator in found.separators:
        assert re.compile(separator).groups == 0, "a separator with a group"
    assert len(text) / 4 <= estimate_tokens(text) <= len(text) + 1


if __name__ == "__main__":
    run(check, SEEDS)
