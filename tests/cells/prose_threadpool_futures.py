import concurrent.futures

def process(idx, chunk):
    return idx, llm_query(f"Rate the sadness of this passage from 1-10. {chunk}")

chunks = [context[i:i+500] for i in range(0, len(context), 500)]
results = {}
with concurrent.futures.ThreadPoolExecutor(max_workers=5) as executor:
    future_to_idx = {executor.submit(process, i, c): i for i, c in enumerate(chunks)}
    for future in concurrent.futures.as_completed(future_to_idx):
        idx = future_to_idx[future]
        try:
            i, score = future.result()
            results[i] = int(score)
        except Exception as exc:
            print(f"Chunk {idx} generated an exception: {exc}")
            results[idx] = None
result = [results[i] for i in sorted(results)]
print(result)
