"""Makers of some fifty kinds of files, by seed, each with the units that may not be cut: where they begin and end."""

import csv
import io
import json
import random
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass

WORDS = [
    "the",
    "river",
    "rose",
    "again",
    "after",
    "rain",
    "and",
    "nobody",
    "in",
    "town",
    "had",
    "seen",
    "such",
    "water",
    "since",
    "old",
    "Mara",
    "built",
    "her",
    "mill",
    "near",
    "seven",
    "stones",
    "while",
    "traders",
    "waited",
    "for",
    "dry",
    "roads",
    "or",
    "cheaper",
    "boats",
    "from",
    "harbour",
    "markets",
    "under",
    "a",
    "grey",
    "northern",
    "sky",
]
NAMES = ("Ann", "Bob", "Carla", "Dmitri")


@dataclass(frozen=True)
class Made:
    """A text, and its units: entries, rows, records, definitions."""

    text: str
    units: tuple[tuple[int, int], ...]
    format: str


class Draw(random.Random):
    """Words, sentences and names."""

    def words(self, least: int = 3, most: int = 12) -> str:
        return " ".join(self.choice(WORDS) for _ in range(self.randint(least, most)))

    def sentence(self) -> str:
        return self.words(4, 18).capitalize() + "."

    def paragraph(self, most: int = 6) -> str:
        return " ".join(self.sentence() for _ in range(self.randint(1, most)))

    def name(self) -> str:
        return self.choice(NAMES)


def joined(units: Iterable[str], *, head: str = "", tail: str = "", between: str = "", format: str) -> Made:  # noqa: A002
    """A text of units one after the other."""
    text, places = head, []
    for number, unit in enumerate(units):
        text += between if number else ""
        places.append((len(text), len(text) + len(unit)))
        text += unit
    return Made(text + tail, tuple(places), format)


def table(draw: Draw, separator: str = ",", *, lines: bool = True) -> Made:
    def row(cells: list[str]) -> str:
        out = io.StringIO()
        csv.writer(out, delimiter=separator, lineterminator="\n").writerow(cells)
        return out.getvalue()

    def body() -> str:
        return "\n".join(draw.paragraph(2) for _ in range(draw.randint(1, 4 if lines else 1)))

    head = row(["id", "who", "body", "state"])
    rows = (
        row([str(i), draw.name(), f'{body()} "{draw.words()}"', draw.choice(["open", "closed"])]) for i in range(250)
    )
    return joined(rows, head=head, format="csv")


def commented_table(draw: Draw) -> Made:
    rows = (f"{i},{draw.name()},{draw.randint(0, 10**9)}.{draw.randint(0, 999)}\n" for i in range(900))
    return joined(rows, head="# exported on Monday\n# by nobody\nid,name,amount\n", format="csv")


def indented(text: str, by: int) -> str:
    return textwrap.indent(text, " " * by)


def record(draw: Draw, number: int) -> dict[str, object]:
    return {
        "id": number,
        "user": {
            "name": draw.name(),
            "tags": [draw.words(1, 2) for _ in range(draw.randint(0, 4))],
            "at": {"x": draw.random()},
        },
        "text": draw.paragraph(4) + ' "quoted, {and} [braced]" \\ é',
        "ok": draw.random() < 0.5,
    }


def compact_array(draw: Draw) -> Made:
    return joined((json.dumps(record(draw, i)) for i in range(150)), head="[", tail="]", between=", ", format="json")


def array_without_spaces(draw: Draw) -> Made:
    records = (json.dumps(record(draw, i), separators=(",", ":"), ensure_ascii=False) for i in range(150))
    return joined(records, head='{"n":150,"items":[', tail='],"end":null}', between=",", format="json")


def indented_array(draw: Draw) -> Made:
    records = (indented(json.dumps(record(draw, i), indent=2), 4) for i in range(100))
    return joined(records, head='{\n  "data": [\n', tail="\n  ]\n}\n", between=",\n", format="json")


def array_cut_off(draw: Draw) -> Made:
    made = compact_array(draw)
    end = len(made.text) * 3 // 4
    return Made(made.text[:end], tuple(unit for unit in made.units if unit[1] <= end), "json")


