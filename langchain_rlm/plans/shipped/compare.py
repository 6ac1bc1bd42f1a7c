"""Some named things beside each other, by the same properties.

How do Anna and Bert differ in age and profession?
entities: Anna, Bert
attributes: age, profession

Compare the red tent with the blue tent in weight and price.
entities: red tent, blue tent
attributes: weight, price

Show Linz, Graz and Wels next to each other: mayor and area.
entities: Linz, Graz, Wels
attributes: mayor, area

Which colour and length do the scarf and the shawl have?
entities: scarf, shawl
attributes: colour, length

Put the rose and the tulip side by side: height and colour.
entities: rose, tulip
attributes: height, colour

How many minutes longer does the train to Linz take than the bus?
entities: train to Linz, bus
attributes: minutes

How much more does the red lamp cost than the white one?
entities: red lamp, white lamp
attributes: cost

Which is higher, the oak or the lime tree?
entities: oak, lime tree
attributes: height
"""

question: str
entities: list[str] = []
attributes: list[str] = []
piece: int
notes: int

if not entities or not attributes:
    wanted = llm_query("Which things are compared, and by which properties? Copy the names from the question.\n\nQuestion: " + question, schema={"things": [str], "properties": [str]})
    entities, attributes = entities or wanted["things"], attributes or wanted["properties"]
blocks = [sentences(block) for text in documents() for block in re.split(r"\n[ \t]*\n", text)]
asked = []
for entity in entities:
    names = [word for word in plain_words(entity).split() if len(word) > 2] or plain_words(entity).split()
    named = [line for block in blocks for line in block if any([word in plain_words(line).split() for word in names])]
    found = [line for group in in_groups(blocks, named, set()) for line in group] + headed(blocks, names)
    asked.append((entity, list(dict.fromkeys([" ".join(line.split()) for line in found]))))
prompts = []
for entity, lines in asked:
    text = "\n".join(lines)[:notes]
    prompts.append("Sentences from a text:\n" + text + "\n\nThe question is: " + question + "\n\nWhat do the sentences tell of " + entity + "? Copy each value as short as it stands there; write unknown where they do not tell.")
answers = llm_query_batched(prompts, schema={attribute: str for attribute in attributes}, on_error="return")
rows, lacking = [], 0
for (entity, lines), answer in zip(asked, answers):
    if isinstance(answer, SubQueryFailure):
        lacking += 1
        answer = {}
    for attribute in attributes:
        if notes <= 6000 and lines and answer and plain_words(answer.get(attribute, "unknown")) == "unknown":
            # weak models say so too soon: a value that is asked for by itself counts if a sentence bears it out
            value = llm_query("\n".join(lines)[:notes] + "\n\nWhat is the " + attribute + " of " + entity + "? Copy the value alone, as it stands there.").strip(" .\n")
            if any([plain_words(value) and plain_words(value) in plain_words(line) for line in lines]) and borne_out("the " + attribute + " of " + entity + " is " + value, lines, entity + " " + attribute):
                answer[attribute] = value
    cells = []
    for attribute in attributes:
        value = answer.get(attribute, "unknown")
        line = [line for line in lines if plain_words(value) and plain_words(value) in plain_words(line)][:1]
        cells.append(value + " " + mark_of(line[0]) if line else value if value == "unknown" else value + " (not in these words)")
    rows.append([entity] + cells)
head = [["", *attributes], ["---" for column in range(len(attributes) + 1)]]
table = "\n".join(["| " + " | ".join(row) + " |" for row in head + rows])
if all([value == "unknown" for row in rows for value in row[1:]]):
    said = looked_up(question, piece, notes)
else:
    numbers = [numbers_in(unmarked(row[1])) for row in rows]
    more = more_of(question, [unmarked(row[1]) for row in rows]) if len(attributes) == 1 else None
    asks_less = re.search(r"\bhow (?:much|many)\b.*\bthan\b|\bdifference\b", question.lower())
    if asks_less and len(attributes) == 1 and [len(found) for found in numbers] == [1, 1]:
        said = as_number(abs(numbers[0][0] - numbers[1][0])) + ", the difference."
    elif more is not None:
        said = rows[more][0] + "."
    else:
        said = llm_query("A table:\n" + re.sub(r" \[c\d+\]", "", table) + "\n\nAnswer the question from the table, in one or two short sentences.\n\nQuestion: " + question)
    said = said.strip() + "\n\n" + table + told(lacking, len(entities), "entities")
FINAL(said)
