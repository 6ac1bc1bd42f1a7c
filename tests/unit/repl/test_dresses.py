"""The same code is the same cell in all the dresses that models give it, behind their thinking and between words."""

import ast
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.repl.replies import parse_reply

CODES = (
    "n = 2 + 3\nFINAL(n)",
    "for piece in chunks():\n    if 'x' in piece:\n\n        print(piece[:9])",
    "said = llm_query(f'''Read this.\n<doc>{context[:9]}</doc>\n''')\nprint(said, \"it's\")",
    "import re\nrows = [row for row in re.findall(r'(\\d+)', context)]\nanswer['content'] = len(rows)",
)
TAGS = (
    "repl", "python", "py", "Python3", "python3.11", "ipython", "tool_code", "code", "{python}",
    "{.python .numberLines}", 'python title="a.py"', "python:repl", "python-repl", "Python 3", "", "\nrepl",
)  # fmt: skip


def each(prefix: str, text: str) -> str:
    return "\n".join(prefix + line for line in text.split("\n"))


def fence(tag: str, before: str = "", closing: str = "\n```") -> Callable[[str], str]:
    return lambda code: f"{before}```{tag}\n{code}{closing}"


def between(before: str, after: str) -> Callable[[str], str]:
    return lambda code: f"{before}{code}{after}"


def call(before: str, wrap: Callable[[str], object], after: str = "") -> Callable[[str], str]:
    return lambda code: before + json.dumps(wrap(code)) + after


DRESSES: dict[str, Callable[[str], str]] = {
    **{f"fence {tag!r}": fence(tag) for tag in TAGS},
    "tildes": between("~~~python\n", "\n~~~"),
    "longer fence": between("````repl\n", "\n````"),
    "behind words": fence("python", "Here it is: "),
    "behind words, no tag": fence("", "**Code:** "),
    "behind invisible characters": fence("repl", "\u200b\xa0\ufeff"),
    "glued": fence("repl", closing="```"),
    "closed with a tag": fence("repl", closing="\n```repl"),
    "closed with words": fence("repl", closing="\n``` That counts."),
    "closed for smolagents": fence("py", "Thought: so.\nCode:\n", "\n```<end_code>"),
    "left open": fence("repl", closing=""),
    "in a list": lambda code: "1. Count:\n\n" + each("    ", fence("python")(code)),
    "behind a bullet": lambda code: "- ```python\n" + each("  ", code + "\n```"),
    "in a quote": lambda code: each("> ", fence("python")(code)),
    "with tabs": lambda code: each("\t", fence("python")(code)),
    "indented": lambda code: "So:\n\n" + each("    ", code),
    "indented in a fence": lambda code: fence("python")(each("  ", code)),
    "CodeAct": between("<execute>\n", "\n</execute>"),
    "CodeAct on a line": between("<execute>", "</execute>"),
    "OpenHands": between("<function=execute_ipython_cell>\n<parameter=code>\n", "\n</parameter>\n</function>"),
    "<execute_ipython>": between("<execute_ipython>\n", "\n</execute_ipython>"),
    "<code>": between("<code>\n", "\n</code>"),
    "<python>": between("<python>", "</python>"),
    "<repl>, left open": between("<repl>\n", ""),
    "Claude": between('<invoke name="python">\n<parameter name="code">', "</parameter>\n</invoke>"),
    "GLM": between("<tool_call>python\n<arg_key>code</arg_key>\n<arg_value>", "</arg_value>\n</tool_call>"),
    "Llama": between("<|python_tag|>", "<|eom_id|>"),
    "InternLM": between("<|action_start|><|interpreter|>\n", "<|action_end|>"),
    "CodeLlama": between("[PYTHON]\n", "\n[/PYTHON]"),
    "gpt-oss": between("<|start|>assistant<|channel|>commentary to=python code<|message|>", "<|call|>"),
    "Hermes": call("<tool_call>\n", lambda code: {"name": "python", "arguments": {"code": code}}, "\n</tool_call>"),
    "arguments as text": call("", lambda code: {"name": "python", "arguments": json.dumps({"code": code})}),
    "Llama, JSON": call("", lambda code: {"name": "python", "parameters": {"code": code}}),
    "Mistral": call("[TOOL_CALLS]", lambda code: [{"name": "python", "arguments": {"code": code}}]),
    "Kimi": call("<|tool_call_begin|>functions.python:0<|tool_call_argument_begin|>", lambda code: {"code": code}),
    "DeepSeek": call("<\uff5ctool_sep\uff5c>python\n```json\n", lambda code: {"code": code}, "\n```<\uff5cend\uff5c>"),
    "open-interpreter": call("", lambda code: {"language": "python", "code": code}),
    "ReAct": between("Thought: count.\nAction: python\nAction Input: ", "\nObservation: 5"),
    "ReAct, JSON": call("Action: ", lambda code: {"action": "python", "action_input": code}),
    "three quotes": between('"""python\n', '\n"""'),
    "nothing": between("", ""),
    "the tag alone": between("repl\n", ""),
}
THOUGHTS = (
    "", "<think>\nI could say\n```repl\nno()\n```\nFINAL(no)\n</think>\n", "<think>so</think>",
    "<thought>print(1)</thought>\n",
    '<thinking effort="3">\n```repl\nFINAL(0)\n```\n</thinking>\n\n', "<reasoning>\nhm\n</reasoning>\n",
    "[THINK]\n```repl\nno()\n```\n[/THINK]\n", "◁think▷hm\nFINAL(0)◁/think▷\n", "hm, so it is.\n</think>\n\n",
    "<|begin_of_thought|>\nprint(context)\n<|end_of_thought|>\n", "<seed:think>hm</seed:think>\n",
    "<|channel|>analysis<|message|>I print ```repl\nno()\n```<|end|><|start|>assistant<|channel|>final<|message|>",
)  # fmt: skip