def coordinates(draw: Draw) -> Made:
    pairs = (f"[{draw.uniform(-180, 180)!r},{draw.uniform(-90, 90)!r}]" for _ in range(2_500))
    return joined(pairs, head='{"type":"Line","coordinates":[', tail="]}", between=",", format="json")


def json_lines(draw: Draw) -> Made:
    return joined((json.dumps(record(draw, i)) + "\n" for i in range(150)), format="jsonl")


def notebook(draw: Draw) -> Made:
    def cell(number: int) -> str:
        source = [f"{draw.words()}\n" for _ in range(draw.randint(1, 8))]
        return json.dumps(
            {"cell_type": "code", "execution_count": number, "metadata": {}, "outputs": [], "source": source}, indent=1
        )

    cells = (indented(cell(i), 2) for i in range(120))
    return joined(cells, head='{\n "cells": [\n', tail='\n ],\n "nbformat": 4\n}\n', between=",\n", format="json")


def yaml_list(draw: Draw) -> Made:
    def item(number: int) -> str:
        tags = "".join(f"      - {draw.words(1, 1)}\n" for _ in range(draw.randint(1, 4)))
        return f"  - name: item{number}\n    about: {draw.words()}\n    tags:\n{tags}"

    return joined((item(i) for i in range(200)), head="# made\nversion: 2\nitems:\n", tail="end: true\n", format="yaml")


def yaml_documents(draw: Draw) -> Made:
    def document(number: int) -> str:
        return f"---\nkind: Service\nmetadata:\n  name: s{number}\n  labels:\n    app: {draw.words(1, 1)}\nspec:\n  port: {number}\n"

    return joined((document(i) for i in range(150)), format="yaml")


def sql_inserts(draw: Draw) -> Made:
    tuples = (f"({i},'{draw.words()}; it''s (so), {draw.name()}\\'s',NULL,{draw.random()!r})" for i in range(700))
    head = (
        "-- dump\nDROP TABLE IF EXISTS `t`;\nCREATE TABLE `t` (\n  `id` int,\n  `a` text\n);\nINSERT INTO `t` VALUES "
    )
    return joined(tuples, head=head, tail=";\n", between=",", format="sql")


def sql_statements(draw: Draw) -> Made:
    rows = (f"INSERT INTO users (id, name) VALUES ({i}, '{draw.words()};\n(odd)');\n" for i in range(500))
    return joined(rows, head="CREATE TABLE users (id int, name text);\n", format="sql")


def xml_records(draw: Draw) -> Made:
    def doc(number: int) -> str:
        body = "".join(f"\n    <p>{draw.sentence()} <b>{draw.words()}</b></p>" for _ in range(draw.randint(1, 4)))
        return f"  <doc id='{number}'>\n    <title>{draw.words()}</title>{body}\n    <e/>\n  </doc>\n"

    return joined(
        (doc(i) for i in range(150)),
        head="<?xml version='1.0'?>\n<!-- made -->\n<root>\n",
        tail="</root>\n",
        format="xml",
    )


def xml_on_one_line(draw: Draw) -> Made:
    rows = (f'<row id="{i}"><row-name>{draw.name()}</row-name><v>{draw.words()}</v></row>' for i in range(400))
    return joined(rows, head='<?xml version="1.0"?><rows><page>', tail="</page></rows>", format="xml")


def html_sections(draw: Draw) -> Made:
    def section(number: int) -> str:
        body = "".join(f"<p>{draw.paragraph(3)}</p>\n" for _ in range(draw.randint(1, 4)))
        return f"<h2>Part {number}</h2>\n{body}"

    head = "<!DOCTYPE html>\n<html><head><title>Made</title></head>\n<body>\n"
    return joined((section(i) for i in range(80)), head=head, tail="</body></html>\n", format="html")


def _log(draw: Draw, line: Callable[[int], str], trace: Callable[[], str] | None = None, count: int = 400) -> Made:
    entries = (line(i) + (trace() if trace and draw.random() < 0.3 else "") for i in range(count))
    return joined(entries, format="log")


def java_log(draw: Draw) -> Made:
    def trace() -> str:
        frames = "".join(f"\tat a.b.C{i}.call(C.java:{i})\n" for i in range(draw.randint(3, 25)))
        return f"java.lang.IllegalStateException: {draw.words()}\n{frames}Caused by: java.io.IOException: x\n\t... 12 more\n"

    return _log(draw, lambda i: f"2024-01-02 10:{i % 60:02d}:00,{i:03d} ERROR [main] a.b.C - {draw.words()}\n", trace)


