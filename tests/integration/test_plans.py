"""Plans in whole runs: each shipped one, how one is chosen, what becomes of a root model that writes no code."""

import re
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from typer.testing import CliRunner

from langchain_rlm import (
    RLM,
    Budget,
    ChatRLM,
    ModelError,
    Plan,
    ReplayChatModel,
    RLMRetriever,
    RLMTool,
    create_rlm_chain,
    result_to_html,
    save_journal,
)  # fmt: skip
from langchain_rlm.cli.app import app
from langchain_rlm.nodes import planning
from langchain_rlm.repl.typed.numbered import numbers
from tests.server.client import ModelServer

LINES = ["The mill was built in 1820 for 90 crowns.", "The shed was built in 1790 for 20 crowns.", "It rained."]
TEXT = "\n".join(LINES)
LABELS = ["house", "House.", "rain"]
LABELLED = "\n".join(f"{number}: {label}" for number, label in zip(numbers(3), LABELS, strict=True))
COUNTED = "\n".join(f"{number}: yes" for number in numbers(2))
AMOUNTS = "\n".join(f"{number}: [{amount}, 7]" for number, amount in zip(numbers(2), (90, 20), strict=True))
SAID: dict[str, list[tuple[str, str]]] = {
    "find": [("Copy from", f"- {LINES[1]}\n- The shed is red."), ("from these sentences", "In 1790.")],
    "map": [("does this count for", LABELLED)],
    "gather": [
        ("short as it stands", '["The mill", "the Mill", "the shed", "the barn", "It"]'), ("It rained", "no"),
        ("count for the question", "Yes."),
    ],
    "total": [
        ("Which of the numbers", AMOUNTS), ("count for the question", COUNTED),
    ],
    "extremes": [("tells of the first", "It is the shed."), ("count for the question", COUNTED)],
    "compare": [
        ("tell of mill", '{"year": "1820", "price": "90"}'), ("tell of shed", '{"year": "1790", "price": "8"}'),
        ("A table", "The shed is older."),
    ],
    "each": [("mill was", "The mill was built"), ("shed was", "in 1790"), ("It rained", "NOTHING")],
    "summarize": [
        ("word for word", '{"summary": "Two houses.", "sentence": "It rained."}'), ("Notes on", "Houses [c1]."),
    ],
}  # fmt: skip
GIVEN: dict[str, dict[str, Any]] = {
    "map": {"labels": ["house", "rain"]}, "extremes": {"which": "first"},
    "compare": {"entities": ["mill", "shed"], "attributes": ["year", "price"]},
}  # fmt: skip
ANSWERS = {
    "find": "In 1790. [1]",
    "map": "house (of 3 items, house: 2, rain: 1, other: 0) e.g. [1][2]",
    "gather": "- The mill [1]\n- the shed [2]\n2 in all.",
    "total": "110 (2 amounts: 90 + 20) [1][2]",
    "extremes": "It is the shed. [1] (2 were compared.)",
    "compare": (
        "The shed is older.\n\n|  | year | price |\n| --- | --- | --- |\n| mill | 1820 [1] | 90 [1] |\n"
        "| shed | 1790 [2] | 8 (not in these words) |"
    ),
    "each": "- 0: The mill was built [1]\n- 1: in 1790 [2]\n- 2: nothing \n3 documents.",
    "summarize": "Houses [1].",
}


def rules(*said: tuple[str, str], default: str = "?") -> dict[str, Any]:
    return {"kind": "rules", "rules": [{"match": match, "reply": reply} for match, reply in said], "default": default}


def rlm_of(server: ModelServer, *root: str, sub: list[tuple[str, str]] | None = None, **settings: Any) -> RLM:
    """An RLM whose root says these in turn, the last one for ever."""
    server.configure(models={"root": {"kind": "script", "replies": list(root or ("?",))}, "sub": rules(*sub or [])})
    return RLM(server.chat_model("root"), server.chat_model("sub"), **settings)


def ask(rlm: RLM, context: Any = TEXT, **config: Any) -> Any:
    return rlm.invoke({"question": "When was the shed built?", "context": context}, {"configurable": config})


def test_every_sentence_of_a_short_text_is_judged_and_names_are_copied(model_server: ModelServer) -> None:
    text = "Ada cannot swim. It rained. Bo and Cy do not swim yet. Dan swims. It rained. Ed never learnt it. Flo swims."
    said = [
        ("one of the people", "Yes."), ("yet.\n\nQuestion", "Bo and Cy"),
        ('Ada cannot swim."\n\nDoes', "Yes"), ('yet."\n\nDoes', "yes."), ('it."\n\nDoes', "Yes"),
        ("mean that", "No."),
    ]  # fmt: skip
    given: Any = {"statement": "somebody cannot swim."}
    rlm = rlm_of(model_server, sub=said, plan="gather", plan_parameters=given, profile="small")
    result = rlm.invoke({"question": "Who cannot swim?", "context": text})
    assert result["answer"] == "- Ada [1]\n- Bo [2]\n- Cy [2]\n- Ed [3]\n4 in all."
    asked = [entry["messages"][-1]["content"] for entry in model_server.log()]
    judged = [prompt for prompt in asked if re.search("mean that .* cannot swim", prompt)]
    assert (len(judged), len(asked)) == (
        6,
        10,
    )  # one sentence stands twice; where one alone is named, nothing is copied


@pytest.mark.parametrize("name", SAID)
def test_a_plan_answers_without_a_root_call_and_is_replayed(
    name: str, model_server: ModelServer, tmp_path: Path
) -> None:
    rlm = rlm_of(model_server, sub=SAID[name], plan=name, plan_parameters=GIVEN.get(name))
    context = {str(number): line for number, line in enumerate(LINES)} if name == "each" else TEXT
    result = ask(rlm, context)
    assert (result["answer"], result["stop_reason"]) == (ANSWERS[name], "answered")
    assert result["citations"]
    assert "root" not in model_server.stats()["by_model"]
    assert (result["plan"]["name"], result["plan"]["why"]) == (name, planning.GIVEN)
    assert result["coverage"]["seen"] > (0.5 if name == "compare" else 0.8)
    for number, line in enumerate(LINES):
        (tmp_path / f"{number}").write_text(line)
    (tmp_path / "text.txt").write_text(TEXT)
    save_journal(result, tmp_path / "run.jsonl")
    if name != "each":
        told = CliRunner().invoke(
            app, ["replay", f"{tmp_path}/run.jsonl", "--context", f"{tmp_path}/text.txt", "--quiet"]
        )
        assert (told.exit_code, told.output) == (0, f"{result['answer']}\n")


