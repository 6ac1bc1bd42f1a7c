import threading
results = {}
lock = threading.Lock()
def worker(i, line):
    answer = llm_query(f"{i}: {line}")
    with lock:
        results[i] = answer
threads = [threading.Thread(target=worker, args=(i, l)) for i, l in enumerate(context.splitlines()[:4])]
for t in threads:
    t.start()
for t in threads:
    t.join()
result = dict(sorted(results.items()))
