_NAMED = {
    "amp": "&",
    "lt": "<",
    "gt": ">",
    "quot": '"',
    "apos": "'",
    "nbsp": "\xa0",
    "copy": "\xa9",
    "reg": "\xae",
    "trade": "\u2122",
    "hellip": "\u2026",
    "mdash": "\u2014",
    "ndash": "\u2013",
    "lsquo": "\u2018",
    "rsquo": "\u2019",
    "ldquo": "\u201c",
    "rdquo": "\u201d",
    "bull": "\u2022",
    "middot": "\xb7",
    "euro": "\u20ac",
    "pound": "\xa3",
    "yen": "\xa5",
    "cent": "\xa2",
    "deg": "\xb0",
    "plusmn": "\xb1",
    "times": "\xd7",
    "divide": "\xf7",
    "sect": "\xa7",
    "para": "\xb6",
    "laquo": "\xab",
    "raquo": "\xbb",
    "auml": "\xe4",
    "ouml": "\xf6",
    "uuml": "\xfc",
    "Auml": "\xc4",
    "Ouml": "\xd6",
    "Uuml": "\xdc",
    "szlig": "\xdf",
    "eacute": "\xe9",
    "egrave": "\xe8",
    "agrave": "\xe0",
    "ccedil": "\xe7",
    "ntilde": "\xf1",
}


def escape(text, quote=True):
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if quote:
        text = text.replace('"', "&quot;").replace("'", "&#x27;")
    return text


def unescape(text):
    def character(match):
        name = match.group(1)
        if name.startswith("#x") or name.startswith("#X"):
            return chr(int(name[2:], 16))
        if name.startswith("#"):
            return chr(int(name[1:]))
        return _NAMED.get(name, match.group(0))

    return _rlm_re_sub(r"&(#\d+|#[xX][0-9a-fA-F]+|\w+);", character, text)
