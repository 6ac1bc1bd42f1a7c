"""How many items are of a kind, or which kind is the most common: every item is judged, code counts.

How many of the reviews are negative?
labels: negative, other

Count the letters that contain an apology.
labels: apology, other

How many calls were about the weather?
labels: weather, other

Are there more requests, reports or invitations among the messages?
labels: request, report, invitation
"""

question: str
labels: list[str] = []
batch: int
small_piece: int

if len(labels) < 2 and len(set(labels) - {"other"}) == 0:
    labels = ["yes", "no"]
items = records(small_piece)
others = [label for label in labels if label.lower() in ("other", "others", "none", "neither")]
choices = labels if others else labels + ["other"]
try:
    judged = llm_map(items, "A question is asked about all items: " + question + " Give the label of each item.", choices, batch=batch)
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