def python_log(draw: Draw) -> Made:
    def trace() -> str:
        frames = "".join(f'  File "/a/b{i}.py", line {i}, in f\n    x = g({i})\n' for i in range(draw.randint(1, 12)))
        return f"Traceback (most recent call last):\n{frames}ValueError: {draw.words()}\n"

    return _log(draw, lambda i: f"[2024-01-02T10:{i % 60:02d}:00.{i:03d}Z] WARNING app: {draw.words()}\n", trace)


def spark_log(draw: Draw) -> Made:
    return _log(draw, lambda i: f"17/06/09 20:10:{i % 60:02d} INFO spark.Manager: {draw.words()}\n", count=900)


def syslog(draw: Draw) -> Made:
    return _log(draw, lambda i: f"Jan {i % 28 + 1:2d} 04:05:{i % 60:02d} host sshd[{i}]: {draw.words()}\n", count=900)


def access_log(draw: Draw) -> Made:
    return _log(
        draw,
        lambda i: f'10.0.0.{i % 256} - - [10/Oct/2023:13:55:{i % 60:02d} -0700] "GET /{i} HTTP/1.1" 200 {i}\n',
        count=800,
    )


def logcat(draw: Draw) -> Made:
    return _log(
        draw, lambda i: f"03-17 16:13:{i % 60:02d}.{i:03d}  1702  2395 D WindowManager: {draw.words()}\n", count=800
    )


def epoch_log(draw: Draw) -> Made:
    return _log(draw, lambda i: f"{1_700_000_000 + i}.{i:03d} INFO worker-{i % 3} {draw.words()}\n", count=800)


def whatsapp(draw: Draw) -> Made:
    def said(number: int) -> str:
        more = "".join(f"{draw.sentence()}\n" for _ in range(draw.choice([0, 0, 0, 2])))
        return f"1/{number % 28 + 1}/24, 1:{number % 60:02d}\u202fPM - {draw.name()}: {draw.sentence()}\n{more}"

    return joined((said(i) for i in range(400)), format="chat")


def whatsapp_ios(draw: Draw) -> Made:
    said = (f"[12/03/24, 10:{i % 60:02d}:13] {draw.name()}: {draw.paragraph(2)}\n" for i in range(400))
    return joined(said, format="chat")


def irc(draw: Draw) -> Made:
    return joined((f"[10:{i % 60:02d}] <{draw.name().lower()}> {draw.words()}\n" for i in range(700)), format="chat")


def slack(draw: Draw) -> Made:
    return joined(
        (f"{draw.name()} Lee  10:{i % 60:02d} AM\n{draw.paragraph(3)}\n\n" for i in range(250)), format="chat"
    )


def transcript(draw: Draw) -> Made:
    return joined((f"{draw.name().upper()}: {draw.paragraph(5)}\n\n" for _ in range(250)), format="chat")


def assistant(draw: Draw) -> Made:
    def turn(number: int) -> str:
        who = "User" if number % 2 == 0 else "Assistant"
        return f"{who}: {draw.paragraph(3)}\n" + "".join(f"- {draw.words()}\n" for _ in range(draw.randint(0, 3)))

    return joined((turn(i) for i in range(250)), format="chat")


def mailbox(draw: Draw) -> Made:
    def message(number: int) -> str:
        body = "\n\n".join(draw.paragraph(3) for _ in range(draw.randint(1, 4)))
        head = f"From a{number}@x.org Mon Jan  1 00:00:{number % 60:02d} 2024\nFrom: {draw.name()} <a@x.org>\n"
        return f"{head}Subject: {draw.words()}\n\nDear {draw.name()},\n\n{body}\n\n"

    return joined((message(i) for i in range(150)), format="mbox")


def git_log(draw: Draw) -> Made:
    def commit(number: int) -> str:
        body = "".join(f"    {draw.sentence()}\n    \n" for _ in range(draw.randint(0, 3)))
        head = f"commit {draw.getrandbits(160):040x}\nAuthor: {draw.name()} <a@x.org>\nDate:   Mon Jan 1 00:00:00 2024 +0000\n"
        return f"{head}\n    Change {number}\n    \n{body}\n"

    return joined((commit(i) for i in range(250)), format="git log")


