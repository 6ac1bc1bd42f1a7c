ascii_lowercase = "abcdefghijklmnopqrstuvwxyz"
ascii_uppercase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ascii_letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
digits = "0123456789"
hexdigits = "0123456789abcdefABCDEF"
octdigits = "01234567"
punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
whitespace = " \t\n\r\x0b\x0c"
printable = digits + ascii_letters + punctuation + whitespace


def capwords(text, sep=None):
    return (sep or " ").join([word.capitalize() for word in text.split(sep)])


class Template:
    def __init__(self, template):
        self.template = template

    def _filled(self, values, strict):
        def value(match):
            if match.group(0) == "$$":
                return "$"
            name = match.group(1) or match.group(2)
            if name in values:
                return str(values[name])
            if strict:
                raise KeyError(name)
            return match.group(0)

        return _rlm_re_sub(r"\$\$|\$(\w+)|\$\{(\w+)\}", value, self.template)

    def substitute(self, mapping=None, **values):
        merged = dict(mapping or {})
        merged.update(values)
        return self._filled(merged, True)

    def safe_substitute(self, mapping=None, **values):
        merged = dict(mapping or {})
        merged.update(values)
        return self._filled(merged, False)
