import time

def ask_with_retry(prompt, retries=3):
    for attempt in range(retries):
        try:
            return llm_query(prompt)
        except Exception as e:
            print(f"attempt {attempt + 1} failed: {e}")
            time.sleep(0)
    return None

result = [ask_with_retry("hello"), ask_with_retry("FAIL please")]
