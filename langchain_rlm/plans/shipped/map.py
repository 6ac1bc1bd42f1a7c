"""How many items are of a kind, or which kind is the most common: every item is judged, code counts.

How many of the reviews are negative?
labels: negative, positive, neutral

Count the letters that contain an apology.
labels: apology, request, news

How many calls were about the weather?
labels: weather, traffic, sport

Do the visitors most often praise the food, the music or the staff?
labels: food, music, staff
"""

question: str
labels: list[str] = []
batch: int
small_piece: int

task = "Give each item the label that fits it, for this question: " + question
if not labels:
    labels = ["yes", "no"]
    task = "Is each item one that counts for this question? " + question
items = records(small_piece)
others = [label for label in labels if label.lower() in ("other", "others", "none", "neither")]
choices = labels if others or labels == ["yes", "no"] else labels + ["other"]
try:
    judged = llm_map(items, task, choices, batch=batch)
except AnswerError as error:
    judged = error.answers
counts = {label: judged.count(label) for label in choices}
lacking = judged.count(None)
said = ", ".join([label + ": " + format(count, ",") for label, count in counts.items()])
if len(labels) > len(others) + 1:
    highest = max(counts[label] for label in labels)
    said += ". Most: " + " and ".join([label for label in labels if counts[label] == highest])
examples = [mark_of(item) for item, label in zip(items, judged) if label == labels[0]][:3]
FINAL(said + ". " + format(len(items) - lacking, ",") + " items were judged." + told(lacking, len(items), "items") + "".join([" e.g. " + "".join(examples)] if examples else []))
