"""Fuzz the reader of root models' replies: no text makes it fail, or take longer than its length explains."""

import atheris

with atheris.instrument_imports(include=["langchain_rlm.repl.replies"]):
    from langchain_rlm.repl.replies import parse_reply

from common import run  # beside this file, which is run as a script

SEEDS = (
    "I look at it first.\n```repl\nprint(context[:100])\n```\nThen I ask.",
    "```python\nx = '''\n```\n'''\n```",
    "~~~~py\nFINAL(llm_query('a'))\n~~~~\nFINAL_VAR(x)",
    "<think>\n```repl\nno\n```\n</think>\nFINAL(the (answer) is 'it')",
    'thought\n</think>\n> SUBMIT("a\\n")',
    "  ````repl\n  x = 1\n  ````\r\n```\nf(x)\n```\n**FINAL(1).**",
    "```repl\nopen",
    "```json\n{}\n```",
)


def check(text: str) -> None:
    """Fail when what is promised of any text does not hold of this one."""
    parsed = parse_reply(text)
    plain = "".join(text.split())
    for cell in parsed.cells:
        assert cell.strip(), "an empty cell"
        assert "".join(cell.split()) in plain, "a cell that is not in the reply"
    assert not parsed.unclosed or parsed.cells, "an open cell and no cell"


if __name__ == "__main__":
    run(check, SEEDS)
