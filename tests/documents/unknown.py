"""Some sixty short texts of kinds that are not known, each with the formats that may be told of it besides prose."""

import base64
import random
import string

_draw = random.Random(3)
_BYTES = bytes(_draw.randrange(256) for _ in range(1_500))


def _lines(*lines: str, times: int = 1) -> str:
    return "".join(f"{line}\n" for _ in range(times) for line in lines)


def _hexdump() -> str:
    rows = (_BYTES[at : at + 16] for at in range(0, 800, 16))
    shown = ("".join(chr(b) if 32 <= b < 127 else "." for b in row) for row in rows)
    return "".join(
        f"{number * 16:08x}  {_BYTES[number * 16 : number * 16 + 16].hex(' ')}  |{text}|\n"
        for number, text in enumerate(shown)
    )


UNKNOWN: dict[str, str] = {
    "poem": _lines(
        "Shall I compare thee to a summer's day?", "Thou art more lovely and more temperate:",
        "Rough winds do shake the darling buds of May,", "And summer's lease hath all too short a date;", "", times=6,
    ),
    "poem with commas": _lines("Tyger Tyger, burning bright,", "In the forests, of the night,", "Dread hand, dread feet,", times=8),
    "word list": "# words\n" + "".join(f"{_draw.choice(string.ascii_lowercase) * 3}apple\n" for _ in range(300)),
    "word list in parts": "# fruit\napple\npear\nplum\n\n# animals\ncat\ndog\nhorse\n\n# tools\nsaw\naxe\n",
    "name list": _lines("Smith, John", "Lee, Ann", "Garcia, Maria", "Novak, Petr", times=5),
    "numbers": "".join(f"{_draw.random():.6f}\n" for _ in range(200)),
    "one number a line with units": _lines("12 kg", "7 kg", "105 kg", "3 kg", times=10),
    "assembler": _lines(
        "; adds two numbers", "section .text", "global _start", "_start:", "    mov eax, 1", "    mov ebx, 0", "    add eax, ebx",
        "    jmp done", "done:", "    int 0x80", times=6,
    ),
    "COBOL": _lines(
        "       IDENTIFICATION DIVISION.", "       PROGRAM-ID. HELLO.", "       PROCEDURE DIVISION.", '           DISPLAY "HELLO".',
        "           MOVE A TO B.", "           STOP RUN.", times=5,
    ),
    "Fortran": _lines("      PROGRAM MAIN", "C     A COMMENT", "      INTEGER I", "      DO 10 I=1,10", "   10 CONTINUE", "      END", times=8),
    "recipe": _lines(
        "Pancakes", "", "2 cups flour", "3 eggs", "1 pinch of salt", "", "Mix all of it and let it rest.", "Bake in a hot pan until brown.",
        "", times=4,
    ),
    "ASCII art": _lines(r"  /\_/\  ", r" ( o.o ) ", r"  > ^ <  ", r" /     \ ", times=8),
    "box drawing": _lines("+-----+", "|  A  |", "+-----+", "   |", "   v", "+-----+", "|  B  |", "+-----+", times=4),
    "base64": base64.encodebytes(_BYTES).decode(),
    "base64 on one line": base64.b64encode(_BYTES).decode(),
    "hexdump": _hexdump(),
    "hex": _BYTES.hex(),
    "PEM": "-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(_BYTES).decode() + "-----END CERTIFICATE-----\n",
    "SSH key": "ssh-ed25519 " + base64.b64encode(_BYTES[:51]).decode() + " ann@host\n",
    "minutes": _lines(
        "Minutes of the meeting", "Present: Ann, Bob, Carla", "Absent: Dmitri", "Chair: Ann", "", "The budget was discussed at length.",
        "Bob was asked to write to the town.", "", "Next meeting: Monday", times=3,
    ),
    "contacts": _lines("Name: Ann Lee", "Phone: 555 123", "City: Rome", "", "Name: Bob Ray", "Phone: 555 456", "City: Oslo", "", times=9),
    "letter": _lines("Dear Ann,", "", "thank you for the parcel. It came on Monday.", "", "Yours,", "Bob", times=2),
    "licence": _lines(
        "Permission is hereby granted, free of charge, to any person obtaining a copy", "of this software, to deal in it without restriction.", "",
        'THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR', "IMPLIED, INCLUDING BUT NOT LIMITED TO IT.", "", times=4,
    ),
    "crossword": _lines("Across", "1. River of Rome (5)", "4. Not hot (4)", "", "Down", "2. Old (7)", "3. Sky colour (4)", "", times=3),
    "lyrics": _lines("[Chorus]", "Oh we go down to the river", "down to the river again", "", "[Verse 1]", "Mara was old, Mara was grey", "", times=3),
    "Makefile": _lines("CC = gcc", "", "all: main.o util.o", "\t$(CC) -o all main.o util.o", "", "clean:", "\trm -f *.o", "", times=4),
    "CSS": _lines("body {", "  margin: 0;", "  color: #333;", "}", "", ".menu > li {", "  display: none;", "}", "", times=5),
    "gitignore": "# Byte-compiled\n__pycache__/\n*.py[cod]\n\n# C extensions\n*.so\n\n# Distribution\nbuild/\ndist/\n*.egg-info/\n",
    "requirements": "# for the tests\npytest>=8\nhypothesis\n# for the docs\nsphinx==7.1\n",
    "Dockerfile": '# build\nFROM python:3.11\nWORKDIR /app\nCOPY . /app\nRUN pip install .\n# run\nCMD ["python", "a.py"]\n',
    "shell comments": _lines("# says hello", "echo hello", "# says bye", "echo bye", times=6),
    "config with comments": _lines("# the port", "Port 22", "# who may", "PermitRootLogin no", "# keys", "PubkeyAuthentication yes", times=5),
    "properties": _lines("# colours", "color.red=#f00", "color.blue=#00f", "size=12", times=6),
    "environment": _lines("HOME=/root", "PATH=/usr/bin:/bin", "LANG=C.UTF-8", times=6),
    "hosts": _lines("127.0.0.1 localhost", "10.0.0.2 db", "10.0.0.3 web", "# end", times=5),
    "crontab": _lines("# m h dom mon dow command", "0 5 * * 1 tar -zcf /b.tgz /home", "*/5 * * * * /usr/bin/poll", times=5),
    "passwd": _lines("root:x:0:0:root:/root:/bin/bash", "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin", times=8),
    "paths": _lines("/usr/bin/python3", "/usr/lib/os-release", "/etc/hosts", "./a/b.txt", times=8),
    "URLs": _lines("https://example.org/a?b=1,2", "http://example.com/x/y", "ftp://files.example.org", times=8),
    "e-mail addresses": _lines("ann@example.org", "bob@example.com", "carla@example.net", times=8),
    "file listing": _lines("total 12", "-rw-r--r-- 1 root root 120 Jan  3 10:00 a.txt", "drwxr-xr-x 2 root root 4096 Jan  3 10:01 b", times=6),
    "tree": _lines(".", "├── a", "│   ├── b.txt", "│   └── c.txt", "└── d", times=5),
    "phone bill": _lines("Mon 10:15 call to 555 123 for 3 minutes", "we paid 2.10 for it", "and nobody complained", times=6),
    "timetable": _lines("Rome 10:15 Florence 11:40", "Florence 11:50 Bologna 12:30", "Bologna 12:40 Milan 13:45", times=5),
    "diary": _lines("Monday, 3 March", "Rain all day. Wrote to Mara.", "", "Tuesday, 4 March", "The river rose. No boats.", "", times=4),
    "dialogue in a novel": _lines('"You came back," said Ann.', '"I had to," said Bob: "there was no boat."', "She looked at the river.", "", times=6),
    "play without names": _lines("(He goes out.)", "So it ends. And nobody saw it.", "(She laughs.)", "They did, all of them.", times=6),
    "quiz": _lines("What is the river of Rome?", "a) Tiber", "b) Po", "c) Arno", "", "Who built the mill?", "a) Mara", "b) Bob", "c) Ann", "", times=3),
    "definitions": _lines("mill: a place where grain is ground", "boat: it floats", "sky: it is grey", times=3),
    "abstract": "Background: we measured rivers. Methods: with boats. Results: they rose. Conclusion: build no mills. " * 3,
    "prose with notes": _lines("Note: the river may rise.", "It did so last year, and the year before it.", "Nobody was hurt then.", "", times=6),
    "prose with a list of hashes": _lines("We are #1 in boats.", "#rain #river #mill", "It rained #again today and nobody minded.", times=6),
    "prose with angle brackets": _lines("if a < b and b > c then we say <so> of it", "and x << y is no tag, nor is <3 of any use", times=8),
    "prose with braces": _lines("{ so it began } the sets {1, 2} and {a} were given", "and [again] the brackets [did] no harm", times=8),
    "Lisp": _lines("(defun f (x)", "  (if (> x 1)", "      (* x (f (- x 1)))", "      1))", "", times=6),
    "Prolog": _lines("parent(ann, bob).", "parent(bob, carla).", "grand(X, Z) :- parent(X, Y), parent(Y, Z).", times=5),
    "regular expressions": _lines(r"^\d{3}-\d{4}$", r"(?:a|b)+c*", r"[^\s]+@[^\s]+", times=8),
    "mathematics": _lines("x = y + 2", "so that y = x - 2 for all x", "and then (x + y)^2 = 4 follows", "", times=5),
    "sheet music": _lines("C  G  Am  F", "Oh the river is wide", "C  G  F  C", "and I cannot get over", "", times=5),
    "knitting": _lines("Row 1: k2, p2, k2.", "Row 2: p2, k2, p2.", "Row 3: k6.", "Repeat for the sleeve.", "", times=5),
    "Morse": _lines("... --- ...", "-- .- .-. .-", ".-. .. ...- . .-.", times=8),
    "binary digits": _lines("0101101010010101", "1110101010001010", times=20),
    "grid": _lines("#.#.#..#", "..##..#.", "#......#", times=10),
    "sudoku": _lines("5 3 . | . 7 . | . . .", "6 . . | 1 9 5 | . . .", "------+-------+------", times=4),
    "Thai": "แม่น้ำสูงขึ้นอีกครั้งหลังฝนตกและไม่มีใครในเมืองเคยเห็นน้ำมากขนาดนี้ " * 10,
    "Chinese": "河水在雨后又涨了，镇上没有人见过这样的水。老马拉在七块石头旁边建了她的磨坊。\n" * 10,
    "Arabic": "ارتفع النهر مرة أخرى بعد المطر ولم ير أحد في المدينة مثل هذا الماء.\n" * 10,
    "emoji": "🌊🌧️👩‍🌾 🚣🏽 🇮🇹\n" * 20,
    "stack of words": "\n\n".join(["river", "boat", "mill", "sky"] * 8),
    "signed mail": _lines("Hi all,", "", "see below.", "-- ", "Ann Lee", "Boats Ltd", times=2),
    "usenet header alone": "Subject to change without notice: this is no header\nFrom here on we walk.\nDate of birth unknown\n" * 4,
    "blank": "\n \n\t\n" * 20,
}  # fmt: skip

# What else may be told of one, as it is so.
ALSO: dict[str, set[str]] = {
    "name list": {"csv"}, "passwd": {"csv"}, "CSS": {"code"}, "Prolog": {"code"},
    "sudoku": {"csv"}, "hexdump": {"table"},
}  # fmt: skip
