"""One HTML file that shows a run and needs nothing else: data as JSON, one script and one style sheet, no network.

No text of the run ever becomes markup: it stands in a JSON block in which nothing can close an element, and the script
makes text nodes of it. A policy in the page allows that script and that style sheet and nothing else.
"""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from langchain_rlm.journal.record import Recording
from langchain_rlm.repl.functions import ASKING, ENDING
from langchain_rlm.report.payload import payload
from langchain_rlm.report.texts import as_json


def render(record: Recording) -> str:
    """The page of a run, complete or not, to be written as UTF-8."""
    parts = _parts()
    return parts[0] + as_json(payload(record)) + parts[1]


@cache
def _parts() -> tuple[str, str]:
    style, script = file_of("page.css"), file_of("page.js").replace("{functions}", "|".join(sorted(ASKING | ENDING)))
    policy = (
        f"default-src 'none'; script-src '{hash_of(script)}'; style-src '{hash_of(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    page = file_of("page.html").replace("{policy}", policy).replace("{style}", style).replace("{script}", script)
    before, _, after = page.partition("{data}")
    return before, after


def file_of(name: str) -> str:
    """A file of this room."""
    return (files("langchain_rlm.report") / name).read_text(encoding="utf-8").strip()


def hash_of(text: str) -> str:
    """How a page's policy names the script or style sheet that it allows."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