def test_the_root_model_chooses_a_plan_and_its_parameters_in_one_short_call(model_server: ModelServer) -> None:
    rlm = rlm_of(model_server, "2; labels: house, rain", sub=SAID["map"], route="plan")
    result = ask(rlm)
    assert result["answer"] == ANSWERS["map"]
    assert model_server.stats()["by_model"] == {"root": 1, "sub": 1}
    assert TEXT not in str(model_server.log()[0]["messages"])
    plan: Any = result["plan"]
    assert (plan["why"], plan["parameters"]["labels"], plan["said"]) == (
        planning.CHOSEN, ["house", "rain"], "2; labels: house, rain",
    )  # fmt: skip
    assert result["usage"]["models"]["root"]["calls"] == 1
    page = result_to_html(result)
    assert planning.CHOSEN in page
    assert "labels = [&#x27;house&#x27;" in page or "labels = ['house'" in page


def test_one_kind_is_judged_item_by_item(model_server: ModelServer) -> None:
    sub = [("It rained", "no"), ("count for the question", "yes")]
    rlm = rlm_of(model_server, "2", sub=sub, route="plan", sub_model_window=8_000)
    result = rlm.invoke({"question": "How many lines are about a shed?", "context": TEXT})
    assert result["answer"] == "2 of 3 items e.g. [1][2]"
    assert model_server.stats()["by_model"] == {"root": 1, "sub": 3}


ORDERS = "\n".join(f"Order {n}: from {tongue} for Ada." for n, tongue in enumerate(["Dutch", "Czech", "Czech"] * 3, 1))


@pytest.mark.parametrize("given", [{}, {"labels": ["orders", "language"]}], ids=["no labels", "its own words"])
def test_what_is_named_most_is_counted_where_a_question_lists_no_kinds(given: Any, model_server: ModelServer) -> None:
    sub = [("Dutch", "Dutch"), ("Czech", "Czech")]
    rlm = rlm_of(model_server, sub=sub, plan="map", plan_parameters=given, profile="small")
    result = rlm.invoke({"question": "Which language do the orders most often come from?", "context": ORDERS})
    assert result["answer"] == "Czech (Czech: 6, Dutch: 3; of 9 items) [1][2][3]"


def test_what_most_items_name_needs_no_model(model_server: ModelServer) -> None:
    text = "\n".join(
        f"No. {n}. A hat, left at the {where} depot." for n, where in enumerate(["Rip", "Kel", "Kel"] * 4, 30)
    )
    rlm = rlm_of(model_server, plan="extremes", profile="small")
    result = rlm.invoke({"question": "At which depot were the most things left?", "context": text})
    assert result["answer"] == "Kel (Kel: 8, Rip: 4; of 12 items) [1][2][3]"
    assert not model_server.log()


def test_of_paragraphs_that_tell_the_same_the_unit_is_asked_for_and_its_subject_shown(
    model_server: ModelServer,
) -> None:
    text = "\n\n".join(
        f"The {name} was built by Ada. It has {metres} metres. It flew for {minutes} minutes."
        for name, metres, minutes in (("Zephyr", 4, 30), ("Mandarin", 2, 50), ("Rhubarb", 3, 20))
    )
    sub = [("In which unit", "minutes"), ("The Mandarin was built by Ada. It flew for 50 minutes.", "The Mandarin.")]
    rlm = rlm_of(model_server, sub=sub, plan="extremes", plan_parameters={"which": "longest"}, profile="small")
    result = rlm.invoke({"question": "Which kite stayed in the air longest?", "context": text})
    assert result["answer"] == "The Mandarin. [1] (3 were compared.)"
    assert model_server.stats()["by_model"] == {"sub": 2}


COINS = [*(f"{name} found a coin." for name in ("Ada", "Bo", "Cy", "Dan", "Ed")), "It was her first dig."]


@pytest.mark.parametrize(
    ("lines", "statement", "asked", "count"),
    [
        (["2 June: A room, 69 euros."], "this is for a room", '"A room, 69 euros."\n\nDoes', 1),
        (["Too loud!"], "this is a complaint", "mean that the writer is dissatisfied with the service?", 1),
        (["It has no charger for cars."], "it has a charger", "mean that it has a charger?", 0),
        (COINS, "somebody found coins", 'her first dig."\n\nDoes this count for the question', 5),
    ],
    ids=["date", "complaint", "denial", "unusual"],
)
def test_items_are_judged_as_weak_models_do_it_best(
    lines: list[str], statement: str, asked: str, count: int, model_server: ModelServer
) -> None:
    sub = [("(?s)first dig.*this count", "No."), ("euros|loud|no charger|a coin|first dig", "Yes."), ("", "No.")]
    given = {"statement": statement}
    rlm = rlm_of(model_server, sub=sub, plan="map", plan_parameters=given, profile="small")
    said = rlm.invoke({"question": "How many are there?", "context": "\n".join([*lines, "It rained."])})["answer"]
    assert said.startswith(f"{count} of ")
    assert any(asked in entry["messages"][-1]["content"] for entry in model_server.log())


def test_a_date_is_no_amount_where_others_are_told_and_counts_where_none_is(model_server: ModelServer) -> None:
    given = {"statement": "this counts"}
    rlm = rlm_of(model_server, sub=[("", "Yes.")], plan="total", plan_parameters=given, profile="small")
    text = "2 June: It rained.\n3 June: A room, 69 euros."
    asked = rlm.invoke({"question": "How much was it altogether?", "context": text})
    assert asked["answer"] == "69 (1 amounts: 69) [1]"
    assert not any("It rained" in entry["messages"][-1]["content"] for entry in model_server.log())
    only = rlm.invoke({"question": "What is the sum of the days?", "context": "On 2 June it rained.\nIt was cold."})
    assert only["answer"].startswith("2 (1 amounts: 2)")


def test_what_stands_below_the_heading_of_a_thing_is_compared(model_server: ModelServer) -> None:
    text = "Steinalm hut\nIt lies at 1,800 metres.\n\nGlimmer hut\n\nIt lies at 2,553 metres."
    given: Any = {"entities": ["Steinalm", "Glimmer"], "attributes": ["altitude"]}
    sub = [("1,800 metres", '{"altitude": "1,800 metres"}'), ("2,553 metres", '{"altitude": "2,553 metres"}')]
    rlm = rlm_of(model_server, sub=sub, plan="compare", plan_parameters=given, profile="small")
    result = rlm.invoke({"question": "Which of the two huts lies higher?", "context": text})
    assert result["answer"].startswith("Glimmer.\n\n")


