"""Messages in the forms in which messengers give them."""

import pytest

from langchain_rlm.context.cutting import cut
from langchain_rlm.context.formats import profile

FORMS = (
    "{name}: ", "{upper}: ", "<{name}> ", "[10:12] <{name}> ", "10:12 <{name}> ", "12/03/2024, 10:12 - {name}: ",
    "[12/03/24, 10:12:13 PM] {name}: ", "1/2/24, 1:25\u202fPM - {name}: ", "2024-03-12 10:12 {name}: ", "**{name}:** ",
    "[00:01:02] {name}: ", "{name} (CEO): ", ">> {upper}: ", "{name}  10:12 AM\n", "{name} — 01/02/2024 10:12 AM\n",
    "[1/2/2024 10:12 AM] {name}\n",
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_message_begins_with_who_said_it(form: str) -> None:
    draw = [("Ann", "Bob", "Ann", "Carla", "Bob")[number * number % 5] for number in range(80)]
    messages = [form.format(name=name, upper=name.upper()) + "the river rose again\n" for name in draw]
    text = "".join(messages)
    starts = {sum(map(len, messages[:number])) for number in range(len(messages) + 1)}
    assert profile(text).format == "chat"
    assert set(cut(text, 300)) <= starts
