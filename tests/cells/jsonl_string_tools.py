s = "The Quick  brown-fox"
result = [s.lower().split(), s.title(), s.partition(" "), s.rsplit(" ", 1), s.count("o"), s.find("fox"), s[::-1], s.replace("  ", " "), s.startswith(("The", "A")), s.isalpha(), "a,b,,c".split(","), "x".join("abc"), s.casefold() == s.lower(), s.encode("utf-8")[:3].decode(), "%05.1f" % 3.14159, "{:>8}|{:<8}|{:^8}".format("a", "b", "c")]
