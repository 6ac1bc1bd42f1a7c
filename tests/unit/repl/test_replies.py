"""What a reply holds: cells in fenced blocks, or an answer as bare text. No text makes the reader fail."""

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.repl import replies
from langchain_rlm.repl.finals import Final
from langchain_rlm.repl.replies import ParsedReply, parse_reply

"""How fast a loaded machine is proves nothing."""


def cells(text: str) -> tuple[str, ...]:
    return parse_reply(text).cells


def final(text: str) -> Final | None:
    return parse_reply(text).final


# -- cells ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", ["repl", "python", "py", "python3", "Python", "REPL", " repl", "python title=x"])
def test_a_block_with_a_code_tag_is_a_cell(tag: str) -> None:
    reply = parse_reply(f"First I look.\n\n```{tag}\nprint(1)\n```\nThen more.")
    assert reply == ParsedReply(("print(1)\n",), None, unclosed=False, prose="First I look.\n\n\nThen more.")


@pytest.mark.parametrize("tag", ["json", "text", "bash", "markdown", "javascript", "output"])
def test_a_block_with_another_tag_is_no_cell_but_prose(tag: str) -> None:
    reply = parse_reply(f"```{tag}\nx = f(1)\n```")
    assert reply.cells == ()
    assert "x = f(1)" in reply.prose


def test_several_cells_come_in_order() -> None:
    assert cells("a\n```repl\nx = 1\n```\nb\n```python\ny = 2\n```\n```repl\nz = 3\n```") == (
        "x = 1\n",
        "y = 2\n",
        "z = 3\n",
    )


def test_an_unlabelled_block_is_a_cell_when_it_is_code_that_does_something() -> None:
    assert cells("```\nprint(context[:10])\n```") == ("print(context[:10])\n",)
    assert cells("```\nimport re\n```") == ("import re\n",)
    assert cells("```\nthe answer is 4\n```") == ()
    assert cells("```\nword\n```") == ()


def test_an_unlabelled_block_beside_a_cell_is_no_cell() -> None:
    assert cells("```\nprint('expected output')\n```\n```repl\nx = 1\n```") == ("x = 1\n",)


def test_an_empty_block_is_no_cell() -> None:
    assert cells("```repl\n```\n```repl\n  \n```") == ()


@pytest.mark.parametrize(("opening", "closing"), [("~~~python", "~~~"), ("````repl", "````"), ("```repl", "`````")])
def test_fences_may_be_tildes_or_longer(opening: str, closing: str) -> None:
    assert cells(f"{opening}\nx = 1\n{closing}\nend") == ("x = 1\n",)


def test_a_longer_fence_may_hold_shorter_ones() -> None:
    assert cells('````repl\nx = """\n```json\n{}\n```\n"""\n````') == ('x = """\n```json\n{}\n```\n"""\n',)


@pytest.mark.parametrize("quotes", ['"""', "'''"])
def test_a_fence_inside_a_string_does_not_end_the_cell(quotes: str) -> None:
    code = f"prompt = {quotes}Answer so:\n```\n[1, 2]\n```\n{quotes}\nprint(llm_query(prompt))\n"
    reply = parse_reply(f"Plan.\n```repl\n{code}```\nDone.")
    assert reply.cells == (code,)
    assert reply.prose == "Plan.\n\nDone."


def test_code_that_is_no_python_ends_at_the_first_fence() -> None:
    assert cells("```repl\nx = = 1\n```\nand\n```repl\ny = 2\n```") == ("x = = 1\n", "y = 2\n")


def test_a_block_left_open_is_a_cell_and_said_to_be_unclosed() -> None:
    reply = parse_reply("Plan.\n```repl\nx = 1\ny = [")
    assert reply.cells == ("x = 1\ny = [",)
    assert reply.unclosed
    assert not parse_reply("```repl\nx = 1\n```").unclosed


def test_only_an_open_cell_makes_a_reply_unclosed() -> None:
    assert not parse_reply("```repl\nx = 1\n```\n```json\n{").unclosed


def test_windows_line_ends_are_read_like_others() -> None:
    assert cells("Plan.\r\n```repl\r\nx = 1\r\ny = 2\r\n```\r\n") == ("x = 1\ny = 2\n",)


