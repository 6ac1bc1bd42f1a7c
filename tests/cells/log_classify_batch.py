lines = [l for l in context.splitlines() if "ERROR" in l]
prompts = [f"Classify this log line. Answer yes or no: is it a timeout?\n{l}" for l in lines]
answers = llm_query_batched(prompts)
timeouts = [l for l, a in zip(lines, answers) if a.lower().startswith("yes")]
print(len(timeouts), "of", len(lines))
result = timeouts
