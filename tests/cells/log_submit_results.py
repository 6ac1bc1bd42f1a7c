from concurrent.futures import ThreadPoolExecutor
lines = [l for l in context.splitlines() if "WARN" in l]
with ThreadPoolExecutor(max_workers=4) as ex:
    futures = [ex.submit(llm_query, f"Explain: {l}") for l in lines]
    results = [f.result() for f in futures]
result = list(zip(lines, results))
