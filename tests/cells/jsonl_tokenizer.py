import re
TOKEN = re.compile(r'(?P<number>\d+)|(?P<word>\w+)|(?P<punct>[^\w\s])')
kinds = [(m.lastgroup, m.group()) for m in TOKEN.finditer("Price 42, sold!")]
result = kinds
