"""The comparison with the simulated reader: every kind of task, the same figures each time.

    python benchmarks/quality/run.py [options of `langchain-rlm bench`]

It goes on where it stopped. What the figures prove and what they do not: README.md, beside this file.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.quality.simulated import simulated  # the path is set above
from langchain_rlm.cli.app import app

ROOT, SUB = "simulated-root", "simulated-sub"
MODELS = {ROOT: {"window": 128_000}, SUB: {"window": 128_000}}
PRICES = '{"simulated-root": {"input": 1.25, "output": 10}, "simulated-sub": {"input": 0.25, "output": 2}}'
"""US dollars a million tokens: those of a large model and of a small one at the time of writing."""
METHODS = "call,map-reduce,refine,bm25,embedding,agent,rlms,rlm,auto,plan,samples"
"""All: the reader knows their prompts, and calls the tools of `agent` by a script."""
NOTES = (
    (
        "A simulated reader: it reads by patterns that were written for these tasks, errs by a published curve, and "
        "its root model writes fixed programs. The figures prove orchestration and cost alone, and say nothing of any "
        "model."
    ),
    "Prices are $1.25 and $10 a million tokens for the root model, $0.25 and $2 for the sub-model.",
)
OUT = Path(__file__).parent / "results" / "simulated"


def main() -> None:
    """Serve the reader, and run the command against it."""
    with simulated(MODELS, seed=1, rot="gpt-5-mini") as url:
        os.environ |= {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "none"}
        notes = [part for note in NOTES for part in ("--note", note)]
        app([
            "bench", "--model", f"openai:{ROOT}", "--sub-model", f"openai:{SUB}", "--prices", PRICES, "--cost", "none",
            "--methods", METHODS, "--out", str(OUT), "--yes", *notes, *sys.argv[1:],
        ])  # fmt: skip


if __name__ == "__main__":
    main()
