def batched(seq, n):
    batch = []
    for item in seq:
        batch.append(item)
        if len(batch) == n:
            yield batch
            batch = []
    if batch:
        yield batch

counts = []
for batch in batched(context.splitlines(), 7):
    joined = "\n".join(batch)
    reply = llm_query(f"How many errors are in these lines? Reply with a number.\n{joined}")
    try:
        counts.append(int(reply))
    except ValueError:
        counts.append(0)
result = sum(counts), counts
