"""What the cells of plans share, where it needs no model and no text."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from langchain_rlm.plans.shared import functions_for


def of_cells(*names: str, context: str = "", **given: Any) -> Any:
    """The functions of these names and those that they use, as a cell over this text has them."""
    space: dict[str, Any] = {"re": re, "context": context, **given}
    exec("\n".join(functions_for("\n".join(names))), space)  # noqa: S102  # as the REPL does
    return SimpleNamespace(**space)


@pytest.mark.parametrize(
    ("statement", "asserted", "words"),
    [
        ("a child can't swim", "a child can swim", ["swim"]),
        ("a child can\u2019t swim", "a child can swim", ["swim"]),
        ("a child cannot swim", "a child can swim", ["swim"]),
        ("somebody won't come to lunch", "somebody will come to lunch", ["come", "lunch"]),
        ("a village has no doctor", "a village has doctor", ["doctor"]),
        ("a pupil was never late", "a pupil was late", ["late"]),
        ("a shop doesn't open on Sunday", "a shop does open on Sunday", ["open", "sunday"]),
        ("a knot holds nothing", "", []),
        ("a guest knows the north", "", []),
    ],
)
def test_a_denial_is_taken_out_in_any_spelling(statement: str, asserted: str, words: list[str]) -> None:
    assert of_cells("affirmed").affirmed(statement) == (asserted, words)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("sown on 13 May", (0, 5, 13, (0, 0))), ("on April 19, under glass", (0, 4, 19, (0, 0))),
        ("the 2nd of March", (0, 3, 2, (0, 0))), ("In 1999, on 2 May", (1999, 5, 2, (0, 0))),
        ("2 May 1911", (1911, 5, 2, (0, 0))), ("for 10 marks", None), ("in 5 decks", None), ("3 may enter", None),
        ("May 9:30", (0, 0, 0, (9, 30))), ("in 1850", (1850, 0, 0, (0, 0))),
    ],
)  # fmt: skip
def test_a_day_needs_no_year_and_a_coin_is_no_month(text: str, key: Any) -> None:
    assert of_cells("moment").moment(text) == key


@pytest.mark.parametrize(
    ("line", "is_same"),
    [
        ("Traffic was first let over the bridge in 1904.", True),
        ("All the stone in the bridge was cut at the Rook quarry.", True),
        ("It comes from a factory in Eindhoven.", True),
        ("The module Porphyry was the cause of this.", True),
        ("In Dresden, where Ulrich lives, it rained.", True),
        ("The Ox Bridge is long.", False),
        ("Fiona Radcliffe, whose home is in Ghent, left.", False),
        ("After some time the battery of the Tornado was empty.", False),
    ],
)
def test_what_goes_on_about_the_same_names_nothing_else_first(line: str, *, is_same: bool) -> None:
    assert of_cells("is_about_same").is_about_same(line, "The Birk Bridge crosses the stream.") is is_same


@pytest.mark.parametrize(
    ("one", "other"),
    [("printer", "printers"), ("open", "opened"), ("paint", "painting"), ("take", "takes"), ("cross", "crossing")],
)
def test_words_are_the_same_in_their_forms(one: str, other: str) -> None:
    assert len({of_cells("stem").stem(word) for word in (one, other)}) == 1


def test_a_sentence_ends_at_no_title_and_no_number() -> None:
    text = "No. 45. A hat, left by Mr. Tan at St. Ives. Is it his? No. It is hers.\nThe end"
    assert of_cells("sentences").sentences("Is it?\nNo.\n3 came.") == ["Is it?", "No.", "3 came."]
    assert of_cells("sentences").sentences(text) == [
        "No. 45.", "A hat, left by Mr. Tan at St. Ives.", "Is it his?", "No.", "It is hers.", "The end",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Messages, last week", ["1. Ada: hello.", "2. Bo: no.", "3. Cy: yes.", "4. Dan: ice.", "5. Ed: fog."]),
        ("Notes of 21 May, five hives.", [f"Hive {n}: The queen is here." for n in range(5)]),
        ("The letters", [f"{name}: It rained again." for name in ("Ada", "Bo", "Cy", "Dan", "Ed")]),
        ("The lines: day | text", [f"{day} | It rained {n}." for n, day in enumerate(["Mo", "Tu", "We", "Th", "Fr"])]),
    ],
)
def test_the_title_of_a_list_is_no_item(title: str, lines: list[str]) -> None:
    cells = of_cells("records", context="\n".join([title, *lines]))
    assert cells.records(1_200) == lines
    assert of_cells("records", context="\n".join([lines[0], *lines])).records(1_200) == [lines[0], *lines]


@pytest.mark.parametrize(
    "lines",
    [
        ["Great hotel", *["I liked the room."] * 7], ["Great hotel", *["The room was fine."] * 7],
        ["Great hotel", "Fine.", "Good food.", "Bad bed.", "Nice staff.", "Too loud.", "Cold."],
        ["Mo | Great", "Tu | Fine.", "We | Good.", "Th | Bad.", "Fr | Nice.", "Sa | Loud.", "Su | Cold."],
    ],
)  # fmt: skip
def test_a_first_item_that_ends_or_begins_otherwise_is_kept(lines: list[str]) -> None:
    assert of_cells("records", context="\n".join(lines)).records(1_200) == lines


@pytest.mark.parametrize(
    ("question", "statement"),
    [
        ("Which boats did not pass the test? Just the names.", "a boat did not pass the test"),
        ("Which of the farms have no well?", "a farm has no well"), ("Who's late?", "somebody is late"),
        ("Who can sing?", "somebody can sing"), ("Which parties are open?", "a party is open"), ("Name all.", ""),
        ("What did they buy?", ""), ("Which are closed?", ""), ("Who did Ada invite?", ""),
        ("Who are ill?", "somebody is ill"), ("Which bus stops here?", "a bus stops here"),
        ("Which glass is full?", "a glass is full"), ("Which of the stalls sell flutes?", "a stall sells flutes"),
        ("Which cousins carry hats?", "a cousin carries hats"), ("Which guests went home?", "a guest went home"),
        ("Which pupils wash up?", "a pupil washes up"), ("Which bus drivers sing?", "a bus drivers sing"),
        ("Which huts in the valley are open?", "a hut in the valley are open"),
    ],
)  # fmt: skip
def test_a_statement_is_made_of_a_question(question: str, statement: str) -> None:
    assert of_cells("stated").stated(question) == statement


ENTRIES = (
    "Dunkes: A cross. Resistant to scab. She likes it.\n\nPavel is a driver. His best find was a coin. Resistant he is."
)


@pytest.mark.parametrize(
    ("line", "statement", "said"),
    [
        ("Resistant to scab.", "a variety is scab-resistant", "it is scab-resistant"),
        ("It dries up.", "a spring runs dry in summer", "it runs dry in summer"),
        ("His best find was a coin.", "somebody found coins", "he found coins"),
        ("There Ada found it.", "somebody found coins", "somebody found coins"),
        ("It dries up.", "the well runs dry", "the well runs dry"),
        ("It is full.", "a guest house was full", "it was full"),
        ("It plays.", "a pupil with glasses plays", "a pupil with glasses plays"),
    ],
)
def test_a_statement_is_of_whom_a_sentence_speaks(line: str, statement: str, said: str) -> None:
    cells = of_cells("said_of", "usual_words", "heads", context=ENTRIES)
    assert cells.said_of(statement, line, cells.usual_words(), cells.heads()) == said


@pytest.mark.parametrize(
    ("line", "statement", "is_denied"),
    [
        ("The house has no charger for cars.", "a cottage has a charging station", True),
        ("Looked without finding the queen.", "somebody saw the queen", True),
        ("She does not only play chess.", "she plays chess", False), ("She plays chess.", "she plays chess", False),
        ("Does not get scab.", "it is scab-resistant", False), ("Ada cannot swim.", "a child cannot swim", False),
    ],
)  # fmt: skip
def test_a_sentence_that_denies_a_word_of_the_statement_does_not_fit(
    line: str, statement: str, *, is_denied: bool
) -> None:
    assert of_cells("is_denied").is_denied(line, statement) is is_denied


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Kestrelcote. Cars are charged.", "Kestrelcote"), ("Pavel is a driver. His find", ""), ("No. 45. Blue", ""),
        ("Dr Amin: hello", "Dr Amin"), ("Monday: rain", ""), ("Green Lane. Quiet", "Green Lane"),
    ],
)  # fmt: skip
def test_an_entry_begins_with_its_name(text: str, name: str) -> None:
    assert of_cells("entry").entry(text) == name


def test_the_names_of_entries_are_taken_without_asking_but_not_for_somebody_named_behind() -> None:
    def asked(items: list[str], *_: str, **__: Any) -> list[str]:
        return ["Anna" for _ in items]

    cells = of_cells("named_in", context="Kitchen: Anna painted a wall.\n\nHall: The wall is wet.", llm_map=asked)
    line = "Kitchen: Anna painted a wall."
    assert cells.named_in([line], "Which room has a painted wall?") == [["Kitchen"]]
    assert cells.named_in([line], "Who painted a wall?") == [["Anna"]]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("this message is a complaint", "the writer is dissatisfied with the service"),
        ("this complains", "the writer is dissatisfied with the service"),
        ("a scab-resistant variety is named", "a variety is scab-resistant"),
        ("lights cost some money", "this is for lights"),
        ("this is about the noise", "this is about the noise"),
    ],
)
def test_a_statement_is_told_as_weak_models_judge_it(statement: str, told: str) -> None:
    assert of_cells("as_told").as_told(statement) == told


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        ("They had 6 kilos of scrap metal, 17 kilos of rubber and 10 kilos of old clothing.", [10.0]),
        ("On 3 May 12 kilos of rope, 5 kilos of old cloth.", []),
        ("10 kilos of old clothing.", []),
        ("33 kilos of old clothing and 5 of foam", [33.0]),
    ],
)
def test_of_a_list_of_amounts_the_one_counts_that_has_the_words(line: str, numbers: list[float]) -> None:
    question = (
        "How many kilos of clothing and rope were found?" if "cloth." in line else "How much old clothing in kilos?"
    )
    assert of_cells("by_words").by_words(line, question) == numbers


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("2 June: Filled up the van: 38 euros.", "Filled up the van: 38 euros."), ("[08:40] Ada: Hello", "Ada: Hello"),
        ("On 3 May we sang.", "On 3 May we sang."), ("2024-01-05 10:00 error", "error"), ("5 June", "5 June"),
    ],
)  # fmt: skip
def test_the_date_that_a_line_begins_with_is_not_judged(line: str, rest: str) -> None:
    assert of_cells("unheaded").unheaded(line) == rest


HELD = [
    f"No. {n}. A hat, handed in by Ada at the {where} depot." for n, where in enumerate(["Rip", "Kel", "Kel"] * 4, 30)
]


def test_what_most_items_name_is_counted_without_a_number() -> None:
    cells = of_cells("most_named", context="\n".join(HELD), cite=lambda _: {"mark": "[c1]"})
    said = cells.most_named("At which depot were the most things handed in?", 1_200, 10)
    assert said == "Kel (Kel: 8, Rip: 4; of 12 items) [c1][c1][c1]"
    assert cells.most_named("At which depot were the fewest things handed in?", 1_200, 10).startswith("Rip (")
    assert cells.most_named("Which depot is named most often?", 1_200, 10).startswith("Kel (")
    assert cells.most_named("What is the most common depot?", 1_200, 10).startswith("Kel (")
    assert not cells.most_named("At which depot was the hat?", 1_200, 10)
    chat = "\n".join(f"{name}: Who scored?" for name in ["Ada", "Bo", "Bo"] * 4)
    cells = of_cells("most_named", context=chat, cite=lambda _: {"mark": ""})
    assert cells.most_named("Who sent the most messages?", 1_200, 10).startswith("Bo (")
    assert not cells.most_named("Who scored the most goals?", 1_200, 10)
    sold = "\n".join(f"The {name} farm sold {n} pigs." for n, name in enumerate("ABCDEFGHI"))
    assert not of_cells("most_named", context=sold).most_named("Which farm sold the most pigs?", 1_200, 10)
    told = "\n".join(
        ["It rained.", "The wind turned.", "Nobody came."] * 4 + ["Gotha has 900 souls.", "Imst has 70 souls."]
    )
    assert not of_cells("most_named", context=told).most_named("Which town has the most inhabitants?", 1_200, 10)


KITES = "\n\n".join(
    f"The {n} is by Ada. It has {span} metres. It flew for {span + 3} minutes."
    for n, span in zip("ABC", (2, 4, 3), strict=True)
)


def test_paragraphs_that_tell_the_same_of_one_thing_each_are_seen_by_their_units() -> None:
    cells = of_cells("of_profiles", context=KITES)
    told = cells.profiles()
    assert {unit: len(lines) for unit, lines in told.items()} == {"metres": 3, "minutes": 3}
    assert cells.of_profiles(["It flew for 5 minutes."]) == told["minutes"]
    twice = of_cells("profiles", context=f"{KITES} It was up for 9 minutes before.")
    assert [*twice.profiles()] == ["metres"]  # which of two sentences is meant, a unit does not tell
    assert cells.of_profiles(["It cost 5 crowns."]) == ["It cost 5 crowns."]
    assert not of_cells("profiles", context="Ada paid 5 crowns.\n\nBo paid 7 crowns.\n\nCy paid 8 crowns.").profiles()


def test_of_long_items_those_sentences_are_judged_that_are_about_it() -> None:
    hives = [
        f"Hive {n} (blue): Calm bees. The queen {did}. No feed given. Mites found."
        for n, did in enumerate(["ran", "hid"] * 3)
    ]
    items, statement = of_cells("about").about(hives, "somebody saw the queen in a hive")
    assert items == [f"The queen {did}." for did in ["ran", "hid"] * 3]
    assert statement == "somebody saw the queen"
    assert of_cells("about").about(["One. Two.", "Three."], "somebody saw the queen")[0] == ["One. Two.", "Three."]


@pytest.mark.parametrize(
    ("are", "names"),
    [
        (["yes", 0.9], ["Ada", "", "Bo", "Cy", "Dan"]), (["yes", None], ["Ada", "", "Bo", "Cy", "Dan"]),
        (["yes", 0.55], [""] * 5), (["no", 0.1], [""] * 5), (["no", None], [""] * 5),
    ],
)  # fmt: skip
def test_names_that_are_not_what_a_statement_is_of_are_left_out(are: list[Any], names: list[str]) -> None:
    asked = list[tuple[str, str]]()

    def llm_map(items: list[str], tasks: list[str], *_: Any, **__: Any) -> list[Any]:
        asked.extend(zip(items, tasks, strict=True))
        return [are] * len(items)

    lines = ["Ada brought a cake with nuts.", "It rained.", "Bo's soup has no nuts.", "Cy, a cook, sings.", "Dan ate."]
    cells = of_cells("names_meant", context="\n".join(lines), llm_map=llm_map, AnswerError=ValueError)
    assert cells.names_meant(lines, "a dish contains nuts", 10) == names
    assert asked[:2] == [
        ("In a text about dishes stands: Ada brought a cake with nuts.", "Is Ada one of the dishes?"),
        ("In a text about dishes stands: Bo's soup has no nuts.", "Is Bo one of the dishes?"),
    ]
    assert cells.names_meant(lines, "somebody sings", 10) == names
    assert [task for _, task in asked[3:]] == [f"Is {name} one of the people?" for name in ("Ada", "Bo", "Cy")]
    assert cells.names_meant(lines, "this is about nuts", 10) == [""] * 5
    assert len(asked) == 6


@pytest.mark.parametrize(
    ("one", "several"),
    [
        ("a spring", "springs"), ("a variety", "varieties"), ("a day", "days"), ("a dish", "dishes"),
        ("a box", "boxes"), ("a woman", "women"), ("a child", "children"), ("an old bus", "old buses"),
    ],
)  # fmt: skip
def test_several_of_a_kind(one: str, several: str) -> None:
    assert of_cells("several").several(one) == several


@pytest.mark.parametrize(
    ("statement", "question", "meant"),
    [
        ("a coin was found at the dig", "Who found coins at the dig?", "somebody found coins at the dig"),
        ("a volunteer found coins", "Who found coins at the dig?", "a volunteer found coins"),
        ("somebody found coins", "Who found coins at the dig?", "somebody found coins"),
        ("a coin was found", "Which coins were found?", "a coin was found"),
        ("a guest eats meat", "Who of the guests eats meat?", "a guest eats meat"),
        ("", "Who found coins?", "somebody found coins"),
    ],
)
def test_who_does_something_is_not_what_is_done(statement: str, question: str, meant: str) -> None:
    assert of_cells("whose").whose(statement, question) == meant


def test_a_line_that_names_one_alone_needs_no_copy_of_the_name() -> None:
    lines = ["Ada plays the harp.", "Bo and Cy play.", "Dan met Dan.", "It rained."]
    cells = of_cells("named_once", context="\n".join(lines))
    assert cells.named_once(lines, ["Ada", "Bo", "Dan", ""]) == (
        {lines[0]: "Ada", lines[2]: "Dan"},
        [lines[1], lines[3]],
    )


def test_what_fits_without_the_word_that_most_have_is_in_doubt() -> None:
    fit = [f"{name} found a coin." for name in ("Ada", "Bo", "Cy", "Dan", "Ed")]
    items, said = [*fit, "It was her first dig.", "It rained.", "Flo sang."], [*["yes"] * 6, "no", "no"]
    cells = of_cells("unusual")
    assert cells.unusual(items, said, "somebody found coins") == [5]
    assert cells.unusual(items, said, "somebody was lucky") == []
    assert cells.unusual([*items, "No coin was found."], [*said, "no"], "somebody found coins") == []
    assert cells.unusual([*fit[:3], *["A penny!"] * 3], ["yes"] * 6, "somebody found coins") == []


@pytest.mark.parametrize(
    ("question", "steps"),
    [
        (
            "What is the number of the person who has the coins?",
            ("Who has the coins?", "the person who has the coins"),
        ),
        ("Where does the man who won the race live?", ("Who won the race?", "the man who won the race")),
        (
            "What is the price of the tent that has a hole?",
            ("Which tent has a hole?", "the tent that has a hole"),
        ),
        ("Who is the man who sold the boat?", ("", "")), ("What colour is the tent that leaks?", ("", "")),
        ("What is the name of the person who won?", ("", "")), ("How old is Ada?", ("", "")), ("", ("", "")),
    ],
)  # fmt: skip
def test_a_question_of_two_steps_is_taken_apart(question: str, steps: tuple[str, str]) -> None:
    assert of_cells("in_steps").in_steps(question) == steps


@pytest.mark.parametrize(
    ("dates", "count"),
    [
        (["in 1909"] * 6, 6), (["on 3 May"] * 6, 0), (["in 1909"] * 5 + [""], 5), (["in 1909"] * 5 + [""] * 3, 0),
        (["in 1909"] * 4, 0), (["in 1909"] * 5 + ["in 1909. It was in 1910"], 0),
    ],
)  # fmt: skip
def test_where_each_paragraph_has_one_year_it_is_the_one_meant(dates: list[str], count: int) -> None:
    text = "\n\n".join(f"Boat {name} is here. It came {date}." for name, date in zip("abcdefgh", dates, strict=False))
    assert len(of_cells("dated_of_each", context=text).dated_of_each()) == count


def test_what_is_told_of_one_whom_no_item_names_is_told_of_somebody() -> None:
    items = ["Room at the hotel, 69 euros.", "Diesel, 50 euros."]
    cells = of_cells("of_somebody")
    assert cells.of_somebody("the puppet theatre paid for hotels", items) == "somebody paid for hotels"
    assert cells.of_somebody("Ada paid for hotels", ["Ada slept.", "Ada ate."]) == "Ada paid for hotels"
    assert cells.of_somebody("the room was paid", items) == "the room was paid"


def test_a_place_that_the_text_begins_with_need_not_be_in_each_sentence() -> None:
    cells = of_cells("unnamed", context="News of the dig. It rained. Ada found a coin in the hut.")
    assert cells.unnamed("somebody found coins at the dig", []) == "somebody found coins"
    assert cells.unnamed("somebody found coins in the hut", []) == "somebody found coins in the hut"
    spent = "money was spent on the dig"  # what it was for is no place
    assert cells.unnamed(spent, []) == spent


def test_money_was_not_spent_at_a_place_that_no_sentence_names_as_one() -> None:
    cells, items = of_cells("unnamed", context="It was mild."), ["The camp spent 7 euros.", "Ada paid 3 euros."]
    spent = "money was paid for food at the summer camp"
    assert cells.unnamed(spent, items) == "money was paid for food"
    assert cells.unnamed(spent, [*items, "At the old camp Bo paid 9 euros."]) == spent
    assert cells.unnamed("somebody slept at the summer camp", items) == "somebody slept at the summer camp"


def test_what_stands_below_a_heading_is_about_it() -> None:
    blocks = [
        ["Steinalm hut", "It lies at 1,800 metres."],
        ["Hochsattel hut"],
        ["It lies higher."],
        ["The hut is old."],
    ]
    cells = of_cells("headed")
    assert cells.headed(blocks, ["steinalm"]) == ["It lies at 1,800 metres."]
    assert cells.headed(blocks, ["hochsattel"]) == ["It lies higher."]
    assert cells.headed(blocks, ["old"]) == []


@pytest.mark.parametrize(
    ("lines", "question", "numbers"),
    [
        (["Car 3: 54 euros.", "Car 4: 60 euros for 2 people."], "How many euros were paid?", [[54.0], [60.0]]),
        # the unit that each line has one of, where the question has none
        ([f"At no. {n} we paid {n + 20} crowns." for n in range(2, 5)], "What was paid?", [[22.0], [23.0], [24.0]]),
        # two such units: the model is asked, and a number that it names twice is one
        ([f"{n + 1} doors and {n} windows." for n in range(2, 5)], "What was built?", [[3.0], [4.0], [5.0]]),
        (["It has 3 and 4.", "It has 5 and 6."], "Who is in it?", [[3.0], [5.0]]),  # small words are no units
    ],
)  # fmt: skip
def test_the_number_meant_is_the_one_with_the_unit(lines: list[str], question: str, numbers: list[list[float]]) -> None:
    first = [float(line.split()[0]) if line[0].isdigit() else float(line.split()[2]) for line in lines]
    cells = of_cells(
        "numbers_meant", llm_map=lambda items, *_, **__: [[first[lines.index(item)]] * 2 for item in items]
    )
    assert cells.numbers_meant(lines, question, "Which?", 10) == numbers


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["Ada is 90 years old.", "Bo was born in 1950.", "Cy is 12."], [90.0, 70, 12.0]),
        (["Ada is 90 years old.", "Bo is 80.", "Cy is 12."], []), (["Bo: 1950.", "Cy: 1960.", "Di: 1970."], []),
        (["Ada is 90 years old.", "Bo was born in 1950."], []), (["Ada is 90.", "Bo: 1950.", "Cy is young."], []),
    ],
)  # fmt: skip
def test_ages_and_years_of_birth_are_ages(lines: list[str], found: list[float]) -> None:
    assert of_cells("ages", context="\n".join([*lines, "So it was in 2020."])).ages(lines) == found


def test_where_most_lists_name_what_is_asked_for_the_others_have_none_of_it() -> None:
    lists = [f"They had {n} kilos of cloth and {n + 1} kilos of rope." for n in range(1, 5)]
    cells = of_cells("numbers_meant", llm_map=lambda items, *_, **__: [[20.0] for _ in items])
    other = "They had 20 kilos of glass and 30 kilos of foam."
    asked = "How many kilos of cloth were found?"
    assert cells.numbers_meant([*lists, other], asked, "Which?", 10) == [[1.0], [2.0], [3.0], [4.0], []]
    assert cells.numbers_meant([*lists[:2], other], asked, "Which?", 10) == [[1.0], [2.0], [20.0]]


@pytest.mark.parametrize(
    ("question", "values", "place"),
    [
        ("Which of the two huts lies higher, A or B?", ["849", "923"], 1),
        ("Which hut lies lower?", ["849 metres", "923 metres"], 0),
        ("Which hut lies lower?", ["849 m", "923 feet"], None),
        ("Which hut lies higher?", ["1554", "1923"], 1), ("Who came nearer?", ["3 May 1990", "5 May 2001"], None),
        ("Who has been here longer?", ["1990", "2004"], None), ("Which is older?", ["12", "14"], None),
        ("Which weighs less, or more?", ["12", "14"], None), ("Is A higher?", ["12", "14"], None),
        ("Which is colder?", ["\u22125 degrees", "3 degrees"], None), ("Which is colder?", ["-5", "3"], 0),
        ("Which is ranked higher?", ["1", "3"], None), ("Which costs more?", ["1.2 million", "900 thousand"], None),
        ("Which is cheaper?", ["12", "unknown"], None), ("Which is cheaper?", ["12", "12"], None),
        ("Which has the smallest climb?", ["700", "400", "760"], 1), ("Which is highest?", ["700", "400", "760"], 2),
        ("Which is highest?", ["700", "760", "760"], None), ("Which is the second highest?", ["7", "8", "9"], None),
        ("Which costs at most ten?", ["7", "11"], None), ("Which is highest?", ["7"], None),
    ],
)  # fmt: skip
def test_of_two_numbers_code_says_which_is_more(question: str, values: list[str], place: int | None) -> None:
    assert of_cells("more_of").more_of(question, values) == place


def test_of_a_long_text_the_words_are_not_held() -> None:
    short = "Ada is a cook.\n\nBo is a cook. He sings."
    cells = of_cells("with_subjects", "usual_words", "heads", context=short)
    assert cells.with_subjects(["He sings."]) == [["Bo is a cook. He sings."]]
    cells = of_cells("with_subjects", "usual_words", "heads", context=short + "\n\n" + "x" * 500_000)
    assert (cells.with_subjects(["He sings."]), cells.heads(), "cook" in cells.usual_words()) == (
        [["He sings."]],
        {},
        False,
    )


def named(*lines: str) -> list[str]:
    cells = of_cells("spoken_of", "usual_words", context="\n".join(lines))
    told: list[str] = cells.spoken_of(list(lines), cells.usual_words())
    return told


def test_a_sentence_tells_of_the_one_whose_name_it_begins_with_or_who_has_a_title() -> None:
    lines = [
        "Ada plays chess.",
        "Bo, a cook.",
        "Cy's hat is red.",
        "8:00 Dan came.",
        "[09:10] Ed: I am late.",
        "It rained.",
    ]
    assert named(*lines) == ["Ada", "Bo", "Cy", "Dan", "Ed", ""]
    assert named("On pitch 5 stands the van of Mrs Ode.", "He paid.", "The Dipper is new.", "We saw the Dipper.") == [
        "Mrs Ode", "", "Dipper", "Dipper",
    ]  # fmt: skip
    assert named("Ann met Mr Poe and Mr Lee.") == [""]  # whom of the two is not sure


def test_a_word_that_once_begins_a_sentence_is_no_name_among_few() -> None:
    assert named("Swimming is fun.", "Noise kept us awake.", "The room was cold.") == ["", "", ""]
    assert named("Swept the path.", "Swept the yard.", "Paid Ada 5 euros.") == ["", "", ""]
    assert named("I'll come.", "In May it rained.", "Monday was dry.") == ["", "", ""]


@pytest.mark.parametrize(
    ("line", "statement", "name", "said"),
    [
        ("Mr Poe walks the dog.", "a guest has a dog", "Mr Poe", "Mr Poe has a dog"),
        ("Dipper was built in May.", "the Dipper was built", "Dipper", "the Dipper was built"),
        ("She met Ada.", "a guest has a dog", "Ada", "she has a dog"),
        ("Ada was there.", "this is about a dog", "Ada", "this is about a dog"),
    ],
)
def test_a_statement_is_of_the_name_that_a_sentence_tells_of(line: str, statement: str, name: str, said: str) -> None:
    cells = of_cells("said_of", "usual_words", "heads", context=f"{line}\nNobody is there.")
    assert cells.said_of(statement, line, cells.usual_words(), cells.heads(), name) == said


BLOCKS = [f"{name}, a guest. He sings. {name} likes tea." for name in ("Abe", "Ben", "Cal", "Dov", "Eli")]


def test_paragraphs_on_one_each_are_known_by_whom_they_tell_of() -> None:
    names = ["Abe", "Ben", "Cal", "Dov", "Eli"]
    assert of_cells("by_subject", context="\n\n".join(["The guests", *BLOCKS])).by_subject() == dict(
        zip(names, BLOCKS, strict=True)
    )
    assert [*of_cells("by_subject", context="\n".join(BLOCKS)).by_subject()] == names
    inns = "\n\n".join(f"{name}.\nIt is near.\nNo dogs." for name in ("Elm", "Oak", "Ash", "Fir", "Yew"))
    assert [*of_cells("by_subject", context=inns).by_subject()] == ["Elm", "Oak", "Ash", "Fir", "Yew"]


@pytest.mark.parametrize(
    "blocks",
    [
        BLOCKS[:4], [*BLOCKS, *BLOCKS], [*BLOCKS, *["It rained. It was cold.", "We sang. We ate."]],
        ["He came. He left."] * 6, [f"{block} " + "It is so. " * 300 for block in BLOCKS],
    ],
    ids=["few", "twice", "others", "unnamed", "long"],
)  # fmt: skip
def test_a_text_that_is_made_otherwise_has_no_such_paragraphs(blocks: list[str]) -> None:
    assert of_cells("by_subject", context="\n\n".join(blocks)).by_subject() == {}


@pytest.mark.parametrize(
    ("numbers", "least", "most"),
    [
        ([3.0, 2.5, 1.1, 1.07, 0.77, 0.39, 0.1, -0.1, -0.2, *[-0.5] * 5], 0.39, 0.77), ([2.0, 1.5, -1.0], -1.0, 1.5),
        ([1.0, 2.0], -0.1, 0.1), ([-1.0, -2.0], -0.1, 0.1), ([], -0.1, 0.1),
    ],
)  # fmt: skip
def test_between_two_groups_of_numbers(numbers: list[float], least: float, most: float) -> None:
    assert least <= of_cells("between").between(numbers) <= most


def told(shares: dict[str, float | None], statement: str, *, weights: bool = True) -> tuple[list[str], list[str]]:
    """What is said of items for which a model has these shares of yes, and what it was asked about."""
    asked = list[str]()

    def llm_map(items: list[str], *_: Any, **__: Any) -> list[Any]:
        asked.extend(items)
        return [["yes" if (shares[item] or 0) > 0.5 else "no", shares[item] if weights else None] for item in items]

    cells = of_cells("told_of", context="", llm_map=llm_map, AnswerError=ValueError)
    return cells.told_of([*shares], "Who?", 10, statement), asked


@pytest.mark.parametrize(
    ("shares", "fit"),
    [
        ([0.99, 0.98, 0.97, 0.4, 0.05, 0.02], 3),  # no by the word
        ([0.9999, 0.9998, 0.9997, 0.7, 0.65, 0.6], 3),  # yes by the word, and far from the sure ones
        ([0.9, 0.8, 0.45, 0.02, 0.01, 0.01], 3),  # no by the word, and far from those that do not fit
        ([0.9, 0.8, 0.2, 0.0001, 0.0001], 2),  # but not what is surely none
        ([0.02, 0.01, 0.01, 0.001, 0.001], 0), ([0.97, 0.96, 0.95, 0.94, 0.93], 5), ([0.97, 0.6, 0.4, 0.1], 2),
    ],
)  # fmt: skip
def test_what_fits_is_the_surer_group_and_is_asked_once(shares: list[float], fit: int) -> None:
    of = dict(zip("abcdefg", shares, strict=False))
    said, asked = told(dict(of), "this has a dog")
    assert said == ["yes"] * fit + ["no"] * (len(shares) - fit)
    assert asked == [*of]


def test_what_fits_without_the_word_that_most_have_is_asked_again_where_nothing_is_weighed() -> None:
    shares: dict[str, float | None] = {f"We bought flour {n}.": 0.9 for n in range(5)}
    shares |= {"Yeast.": 0.9, "Rent.": 0.01}
    assert told(shares, "flour was bought") == (["yes"] * 6 + ["no"], [*shares])
    assert told(shares, "flour was bought", weights=False)[1] == [*shares, "Yeast."]


@pytest.mark.parametrize(
    ("numbers", "middle"),
    [([1.0, 1.2, 5.0, 5.2], 3.1), ([1.0, 1.2, 1.4], 0.0), ([-4.0, -3.0], 0.0), ([-3.0, 3.0], 0.0), ([], 0.0)],
)
def test_groups_that_are_both_positive_are_told_apart(numbers: list[float], middle: float) -> None:
    assert of_cells("between").between(numbers) == pytest.approx(middle)


@pytest.mark.parametrize(
    ("numbers", "limit"),
    [
        ([-4.0, -3.9, -4.1, -4.0, -3.8, -0.5, 3.0], -3.1),  # one that stands out from those that are alike
        ([-4.0, -2.0, -3.0, -1.0, 0.5, 3.0], 1.0),  # they are not alike: the middle
        ([-4.0, -3.9, 3.0, 4.0], 1.0),  # too few to tell
    ],
)
def test_what_stands_out_from_those_that_are_alike_fits(numbers: list[float], limit: float) -> None:
    assert of_cells("above").above(numbers, 1.0) == pytest.approx(limit)


def test_a_word_alone_counts_among_weighed_answers() -> None:
    said = {"Ada": ["yes", 0.9], "Bo": ["no", None], "Cy": ["yes", None], "Dan": ["no", 0.1]}
    given: Any = {"llm_map": lambda items, *_, **__: [said[item] for item in items], "AnswerError": ValueError}
    told = of_cells("told_of", context="", **given).told_of([*said], "Who?", 10, "this has a dog")
    assert told == ["yes", "no", "yes", "no"]


def test_an_answer_that_tells_no_weight_counts_by_its_word() -> None:
    said = {"Ada": ["yes", None], "Bo": ["no", None], "Cy": None}
    given: Any = {"llm_map": lambda items, *_, **__: [said[item] for item in items], "AnswerError": ValueError}
    assert of_cells("told_of", context="", **given).told_of([*said], "Who?", 10, "this has a dog") == [
        "yes",
        "no",
        None,
    ]