LONG: dict[str, Any] = {
    "find": {}, "map": {"statement": "somebody paid crowns"}, "gather": {"statement": "somebody paid crowns"},
    "total": {"statement": "the clerk paid crowns"},
    "extremes": {"which": "largest", "statement": "somebody paid crowns"},
    "compare": {"entities": ["Ada", "Bo"], "attributes": ["sum"]},
}  # fmt: skip


@pytest.mark.parametrize("plan", LONG)
def test_a_plan_for_a_weak_model_runs_over_a_long_text(plan: str, model_server: ModelServer) -> None:
    filler = "The wind turned again and Mr. Tan slept while it rained over the harbour and nobody came. " * 8
    text = "\n\n".join(
        f"{name} paid {n} crowns on 3 May. {filler * 600}" for n, name in enumerate(["Ada", "Bo", "Cy"], 5)
    )
    sub = [("JSON", '{"sum": "5"}'), ("", "Yes.")]
    limits = Budget(cost=None, sub_queries=20_000)
    rlm = rlm_of(model_server, sub=sub, plan=plan, plan_parameters=LONG[plan], profile="small", budget=limits)
    result = rlm.invoke({"question": "Which sums of crowns were paid?", "context": text})
    errors = [entry["error"] for entry in result["journal"] if entry["kind"] == "cell_end"]
    assert (errors, len(text) > 1_200_000) == ([None], True)


def test_a_share_is_told_in_percent(model_server: ModelServer) -> None:
    given = {"statement": "an order is from Czech"}
    sub = [('Czech for Ada."\n\nDoes', "Yes."), ("", "No.")]
    rlm = rlm_of(model_server, sub=sub, plan="map", plan_parameters=given, profile="small")
    result = rlm.invoke({"question": "What percentage of the orders is in Czech?", "context": ORDERS})
    assert result["answer"].startswith("66.7 percent (6 of 9 items)")


@pytest.mark.parametrize(("plan", "asked"), [("gather", "Which boats did not pass?"), ("map", "Who of them is late?")])
def test_without_a_statement_one_is_made_of_the_question(plan: str, asked: str, model_server: ModelServer) -> None:
    rlm_of(model_server, sub=[("", "no")], plan=plan, profile="small").invoke({"question": asked, "context": TEXT})
    told = {"gather": "a boat did not pass", "map": "somebody of them is late"}[plan]
    assert f"Does this mean that {told}?" in str(model_server.log())


@pytest.mark.parametrize(("which", "told"), [("first", LINES[0]), ("last", LINES[1])])
def test_without_dates_the_order_of_the_text_decides(which: str, told: str, model_server: ModelServer) -> None:
    lines = [re.sub(r"in \d+ for \d+ crowns", "of stone", line) for line in LINES]
    sub = [(re.sub(r"in \d+ for \d+ crowns", "of stone", told) + r"\n\nThis tells", "That one.")]
    rlm = rlm_of(model_server, sub=sub, plan="extremes", plan_parameters={"which": which})
    result = rlm.invoke({"question": "What was built?", "context": "\n".join(lines)})
    assert result["answer"] == "That one. [1] (2 were compared.)"
    assert model_server.stats()["by_model"] == {"sub": 1}


@pytest.mark.parametrize("plan", ["compare", "extremes"])
def test_where_nothing_can_be_compared_the_text_is_searched_for_the_answer(
    plan: str, model_server: ModelServer
) -> None:
    sub = [("tell of nave", '{"colour": "unknown"}'), ("Copy from", "- It rained."), ("from these sentences", "Rain.")]
    given = {"compare": {"entities": ["nave"], "attributes": ["colour"]}, "extremes": {"which": "largest"}}
    rlm = rlm_of(model_server, sub=sub, plan=plan, plan_parameters=given[plan])
    result = rlm.invoke({"question": "What was it like?", "context": "It rained.\nThe nave is old."})
    assert (result["answer"], result["stop_reason"]) == ("Rain. [1]", "answered")


def test_an_amount_is_known_by_its_unit_and_a_date_is_no_amount(model_server: ModelServer) -> None:
    lines = ["On 3 May 1911 they paid 40 crowns for 2 doors.", "In May 30 crowns were paid.", "It rained."]
    rlm = rlm_of(model_server, sub=[("count for the question", COUNTED)], plan="total")
    result = rlm.invoke({"question": "How many crowns were paid?", "context": "\n".join(lines)})
    assert result["answer"] == "70 (2 amounts: 40 + 30) [1][2]"
    assert model_server.stats()["by_model"] == {"sub": 1}


@pytest.mark.parametrize(
    ("guess", "judged", "answer"),
    [
        ("Rye makes Nala sick.", "Yes.", "Rye makes Nala sick. [1]"), ("Pork makes Nala sick.", "No.", None),
        ("Eels, perhaps.", "Yes.", None), ("The text does not say.", "Yes.", None),
    ],
)  # fmt: skip
def test_a_weak_model_that_sees_no_answer_is_asked_again_and_a_sentence_must_bear_it_out(
    guess: str, judged: str, answer: str | None, model_server: ModelServer
) -> None:
    sub = [
        ("Copy from", "NOTHING"), ("If they do not tell, say", "The text does not say."),
        ("from these sentences", guess), ('(?s)".*Nala.*"\n\nDoes this mean that', judged),
    ]  # fmt: skip
    rlm = rlm_of(model_server, sub=sub, plan="find", profile="small")
    text = "Nala throws up after rye.\nNala likes pork."
    result = rlm.invoke({"question": "Which food makes Nala sick?", "context": text})
    assert result["answer"] == (answer or "The text does not say.")


def test_what_is_told_in_other_words_is_seen_sentence_by_sentence(model_server: ModelServer) -> None:
    sub = [
        ("Copy from", "NOTHING"), ('"Trams leave[^"]*"\n\nDoes this answer the question: Where', "Yes."),
        ("Does this answer", "No."), ("- Trams leave.*\n\nAnswer the question", "From the square."),
    ]  # fmt: skip
    text = "The oven is new.\nTrams leave every few minutes from the square.\nIt is warm."
    rlm = rlm_of(model_server, sub=sub, plan="find", profile="small")
    result = rlm.invoke({"question": "Where is the nearest public transport?", "context": text})
    assert result["answer"] == "From the square. [1]"
    assert result["citations"][0]["line"] == 2
    assert model_server.stats()["by_model"] == {"sub": 4}


