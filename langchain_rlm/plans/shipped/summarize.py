"""A summary, the main points, what the whole is about.

What is this book about?

Summarize the talks.

What are the main points of the agreement?

Give me a short overview of the year.

In a few sentences: what happened in the trial?
"""

question: str
piece: int
notes: int

parts = chunks(size=2 * piece)
asked = [
    "This is part " + str(number) + " of " + str(len(parts)) + " of a text. Sum up in two or three sentences what it says, for "
    "this request: " + question + "\nThen copy its most important sentence word for word.\n\nText:\n" + part
    for number, part in enumerate(parts, 1)
]
found, lacking = usable(llm_query_batched(asked, schema={"summary": str, "sentence": str}, on_error="return"), len(parts))
summaries = [answer["summary"].strip() + " " + mark_of(answer["sentence"]) for place, answer in found]
while len(summaries) > 1 and len("\n".join(summaries)) > notes:
    groups = [[]]
    for summary in summaries:
        if groups[-1] and len("\n".join(groups[-1])) + len(summary) > notes:
            groups.append([])
        groups[-1].append(summary)
    if len(groups) == len(summaries):
        break
    prompts = ["Sum up these notes in a few sentences, and keep marks such as [c1] behind what they belong to:\n" + "\n".join(group) for group in groups]
    summaries = [answer for place, answer in usable(llm_query_batched(prompts, on_error="return"), len(groups))[0]]
whole = "\n".join(summaries)[: 2 * notes]
said = llm_query("Notes on a text, part by part:\n" + whole + "\n\n" + question + "\nAnswer from these notes, and keep marks such as [c1] behind what they belong to.")
if "[c" not in said:
    said += " " + "".join(re.findall(r"\[c\d+\]", whole)[:5])
FINAL(said.strip() + told(lacking, len(parts), "parts"))
