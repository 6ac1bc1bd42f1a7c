from concurrent.futures import ThreadPoolExecutor, as_completed
def check(line):
    if "ERROR" in line:
        return llm_query("FAIL " + line)
    return llm_query("ok? " + line)
good, bad = [], []
with ThreadPoolExecutor(4) as ex:
    futs = [ex.submit(check, l) for l in context.splitlines()[:8]]
    for f in futs:
        try:
            good.append(f.result())
        except Exception as e:
            bad.append(f"{type(e).__name__}: {e}")
result = (good, bad)