def diff(draw: Draw) -> Made:
    def file(number: int) -> str:
        hunks = ""
        for hunk in range(draw.randint(1, 4)):
            body = "".join(f"{draw.choice(' +-')}{draw.words()}\n" for _ in range(draw.randint(3, 12)))
            hunks += f"@@ -{hunk * 30},7 +{hunk * 30},8 @@ def f():\n{body}"
        return f"diff --git a/f{number}.py b/f{number}.py\nindex 1234567..89abcde 100644\n--- a/f{number}.py\n+++ b/f{number}.py\n{hunks}"

    return joined((file(i) for i in range(120)), format="diff")


def srt(draw: Draw) -> Made:
    cues = (
        f"{i + 1}\n00:{i // 60:02d}:{i % 60:02d},000 --> 00:{i // 60:02d}:{i % 60:02d},900\n{draw.words()}\n{draw.words()}\n\n"
        for i in range(500)
    )
    return joined(cues, format="subtitles")


def vtt(draw: Draw) -> Made:
    cues = (f"cue{i}\n00:{i % 60:02d}.000 --> 00:{i % 60:02d}.900 align:start\n{draw.words()}\n\n" for i in range(500))
    return joined(cues, head="WEBVTT\n\n", format="subtitles")


def pgn(draw: Draw) -> Made:
    def game(number: int) -> str:
        moves = " ".join(f"{i}. e{i % 8 + 1} Nf{i % 8 + 1}" for i in range(1, draw.randint(5, 60)))
        return f'[Event "E{number}"]\n[White "{draw.name()}"]\n[Black "{draw.name()}"]\n\n{moves} 1-0\n\n'

    return joined((game(i) for i in range(120)), format="pgn")


def fasta(draw: Draw) -> Made:
    def sequence(number: int) -> str:
        rows = "".join("".join(draw.choices("ACGT", k=60)) + "\n" for _ in range(draw.randint(1, 12)))
        return f">seq{number} some words\n{rows}"

    return joined((sequence(i) for i in range(200)), format="fasta")


def gedcom(draw: Draw) -> Made:
    def person(number: int) -> str:
        return (
            f"0 @I{number}@ INDI\n1 NAME {draw.name()} /{draw.words(1, 1)}/\n1 BIRT\n2 DATE 1 JAN 1900\n2 PLAC Rome\n"
        )

    return joined((person(i) for i in range(300)), head="0 HEAD\n1 SOUR X\n", tail="0 TRLR\n", format="gedcom")


def calendar(draw: Draw) -> Made:
    def event(number: int) -> str:
        alarm = "BEGIN:VALARM\nTRIGGER:-PT5M\nEND:VALARM\n"
        return f"BEGIN:VEVENT\nUID:{number}\nSUMMARY:{draw.words()}\nDESCRIPTION:{draw.words()}\n {draw.words()}\n{alarm}END:VEVENT\n"

    return joined(
        (event(i) for i in range(200)), head="BEGIN:VCALENDAR\nVERSION:2.0\n", tail="END:VCALENDAR\n", format="calendar"
    )


def vcards(draw: Draw) -> Made:
    cards = (
        f"BEGIN:VCARD\nVERSION:3.0\nFN:{draw.name()} {i}\nTEL;TYPE=cell:+1 555 {i}\nEND:VCARD\n" for i in range(300)
    )
    return joined(cards, format="vcard")


def bibtex(draw: Draw) -> Made:
    entries = (
        f"@article{{key{i},\n  title = {{{draw.words()}}},\n  year = {{{1900 + i % 100}}}\n}}\n\n" for i in range(250)
    )
    return joined(entries, format="bibtex")


def gettext(draw: Draw) -> Made:
    entries = (f'#: src/a.c:{i}\nmsgid "{draw.words()}"\nmsgstr "{draw.words()}\\n"\n\n' for i in range(300))
    return joined(entries, head='msgid ""\nmsgstr "Content-Type: text/plain\\n"\n\n', format="po")


def markdown(draw: Draw) -> Made:
    def section(number: int) -> str:
        body = "\n\n".join(draw.paragraph(3) for _ in range(draw.randint(1, 3)))
        return f"## Part {number}\n\n{body}\n\n```sh\n# not a heading\nmake\n```\n\n"

    return joined((section(i) for i in range(100)), head="# All of it\n\n", format="markdown")


