import string
table = str.maketrans('', '', string.punctuation)
words = context.translate(table).lower().split()
result = sorted(set(words), key=lambda w: (-len(w), w))[:10]