def test_a_strong_model_that_sees_no_answer_is_believed(model_server: ModelServer) -> None:
    sub = [("Copy from", "NOTHING"), ("If they do not tell, say", "The text does not say.")]
    rlm = rlm_of(model_server, sub=sub, plan="find", sub_model_window=200_000)
    result = rlm.invoke({"question": "Which food makes Nala sick?", "context": "Nala throws up after rye."})
    assert result["answer"] == "The text does not say."
    assert model_server.stats()["by_model"] == {"sub": 2}


def test_what_is_looked_for_is_found_in_other_forms_of_its_words(model_server: ModelServer) -> None:
    sub = [("Copy from", "NOTHING"), ("Ivo is responsible for printers", "Ivo.")]
    rlm = rlm_of(model_server, sub=sub, plan="find", profile="small")
    text = "It rained.\n\nIvo is responsible for printers.\n\nThat was what they said."
    result = rlm.invoke({"question": "My printer jams. Who is that what I need?", "context": text})
    assert result["answer"] == "Ivo. [1]"
    asked = model_server.log()[-1]["messages"][-1]["content"]
    assert "That was what they said" not in asked  # no word of it tells what the question is about


def test_a_pronoun_is_understood_by_the_sentence_with_which_its_paragraph_begins(model_server: ModelServer) -> None:
    text = "Olga Amsel: She is quick.\nAsked about weekends, she agreed.\n\nPeter Holm: He is slow.\nHe said no."
    sub = [
        ('agreed."\n\nDoes', "Yes."), ("Does this", "No."), ("Olga Amsel: She is quick. Asked.*\n\nQ", "Olga Amsel"),
    ]  # fmt: skip
    given = {"statement": "somebody would work at weekends"}
    rlm = rlm_of(model_server, sub=sub, plan="gather", plan_parameters=given, profile="small")
    result = rlm.invoke({"question": "Who would work at weekends?", "context": text})
    assert result["answer"] == "- Olga Amsel [1]\n1 in all."
    assert result["citations"][0]["line"] == 2


def test_what_a_paragraph_says_of_a_thing_is_compared(model_server: ModelServer) -> None:
    text = (
        "We saw the Calidor. The price is 855 euros. It comes from Eindhoven. The battery of the Rondo is large.\n\n"
        "Next, the Hestia. It costs 616 euros, and the manufacturer builds it in Tampere."
    )
    sub = [("of Calidor", '{"price": "855"}'), ("of Hestia", '{"price": "616"}')]
    given: Any = {"entities": ["Calidor", "Hestia"], "attributes": ["price"]}
    rlm = rlm_of(model_server, sub=sub, plan="compare", plan_parameters=given)
    result = rlm.invoke({"question": "Which one is cheaper?", "context": text})
    assert result["answer"].startswith("Hestia.\n\n")  # which number is less, code says
    asked = "".join(entry["messages"][-1]["content"] for entry in model_server.log())
    assert "Calidor.\nThe price is 855 euros.\nIt comes from Eindhoven.\n\n" in asked


def test_a_value_that_is_not_seen_is_asked_for_by_itself_and_must_be_borne_out(model_server: ModelServer) -> None:
    sub = [
        ("Does this mean that the year of mill is 1820", "Yes."), ("A table", "So it is."),
        ("tell of mill", '{"year": "unknown", "price": "unknown"}'), ("the year of mill", "1820"),
        ("the price of mill", "20"),
    ]  # fmt: skip
    given: Any = {"entities": ["mill"], "attributes": ["year", "price"]}
    rlm = rlm_of(model_server, sub=sub, plan="compare", plan_parameters=given, profile="small")
    result = rlm.invoke({"question": "How old and how dear is the mill?", "context": TEXT})
    assert "| mill | 1820 [1] | unknown |" in result["answer"]


def test_a_name_of_the_question_is_no_answer(model_server: ModelServer) -> None:
    text = "Our concert in Linz is in May.\nAda will sing in Linz."
    sub = [("Does this", "Yes."), ("Our concert.*\n\nQ", "Linz"), ("Ada.*\n\nQ", "Ada")]
    given = {"statement": "somebody will sing there"}
    rlm = rlm_of(model_server, sub=sub, plan="gather", plan_parameters=given, profile="small")
    result = rlm.invoke({"question": "Who will sing in Linz?", "context": text})
    assert result["answer"] == "- Ada [1]\n1 in all."


def test_a_sum_whose_statement_fits_nothing_is_judged_by_the_question(model_server: ModelServer) -> None:
    sub = [
        ("Does this mean that", "No."), ("90 crowns.*\n\nDoes this count for the question", "Yes."),
        ("Which of the numbers", "[90]"), ("count", "No."),
    ]  # fmt: skip
    given = {"statement": "crowns were spent in vain"}
    rlm = rlm_of(model_server, sub=sub, plan="total", plan_parameters=given, profile="small")
    result = rlm.invoke({"question": "How many crowns were paid for the mill?", "context": TEXT})
    assert result["answer"] == "90 (1 amounts: 90) [1]"


def test_what_goes_on_for_ever_is_shown_for_eight_sentences(model_server: ModelServer) -> None:
    text = "The mill by the brook was sold. " + " ".join(f"then it rained for {n} hours." for n in range(2, 900))
    rlm = rlm_of(model_server, sub=[("from these sentences", "Sold.")], plan="find", profile="small")
    result = rlm.invoke({"question": "What became of the mill by the brook?", "context": text})
    assert result["answer"] == "Sold. [1]"
    asked = model_server.log()[-1]["messages"][-1]["content"]
    assert "rained for 9 hours" in asked
    assert "rained for 10 hours" not in asked


def test_a_name_behind_the_best_sentence_is_followed(model_server: ModelServer) -> None:
    text = (
        "The phone exchange was down on Monday. The module Porphyry was the cause of this.\n\nIt rained.\n\n"
        "Olaf takes care of Porphyry."
    )
    rlm = rlm_of(model_server, sub=[("Olaf takes care", "Olaf.")], plan="find", profile="small")
    result = rlm.invoke({"question": "Whose fault was it that the phone exchange was down?", "context": text})
    assert result["answer"] == "Olaf. [1]"


