import random
random.seed(42)
lines = context.splitlines()
sample = random.sample(lines, 3)
result = len(sample) == 3 and all(s in lines for s in sample)
