"""The most or the least of many: largest, smallest, highest, cheapest, first, last, oldest, newest.

Which bridge is the longest?
which: largest

What was the earliest delivery?
which: first

Which farm sold the most milk?
which: largest

Who is the youngest of the players?
which: smallest
"""

question: str
which: Literal["", "largest", "smallest", "first", "last"] = ""
small_piece: int

if not which:
    which = llm_query("Is the largest or smallest number wanted, or the first or last in time?\n\nQuestion: " + question, schema=["largest", "smallest", "first", "last"])
of_time = which in ("first", "last")
pieces = chunks(size=small_piece)
asked = [
    "Question: " + question + "\n\nThis is a part of a longer text, so do not decide. List everything in this part that could "
    "be the answer, each with its " + ("date or time" if of_time else "number") + " as it stands in the text. An empty list "
    "if there is nothing.\n\nText:\n" + piece
    for piece in pieces
]
schema = [{"what": str, ("when" if of_time else "number"): str}]
found, lacking = usable(llm_query_batched(asked, schema=schema, on_error="return"), len(pieces))
rows = []
for place, candidates in found:
    for row in candidates:
        value = row["when"] if of_time else row["number"]
        numbers = numbers_in(value)
        key = moment(value) if of_time else (numbers[0] if numbers else None)
        is_there = bool(line_with(value, pieces[place])) if of_time else bool(numbers) and numbers[0] in numbers_in(pieces[place])
        if key is not None and is_there:
            line = line_with(row["what"], pieces[place]) or line_with(value, pieces[place])
            rows.append((key, place, row["what"], value, line))
rows.sort(key=lambda row: row[:2], reverse=which in ("largest", "last"))
if rows:
    key, place, what, value, line = rows[0]
    FINAL(what.strip() + ": " + value.strip() + " " + mark_of(line) + " (of " + format(len(rows), ",") + " compared)" + told(lacking, len(pieces), "pieces"))
else:
    FINAL("The text has nothing to compare." + told(lacking, len(pieces), "pieces"))
