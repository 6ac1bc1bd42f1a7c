"""How many items are of a kind, or which of some kinds is the most common: every item is judged, code counts.

How many of the reviews are negative?
labels: negative

Count the letters that contain an apology.
labels: apology

How many calls were about the weather?
labels: weather

Do the visitors most often praise the food, the music or the staff?
labels: food, music, staff

Which is the most common of the reasons: illness, travel or weather?
labels: illness, travel, weather
"""

question: str
labels: list[str] = []
batch: int
small_piece: int

items = records(small_piece)
rest = [label for label in labels if label.lower() in ("other", "others", "none", "neither")] or ["other"]
kinds = [label for label in labels if label not in rest]
told_kinds = len(kinds)
if told_kinds == 1:
    # a kind is seen by what it is not: the first items say which others there are
    try:
        seen = llm_map(items[:batch], "What kind of item is it? One word for each, such as: " + kinds[0], batch=batch)
    except AnswerError as error:
        seen = error.answers
    seen = [plain_words(kind) for kind in seen if kind]
    kinds += [kind for kind in dict.fromkeys(seen) if len(kind) < 30 and kind != plain_words(kinds[0])][:4]
if kinds:
    task, choices = "Give each item the label that fits it, for this question: " + question, kinds + rest
else:
    task, choices = "A question about a list: " + question + "\nIs this item one of those that the question asks for?", ["yes", "no"]
    batch = 1 if batch <= 10 and len(items) <= 100 else batch
try:
    judged = llm_map(items, task, choices, batch=batch)
except AnswerError as error:
    judged = error.answers
names = dict(zip(choices, kinds + rest)) if kinds else {"yes": "counted", "no": "not counted"}
counts = {label: judged.count(label) for label in choices}
lacking = judged.count(None)
said = ", ".join([names[label] + ": " + format(count, ",") for label, count in counts.items()])
if told_kinds > 1:
    highest = max([counts[label] for label in kinds])
    said = "Most: " + " and ".join([label for label in kinds if counts[label] == highest]) + ". " + said
examples = [mark_of(item) for item, label in zip(items, judged) if label == choices[0]][:3]
said += ". " + format(len(items) - lacking, ",") + " items were judged." + told(lacking, len(items), "items")
FINAL(said + (" e.g. " + "".join(examples) if examples else ""))
