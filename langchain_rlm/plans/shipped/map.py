"""How many there are of a kind, or which of some kinds is the most frequent: every item is judged, code counts.

How many of the reviews are negative?

Do the visitors most often praise the food, the music or the staff?
labels: food, music, staff

Which is the most common reason in these notes: illness, travel or weather?
labels: illness, travel, weather

How many calls were about the weather?
"""

question: str
labels: list[str] = []
batch: int
small_piece: int

items = records(small_piece)
rest = [label for label in labels if label.lower() in ("other", "others", "none", "neither")] or ["other"]
kinds = [label for label in labels if label not in rest]
asked = "A question: " + question + "\n\n"
if len(kinds) > 1:
    choices = kinds + rest
    judged = labelled(items, asked + "Which does this count for?", choices, batch)
    counts = {label: judged.count(label) for label in choices}
    highest = max([counts[label] for label in kinds])
    said = "Most: " + " and ".join([label for label in kinds if counts[label] == highest]) + ". "
    said += ", ".join([label + ": " + format(count, ",") for label, count in counts.items()])
else:
    choices = ["yes", "no"]
    judged = labelled(items, asked + "Does this count for it?", choices, batch)
    said = "counted: " + format(judged.count("yes"), ",") + ", not counted: " + format(judged.count("no"), ",")
lacking = judged.count(None)
examples = [mark_of(item) for item, label in zip(items, judged) if label == choices[0]][:3]
said += ". " + format(len(items) - lacking, ",") + " items were judged." + told(lacking, len(items), "items")
FINAL(said + (" e.g. " + "".join(examples) if examples else ""))
