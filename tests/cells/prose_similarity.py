from difflib import SequenceMatcher, get_close_matches
names = ["Elias Thorne", "Elias Thorn", "Mara Quill", "M. Quill"]
pairs = []
for i, a in enumerate(names):
    for b in names[i+1:]:
        r = SequenceMatcher(None, a.lower(), b.lower()).ratio()
        pairs.append((a, b, round(r, 3)))
pairs.sort(key=lambda t: -t[2])
result = (pairs, get_close_matches("Elias Torne", names))
