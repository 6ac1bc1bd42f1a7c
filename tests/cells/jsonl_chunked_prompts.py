import json
recs = [json.loads(l) for l in context.splitlines()]
def make_batches(items, max_chars=200):
    batch, size = [], 0
    for it in items:
        s = json.dumps(it)
        if size + len(s) > max_chars and batch:
            yield batch
            batch, size = [], 0
        batch.append(it)
        size += len(s)
    if batch:
        yield batch
batches = list(make_batches(recs))
prompts = ["\n".join(json.dumps(r) for r in b) for b in batches]
answers = llm_query_batched(prompts)
result = (len(batches), answers)
