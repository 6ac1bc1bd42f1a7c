import time
from functools import wraps
def retry(times=3, delay=0):
    def decorator(func):
        @wraps(func)
        def wrapper(*args, **kwargs):
            last = None
            for attempt in range(times):
                try:
                    return func(*args, **kwargs)
                except (RuntimeError, ValueError) as e:
                    last = e
                    print(f"{func.__name__} attempt {attempt} failed: {e}")
                    time.sleep(delay)
            raise RuntimeError("gave up") from last
        return wrapper
    return decorator
@retry(times=2)
def classify(line):
    return llm_query("Classify: " + line)
out = [classify(l) for l in context.splitlines()[:2]]
try:
    classify("FAIL")
except RuntimeError as e:
    out.append(str(e))
result = out
