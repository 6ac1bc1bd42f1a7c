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
"""

question: str
entities: list[str] = []
attributes: list[str] = []
piece: int
notes: int

if not entities or not attributes:
    wanted = llm_query("Which things are compared, and by which properties? Copy the names from the question.\n\nQuestion: " + question, schema={"things": [str], "properties": [str]})
    entities, attributes = entities or wanted["things"], attributes or wanted["properties"]
pieces = chunks(size=piece)
asked = []
for entity in entities:
    names = [word for word in plain_words(entity).split() if len(word) > 2] or plain_words(entity).split()
    lines = []
    for text in pieces:
        for line in sentences(text):
            if any([word in plain_words(line).split() for word in names]):
                lines.append(" ".join(line.split()))
    asked.append((entity, lines))
prompts = []
for entity, lines in asked:
    text = "\n".join(lines)[:notes]
    prompts.append("Sentences from a text:\n" + text + "\n\nWhat do they tell of " + entity + "? Copy each value as short as it stands there; write unknown where they do not tell.")
answers = llm_query_batched(prompts, schema={attribute: str for attribute in attributes}, on_error="return")
rows, lacking = [], 0
for (entity, lines), answer in zip(asked, answers):
    if isinstance(answer, SubQueryFailure):
        lacking += 1
        answer = {}
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
    said = llm_query("A table:\n" + re.sub(r" \[c\d+\]", "", table) + "\n\nAnswer the question from the table, in one or two short sentences.\n\nQuestion: " + question)
    said = said.strip() + "\n\n" + table + told(lacking, len(entities), "entities")
FINAL(said)