def test_a_cell_in_a_list_item_loses_the_indentation_of_its_fence() -> None:
    assert cells("1. Look:\n   ```repl\n   for x in y:\n       print(x)\n   ```") == ("for x in y:\n    print(x)\n",)


def test_a_fence_in_the_middle_of_a_line_opens_nothing() -> None:
    assert cells("Use a ```repl block.\nx = 1") == ()


# -- thinking ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", ["think", "thinking", "THINK"])
def test_cells_and_answers_in_thinking_do_not_count(tag: str) -> None:
    reply = parse_reply(f"<{tag}>\n```repl\nbad()\n```\nFINAL(no)\n</{tag}>\n```repl\nx = 1\n```")
    assert reply.cells == ("x = 1\n",)
    assert reply.final is None
    assert "bad" not in reply.prose


def test_thinking_whose_opening_tag_the_template_left_out_does_not_count() -> None:
    assert cells("I could\n```repl\nbad()\n```\n</think>\n\n```repl\nx = 1\n```") == ("x = 1\n",)


def test_thinking_in_a_cell_is_code() -> None:
    code = "marked = '''\n<think>\nnot mine\n</think>\n'''\n"
    assert cells(f"<think>\nso\n</think>\n```repl\n{code}```\n<think>\n```repl\nno()\n```\n</think>") == (code,)


def test_a_cell_may_begin_where_thinking_ends() -> None:
    assert cells("<think>so</think>```repl\nx = 1\n```\n<thinking>\n</THINKING> ```repl\nx = 2\n```") == (
        "x = 1\n",
        "x = 2\n",
    )


def test_think_tags_inside_code_stay_in_the_code() -> None:
    code = 'clean = re.sub(r"<think>.*?</think>", "", said)\n'
    assert cells(f"```repl\n{code}```") == (code,)


# -- answers as bare text ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "answer"),
    [
        ("42", "42"),
        ("the answer", "the answer"),
        ("f(x) = (a (b)) (c)", "f(x) = (a (b)) (c)"),
        ('"quoted"', "quoted"),
        ("'it (is) so'", "it (is) so"),
        ('"a smile :) and on"', "a smile :) and on"),
        ("1) Alpha and 2) Beta", "1) Alpha and 2) Beta"),
        ('"""three\nlines (so)\nlong"""', "three\nlines (so)\nlong"),
        ("\n  first line\n  second (2nd) line\n", "first line\n  second (2nd) line"),
        ('he said "so" and "no"', 'he said "so" and "no"'),
        ("an open ( one", "an open ( one"),
        ("{[1]: 2}", "{[1]: 2}"),
        ("{{}}", "{{}}"),
        (r"\frac{1}{2} \d", r"\frac{1}{2} \d"),
        ("", ""),
    ],
)
def test_a_bare_final_gives_all_that_is_between_its_parentheses(inside: str, answer: str) -> None:
    assert final(f"FINAL({inside})") == Final(answer)
    assert final(f"That is clear now.\n\nSUBMIT({inside})\n") == Final(answer)


def test_text_after_a_bare_final_is_not_part_of_the_answer() -> None:
    assert final("FINAL(42)\nI counted them (all of them).") == Final("42")


def test_a_bare_final_that_was_cut_off_gives_what_there_is() -> None:
    assert final("FINAL(half of the ans") == Final("half of the ans")


@pytest.mark.parametrize("name", ["result", '"result"', "'result'", "`result`", " result "])
def test_final_var_names_a_variable_with_and_without_quotes(name: str) -> None:
    assert final(f"FINAL_VAR({name})") == Final("result", variable=True)


@pytest.mark.parametrize("before", ["", "   ", "> ", "**", "* ", "### ", "text\n"])
def test_a_final_may_begin_a_line_behind_markup(before: str) -> None:
    assert final(f"{before}FINAL(yes)") == Final("yes")


@pytest.mark.parametrize(
    "text",
    [
        "When I am done I will call FINAL(answer) in a cell.",
        "Use `FINAL(x)` later.",
        "NOT_FINAL(x)",
        "FINAL answer: x",
        "FINALLY(x)",
        "Final(x)",
        "FINAL(x) is what I will call at the end.",
        "FINAL(answer) will be called once I have counted (all of them).",
        "`FINAL(x)` ends it :)",
        "```text\nFINAL(so)\n```",
        "",
    ],
)
def test_a_final_in_the_middle_of_a_sentence_is_no_answer(text: str) -> None:
    assert final(text) is None


