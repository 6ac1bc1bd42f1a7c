chunk_size = 500
chunks = [context[i:i + chunk_size] for i in range(0, len(context), chunk_size)]
prompts = [f"Summarize the following text in one sentence.\n\n{chunk}" for chunk in chunks]
summaries = llm_query_batched(prompts)
for i, s in enumerate(summaries[:3]):
    print(f"Chunk {i}: {s}")
combined = "\n".join(f"- {s}" for s in summaries)
result = llm_query(f"Combine these summaries:\n{combined}")