def test_what_goes_on_about_the_same_is_shown_with_it(model_server: ModelServer) -> None:
    said = [("Copy from", "NOTHING"), ("The Birk Bridge is old. Traffic was let over it in 1904", "In 1904.")]
    rlm = rlm_of(model_server, sub=said, plan="find", profile="small")
    text = (
        "The Ash Bridge is low. It opened in 1850.\n\nThe Birk Bridge is old. Traffic was let over it in 1904. "
        "The Ox Bridge is long. It was opened in 1930."
    )
    result = rlm.invoke({"question": "When was the Birk Bridge opened?", "context": text})
    assert result["answer"] == "In 1904. [1]"
    asked = model_server.log()[-1]["messages"][-1]["content"]
    assert "- The Ash Bridge is low. It opened in 1850.\n- The Birk" in asked
    assert "1904.\n- The Ox Bridge is long. It was opened in 1930.\n" in asked


@pytest.mark.parametrize(
    ("statement", "judged"),
    [
        ("petrol was bought by the Moreaus", "petrol was bought by them"),
        ("the Moreaus bought petrol", "they bought petrol"),
        ("the Moreaus' petrol was paid", "their petrol was paid"),
        ("petrol was bought in Moreaus", "petrol was bought"),
        ("Tom bought petrol", "Tom bought petrol"),  # one of the sentences names him
        ("petrol was bought by Ines", "petrol was bought by Ines"),  # of whom the text does not tell
        ("petrol was bought in May", "petrol was bought in May"),
    ],
)
def test_a_name_that_the_whole_text_is_about_need_not_be_in_each_sentence(
    statement: str, judged: str, model_server: ModelServer
) -> None:
    text = "Two weeks of the Moreaus in May and June.\nPetrol cost 52 euros.\nTom paid 12 euros for ice."
    sub = [("Petrol cost.*\n\nDoes", "Yes."), ("Does this", "No.")]
    rlm = rlm_of(model_server, sub=sub, plan="total", plan_parameters={"statement": statement}, profile="small")
    result = rlm.invoke({"question": "How many euros did the Moreaus pay for petrol?", "context": text})
    assert result["answer"] == "52 (1 amounts: 52) [1]"
    asked = [entry["messages"][-1]["content"] for entry in model_server.log()]
    assert all(f"Does this mean that {judged}?" in prompt for prompt in asked)


def test_what_denies_the_opposite_fits_a_statement_that_denies(model_server: ModelServer) -> None:
    text = "Ada never learnt to swim.\nBo swims.\nCy does not run.\nDan is no good at swimming, but he swims."
    sub = [
        ("mean that somebody cannot swim", "No."), ('to swim."\n\nDoes this mean that somebody can swim', "No."),
        ("mean that somebody can swim", "Yes."), ("Which name", "Ada"),
    ]  # fmt: skip
    given = {"statement": "somebody cannot swim"}
    rlm = rlm_of(model_server, sub=sub, plan="gather", plan_parameters=given, profile="small")
    result = rlm.invoke({"question": "Who cannot swim?", "context": text})
    assert result["answer"] == "- Ada [1]\n1 in all."
    asked = [entry["messages"][-1]["content"] for entry in model_server.log()]
    again = [prompt for prompt in asked if "that somebody can swim?" in prompt]
    assert len(again) == 2  # what denies nothing, and what is about something else, is not judged again


def test_the_difference_of_two_is_reckoned_in_code(model_server: ModelServer) -> None:
    sub = [("tell of mill", '{"price": "90 crowns"}'), ("tell of shed", '{"price": "20"}')]
    given: Any = {"entities": ["mill", "shed"], "attributes": ["price"]}
    rlm = rlm_of(model_server, sub=sub, plan="compare", plan_parameters=given)
    result = rlm.invoke({"question": "How many crowns more did the mill cost than the shed?", "context": TEXT})
    assert result["answer"].startswith("70, the difference.\n\n")
    assert model_server.stats()["by_model"] == {"sub": 2}


@pytest.mark.parametrize(
    ("which", "lines", "best"),
    [
        ("longest", ["Ada has been here since 1990.", "Bo has been here since 2004."], "Ada"),
        ("shortest", ["Ada has been here since 1990.", "Bo has been here since 2004."], "Bo"),
        ("longest", ["The film of 1990 takes 80 minutes.", "The film of 1980 takes 95 minutes."], "1980"),
        ("oldest", ["Ada is 88.", "Bo is 91."], "Bo"),
        ("youngest", ["Ada is 88.", "Bo is 91."], "Ada"),
        ("oldest", ["The mill was built in 1820.", "The shed was built in 1790."], "shed"),
        ("newest", ["The mill was built in 1820.", "The shed was built in 1790."], "mill"),
        ("largest", ["The mill has 3 floors.", "The shed has 2 floors."], "mill"),
        ("first", ["Ada sowed on 13 May.", "Bo sowed on April 19, under glass."], "Bo"),
        ("last", ["In 1999 Ada sowed on 2 May.", "In 1999 Bo sowed on 3 March."], "Ada"),
    ],
)
def test_of_years_the_first_is_oldest_and_of_ages_the_largest(
    which: str, lines: list[str], best: str, model_server: ModelServer
) -> None:
    sub = [
        ("Does this", "Yes."), (f"{best}[^\n]*\n\nThis tells of the", "That one."),
        ("film of 1990.*to be compared", "[80]"), ("film of 1980.*to be compared", "[95]"),
        ("(?s)1990 takes.*1980 takes.*", "1: [80]\n2: [95]"),
    ]  # fmt: skip
    given = {"which": which, "statement": "one is told of here"}
    rlm = rlm_of(model_server, sub=sub, plan="extremes", plan_parameters=given, profile="small")
    result = rlm.invoke({"question": "Which one?", "context": "\n".join(lines)})
    assert result["answer"] == "That one. [1] (2 were compared.)"


def test_the_most_recent_is_the_last_and_a_first_time_no_superlative(model_server: ModelServer) -> None:
    text = "Ox Cave was first explored in 1848.\nElm Cave was first explored in 1973.\nElm Cave goes down 52 metres."
    sub = [
        ("(?s)metres.*mean that a cave was explored for the first time", "No."),
        ("mean that a cave was explored for the first time", "Yes."), ("Elm.*\n\nThis tells of the last", "Elm."),
    ]  # fmt: skip
    given = {"which": "most", "statement": "a cave was explored for the first time"}
    rlm = rlm_of(model_server, sub=sub, plan="extremes", plan_parameters=given, profile="small")
    result = rlm.invoke({"question": "Which cave was the most recent to be explored?", "context": text})
    assert result["answer"] == "Elm. [1] (2 were compared.)"


