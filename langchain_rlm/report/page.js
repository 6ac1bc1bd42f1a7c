"use strict";
// Draws the run from the data in the page. Text of the run only ever becomes text nodes; parts are built when unfolded.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { texts, spans, sources } = data;
  const PAGE = 50; // rows of a list shown at once
  const SHOWN = 4000; // characters of a text shown at first
  const TICK = 0.002; // seconds that rounding may make two calls overlap by
  const FOUND = 100; // matches of a search listed

  // -- words and numbers -----------------------------------------------------------------------------------------

  const number = (n) => n.toLocaleString("en-US");
  const count = (n, one, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;
  const seconds = (s) => (s < 60 ? `${s.toFixed(s < 10 ? 2 : 1)} s` : `${Math.floor(s / 60)} min ${Math.round(s % 60)} s`);
  const percent = (part, whole) => {
    const share = whole ? (100 * part) / whole : 0;
    if (share > 0 && share < 0.1) return "<0.1%";
    return `${share > 99.9 && share < 100 ? "99.9" : share.toFixed(share < 10 && share % 1 ? 1 : 0)}%`;
  };
  const dollars = (cost) => {
    if (cost === null || cost === undefined) return "no price";
    return cost === 0 ? "$0" : `$${cost < 0.01 ? cost.toPrecision(2) : cost.toFixed(cost < 1 ? 3 : 2)}`;
  };
  const place = (name, start, end) => `${name}, ${number(start)}–${number(end)}`;

  // Characters that are invisible, or turn the direction of what follows, are shown by their code points.
  const HIDDEN =
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|\r(?!\n)/g;
  const visible = (text) =>
    text.replace(HIDDEN, (c) => `⟨U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`);
  const oneLine = (text, most = 120) => {
    const line = visible(text.slice(0, most * 4).replace(/\s+/g, " ").trim());
    return line.length > most ? `${cutAt(line, most)}…` : line;
  };
  const cutAt = (text, at) => text.slice(0, /[\udc00-\udfff]/.test(text[at] || "") ? at - 1 : at);
  const begins = (index) => (typeof texts[index] === "string" ? texts[index] : texts[index][0]);

  // -- elements --------------------------------------------------------------------------------------------------

  function el(tag, attributes = {}, ...children) {
    const svg = tag === "svg" || tag === "path";
    const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === "function") element.addEventListener(name, value);
      else if (value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return element;
  }
  let ids = 0;
  const newId = () => `e${++ids}`;

  /** Text as it is, cut to a size that a button lifts. `draw` makes nodes of a string. */
  function shown(index, kind, { limit = SHOWN, draw = (text) => [visible(text)] } = {}) {
    const stored = texts[index];
    const box = el("div", { class: `text ${kind}`, dir: kind.includes("code") ? "ltr" : "auto" });
    const parts = typeof stored === "string" ? [stored.trimEnd()] : [stored[0], stored[1]];
    const whole = () => {
      box.replaceChildren(...draw(parts[0]));
      if (parts.length > 1) {
        const left = stored[2] - [...stored[0]].length - [...stored[1]].length;
        box.append(el("span", { class: "gap" }, `… ${count(left, "character")} are not in this page …`), ...draw(parts[1]));
      }
    };
    if (parts.join("").length <= limit * 1.25) {
      whole();
      return box;
    }
    const head = cutAt(parts[0], limit);
    const rest = (parts.length > 1 ? stored[2] : parts[0].length) - head.length;
    const more = el("button", { type: "button", class: "more", click: whole }, `Show the other ${count(rest, "character")}`);
    box.append(...draw(head), el("span", { class: "gap" }, "… ", more));
    return box;
  }

  const CODE = new RegExp(
    [
      "(?<comment>#[^\\n]*)",
      "(?<string>\"\"\"[^]*?\"\"\"|'''[^]*?'''|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\\\n])*')",
      "(?<keyword>\\b(?:and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from|if|import|in|is|lambda|not|or|pass|raise|return|try|while|with|yield|None|True|False)\\b)",
      "(?<query>\\b(?:{functions})\\b)",
    ].join("|"),
    "g",
  );
  function python(code) {
    const nodes = [];
    let done = 0;
    for (const match of code.matchAll(CODE)) {
      if (match.index > done) nodes.push(visible(code.slice(done, match.index)));
      const kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
      nodes.push(el("span", { class: kind }, visible(match[0])));
      done = match.index + match[0].length;
    }
    return [...nodes, visible(code.slice(done))];
  }

  /** A list that shows a page of its rows at a time. Rows are built when shown; `item.pager.show(item)` gets to one. */
  function pager(items, row, { size = PAGE, tag = "ul", what = "more" } = {}) {
    const list = el(tag, { class: "rows", role: tag === "ul" ? "list" : null });
    const before = el("button", { type: "button", class: "more", click: () => grow(-size) });
    const after = el("button", { type: "button", class: "more", click: () => grow(size) });
    const box = el("div", {}, before, list, after);
    let [first, last] = [0, 0];
    const label = () => {
      before.hidden = first === 0;
      after.hidden = last === items.length;
      before.textContent = `Show ${Math.min(size, first)} earlier ${what}`;
      after.textContent = `Show ${Math.min(size, items.length - last)} of ${number(items.length - last)} further ${what}`;
    };
    const fill = (from, to) => items.slice(from, to).map(row);
    function grow(step) {
      if (step > 0) {
        const rows = fill(last, last + step);
        list.append(...rows);
        last += rows.length;
        rows[0].querySelector("button")?.focus();
      } else {
        const from = Math.max(0, first + step);
        list.prepend(...fill(from, first));
        first = from;
      }
      label();
    }
    function show(item) {
      const at = items.indexOf(item);
      if (at < first || at >= last) {
        first = Math.floor(at / size) * size;
        last = Math.min(items.length, first + size);
        list.replaceChildren(...fill(first, last));
        label();
      }
    }
    for (const item of items) if (item && typeof item === "object") item.pager = { show };
    last = Math.min(size, items.length);
    list.append(...fill(0, last));
    label();
    return box;
  }

  /** A row that folds. Its body is built when it is first unfolded. */
  function fold(node, { level, className, title, facts, build }) {
    const id = newId();
    const body = el("div", { class: "body", id, hidden: "" });
    const button = el(
      "button",
      { type: "button", class: "fold", "aria-expanded": "false", "aria-controls": id, click: () => set(body.hidden) },
      el("span", { class: "title" }, title),
      el("span", { class: "facts" }, facts),
    );
    function set(open) {
      if (open && !body.hasChildNodes()) body.append(...build().filter(Boolean));
      body.hidden = !open;
      button.setAttribute("aria-expanded", String(open));
    }
    node.fold = { set, button };
    const head = level ? el(`h${Math.min(6, level)}`, {}, button) : button;
    return el("div", { class: `node ${className}` }, head, body);
  }

  /** Unfold all that is above a node, and the node, and go there. */
  function reveal(node) {
    const chain = [];
    for (let each = node; each; each = each.up) chain.unshift(each);
    for (const each of chain) {
      each.pager?.show(each);
      each.fold?.set(true);
    }
    const target = chain.findLast((each) => each.fold)?.fold.button;
    if (!target) return goTo(document.getElementById("turns"));
    const seen = node.box ?? target;
    seen.scrollIntoView({ block: node.box ? "start" : "center" });
    target.focus({ preventScroll: true });
    seen.classList.remove("found");
    void seen.offsetWidth; // begin the animation anew
    seen.classList.add("found");
  }

  // -- the tree of the run ---------------------------------------------------------------------------------------

  const turns = []; // of the first run, in order
  const places = []; // where the texts stand, for the search: [node, what, index of text], or -1 - index of span
  const name = (node) => (node.up ? `${name(node.up)}${node.label ? ` › ${node.label}` : ""}`.replace(/^ › /, "") : node.label || "");

  function index(sections, up, timed, below) {
    sections.forEach((section, at) => {
      section.up = up;
      section.label = sections.length > 1 ? `Question ${at + 1}` : "";
      section.timed = below ? timed : [];
      if (section.question !== undefined) places.push([section, "question", section.question]);
      for (const turn of section.turns) indexTurn(turn, section, section.timed, below);
    });
  }
  function indexTurn(turn, section, timed, below) {
    turn.up = section;
    turn.label = turn.aside ?? `Turn ${turn.n}`;
    turn.calls = [];
    if (!below && !turn.aside) turns.push(turn);
    if (turn.text !== undefined) places.push([turn, turn.aside ? "note" : "reply", turn.text]);
    if (turn.at !== undefined && turn.seconds !== undefined) timed.push({ node: turn, kind: below ? "call" : "root" });
    for (const item of turn.items ?? []) {
      item.up = turn;
      if (item.aside) {
        places.push([item, "note", item.text]);
        continue;
      }
      if (item.code !== undefined) places.push([item, "code", item.code]);
      for (const group of item.groups) {
        group.up = item;
        group.label = "";
        for (const call of group.calls) indexCall(call, group, turn, timed);
      }
      for (const host of item.hosts ?? []) places.push([item, "host", host]);
      if (item.output !== undefined) places.push([item, "output", item.output]);
      if (item.error !== undefined) places.push([item, "error", item.error]);
    }
  }
  function indexCall(call, group, turn, timed) {
    call.up = group;
    call.label = `${call.tool ? "tool call" : "sub-query"} ${call.id}`;
    turn.calls.push(call);
    for (const piece of [...call.pieces, ...(call.context ?? []).flat()]) places.push([call, "prompt", piece]);
    for (const key of ["arguments", "text", "error"]) {
      if (call[key] !== undefined) places.push([call, key === "text" ? "answer" : key, call[key]]);
    }
    if (call.at !== undefined && call.seconds !== undefined && !call.copy) timed.push({ node: call, kind: kindOf(call) });
    if (call.run) index(call.run.sections, call, timed, true);
  }
  const kindOf = (call) => (call.error !== undefined ? "failed" : call.run ? "run" : call.tool ? "tool" : "call");

  function usageFacts(usage, time) {
    const facts = [];
    if (usage) {
      const [tokensIn, tokensOut, cost, estimated] = usage;
      if (tokensIn + tokensOut) facts.push(`${estimated ? "about " : ""}${count(tokensIn + tokensOut, "token")}`);
      if (cost !== null) facts.push(dollars(cost));
    }
    if (time !== undefined) facts.push(seconds(time));
    return facts;
  }
  const join = (facts) => facts.join(" · ");

  function drawSection(section, level) {
    const many = section.up ? 1 : data.sections.length;
    const parts = [];
    if (many > 1) {
      parts.push(el(`h${Math.min(6, level)}`, { class: "asked", dir: "auto" }, `${section.label}: `, oneLine(section.question === undefined ? "" : begins(section.question), 300)));
      level += 1;
    }
    parts.push(section.turns.length ? pager(section.turns, (turn) => el("li", {}, drawTurn(turn, level)), { size: 100, what: "turns" }) : el("p", { class: "quiet" }, "No turn was taken yet."));
    if (!section.end) parts.push(el("p", { class: "quiet" }, "The record stops here: the run had not ended."));
    return parts;
  }

  function drawTurn(turn, level) {
    if (turn.aside) return aside(turn);
    const failed = turn.calls.filter((call) => call.error !== undefined).length;
    const [, tokensIn, tokensOut, cost] = turn.sum;
    const facts = [];
    if (turn.calls.length) facts.push(turn.calls.some((call) => call.tool) ? count(turn.calls.length, "call") : count(turn.calls.length, "sub-query", "sub-queries"));
    if (failed) facts.push(`${number(failed)} failed`);
    facts.push(...usageFacts([tokensIn, tokensOut, cost], duration(turn)));
    const code = turn.items.find((item) => item.code !== undefined);
    const begun = turn.text !== undefined ? begins(turn.text) : code ? begins(code.code) : "";
    const label = [el("span", { class: "label" }, turn.label), el("span", { class: "hint", dir: "auto" }, oneLine(begun))];
    return fold(turn, { level, className: turn.up.up ? "turn" : "turn top", title: label, facts: join(facts), build: () => turnBody(turn, level + 1) });
  }

  /** Seconds from when the turn was asked for to when its last cell ended. */
  function duration(turn) {
    const ends = [turn, ...turn.items].map((each) => each.at).filter((at) => at !== undefined);
    return turn.at === undefined || turn.seconds === undefined ? undefined : Math.max(...ends) - turn.at + turn.seconds;
  }

  function turnBody(turn, level) {
    const parts = [];
    const from = [];
    if (turn.model !== undefined) from.push(begins(turn.model));
    if (turn.seconds !== undefined) from.push(`replied in ${seconds(turn.seconds)}`);
    if (turn.usage) from.push(`${number(turn.usage[0])} tokens in, ${number(turn.usage[1])} out`);
    if (turn.last) from.push(`the last turn (${turn.last})`);
    if (from.length) parts.push(el("p", { class: "quiet" }, visible(join(from))));
    if (turn.text !== undefined) parts.push(shown(turn.text, "prose"));
    for (const item of turn.items) parts.push(item.aside ? aside(item) : drawCell(item, level));
    return parts;
  }

  const aside = (node) => el("div", { class: "aside" }, el("span", { class: "label" }, node.aside), shown(node.text, "prose"));
  const labelled = (label, ...rest) => el("div", { class: "part" }, el("div", { class: "label" }, label), ...rest);

  function drawCell(cell, level) {
    const parts = [];
    if (cell.code !== undefined) parts.push(labelled(cell.index ? `Code, cell ${cell.index + 1}` : "Code", shown(cell.code, "code", { draw: python })));
    for (const group of cell.groups) parts.push(drawGroup(group, level));
    if (cell.hosts) parts.push(labelled("The host answered", ...cell.hosts.map((host) => shown(host, "code plain"))));
    if (cell.output !== undefined) {
      const printed = cell.printed === undefined ? "" : `, ${count(cell.printed, "character")} printed`;
      parts.push(labelled(`Output${printed}`, shown(cell.output, "code plain")));
    }
    if (cell.error !== undefined) parts.push(labelled("Error", shown(cell.error, "code plain failed")));
    if (cell.lost) parts.push(el("p", { class: "quiet" }, "The REPL was lost with this cell."));
    if (cell.ended && cell.output === undefined && cell.error === undefined) parts.push(el("p", { class: "quiet" }, "The cell printed nothing."));
    if (!cell.ended) parts.push(el("p", { class: "quiet" }, "No output yet: the cell had not ended."));
    if (cell.variables) parts.push(el("p", { class: "quiet" }, visible(`Assigned: ${cell.variables.slice(0, 40).join(", ")}`)));
    cell.box = el("div", { class: "cell" }, parts);
    return cell.box;
  }

  function drawGroup(group, level) {
    const { calls } = group;
    const failed = calls.filter((call) => call.error !== undefined).length;
    const waiting = calls.filter((call) => !call.done).length;
    const tools = calls.every((call) => call.tool);
    const facts = [];
    if (failed) facts.push(`${number(failed)} failed`);
    if (waiting) facts.push(`${number(waiting)} without an answer yet`);
    if (group.quote) facts.push(`quoted at ${group.quote.unpriced_models ? "an unknown price" : dollars(group.quote.cost)}${group.decision ? `: ${visible(group.decision)}` : ""}`);
    facts.push(...usageFacts(calls.reduce(([a, b, c], { usage = [0, 0, null] }) => [a + usage[0], b + usage[1], usage[2] === null ? c : (c ?? 0) + usage[2]], [0, 0, null])));
    const title = el("span", { class: "label" }, tools ? count(calls.length, "tool call") : count(calls.length, "sub-query", "sub-queries"));
    return fold(group, { className: "group", title, facts: join(facts), build: () => [pager(calls, (call) => el("li", {}, drawCall(call, level)), { what: "calls" })] });
  }

  function drawCall(call, level) {
    const span = call.pieces.find((piece) => piece < 0);
    const literal = call.pieces.find((piece) => piece >= 0 && begins(piece).trim());
    let hint = call.tool ?? "";
    if (span !== undefined && !call.run) hint = placeOf(spans[-1 - span]);
    else if (literal !== undefined) hint = oneLine(begins(literal));
    if (call.text !== undefined) hint += `  →  ${oneLine(begins(call.text), 80)}`;
    const facts = [];
    if (call.error !== undefined) facts.push(el("span", { class: "failed" }, "failed · "));
    else if (!call.done) facts.push("no answer yet");
    else if (call.copy) facts.push("given again");
    const used = call.run ? call.run.sum.slice(1) : call.usage;
    facts.push(join(usageFacts(used, call.seconds)));
    const how = call.run ? "rlm" : call.tool ? "tool" : "";
    const title = [el("span", { class: "label" }, `#${call.id}${how ? ` ${how}` : ""}`), el("span", { class: "hint", dir: "auto" }, visible(hint))];
    return fold(call, { className: "call", title, facts, build: () => callBody(call, level) });
  }

  function callBody(call, level) {
    const parts = [];
    const from = [];
    if (call.model !== undefined) from.push(begins(call.model));
    else if (call.asked !== undefined) from.push(`asked of ${begins(call.asked)}`);
    if (call.usage) from.push(`${number(call.usage[0])} tokens in, ${number(call.usage[1])} out${call.usage[3] ? " (estimated)" : ""}`);
    if (call.reused) from.push(`the answer of #${call.reused}, which was paid for before`);
    if (from.length) parts.push(el("p", { class: "quiet" }, visible(join(from))));
    if (call.arguments !== undefined) parts.push(labelled(visible(`Arguments of ${call.tool}`), shown(call.arguments, "code plain")));
    if (call.pieces.length) parts.push(labelled("Prompt", drawPieces(call.pieces)));
    (call.context ?? []).slice(0, PAGE).forEach((pieces, at) => parts.push(labelled(call.context.length > 1 ? `Its context, text ${at + 1}` : "Its context", drawPieces(pieces))));
    if (call.context?.length > PAGE) parts.push(el("p", { class: "quiet" }, `and ${count(call.context.length - PAGE, "further text")}`));
    if (call.run) parts.push(drawRun(call.run, level));
    if (call.error !== undefined) parts.push(labelled("Error", shown(call.error, "code plain failed")));
    if (call.text !== undefined) parts.push(labelled("Answer", begins(call.text) ? shown(call.text, "prose answer") : el("p", { class: "quiet" }, "(empty)")));
    if (!call.done) parts.push(el("p", { class: "quiet" }, "No answer yet."));
    return parts;
  }

  function drawRun(run, level) {
    const [calls, tokensIn, tokensOut, cost] = run.sum;
    const facts = [run.stop_reason, count(calls, "call"), ...usageFacts([tokensIn, tokensOut, cost])].filter(Boolean);
    const inner = el("div", { class: "below" }, el(`h${Math.min(6, level)}`, {}, "Recursive run"), el("p", { class: "quiet" }, visible(join(facts))));
    for (const section of run.sections) {
      if (section.question !== undefined) inner.append(shown(section.question, "prose", { limit: 600 }));
      inner.append(...drawSection(section, level + 1));
    }
    return inner;
  }

  const placeOf = ([source, start, end]) => visible(place(sources[source], start, end));
  function drawPieces(pieces) {
    const draw = (piece) => (piece >= 0 ? shown(piece, "prose literal", { limit: 2000 }) : drawSpan(spans[-1 - piece]));
    return pieces.length > 20 ? pager(pieces, (piece) => el("li", {}, draw(piece)), { size: 20, what: "pieces" }) : el("div", {}, pieces.map(draw));
  }
  function drawSpan(span) {
    const [, start, end, head, tail] = span;
    const box = el("div", { class: "span" }, el("div", { class: "place" }, `${placeOf(span)} · ${count(end - start, "character")}`));
    if (head !== undefined) box.append(el("div", { class: "text", dir: "auto" }, visible(head)));
    if (tail !== undefined) {
      const left = end - start - [...head].length - [...tail].length;
      box.append(el("div", { class: "gap" }, `… ${count(left, "character")} …`), el("div", { class: "text", dir: "auto" }, visible(tail)));
    }
    return box;
  }

  // -- the answer and its passages -------------------------------------------------------------------------------

  const cited = new Map(data.citations.map((citation) => [citation.mark, citation]));
  const opened = []; // functions that close a passage, newest last

  function drawAnswer() {
    const section = el("section", { "aria-labelledby": "answer" }, el("h2", { id: "answer" }, "Answer"));
    if (data.answer === undefined || data.answer === null) {
      section.append(el("p", { class: "quiet" }, data.sections.some((each) => each.end) ? "The run gave no answer." : "No answer yet."));
      return section;
    }
    const box = shown(data.answer, "prose answer-text", { limit: 20000, draw: paragraphs });
    section.append(box);
    if (data.citations.length) {
      section.append(fold({}, { className: "group cited", title: el("span", { class: "label" }, count(data.citations.length, "cited passage")), facts: "", build: () => [pager(data.citations, (citation) => el("li", {}, drawPassage(citation)), { size: 20, what: "passages" })] }));
    }
    return section;
  }
  const paragraphs = (text) => text.split(/\n{2,}/).map((part) => el("p", { dir: "auto" }, withMarks(part)));
  function withMarks(text) {
    const nodes = [];
    let done = 0;
    for (const match of text.matchAll(/\[\s*\d{1,6}(?:\s*,\s*\d{1,6})*\s*\]/g)) {
      for (const digits of match[0].matchAll(/\d+/g)) {
        const citation = cited.get(Number(digits[0]));
        if (!citation) continue;
        const alone = match[0].trim() === `[${digits[0]}]`;
        const at = match.index + (alone ? 0 : digits.index);
        const end = alone ? match.index + match[0].length : at + digits[0].length;
        nodes.push(visible(text.slice(done, at)), mark(citation, text.slice(at, end)));
        done = end;
      }
    }
    return [...nodes, visible(text.slice(done))];
  }
  function mark(citation, label) {
    const id = newId();
    const link = el("a", { href: `#${id}`, class: "mark", role: "button", "aria-expanded": "false", "aria-controls": id, "aria-label": `Passage ${citation.mark}, ${citation.name}`, click: toggle, keydown }, label);
    citation.link ??= link;
    let passage = null;
    function close() {
      passage?.remove();
      passage = null;
      link.setAttribute("aria-expanded", "false");
      opened.splice(opened.indexOf(closing), 1);
    }
    const closing = () => {
      close();
      link.focus();
    };
    function toggle(event) {
      event.preventDefault();
      if (passage) return close();
      passage = drawPassage(citation, closing);
      passage.id = id;
      link.closest("p").after(passage);
      link.setAttribute("aria-expanded", "true");
      opened.push(closing);
    }
    function keydown(event) {
      if (event.key === " ") toggle(event);
    }
    return link;
  }
  function drawPassage(citation, close = null) {
    const where = [];
    if (citation.page !== null && !citation.name.endsWith(`page ${citation.page}`)) where.push(`page ${number(citation.page)}`);
    if (citation.line !== null) where.push(`line ${number(citation.line)}`);
    if (citation.start !== null && citation.end !== null) where.push(`characters ${number(citation.start)}–${number(citation.end)}`);
    const head = el("div", { class: "place" }, el("strong", {}, visible(`[${citation.mark}] ${citation.name}`)), el("span", {}, join(where)));
    if (close) head.append(el("button", { type: "button", class: "close", "aria-label": "Close the passage", click: close }, "×"));
    const text = (at) => (at === null ? "" : visible(typeof texts[at] === "string" ? texts[at] : `${texts[at][0]} … ${texts[at][1]}`));
    const quoted = citation.text === null ? el("span", { class: "quiet" }, "The text of this passage is not on record.") : el("mark", {}, text(citation.text));
    return el("div", { class: "passage", role: "group", "aria-label": `Passage ${citation.mark}` }, head, el("blockquote", { class: "text", dir: "auto" }, text(citation.before), quoted, text(citation.after)));
  }

  // -- documents -------------------------------------------------------------------------------------------------

  const CLASSES = [
    ["read", "read by a sub-model"],
    ["printed", "printed to the root model"],
    ["unseen", "seen by no model"],
  ];
  function drawDocuments() {
    const { coverage } = data;
    const section = el("section", { "aria-labelledby": "documents" }, el("h2", { id: "documents" }, "Documents"));
    if (!coverage) {
      section.append(el("p", { class: "quiet" }, "The documents of this run are not on record."));
      return section;
    }
    section.append(el("p", {}, `${count(coverage.count, "document")}, ${count(coverage.characters, "character")}. `, coverage.shares ? `${sharesText(coverage.shares)}.` : "What models saw of them was not recorded."));
    if (coverage.shares) {
      section.append(
        el("ul", { class: "legend", role: "list" }, CLASSES.map(([kind, label]) => el("li", {}, el("span", { class: `swatch ${kind}` }), label)), el("li", {}, el("span", { class: "swatch both" }), "both read and printed")),
        el("p", { class: "quiet" }, "What no model saw may still have been searched: code reads the whole text, and nothing records what it looks at."),
      );
    }
    section.append(pager(coverage.documents, (each) => el("li", {}, drawDocument(each)), { size: 12, what: "documents" }));
    const { rest } = coverage;
    if (rest.count) {
      section.append(el("p", { class: "quiet" }, `And ${count(rest.count, "further document")}, ${count(rest.characters, "character")}`, rest.shares ? ": " : "", rest.shares ? sharesText(rest.shares) : "", "."));
    }
    if (coverage.left_out) {
      section.append(el("h3", {}, "Left out"), pager(coverage.left_out, ([name, reason]) => el("li", { dir: "auto" }, visible(begins(name)), ": ", visible(begins(reason))), { size: 12, what: "files" }));
    }
    return section;
  }
  function sharesText(shares) {
    const parts = CLASSES.map(([kind, label]) => `${percent(shares[kind], shares.characters)} ${label}`);
    if (shares.both) parts.splice(2, 0, `${percent(shares.both, shares.characters)} both`);
    return parts.join(", ");
  }
  function drawDocument(each) {
    const head = el("div", { class: "document-head" }, el("span", { class: "label", dir: "auto" }, visible(begins(each.name))), el("span", { class: "facts" }, count(each.characters, "character")));
    if (!each.shares) return el("div", { class: "document" }, head);
    const box = el("div", { class: "document" }, head, strip(each));
    if (data.coverage.count > 1) box.append(el("p", { class: "quiet shares" }, sharesText(each.shares)));
    const ranges = each.unread.length + each.unlisted[0];
    if (ranges && each.shares.unseen < each.shares.characters) {
      const build = () => {
        const rows = pager(each.unread, (span) => el("li", {}, drawSpan(spans[span])), { size: 8, what: "ranges" });
        const [more, characters] = each.unlisted;
        return [rows, more ? el("p", { class: "quiet" }, `and ${count(more, "further range")}, ${count(characters, "character")}`) : null];
      };
      box.append(fold({}, { className: "group", title: `Seen by no model: ${count(ranges, "range")}`, facts: count(each.shares.unseen, "character"), build }));
    }
    return box;
  }
  /** A strip of a document: what was read, printed, or both (each half). What is narrow still shows. */
  function strip({ shares, read, printed }) {
    const whole = shares.characters || 1;
    const path = (ranges, top, height) =>
      ranges.map(([start, end]) => {
        const width = Math.max(ranges.length > 200 ? 0 : 1.5, (1000 * (end - start)) / whole);
        return `M${Math.min(1000 - width, (1000 * start) / whole).toFixed(2)} ${top}h${width.toFixed(2)}v${height}h-${width.toFixed(2)}z`;
      }).join("");
    const svg = el("svg", { class: "strip", viewBox: "0 0 1000 14", preserveAspectRatio: "none", role: "img", "aria-label": sharesText(shares) });
    const both = overlap(read, printed);
    svg.append(
      el("path", { class: "read", d: path(read, 0, 14) }),
      el("path", { class: "printed", d: path(printed, 0, 14) }),
      el("path", { class: "read", d: path(both, 0, 7) }),
    );
    return svg;
  }
  function overlap(a, b) {
    const both = [];
    for (let i = 0, j = 0; i < a.length && j < b.length; ) {
      const [start, end] = [Math.max(a[i][0], b[j][0]), Math.min(a[i][1], b[j][1])];
      if (start < end) both.push([start, end]);
      if (a[i][1] < b[j][1]) i += 1;
      else j += 1;
    }
    return both;
  }

  // -- the timeline ----------------------------------------------------------------------------------------------

  const KINDS = { root: "root model", call: "sub-model", run: "recursive run", tool: "tool", failed: "failed" };
  const WAITING = 0.35; // how opaque the time is in which a call waited
  const redraws = [];
  function drawTimeline() {
    const sections = data.sections.filter((section) => section.timed.length);
    if (!sections.length) return null;
    const box = el("section", { "aria-labelledby": "timeline" }, el("h2", { id: "timeline" }, "Timeline"));
    const holder = el("div", {});
    if (sections.length > 1) {
      const choice = el("select", { id: "which", change: () => holder.replaceChildren(...timeline(sections[choice.value])) }, sections.map((section, at) => el("option", { value: at }, section.label)));
      choice.value = sections.length - 1;
      box.append(el("p", {}, el("label", { for: "which" }, "Calls of "), choice));
    }
    holder.append(...timeline(sections.at(-1)));
    box.append(holder);
    return box;
  }
  function timeline({ timed }) {
    const bars = timed
      .map(({ node, kind }) => ({ node, kind, start: Math.max(0, node.at - node.seconds), end: node.at }))
      .map((bar) => ({ ...bar, sent: Math.min(bar.end, bar.start + (bar.node.waited ?? 0)) }))
      .sort((a, b) => a.start - b.start || a.end - b.end);
    const lanes = laneOut(bars);
    const most = bars.reduce((latest, bar) => Math.max(latest, bar.end), 0) || 1;
    const height = Math.max(28, Math.min(320, lanes.length * 12));
    const lane = height / lanes.length;
    const used = Object.keys(KINDS).filter((kind) => bars.some((bar) => bar.kind === kind));
    const says = el("p", { class: "says quiet", role: "status" }, `${count(bars.length, "call")}, at most ${number(atOnce(bars))} in flight at once. Point at one, or use the arrow keys; Enter goes to it.`);
    const canvas = el("canvas", {
      tabindex: 0, role: "slider", "aria-label": "Calls in the order in which they began", "aria-valuemin": 1, "aria-valuemax": bars.length,
      "aria-valuenow": 1, "aria-valuetext": describe(bars[0]), keydown, mousemove: point, click: () => chosen && reveal(chosen.node), focus: () => choose(chosen ?? bars[0]),
    });
    let chosen = null;
    canvas.style.height = `${height + 22}px`;
    const x = (time) => (time / most) * (canvas.clientWidth - 2) + 1;

    function draw() {
      const scale = window.devicePixelRatio || 1;
      const width = canvas.clientWidth;
      canvas.width = width * scale;
      canvas.height = (height + 22) * scale;
      const pen = canvas.getContext("2d");
      pen.scale(scale, scale);
      const colors = Object.fromEntries(used.map((kind) => [kind, color(`--${kind}`)]));
      pen.fillStyle = color("--line");
      pen.fillRect(0, height + 3, width, 1);
      for (const bar of bars) {
        const [left, sent, right] = [bar.start, bar.sent, bar.end].map(x);
        const [top, thick] = [bar.lane * lane, Math.max(0.8, lane - (lane > 3 ? 2 : 0))];
        pen.fillStyle = colors[bar.kind];
        pen.globalAlpha = WAITING;
        pen.fillRect(left, top, sent - left, thick);
        pen.globalAlpha = 1;
        pen.fillRect(sent, top, Math.max(1.5, right - sent - 0.5), thick);
      }
      if (chosen) {
        pen.strokeStyle = color("--text");
        pen.lineWidth = 2;
        pen.strokeRect(x(chosen.start) - 1, Math.max(1, chosen.lane * lane - 1), Math.max(3, x(chosen.end) - x(chosen.start) + 1), Math.max(3, lane));
      }
      pen.fillStyle = color("--quiet");
      pen.font = `12px ${getComputedStyle(document.body).fontFamily}`;
      const step = niceStep(most / Math.max(2, Math.floor(width / 110)));
      for (let time = 0; time <= most; time += step) {
        const label = `${Number(time.toPrecision(6))} s`;
        const left = x(time);
        pen.textAlign = time === 0 ? "left" : left > width - 30 ? "right" : "center";
        pen.fillText(label, left, height + 19);
      }
    }
    function choose(bar) {
      chosen = bar;
      const at = bars.indexOf(bar);
      canvas.setAttribute("aria-valuenow", at + 1);
      canvas.setAttribute("aria-valuetext", describe(bar));
      says.textContent = describe(bar);
      draw();
    }
    function point(event) {
      const box = canvas.getBoundingClientRect();
      const row = Math.floor((event.clientY - box.top) / lane);
      const time = ((event.clientX - box.left - 1) / (canvas.clientWidth - 2)) * most;
      const slack = (3 / canvas.clientWidth) * most;
      const bar = lanes[row]?.find((each) => each.start - slack <= time && time <= each.end + slack);
      canvas.style.cursor = bar ? "pointer" : "default";
      if (bar && bar !== chosen) choose(bar);
    }
    function keydown(event) {
      const at = chosen ? bars.indexOf(chosen) : 0;
      const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, PageDown: 25, PageUp: -25, Home: -bars.length, End: bars.length };
      if (event.key in steps) choose(bars[Math.max(0, Math.min(bars.length - 1, at + steps[event.key]))]);
      else if (event.key === "Enter" || event.key === " ") reveal((chosen ?? bars[0]).node);
      else return;
      event.preventDefault();
      event.stopPropagation();
    }
    redraws.splice(0, redraws.length, draw);
    new ResizeObserver(draw).observe(canvas);
    const legend = el("ul", { class: "legend", role: "list" }, used.map((kind) => el("li", {}, el("span", { class: `swatch ${kind}` }), KINDS[kind])));
    return [legend, canvas, says, el("p", { class: "quiet" }, "The pale part of a bar is the time that the call waited for a place among those in flight, or for the provider.")];
  }
  function describe({ node, start, end }) {
    const parts = [name(node), `${seconds(start)} to ${seconds(end)}`];
    if (node.waited !== undefined) parts.push(`waited ${seconds(node.waited)} of it`);
    if (node.model !== undefined) parts.push(begins(node.model));
    if (node.error !== undefined) parts.push(`failed: ${oneLine(begins(node.error))}`);
    return visible(join(parts));
  }
  /** Give each bar the first lane that is free; the root model has the top one for itself. */
  function laneOut(bars) {
    const lanes = [];
    const ends = [];
    const first = bars.some((bar) => bar.kind === "root") ? 1 : 0;
    if (first) {
      lanes.push([]);
      ends.push(Infinity);
    }
    for (const bar of bars) {
      bar.lane = bar.kind === "root" ? 0 : ends.findIndex((end) => end <= bar.start + TICK);
      if (bar.lane < 0) bar.lane = lanes.push([]) - 1;
      if (bar.kind !== "root") ends[bar.lane] = bar.end;
      lanes[bar.lane].push(bar);
    }
    return lanes;
  }
  function atOnce(bars) {
    const events = bars.flatMap((bar) => [[bar.sent, 1], [bar.end - TICK, -1]]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    let [now, most] = [0, 1];
    for (const [, step] of events) most = Math.max(most, (now += step));
    return most;
  }
  function niceStep(least) {
    const power = 10 ** Math.floor(Math.log10(least));
    return [1, 2, 5, 10].map((each) => each * power).find((each) => each >= least * 0.999);
  }
  const probe = el("span", { hidden: "" });
  function color(variable) {
    probe.style.color = `var(${variable})`;
    return getComputedStyle(probe).color;
  }

  // -- tokens and dollars ----------------------------------------------------------------------------------------

  function drawCosts() {
    const section = el("section", { "aria-labelledby": "costs" }, el("h2", { id: "costs" }, "Tokens and dollars"));
    const heads = ["Calls", "Tokens in", "Tokens out", "Dollars"];
    const cells = ([calls, tokensIn, tokensOut, cost]) => [calls, tokensIn, tokensOut].map(number).concat(dollars(cost));
    if (data.models.length) section.append(table("By model", ["Model", ...heads], data.models.map(([model, ...used]) => [visible(model), ...cells(used)])));
    if (turns.length) {
      const many = data.sections.length > 1;
      const label = (turn) => (many ? `${turn.up.label}, turn ${turn.n}` : `Turn ${turn.n}`);
      section.append(table("By turn, with its sub-queries", ["Turn", ...heads], turns.map((turn) => [label(turn), ...cells(turn.sum)])));
      const answered = turns.reduce((sum, turn) => sum + turn.sum[0], 0);
      if (!many && answered < data.totals.calls) section.append(el("p", { class: "quiet" }, `${count(data.totals.calls - answered, "failed call")} ${data.totals.calls - answered === 1 ? "is" : "are"} counted in the totals and by model only.`));
    }
    if (!data.models.length && !turns.length) section.append(el("p", { class: "quiet" }, "Nothing was used yet."));
    return section;
  }
  function table(caption, heads, rows) {
    const body = el("tbody", {});
    const more = el("button", { type: "button", class: "more", click: () => add(500) });
    const add = (size) => {
      const from = body.rows.length;
      body.append(...rows.slice(from, from + size).map(([head, ...cells]) => el("tr", {}, el("th", { scope: "row", dir: "auto" }, head), cells.map((cell) => el("td", {}, cell)))));
      const left = rows.length - body.rows.length;
      more.hidden = !left;
      if (left) more.textContent = `Show ${Math.min(500, left)} of ${count(left, "further row")}`;
    };
    add(PAGE);
    const head = el("thead", {}, el("tr", {}, heads.map((each) => el("th", { scope: "col" }, each))));
    return el("div", {}, el("table", {}, el("caption", {}, caption), head, body), more);
  }

  // -- search ----------------------------------------------------------------------------------------------------

  const results = el("div", { class: "results", id: "results", hidden: "" });
  const input = el("input", { type: "search", id: "search", placeholder: "Search the run", "aria-label": "Search the run", "aria-controls": "results", autocomplete: "off", spellcheck: "false", input: search });
  const said = el("p", { class: "quiet", role: "status" });
  let lower = null; // the texts and the excerpts of spans in lower case, made for the first search

  function search() {
    const wanted = input.value.trim().toLowerCase();
    results.hidden = !wanted;
    if (!wanted) return;
    lower ??= {
      texts: texts.map((text) => (typeof text === "string" ? text : `${text[0]}\n${text[1]}`).toLowerCase()),
      spans: spans.map(([source, , , head = "", tail = ""]) => `${sources[source]}\n${head}\n${tail}`.toLowerCase()),
    };
    const textHits = lower.texts.map((text) => text.indexOf(wanted));
    const spanHits = lower.spans.map((text) => text.indexOf(wanted));
    const found = searchable().filter(([, , at]) => (at >= 0 ? textHits[at] : spanHits[-1 - at]) >= 0);
    said.textContent = found.length ? `${count(found.length, "match", "matches")}${found.length > FOUND ? `, the first ${FOUND} are listed` : ""}` : "Nothing was found.";
    results.replaceChildren(said, el("ul", { role: "list" }, found.slice(0, FOUND).map((hit) => el("li", {}, drawHit(hit, wanted, textHits, spanHits)))));
  }
  /** Everything that has text; the answer, its passages and the documents come first. Of these the node is a function. */
  function searchable() {
    const all = [];
    const to = (id) => () => goTo(document.getElementById(id));
    if (data.answer !== undefined && data.answer !== null) all.push([to("answer"), "answer", data.answer]);
    for (const citation of data.citations) {
      const open = () => {
        const { link } = citation;
        if (!link) return goTo(document.getElementById("answer"));
        if (link.getAttribute("aria-expanded") === "false") link.click();
        link.scrollIntoView({ block: "center" });
        link.focus({ preventScroll: true });
      };
      for (const part of ["text", "before", "after"]) if (citation[part] !== null) all.push([open, `passage ${citation.mark}`, citation[part]]);
    }
    for (const each of data.coverage?.documents ?? []) all.push([to("documents"), "document", each.name]);
    return all.concat(places);
  }
  function drawHit([node, what, at], wanted, textHits, spanHits) {
    const from = at >= 0 ? textHits[at] : spanHits[-1 - at];
    const stored = at >= 0 ? texts[at] : spans[-1 - at];
    const text = at < 0 ? `${sources[stored[0]]}\n${stored[3] ?? ""}\n${stored[4] ?? ""}` : typeof stored === "string" ? stored : `${stored[0]}\n${stored[1]}`;
    const clean = (part) => visible(part.replace(/\s+/g, " "));
    const snippet = [clean(text.slice(Math.max(0, from - 40), from)), el("mark", {}, clean(text.slice(from, from + wanted.length))), clean(text.slice(from + wanted.length, from + wanted.length + 80))];
    const where = typeof node === "function" ? "" : name(node);
    const go = () => {
      results.hidden = true;
      if (typeof node === "function") node();
      else reveal(node);
    };
    return el("button", { type: "button", class: "hit", click: go }, el("span", { class: "label" }, visible([where, what].filter(Boolean).join(" · "))), el("span", { class: "snippet", dir: "auto" }, snippet));
  }
  function goTo(heading) {
    heading.tabIndex = -1;
    heading.scrollIntoView({ block: "start" });
    heading.focus({ preventScroll: true });
  }

  // -- keyboard --------------------------------------------------------------------------------------------------

  function step(buttons, by) {
    const now = document.activeElement;
    const at = buttons.indexOf(now);
    let next = buttons[at + by];
    if (at < 0) {
      const after = (each) => now === document.body || now.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING;
      next = by > 0 ? buttons.find(after) : buttons.findLast((each) => !after(each));
    }
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }
  const visibleFolds = (selector) => [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility());
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = document.activeElement;
    if (event.key === "Escape") {
      if (!results.hidden) {
        results.hidden = true;
        input.focus();
      } else if (opened.length) opened.at(-1)();
      else if (at === input) at.blur();
      else return;
    } else if (at === input || at.closest?.(".results")) {
      const hits = [input, ...results.querySelectorAll("button")];
      if (results.hidden || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
      step(hits, event.key === "ArrowDown" ? 1 : -1);
    } else if (at instanceof HTMLSelectElement) return;
    else if (event.key === "/") {
      input.focus();
      input.select();
      results.hidden = !input.value.trim();
    } else if (event.key === "j" || event.key === "k") step(visibleFolds(".turn.top > * > .fold"), event.key === "j" ? 1 : -1);
    else if (at.classList.contains("fold") && ["ArrowDown", "ArrowUp"].includes(event.key)) step(visibleFolds(".fold"), event.key === "ArrowDown" ? 1 : -1);
    else if (at.classList.contains("fold") && ["ArrowRight", "ArrowLeft"].includes(event.key)) {
      if ((at.getAttribute("aria-expanded") === "true") === (event.key === "ArrowLeft")) at.click();
    } else return;
    event.preventDefault();
  });

  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest(".search")) results.hidden = true;
  });

  // -- the page --------------------------------------------------------------------------------------------------

  const dark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const theme = el("button", { type: "button", class: "theme", click: () => {
    document.documentElement.dataset.theme = dark() ? "light" : "dark";
    themed();
  } });
  function themed() {
    theme.textContent = dark() ? "Light" : "Dark";
    theme.setAttribute("aria-label", `Use the ${dark() ? "light" : "dark"} theme`);
    for (const draw of redraws) draw();
  }

  function drawHead() {
    const { totals } = data;
    const question = data.question === null || data.question === undefined ? "A run without a question" : begins(data.question);
    document.title = `${oneLine(question, 80)} · run`;
    const figures = [
      ["Turns", number(totals.turns)],
      ["Model calls", number(totals.calls)],
      ["Tokens in", number(totals.input)],
      ["Tokens out", number(totals.output)],
      ["Cost", dollars(totals.cost)],
      ["Time", totals.seconds === null ? "–" : seconds(totals.seconds)],
    ];
    const stop = data.stop_reason || "not ended";
    const header = el("header", { class: "head" },
      el("p", { class: "stop" }, el("span", { class: `chip ${["answered", "direct"].includes(stop) ? "good" : "warn"}` }, visible(stop))),
      question.length > 300 ? el("h1", { dir: "auto" }, oneLine(question, 200)) : el("h1", { dir: "auto" }, visible(question)),
    );
    if (question.length > 300) header.append(shown(data.question, "prose", { limit: 1200 }));
    header.append(el("dl", { class: "figures" }, figures.map(([label, value]) => el("div", {}, el("dt", {}, label), el("dd", {}, value)))));
    const notes = [];
    if (totals.estimated) notes.push(`Tokens of ${count(totals.estimated, "call")} are estimated.`);
    if (totals.unpriced.length) notes.push(`No price is known for ${totals.unpriced.join(", ")}.`);
    if (notes.length) header.append(el("p", { class: "quiet" }, visible(notes.join(" "))));
    return header;
  }

  index(data.sections, null, null, false);
  const tree = el("div", { id: "tree" });
  tree.append(...(data.sections.length ? [pager(data.sections, (section) => el("li", {}, drawSection(section, 3)), { size: 20, what: "questions" })] : [el("p", { class: "quiet" }, "Nothing is on record yet.")]));
  const keys = [["/", "search"], ["j k", "turns"], ["Enter", "fold"], ["Esc", "close"]];
  document.body.append(
    el("nav", { class: "bar", "aria-label": "Search and theme" }, el("div", { class: "inner" }, el("div", { class: "search" }, input, results), el("span", { class: "keys", "aria-hidden": "true" }, keys.map(([key, does]) => el("span", {}, el("kbd", {}, key), ` ${does}`))), theme)),
    el("main", {}, drawHead(), drawAnswer(), drawDocuments(), drawTimeline() ?? "", el("section", { "aria-labelledby": "turns" }, el("h2", { id: "turns" }, "Turns"), tree), drawCosts()),
    probe,
  );
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", themed);
  themed();
})();