def test_of_several_bare_finals_the_last_counts() -> None:
    assert final("FINAL(the first)\nNo, wait.\nFINAL(the second)") == Final("the second")


def test_a_final_inside_a_cell_is_not_a_bare_one() -> None:
    reply = parse_reply("```repl\nFINAL(x)\n```")
    assert reply.cells == ("FINAL(x)\n",)
    assert reply.final is None


def test_a_final_beside_a_cell_is_read_too() -> None:
    reply = parse_reply("```repl\nx = 1\n```\nFINAL_VAR(x)")
    assert reply.cells == ("x = 1\n",)
    assert reply.final == Final("x", variable=True)


# -- any text ---------------------------------------------------------------------------------------------------------

FRAGMENTS = st.sampled_from(
    [
        "```repl\n", "```\n", "```", "~~~", "```json\n", "FINAL(", "FINAL_VAR(", "SUBMIT(", ")", "(", '"', "'", '"""',
        "\\", "<think>", "</think>", "\n", "\r\n", "x = 1\n", "{", "}", "[", "]", "{[1]: 2}", "\\d", "\0", "\ud800",
        "1j", "-", "**",
    ]
)  # fmt: skip


@given(st.text() | st.lists(FRAGMENTS | st.text(max_size=3), max_size=30).map("".join))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    reply = parse_reply(text)
    assert all(code.strip() for code in reply.cells)


@given(
    st.text(max_size=50), st.lists(st.sampled_from(["x = 1", "print('a')", "# ünïcode 漢", "", "y = (2)"]), min_size=1)
)
def test_code_comes_out_as_it_went_in(plan: str, lines: list[str]) -> None:
    code = "\n".join([*lines, "z = 3", ""])
    plan = plan.replace("`", "").replace("~", "").replace("<", "").replace("\r", "")
    assert cells(f"{plan}\n```repl\n{code}```\n") == (code,)


def test_reading_model_written_code_warns_nobody() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        parse_reply("```repl\nre.findall('\\d', x)\n```\n```\nf('\\d') is 1\n```\nFINAL('\\d')")
        parse_reply("```\nre.findall('\\d', x)\n```")
    assert caught == []
    assert cells("```\nre.findall('\\d', x)\n```") == ("re.findall('\\d', x)\n",)


LONG = 300_000
HARD = {
    "parentheses": ("FINAL(", ")", "a)"),
    "thinking never ended": ("", "<think>\n", ""),
    "words behind a fence": ("```", "a", "`"),
    "white space behind a fence": ("```", " ", "`"),
    "tildes": ("~", "~", "`"),
    "blocks that are no Python": ("", "```py\n!\n```\n", ""),
    "blocks left open in a string": ("", "```py\nx = '''\n```\n", ""),
    "untagged blocks": ("", "~~~\nf(1)\n~~~\n", ""),
    "one line": ("", "a", ""),
    "backticks": ("", "`", "x"),
    "fences in a line": ("", "``` ", ""),
    "a fence never closed": ("```repl\n", "x = 1\n", ""),
    "thinking quoted in blocks": ("", "```\n<think>\n```\n", "</think>"),
    "marks": ("", "<|channel|>final", ""),
    "calls that never end": ("", '{"code": ', ""),
    "finals that never end": ("", "FINAL(x\n", ""),
    "code without a block": ("print(context)\n", "  x = 1\n y = 2\n", ""),
    "longer fences closed by shorter ones": ("", "````py\nx\n````z\n```\n", ""),
}


@pytest.mark.slow
@pytest.mark.parametrize(("start", "part", "end"), HARD.values(), ids=HARD)
def test_reading_takes_time_by_the_length_of_a_reply(start: str, part: str, end: str) -> None:
    """A reader that looks at the rest of the reply again for every part of it does not come back from this."""
    parse_reply(start + part * (LONG // len(part)) + end)


def test_what_a_long_reply_holds_is_not_kept() -> None:
    known = replies._parsed.cache_info().currsize
    assert parse_reply("```repl\nx = 1\n```\n" + "word " * replies.KEPT).cells == ("x = 1\n",)
    assert replies._parsed.cache_info().currsize == known