def same(cells: tuple[str, ...], code: str) -> bool:
    return [ast.dump(ast.parse(cell)) for cell in cells] == [ast.dump(ast.parse(code))]


@pytest.mark.parametrize("dress", DRESSES.values(), ids=DRESSES)
@pytest.mark.parametrize("code", CODES, ids=range(len(CODES)))
def test_code_is_a_cell_in_any_dress(code: str, dress: Callable[[str], str]) -> None:
    if dress(code).count('"""') and "'''" in code:
        return
    assert same(parse_reply(dress(code)).cells, code)


WORDS = ["", "Plan.\n\n", "First I look at it; it's long.\n", "## Step 1\n"]
AFTER = ["", "\n\nThat's what I do next."]


@given(
    st.tuples(st.sampled_from(THOUGHTS), st.sampled_from(WORDS)), st.sampled_from(sorted(DRESSES)),
    st.sampled_from(CODES), st.sampled_from(AFTER), st.sampled_from(["\n", "\r\n"]),
)  # fmt: skip
def test_thinking_and_words_around_it_change_nothing(
    before: tuple[str, str], name: str, code: str, after: str, line_end: str
) -> None:
    if after and ("left open" in name or name == "three quotes"):
        return  # nothing says where the code ends
    reply = ("".join(before) + DRESSES[name](code) + after).replace("\n", line_end)
    assert same(parse_reply(reply).cells, code)


@pytest.mark.parametrize(
    ("dressed", "code"),
    [
        ("```pycon\n>>> n = 5\n>>> FINAL(n)\n5\n```", "n = 5\nFINAL(n)"),
        ("```python\n>>> for i in context:\n...     print(i)\n```", "for i in context:\n    print(i)"),
        ("```ipython\nIn [1]: n = 5\nIn [2]: FINAL(n)\n```", "n = 5\nFINAL(n)"),
        (">>> n = 5\n>>> FINAL(n)", "n = 5\nFINAL(n)"),
        ("```python n = 5; FINAL(n)```", "n = 5; FINAL(n)"),
        ("I run `n = 5; FINAL(n)` now.", "n = 5; FINAL(n)"),
        ("```repl\nif context:\n\xa0\xa0print(5)\n```", "if context:\n  print(5)"),
        ("```repl\nFINAL(\u2018so\u2019)\n```", "FINAL('so')"),
        ("```repl\n%%time\n!pip install x\nFINAL(5)\n```", "FINAL(5)"),
        ("```repl\rn = 5\rFINAL(n)\r```", "n = 5\nFINAL(n)"),
        ("FINAL(len(context))", "FINAL(len(context))"),
        ('FINAL(f"total {1 + 2}")', 'FINAL(f"total {1 + 2}")'),
        ('{"thought": "so", "code": "FINAL(5)"}', "FINAL(5)"),
        ("<think>\nnever ended\n```repl\nFINAL(5)\n```", "FINAL(5)"),
    ],
)
def test_what_a_terminal_or_an_editor_puts_around_code_is_left_out(dressed: str, code: str) -> None:
    assert same(parse_reply(dressed).cells, code)


def test_a_cell_whose_closing_fence_is_missing_ends_where_the_next_begins() -> None:
    assert parse_reply("```repl\nx = 1\n```repl\nprint(x)\n```").cells == ("x = 1\n", "print(x)\n")


@pytest.mark.parametrize("tag", ["text", "json", "bash", "sql", "output"])
def test_code_under_the_name_of_another_language_is_neither_a_cell_nor_an_answer(tag: str) -> None:
    reply = parse_reply(f"```{tag}\nn = 5\nFINAL(n)\n```")
    assert (reply.cells, reply.final, reply.holds_code) == ((), None, True)


@pytest.mark.parametrize(
    "text",
    [
        "It is 3.", "answer: 42", "# Findings\n\nfor x in y: nothing.", "The context = a text.", '{"count": 3}',
        "Use `x = 5` there.", "print it", "import duties rose (by 3).", "- a\n- b\n\nDone", "```sql\nSELECT f(x)\n```",
    ],
)  # fmt: skip
def test_words_are_no_code(text: str) -> None:
    reply = parse_reply(text)
    assert (reply.cells, reply.final, reply.holds_code) == ((), None, False)


@pytest.mark.parametrize(
    "text", ["I call FINAL(x) later.", "<tool_call>search</tool_call>", "Action Input: find it", "As llm_query(x) says"]
)
def test_words_that_speak_in_code_are_no_answer(text: str) -> None:
    assert parse_reply(text).holds_code