def test_ages_and_years_are_compared_and_lines_of_neither_are_left(model_server: ModelServer) -> None:
    text = "The oak is 90 years old.\nThe elm was planted in 1890.\nThe ash was planted in 1950.\nIn 2020 it snowed."
    sub = [("this mean", "Yes."), ("elm was planted.*This tells of the largest", "The elm.")]
    given = {"which": "oldest", "statement": "a tree has an age"}
    rlm = rlm_of(model_server, sub=sub, plan="extremes", plan_parameters=given, profile="small")
    assert rlm.invoke({"question": "Which tree is the oldest?", "context": text})["answer"].startswith("The elm. [1]")


def test_lines_without_a_date_are_left_where_most_have_one(model_server: ModelServer) -> None:
    text = "Ada came on 3 May.\nBo came on 9 May.\nCy came with 2 dogs."
    sub = [("this mean|one of the", "Yes."), ("Bo came.*This tells of the last", "Bo.")]
    given = {"which": "newest", "statement": "somebody came to us"}
    rlm = rlm_of(model_server, sub=sub, plan="extremes", plan_parameters=given, profile="small")
    result = rlm.invoke({"question": "Who is the newest?", "context": text})
    assert result["answer"] == "Bo. [1] (2 were compared.)"


@pytest.mark.parametrize(
    ("statement", "judges"),
    [("a boat has a date", False), ("a boat was built", False), ("a sailing boat has an age", True)],
)
def test_where_each_paragraph_has_one_year_and_all_are_compared_nothing_is_judged(
    statement: str,
    judges: bool,  # noqa: FBT001
    model_server: ModelServer,
) -> None:
    built = {"Ada": "Built in 1909.", "Bo": "It is of 1888.", "Cy": "She is of 1950.", "Di": "1960.", "Ed": "1999."}
    text = "\n\n".join(
        f"The {name} is here. {year} It has {n} sails." for n, (name, year) in enumerate(built.items(), 3)
    )
    sub = [("mean that|one of the", "No."), ("Bo is here.", "The Bo.")]
    given = {"which": "oldest", "statement": statement}
    rlm = rlm_of(model_server, sub=sub, plan="extremes", plan_parameters=given, profile="small")
    result = rlm.invoke({"question": "Which boat is the oldest?", "context": text})
    assert "The Bo. [1]" in result["answer"]
    assert (model_server.stats()["by_model"]["sub"] > 1) is judges


def test_of_the_oldest_weak_models_are_asked_for_an_age_and_not_for_a_date(model_server: ModelServer) -> None:
    text = "The oak is 90 years old.\nThe elm is 130 years old.\nThe ash is 12 metres high."
    sub = [("elm is 130.*This tells of the largest", "The elm."), ("ash", "No."), ("mean that", "Yes.")]
    given = {"which": "oldest", "statement": "a tree has a date"}
    rlm = rlm_of(model_server, sub=sub, plan="extremes", plan_parameters=given, profile="small")
    assert rlm.invoke({"question": "Which tree is the oldest?", "context": text})["answer"].startswith("The elm. [1]")
    assert any("has an age?" in entry["messages"][-1]["content"] for entry in model_server.log())
    assert not any("has a date?" in entry["messages"][-1]["content"] for entry in model_server.log())


def test_an_amount_that_is_told_in_other_words_is_looked_up(model_server: ModelServer) -> None:
    sub = [("mean that|count for", "No."), ("from these sentences", "90 crowns.")]
    given = {"statement": "money was paid for the mill"}
    rlm = rlm_of(model_server, sub=sub, plan="total", plan_parameters=given, profile="small")
    result = rlm.invoke({"question": "How many crowns did the mill cost?", "context": TEXT})
    assert result["answer"].startswith("90 crowns. [1]")
    sub = [("mean that|count for|answer the question", "No."), ("", "The text does not say.")]
    rlm = rlm_of(model_server, sub=sub, plan="total", plan_parameters=given, profile="small")
    result = rlm.invoke({"question": "How many crowns did the mill cost?", "context": TEXT})
    assert result["answer"] == "The text has no such amount."


@pytest.mark.parametrize(
    ("statement", "answer"),
    [("the mill is made of stone", "Of wood."), ("a mill is made of stone", "The text names none.")],
)
def test_what_is_asked_of_one_thing_is_looked_up_where_nothing_fits(
    statement: str, answer: str, model_server: ModelServer
) -> None:
    sub = [("mean that|one of the mills", "No."), ("from these sentences", "Of wood.")]
    given = {"statement": statement}
    rlm = rlm_of(model_server, sub=sub, plan="gather", plan_parameters=given, profile="small")
    assert rlm.invoke({"question": "What is the mill made of?", "context": TEXT})["answer"].startswith(answer)


STAFF = (
    "Ada Holm looks after the clocks.\nBo Falk looks after the coins.\n"
    "Bo Falk answers on 425.\nThe number of Ada Holm is 303."
)  # fmt: skip


@pytest.mark.parametrize(
    ("first", "asked"), [("Bo Falk does.", ["Bo Falk answers on 425."]), ("It says so.", ["coins", "303"])]
)
def test_one_whom_a_question_does_not_name_is_looked_up_before_what_is_asked_of_him(
    first: str, asked: list[str], model_server: ModelServer
) -> None:
    sub = [("Question: Who looks after the coins", first), ("Question: What is the number of", "425.")]
    rlm = rlm_of(model_server, sub=sub, plan="find", profile="small")
    question = "What is the number of the person who looks after the coins?"
    assert rlm.invoke({"question": question, "context": STAFF})["answer"] == "425. [1]"
    last = model_server.log()[-1]["messages"][-1]["content"]
    assert all(one in last for one in asked)
    assert ("303" in last, "number of Bo Falk?" in last) == (len(asked) > 1, len(asked) == 1)


def test_a_label_is_asked_for_below_a_short_system_message(model_server: ModelServer) -> None:
    given = {"labels": ["house", "rain"]}
    rlm = rlm_of(model_server, plan="map", plan_parameters=given, sub=[("", "rain")], profile="small")
    ask(rlm)
    assert {one["messages"][0]["content"] for one in model_server.log()} == {"Judge."}