def rst(draw: Draw) -> Made:
    def section(number: int) -> str:
        title = f"Part {number} {draw.words(1, 3)}"
        return f"{title}\n{'-' * len(title)}\n\n.. note:: {draw.words()}\n\n{draw.paragraph()} ``code``\n\n{draw.paragraph()}\n\n"

    return joined((section(i) for i in range(100)), head="All\n===\n\n", format="rst")


def latex(draw: Draw) -> Made:
    def section(number: int) -> str:
        return f"\\section{{Part {number}}}\n\n{draw.paragraph()}\n\n\\begin{{itemize}}\n\\item {draw.words()}\n\\end{{itemize}}\n\n"

    head = "\\documentclass{article}\n\\begin{document}\n"
    return joined((section(i) for i in range(120)), head=head, tail="\\end{document}\n", format="latex")


def filing(draw: Draw) -> Made:
    items = (
        f"Item {i}. {draw.words(2, 5).title()}\n\n{draw.paragraph()}\n\n{draw.paragraph()}\n\n" for i in range(1, 60)
    )
    return joined(items, format="prose")


def pages(draw: Draw) -> Made:
    return joined(("\n\n".join(draw.paragraph(4) for _ in range(3)) + "\n\f" for _ in range(60)), format="prose")


def chapters(draw: Draw) -> Made:
    body = (f"CHAPTER {i}\n\n" + "\n\n".join(draw.paragraph() for _ in range(3)) + "\n\n\n" for i in range(1, 60))
    return joined(body, format="prose")


def _statements(draw: Draw, indent: str, end: str) -> str:
    body = (f"{indent}{draw.choice(WORDS)}_{i} = {draw.choice(WORDS)}({i}){end}\n" for i in range(draw.randint(2, 9)))
    return "\n".join(["".join(body)] * draw.randint(1, 2))


def python(draw: Draw) -> Made:
    def method(number: int) -> str:
        decorated = draw.choice(["", "    # said of it\n    @property\n"])
        return f'{decorated}    def f{number}(self, x):\n        """{draw.sentence()}"""\n{_statements(draw, " " * 8, "")}\n'

    return joined(
        (method(i) for i in range(150)),
        head='"""Made."""\n\nimport re\n\n\nclass A:\n    """All."""\n\n',
        format="code",
    )


def java(draw: Draw) -> Made:
    def method(number: int) -> str:
        body = (
            f"    if (a) {{\n      b({number});\n    }} else {{\n      c();\n    }}\n\n{_statements(draw, '    ', ';')}"
        )
        return f"  /** {draw.sentence()} */\n  @Override\n  public int f{number}(String a) {{\n{body}  }}\n\n"

    return joined((method(i) for i in range(150)), head="package a;\n\npublic class A {\n", tail="}\n", format="code")


def javascript(draw: Draw) -> Made:
    functions = (
        f"// {draw.words()}\nexport function f{i}(a) {{\n{_statements(draw, '  ', ';')}}}\n\n" for i in range(150)
    )
    return joined(functions, head="import x from 'y';\n\n", format="code")


def c_code(draw: Draw) -> Made:
    functions = (
        f"/* {draw.words()}\n * more */\nstatic int\nf{i}(int a)\n{{\n{_statements(draw, chr(9), ';')}}}\n\n"
        for i in range(150)
    )
    return joined(functions, head="#include <stdio.h>\n\n", format="code")


def go_code(draw: Draw) -> Made:
    functions = (
        f"// F{i} {draw.words()}\nfunc (a *A) F{i}(x int) int {{\n{_statements(draw, chr(9), '')}}}\n\n"
        for i in range(150)
    )
    return joined(functions, head='package a\n\nimport "fmt"\n\n', format="code")


def rust(draw: Draw) -> Made:
    methods = (
        f"    /// {draw.words()}\n    #[inline]\n    pub fn f{i}(&self) -> u32 {{\n{_statements(draw, ' ' * 8, ';')}    }}\n\n"
        for i in range(150)
    )
    return joined(methods, head="use std::fmt;\n\nimpl A {\n", tail="}\n", format="code")


def ruby(draw: Draw) -> Made:
    methods = (f"  # {draw.words()}\n  def f{i}(a)\n{_statements(draw, '    ', '')}  end\n\n" for i in range(150))
    return joined(methods, head="require 'set'\n\nclass A\n", tail="end\n", format="code")


