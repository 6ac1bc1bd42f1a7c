"""Fuzz the reader of root models' replies: no text makes it fail, or take longer than its length explains."""

import atheris

with atheris.instrument_imports(include=["langchain_rlm.repl"]):
    from langchain_rlm.repl.replies import parse_reply
    from langchain_rlm.repl.thinking import without_thinking

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
    "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>> ```python\n> FINAL(1)\n> ```",
    '<tool_call>{"name": "python", "arguments": {"code": "print(context)"}}</tool_call>',
    "[THINK]a[/THINK]\nAction Input: x = 1\n>>> print(context)\n<execute>FINAL(x)</execute>",
)


def check(text: str) -> None:
    """Fail when what is promised of any text does not hold of this one."""
    parsed = parse_reply(text)
    assert len(without_thinking(text)) <= len(text), "more than was said"
    for cell in parsed.cells:
        assert cell.strip(), "an empty cell"
    assert not parsed.unclosed or parsed.cells, "an open cell and no cell"


if __name__ == "__main__":
    run(check, SEEDS)