def test_where_a_sentence_says_what_is_the_most_nothing_is_compared(model_server: ModelServer) -> None:
    text = "The largest field of Dun Farm is called Long Acre.\nA field of 3 acres is rented.\nOx Farm has 9 acres."
    rlm = rlm_of(model_server, sub=[("from these sentences", "Long Acre.")], plan="extremes", profile="small")
    result = rlm.invoke({"question": "What is the largest field of Dun Farm called?", "context": text})
    assert result["answer"] == "Long Acre. [1]"


@pytest.mark.parametrize(
    ("reply", "statement"), [("7", ""), ("No idea.", ""), ("7; statement: a boat leaks", "a boat leaks")]
)
def test_a_weak_model_that_chooses_what_no_example_has_is_outweighed_where_they_agree(
    reply: str, statement: str, model_server: ModelServer
) -> None:
    asked: Any = {"question": "Which of the boats have a leak? Name all of them.", "context": TEXT}
    sub = [*SAID["summarize"], ("short as it stands", "[]"), ("", "no")]
    weak: Any = rlm_of(model_server, reply, sub=sub, route="plan", profile="small").invoke(asked)["plan"]
    assert (weak["name"], weak["why"], weak["said"]) == ("gather", planning.AGREED, reply)
    assert weak["parameters"]["statement"] == statement
    strong: Any = rlm_of(model_server, "7", sub=sub, route="plan", sub_model_window=200_000).invoke(asked)
    assert strong["plan"]["name"] == "summarize"


def test_a_weak_model_that_wants_an_order_of_which_a_question_has_no_word_is_outweighed(
    model_server: ModelServer,
) -> None:
    asked: Any = {"question": "Where was the lost rudder found?", "context": TEXT}
    rlm = rlm_of(model_server, "5; which: first", sub=SAID["find"], route="plan", profile="small")
    plan: Any = rlm.invoke(asked)["plan"]
    assert (plan["name"], plan["why"]) == ("find", planning.AGREED)
    asked["question"] = "Which of the rudders was the first to be found?"
    plan = rlm.invoke(asked)["plan"]
    assert plan["why"] == planning.NO_ANSWER  # that plan was tried


def test_prose_for_every_menu_falls_back_to_find(model_server: ModelServer) -> None:
    result = ask(rlm_of(model_server, "I would simply read it.", sub=SAID["find"], route="plan"))
    assert (result["answer"], result["plan"]["name"]) == (ANSWERS["find"], "find")
    assert (result["plan"]["why"], result["plan"]["said"]) == (planning.UNREADABLE, "I would simply read it.")


def test_a_chosen_plan_without_an_answer_is_followed_by_find_and_then_by_none(model_server: ModelServer) -> None:
    rlm = rlm_of(model_server, "5; which: first", sub=[("count for the question", "hm"), *SAID["find"]], route="plan")
    result = ask(rlm)
    assert (result["answer"], result["plan"]["why"]) == (ANSWERS["find"], planning.NO_ANSWER)
    result = ask(rlm_of(model_server, plan=Plan(name="own", purpose="No.", cell="print(1)")))
    assert (result["stop_reason"], result["turns"]) == ("gave_up", 1)


def test_a_plan_that_is_out_of_budget_asks_no_root_model(model_server: ModelServer) -> None:
    budget = Budget(sub_queries=1, turns=3)
    result = ask(rlm_of(model_server, sub=SAID["find"], plan="find", budget=budget))
    assert (result["stop_reason"], model_server.stats()["by_model"]) == ("gave_up", {"sub": 1})


# -- no code is no answer ---------------------------------------------------------------------------------------------


def test_a_root_that_writes_no_code_costs_a_plan_and_not_the_answer(model_server: ModelServer) -> None:
    rlm = rlm_of(model_server, "In 1799.", "I said 1799.", "1", sub=SAID["find"], direct_below=0)
    result = ask(rlm)
    assert (result["answer"], result["stop_reason"]) == (ANSWERS["find"], "answered")
    assert [entry["kind"] for entry in result["journal"]][:6] == ["run", "reply", "note", "reply", "route", "reply"]
    assert result["citations"][0]["text"] == LINES[1]


def test_with_code_asked_for_a_root_without_any_is_a_failure_wherever_it_is_asked(model_server: ModelServer) -> None:
    rlm = rlm_of(model_server, "In 1799.", route="rlm")
    result = ask(rlm)
    assert (result["answer"], result["stop_reason"], result["plan"]) == ("", "no_code", None)
    assert result["journal"][-2]["text"] == "In 1799."
    call = {"name": "ask_documents", "args": {"question": "When?"}, "id": "1", "type": "tool_call"}
    message = RLMTool(rlm=rlm, documents=TEXT).invoke(call)
    assert isinstance(message, ToolMessage)
    assert (message.status, "wrote no code" in message.text, "1799" in message.text) == ("error", True, False)
    for way in (
        lambda: create_rlm_chain(rlm, TEXT).invoke({"input": "When?"}),
        lambda: RLMRetriever(rlm=rlm, documents=TEXT).invoke("When?"),
        lambda: ChatRLM(rlm=rlm, above=0).invoke(f"When? {TEXT}"),
    ):
        with pytest.raises(ModelError, match="wrote no code"):
            way()


# -- plans of runs ----------------------------------------------------------------------------------------------------


def test_the_cells_of_a_good_run_become_a_plan_that_runs_over_other_documents(
    model_server: ModelServer, tmp_path: Path
) -> None:
    cells = ["word = 'shed'\nlines = [l for l in context.splitlines() if word in l]", "1 / 0", "FINAL_VAR(said)"]
    asks = "said = llm_query(f'When was the shed built? {lines}')  # of the lines"
    replies = [*(f"```repl\n{cell}\n```" for cell in (cells[0], cells[1], asks)), cells[2]]
    sub = [("shed", "in 1790"), ("mill", "in 1820")]
    result = ask(rlm_of(model_server, *replies, sub=sub, route="rlm"))
    assert result["answer"] == "in 1790"
    Plan.from_run(result, parameters={"thing": "shed"}).save(tmp_path / "built.py")
    text = (tmp_path / "built.py").read_text()
    assert "word = thing" in text
    assert "thing: str" in text
    rlm = rlm_of(model_server, sub=sub, plan=tmp_path / "built.py", plan_parameters={"thing": "mill"})
    before = model_server.stats()["by_model"]["root"]
    result = ask(rlm)
    assert (result["answer"], result["plan"]["name"]) == ("in 1820", "built")
    assert model_server.stats()["by_model"]["root"] == before