def cr_only(draw: Draw) -> Made:
    made = chapters(draw)
    return Made(made.text.replace("\n", "\r"), made.units, "prose")


def crlf_table(draw: Draw) -> Made:
    rows = (f'{i},"{draw.words()}\r\n{draw.words()}",{draw.random()!r}\r\n' for i in range(500))
    return joined(rows, head="id,body,amount\r\n", format="csv")


MAKERS: dict[str, tuple[str, Callable[[Draw], Made]]] = {
    "table with cells of several lines": ("a.csv", table),
    "table with tabs": ("a.tsv", lambda draw: table(draw, "\t")),
    "table with semicolons": ("a.txt", lambda draw: table(draw, ";", lines=False)),
    "table under comments": ("export.txt", commented_table),
    "table with CRLF": ("a.csv", crlf_table),
    "compact JSON": ("a.json", compact_array),
    "JSON without spaces": ("a.txt", array_without_spaces),
    "indented JSON": ("a.json", indented_array),
    "JSON cut off": ("a.json", array_cut_off),
    "coordinates": ("geo.json", coordinates),
    "JSON lines": ("a.jsonl", json_lines),
    "notebook": ("a.ipynb", notebook),
    "YAML list": ("a.yaml", yaml_list),
    "YAML documents": ("a.yml", yaml_documents),
    "SQL tuples": ("dump.sql", sql_inserts),
    "SQL statements": ("dump.txt", sql_statements),
    "XML records": ("a.xml", xml_records),
    "XML on one line": ("a.txt", xml_on_one_line),
    "HTML": ("a.html", html_sections),
    "log with Java traces": ("app.txt", java_log),
    "log with Python traces": ("app.log", python_log),
    "Spark log": ("spark.txt", spark_log),
    "syslog": ("messages", syslog),
    "access log": ("access.txt", access_log),
    "logcat": ("logcat.txt", logcat),
    "epoch log": ("worker.txt", epoch_log),
    "WhatsApp": ("WhatsApp.txt", whatsapp),
    "WhatsApp of iOS": ("_chat.txt", whatsapp_ios),
    "IRC": ("irc.txt", irc),
    "Slack": ("slack.txt", slack),
    "transcript": ("talk.txt", transcript),
    "assistant": ("chat.txt", assistant),
    "mailbox": ("mail.txt", mailbox),
    "git log": ("log.txt", git_log),
    "diff": ("change.txt", diff),
    "SRT": ("a.srt", srt),
    "VTT": ("a.txt", vtt),
    "PGN": ("games.txt", pgn),
    "FASTA": ("a.txt", fasta),
    "GEDCOM": ("a.ged", gedcom),
    "calendar": ("a.ics", calendar),
    "vCards": ("a.txt", vcards),
    "BibTeX": ("a.txt", bibtex),
    "PO": ("de.po", gettext),
    "Markdown": ("a.md", markdown),
    "RST": ("a.rst", rst),
    "LaTeX": ("a.tex", latex),
    "filing": ("10-k.txt", filing),
    "pages": ("a.txt", pages),
    "chapters": ("book.txt", chapters),
    "CR only": ("old.txt", cr_only),
    "Python": ("a.py", python),
    "Java": ("A.java", java),
    "JavaScript": ("a.js", javascript),
    "C": ("a.c", c_code),
    "Go": ("a.go", go_code),
    "Rust": ("a.rs", rust),
    "Ruby": ("a.rb", ruby),
}

SIZES = (200, 700, 2_000, 6_000, 20_000)


def made(kind: str, seed: int = 0) -> tuple[str, Made]:
    """The file name and the text of a kind."""
    name, maker = MAKERS[kind]
    return name, maker(Draw(seed))


def cuts_inside(units: Iterable[tuple[int, int]], ends: Iterable[int], size: int) -> list[int]:
    """The cuts that are inside a unit which fits into a piece."""
    cuts, inside = sorted(ends), []
    place = 0
    for start, end in sorted(units):
        while place < len(cuts) and cuts[place] <= start:
            place += 1
        at = place
        while end - start <= size and at < len(cuts) and cuts[at] < end:
            inside.append(cuts[at])
            at += 1
    return inside
