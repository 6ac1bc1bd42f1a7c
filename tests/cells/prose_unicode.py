import unicodedata
text = "Café déjà vu — naïve"
norm = unicodedata.normalize("NFKD", text)
ascii_text = norm.encode("ascii", "ignore").decode("ascii")
result = (ascii_text, [hex(ord(c)) for c in text if ord(c) > 127])