@pytest.mark.parametrize("value", ["barn", object(), 7])
def test_what_is_not_in_the_run_can_be_no_parameter(value: Any, model_server: ModelServer) -> None:
    result = ask(rlm_of(model_server, "```repl\nFINAL('shed')\n```", route="rlm"))
    with pytest.raises(ValueError, match=r"parameters\['x'\]"):
        Plan.from_run(result, parameters={"x": value})


def test_a_thread_goes_on_with_a_plan_for_each_question(model_server: ModelServer) -> None:
    sub = [*SAID["find"], *SAID["map"]]
    rlm = rlm_of(model_server, sub=sub, route="plan", checkpointer=InMemorySaver())
    chooses = rules((r"Question: How many\?$", "2; labels: house, rain"), default="1")
    model_server.configure(models={"root": chooses, "sub": rules(*sub)})
    assert ask(rlm, thread_id="1")["answer"] == ANSWERS["find"]
    again = rlm.invoke({"question": "How many?"}, {"configurable": {"thread_id": "1"}})
    assert again["answer"] == ANSWERS["map"]


def test_a_replayed_model_chooses_the_plan_again(model_server: ModelServer, tmp_path: Path) -> None:
    rlm = rlm_of(model_server, "In 1799.", "I said 1799.", "1", sub=SAID["find"], direct_below=0)
    chooses = rules(("Questions are asked", "1"), default="In 1799.")
    model_server.configure(models={"root": chooses, "sub": rules(*SAID["find"])})
    result = ask(rlm)
    save_journal(result, tmp_path / "run.jsonl")
    again = ask(RLM(ReplayChatModel.from_journal(tmp_path / "run.jsonl"), direct_below=0))
    assert (again["answer"], again["plan"]) == (ANSWERS["find"], result["plan"])


GUESTS = {
    "Abe": "He has a hound.",
    "Ben": "He has a boat.",
    "Cal": "He feeds his poodle.",
    "Dov": "He sings.",
    "Eli": "He reads.",
}
PARAGRAPHS = "\n\n".join([f"{name}, a guest. He paid. {line}" for name, line in GUESTS.items()] + ["A dog was found."])


def judging(server: ModelServer, sub: list[tuple[str, Any]]) -> Any:
    rlm = rlm_of(server, sub=sub, plan="gather", plan_parameters={"statement": "a guest has a dog"}, profile="small")
    result = rlm.invoke({"question": "Which guests have a dog?", "context": PARAGRAPHS})
    return result["answer"], [entry["messages"][-1]["content"] for entry in server.log()]


def weighed(yes: float, no: float) -> dict[str, Any]:
    return {"content": "Yes." if yes > no else "No.", "logprobs": {"Yes": yes, "No": no}}


def test_paragraphs_on_one_each_are_judged_as_a_whole_by_how_sure_the_model_is(model_server: ModelServer) -> None:
    surely, hardly = weighed(-0.05, -3), weighed(-0.5, -0.9)
    sub = [("one of the guests[?]", weighed(-0.1, -2)), ("hound|poodle", surely), ("a boat", hardly)]
    answer, asked = judging(model_server, [*sub, ("", weighed(-1.0, -0.4))])
    assert answer == "- Abe [1]\n- Cal [2]\n2 in all."  # Ben's paragraph is taken for fit, too, but much less surely
    assert sum("Does any sentence of this tell that Abe has a dog?" in prompt for prompt in asked) == 1
    assert [
        prompt for prompt in asked if "He paid." in prompt and "any sentence" not in prompt and "guests?" not in prompt
    ] == []
    assert any(prompt.startswith('"A dog was found."') for prompt in asked)  # what stands in no such paragraph


def test_shorter_paragraphs_are_judged_as_the_longer_ones_are(model_server: ModelServer) -> None:
    surely = weighed(-0.05, -3)
    sub: Any = [("one of the guests[?]", surely), ("hound|poodle", surely), ("", weighed(-3, -0.05))]
    text = PARAGRAPHS.replace("Dov, a guest. He paid.", "Dov, a guest.")
    rlm = rlm_of(
        model_server, sub=sub, plan="gather", plan_parameters={"statement": "a guest has a dog"}, profile="small"
    )
    rlm.invoke({"question": "Which guests have a dog?", "context": text})
    asked = [entry["messages"][-1]["content"] for entry in model_server.log()]
    assert any("Dov, a guest. He sings." in prompt and "any sentence" in prompt for prompt in asked)


def test_above_questions_of_two_words_stands_a_short_system_message(model_server: ModelServer) -> None:
    judging(model_server, [("one of the guests[?]", weighed(-0.1, -2)), ("hound", weighed(-0.05, -3)), ("", "No.")])
    asked = [one["messages"] for one in model_server.log()]
    assert [messages for messages in asked if messages[0] != {"role": "system", "content": "Judge."}] == []
    ask(rlm_of(model_server, plan="find", sub=SAID["find"]))
    assert {len(one["messages"]) for one in model_server.log()[len(asked) :]} == {1}


def test_without_probabilities_what_may_fit_is_judged_by_its_sentences(model_server: ModelServer) -> None:
    sub = [("one of the guests[?]", "Yes."), ("(hound|boat|poodle).*any sentence", "Yes.")]
    sub += [("paid.*poodle.*this mean", "No.")]
    sub += [("boat", "No."), ("hound|poodle", "Yes."), ("", "No.")]
    answer, asked = judging(model_server, sub)
    assert answer == "- Abe [1]\n- Cal [2]\n2 in all."
    assert any(prompt.startswith('"He feeds his poodle."') and "that he has a dog" in prompt for prompt in asked)


def test_paragraphs_that_are_not_on_what_is_asked_for_are_read_by_their_sentences(model_server: ModelServer) -> None:
    sub = [("one of the guests[?]", "No."), ("Which name", "Abe"), ("hound|poodle", "Yes."), ("", "No.")]
    answer, asked = judging(model_server, sub)
    assert any(prompt.startswith('"He has a hound."') for prompt in asked)
    assert not any("any sentence" in prompt for prompt in asked)  # known before a paragraph is judged
    assert answer.endswith("2 in all.")
