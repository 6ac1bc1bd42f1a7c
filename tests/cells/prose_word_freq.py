from collections import Counter
import re
import string

words = re.findall(r"[a-z']+", context.lower())
stop = {"the", "a", "an", "of", "and", "to", "in", "was", "it", "he", "she"}
counter = Counter(w.strip(string.punctuation) for w in words if w not in stop)
for word, n in counter.most_common(10):
    print(f"{word:<15}{n:>5}")
result = counter.most_common(5)
