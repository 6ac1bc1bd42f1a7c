"""All that are of a kind, as a complete list: people, places, things, events.

Name all persons who own a dog.

Which members sing in the choir?

Who came to the wedding?

List every rule for visitors.
"""

question: str
small_piece: int

pieces = chunks(size=small_piece)
asked = [
    "Question: " + question + "\n\nThis is a part of a longer text. List only what this part itself tells, each item as "
    "short as it stands there; an empty list if there is nothing.\n\nText:\n" + piece
    for piece in pieces
]
found, lacking = usable(llm_query_batched(asked, schema=[str], on_error="return"), len(pieces))
rows, unfounded = {}, 0
for place, items in found:
    for item in items:
        key = re.sub(r"^(?:the|a|an) ", "", plain_words(item))
        line = line_with(item, pieces[place])
        if not key or not line:
            unfounded += 1
        elif key not in rows:
            rows[key] = item.strip() + " " + mark_of(line)
listed = "\n".join(["- " + row for row in rows.values()])
said = listed + "\n" + format(len(rows), ",") + " in all." if rows else "The text names none."
FINAL(said + told(lacking, len(pieces), "pieces"))
