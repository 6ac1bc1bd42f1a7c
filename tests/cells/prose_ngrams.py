import re
from collections import Counter
from itertools import islice, chain
tokens = re.findall(r'\w+', context.lower())
bigrams = zip(tokens, islice(tokens, 1, None))
top = Counter(bigrams).most_common(5)
tri = Counter(" ".join(t) for t in zip(tokens, tokens[1:], tokens[2:]))
print(top)
result = (top, [t for t, n in tri.items() if n > 1][:5], list(chain.from_iterable([[1], [2, 3]])))
