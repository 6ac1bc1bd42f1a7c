"""What holds of the reading of any reply, however it is put together."""

from hypothesis import given
from hypothesis import strategies as st

from langchain_rlm.repl.replies import parse_reply

CODE = st.lists(
    st.sampled_from(["x = 1", "print('a')", "for i in y:\n    z(i)", "t = '''\n```\n'''", "FINAL(x)", "# note", "1 +"]),
    max_size=4,
).map("\n".join)
PROSE = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["FINAL(a (b) c)", "> FINAL_VAR('x')", "<think>", "</think>", "```", "~~~~", "SUBMIT(", "\r\n"]),
)
BLOCK = st.builds(
    "{0}{1}{2}\n{3}\n{0}{4}\n".format,
    st.sampled_from(["", " ", "   "]),
    st.sampled_from(["```", "````", "~~~"]),
    st.sampled_from(["repl", "python", "", "json", "Python title"]),
    CODE,
    st.sampled_from(["```", "````", "~~~", ""]),
)
REPLIES = st.lists(st.one_of(PROSE, BLOCK, st.just("\n")), max_size=8).map("".join)


def dense(text: str) -> str:
    return "".join(text.split())


@given(REPLIES)
def test_cells_stand_in_the_reply_in_their_order_and_are_not_empty(reply: str) -> None:
    parsed = parse_reply(reply)
    assert all(cell.strip() for cell in parsed.cells)
    text, position = dense(reply), 0
    for line in map(dense, "\n".join(parsed.cells).splitlines()):
        found = text.find(line, position)
        assert found >= 0
        position = found + len(line)
    assert not parsed.unclosed or parsed.cells


@given(REPLIES)
def test_an_answer_as_bare_text_stands_in_the_prose(reply: str) -> None:
    parsed = parse_reply(reply)
    if parsed.final is None:
        return
    assert any(name in parsed.prose for name in ("FINAL(", "FINAL_VAR(", "SUBMIT("))
    assert dense(parsed.final.text) in dense(parsed.prose)


@given(REPLIES, st.sampled_from(["", "Plan.\n", "1. Look.\n2. Ask.\n\n"]))
def test_plain_words_before_a_reply_change_nothing_but_its_prose(reply: str, words: str) -> None:
    if "think>" in reply:  # words before its end belong to the thinking, and where it begins a reply counts
        return
    first, second = parse_reply(reply), parse_reply(words + reply)
    assert (second.cells, second.final, second.unclosed) == (first.cells, first.final, first.unclosed)


@given(REPLIES)
def test_a_reply_is_read_alike_with_line_ends_of_windows(reply: str) -> None:
    plain = reply.replace("\r", "")
    assert parse_reply(plain.replace("\n", "\r\n")) == parse_reply(plain)
