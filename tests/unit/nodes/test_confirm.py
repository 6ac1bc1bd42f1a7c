"""A person decides about a quote: every way to say it, and what each decision refuses."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from langchain_rlm.budget import Budget
from langchain_rlm.nodes import confirm
from langchain_rlm.nodes.cells import Turn
from langchain_rlm.nodes.confirm import _decision, confirmed
from langchain_rlm.nodes.expected_cost import expected
from tests.unit.journals import asked, call, reply, tool_call
from tests.unit.journals import begun_scripted as begun
from tests.unit.live import PRICED, Live, Model, kinds, live

QUOTE = {"question": "confirm_sub_queries", "calls": 3, "cost": 1.5}


@pytest.mark.parametrize("value", ["approve", True, {"approve": True}])
def test_every_way_to_approve(value: Any) -> None:
    assert _decision(value) == ("approve", 0.0)


@pytest.mark.parametrize("value", ["deny", False, {"approve": False}, {"deny": True}, 0, 0.0, {"limit": 0}])
def test_every_way_to_deny(value: Any) -> None:
    assert _decision(value) == ("deny", 0.0)


@pytest.mark.parametrize("value", [2, 2.0, {"limit": 2}])
def test_every_way_to_set_a_limit(value: Any) -> None:
    assert _decision(value) == ("limit", 2.0)


@pytest.mark.parametrize(
    "value",
    [
        "yes",
        None,
        {},
        -1,
        float("nan"),
        {"limit": True},
        {"limit": "2"},
        {"approve": 1},
        {"approve": True, "limit": 1},
        [],
    ],
)
def test_what_is_no_decision(value: Any) -> None:
    assert _decision(value) is None


@dataclass
class Person:
    """Says these, in turn, and remembers what was shown."""

    says: list[Any] = field(default_factory=list)
    shown: list[Any] = field(default_factory=list)

    def __call__(self, question: Any) -> Any:
        self.shown.append(question)
        return self.says[len(self.shown) - 1]


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Person:
    person = Person()
    monkeypatch.setattr(confirm, "interrupt", person)
    return person


async def decided(it: Live, *calls: Any) -> tuple[Turn, dict[str, Any]]:
    turn = Turn.recorded(await it.run(), it.state(begun(), reply("ask")))
    it.tree.ledger.take_sub_queries(sum("tool" not in each for each in calls))
    return turn, confirmed(turn, asked(*calls, quote=QUOTE), calls)


async def test_what_is_approved_is_asked(person: Person) -> None:
    person.says.append("approve")
    async with live(budget=Budget(confirm_above=0)) as it:
        turn, refused = await decided(it, call("1"), call("2"))
        assert refused == {}
        assert turn.entries == [{"kind": "confirm", "decision": "approve", "limit": 0.0}]
        assert it.tree.ledger.sub_queries == 2
        assert it.events[-1]["event"] == "confirm"


async def test_what_is_denied_is_answered_with_a_refusal_and_not_counted(person: Person) -> None:
    person.says.append("deny")
    async with live(sub_model=Model(model_name=PRICED), sub_models={"free": Model()}) as it:
        turn, refused = await decided(it, call("1"), tool_call("2", "add"), call("3", model="free"))
        assert list(refused) == ["1", "3"]
        assert refused["1"]["error"]["type"] == "budget"
        assert "$1.50 for 3 sub-queries and did not approve it." in refused["1"]["error"]["message"]
        assert kinds(turn.entries) == ["confirm", "answer", "answer"]
        assert it.tree.ledger.sub_queries == 0


async def test_up_to_a_limit_calls_are_asked_in_their_order(person: Person) -> None:
    async with live(sub_model=Model(model_name=PRICED)) as it:
        calls = [call("1"), call("2", "x" * 40_000), call("3")]
        cost = expected(await it.run(), calls[0])[1] or 0.0
        person.says.append({"limit": 2.5 * cost})
        _, refused = await decided(it, *calls)
        assert list(refused) == ["2"]  # too dear; the small one after it has room
        assert "did not approve it beyond $" in refused["2"]["error"]["message"]
        assert it.tree.ledger.sub_queries == 2


async def test_a_call_without_a_known_price_is_beyond_every_limit(person: Person) -> None:
    person.says.append({"limit": 100.0})
    async with live(sub_model=Model(model_name=PRICED), sub_models={"other": Model()}) as it:
        _, refused = await decided(it, call("1"), call("2", model="other"))
        assert list(refused) == ["2"]


async def test_who_says_something_else_is_asked_again_with_what_was_wrong(person: Person) -> None:
    person.says += ["maybe", "approve"]
    async with live() as it:
        _, refused = await decided(it, call("1"))
    assert refused == {}
    assert person.shown[0] == {**QUOTE, "kind": "confirm_sub_queries", "question": "Why?"}
    assert "'maybe' is not an answer" in person.shown[1]["problem"]
