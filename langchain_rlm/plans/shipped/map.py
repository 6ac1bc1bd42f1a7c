"""How many there are of a kind, or which of some kinds is the most frequent: every item is judged, code counts.

How many of the reviews are negative?
statement: this is negative

Do the visitors most often praise the food, the music or the staff?
labels: food, music, staff

How many calls were about the weather?
statement: this is about the weather

Which is the most common reason in these notes: illness, travel or weather?
labels: illness, travel, weather

How many students ask for more time?
statement: this asks for more time

Is most of the mail private, official or advertising?
labels: private, official, advertising

How many of the visitors come from abroad?
statement: this visitor comes from abroad

Are these poems mainly about love or about death?
labels: love, death

How often was the ferry late?
statement: the ferry was late

On how many days of the journey did it rain?
statement: it rained on this day

How many of the letters in the box are about a thing that was lost?
statement: this letter is about a thing that was lost

Is this report mostly about money, people or machines?
labels: money, people, machines
"""

question: str
labels: list[str] = []
statement: str = ""
batch: int
small_piece: int

items = records(small_piece)
rest = [label for label in labels if label.lower() in ("other", "others", "none", "neither")] or ["other"]
kinds = [label for label in labels if label not in rest]
of_items = " of " + format(len(items), ",") + " items"
# labels that a question does not list, such as its own words, are none: what its items name is counted
are_listed = re.search(r",|\bor\b|\band\b|/", question) or not all([word in plain_words(question).split() for kind in kinds for word in plain_words(kind).split()])
counted = most_named(question, small_piece, batch, statement) if not kinds or not are_listed else ""
if counted:
    said_of, said = [], counted
elif len(kinds) > 1:
    choices = kinds + rest
    task = "Which of them is this about?" if is_alone(items, batch) else "A question: " + question + "\n\nWhich does this count for?"
    said_of = labelled(items, task, choices, batch)
    counts = {label: said_of.count(label) for label in choices}
    highest = max([counts[label] for label in kinds])
    said = " and ".join([label for label in kinds if counts[label] == highest])
    said += " (" + of_items.strip() + ", " + ", ".join([label + ": " + format(count, ",") for label, count in counts.items()]) + ")"
else:
    choices = ["yes", "no"]
    if not statement and is_alone(items, batch):
        statement = stated(question)
    said_of = judged(items, question, batch, statement)
    fit = said_of.count("yes")
    said = format(fit, ",") + of_items
    if said_of and re.search(r"\bper ?cent|\bpercentage|%|\b(?:share|proportion|fraction)\b", question.lower()):
        said = as_number(round(100 * fit / len(said_of), 1)) + " percent (" + said + ")"
lacking = said_of.count(None)
examples = [mark_of(item) for item, label in zip(items, said_of) if label == choices[0]][:3]
said += told(lacking, len(items), "items")
FINAL(said + (" e.g. " + "".join(examples) if examples else ""))
