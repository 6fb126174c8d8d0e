"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const report = JSON.parse($("report").textContent);
  const good = new Set(report.good);
  const SHOWN_OCTETS = 96, SHOWN_ITEMS = 12;

  // Everything of a report goes through here: attributes by name, children as text.
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "onclick") element.addEventListener("click", value);
      else if (value !== undefined && value !== null) element.setAttribute(name, value);
    }
    for (const child of children.flat()) {
      if (child !== null && child !== undefined && child !== "") element.append(child);
    }
    return element;
  }

  const words = (name) => String(name).replaceAll("_", " ");
  const kind = (verdict) => (!good.has(verdict) ? "bad" : verdict === "passed" ? "good"
    : verdict === "unsupported" ? "none" : "partly");
  const tag = (verdict) => make("span", { class: `tag ${kind(verdict)}` },
    make("span", { "aria-hidden": "true" }, `${report.marks[verdict]} `), verdict.replaceAll("-", " "));

  // Text with code in back quotes, paragraphs parted by empty lines.
  function prose(text) {
    return text.split("\n\n").map((paragraph) => make("p", {}, coded(paragraph)));
  }
  function coded(text) {
    return text.split("`").map((part, at) => (at % 2 ? make("code", {}, part) : part));
  }

  // ---- where two values first differ -------------------------------------------------------------------------

  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  const isOctets = (value) => typeof value === "string" && value.length % 2 === 0 && /^[0-9a-f]{2,}$/.test(value);

  function firstDifference(one, other, path = []) {
    if (isObject(one) && isObject(other)) {
      for (const name of [...Object.keys(one), ...Object.keys(other)]) {
        if (!Object.hasOwn(one, name) || !Object.hasOwn(other, name)) return [...path, name];
        const found = firstDifference(one[name], other[name], [...path, name]);
        if (found) return found;
      }
      return null;
    }
    if (Array.isArray(one) && Array.isArray(other)) {
      for (let at = 0; at < Math.min(one.length, other.length); at += 1) {
        const found = firstDifference(one[at], other[at], [...path, at]);
        if (found) return found;
      }
      return one.length === other.length ? null : [...path, Math.min(one.length, other.length)];
    }
    return one === other ? null : path;
  }

  function firstOctet(one, other) {
    if (!isOctets(one) && one !== "") return null;
    if (!isOctets(other) && other !== "") return null;
    const shorter = Math.min(one.length, other.length) / 2;
    for (let at = 0; at < shorter; at += 1) {
      if (one.slice(2 * at, 2 * at + 2) !== other.slice(2 * at, 2 * at + 2)) return at;
    }
    return one.length === other.length ? null : shorter;
  }

  const at = (value, name) => (value !== null && typeof value === "object" && Object.hasOwn(value, name) ? value[name] : undefined);
  const pathText = (path) => path.reduce((text, name) => (typeof name === "number" ? `${text}[${name}]`
    : text ? `${text}.${name}` : name), "");

  // ---- values ----------------------------------------------------------------------------------------------

  // `other` is what stands in its place on the other side, `place` the path that is left to the first difference.
  function rendered(value, other, place, meanings = {}) {
    const here = place !== null && place.length === 0;
    if (isOctets(value) && (value.length > 8 || here)) return octets(value, here && typeof other === "string" ? other : null, here);
    if (Array.isArray(value)) return items(value, other, place, meanings);
    if (isObject(value)) return fields(value, other, place, meanings);
    const text = typeof value === "string" ? (value === "" ? "empty" : value) : JSON.stringify(value);
    const shown = value === "" ? make("span", { class: "length" }, text) : make("code", {}, text);
    return here ? make("mark", {}, shown) : shown;
  }

  const inside = (place, name) => (place !== null && place.length && place[0] === name ? place.slice(1) : null);

  function fields(value, other, place, meanings) {
    const names = Object.keys(value);
    if (!names.length) return make("span", { class: "length" }, "nothing");
    const list = make("dl", { class: "fields" });
    for (const name of names) {
      const meaning = Object.hasOwn(meanings, name) ? make("small", {}, coded(meanings[name])) : null;
      list.append(make("div", {}, make("dt", {}, words(name), meaning),
        make("dd", {}, rendered(value[name], at(other, name), inside(place, name)))));
    }
    return list;
  }

  function items(value, other, place, meanings) {
    if (!value.length) return make("span", { class: "length" }, "empty list");
    const list = make("ol", { class: "items" });
    const differing = place !== null && place.length ? place[0] : -1;
    const add = (index) => list.append(make("li", {}, make("span", { class: "index" }, String(index)),
      rendered(value[index], at(other, index), inside(place, index), meanings)));
    const first = value.slice(0, SHOWN_ITEMS).map((_, index) => index);
    first.forEach(add);
    if (differing >= SHOWN_ITEMS && differing < value.length) add(differing);
    if (value.length <= SHOWN_ITEMS) return list;
    const more = make("button", { type: "button", class: "more", onclick: () => {
      list.replaceChildren();
      value.forEach((_, index) => add(index));
      more.remove();
    } }, `Show all ${value.length}`);
    return make("div", {}, list, more);
  }

  function octets(value, other, here) {
    const length = value.length / 2;
    const offset = here && other !== null ? firstOctet(value, other) : null;
    const box = make("div", {});
    const show = (from, to) => {
      const line = make("div", { class: "octets" });
      if (from > 0) line.append(make("span", { class: "length" }, `… ${from} octets `));
      let four = make("span", { class: "four" });
      for (let octet = from; octet < to; octet += 1) {
        const pair = value.slice(2 * octet, 2 * octet + 2);
        if (octet === offset) four.append(make("mark", {}, pair));
        else if (offset !== null && octet > offset && other.slice(2 * octet, 2 * octet + 2) !== pair) {
          four.append(make("span", { class: "differs" }, pair));
        } else four.append(pair);
        if (octet % 4 === 3 || octet === to - 1) {
          line.append(four);
          four = make("span", { class: "four" });
        }
      }
      if (offset === length) line.append(make("mark", {}, "ends here"));
      if (to < length) line.append(make("span", { class: "length" }, ` … ${length - to} octets`));
      const told = make("div", { class: "length" }, `${length} octet${length === 1 ? "" : "s"}`,
        offset === null ? null : offset === length ? ", the other has more" : `, first difference at octet ${offset}`);
      box.replaceChildren(line, told);
      if (from > 0 || to < length) {
        told.append(" ", make("button", { type: "button", class: "more", onclick: () => show(0, length) }, "Show all"));
      }
    };
    if (length <= SHOWN_OCTETS) show(0, length);
    else {
      const from = offset === null ? 0 : Math.max(0, Math.min(offset - 16, length - 64) & ~3);
      show(from, Math.min(length, from + 64));
    }
    return box;
  }

  // ---- outcomes ----------------------------------------------------------------------------------------------

  function outcome(value, other, meanings) {
    if (isObject(value) && isObject(value.accept)) {
      const given = at(value.accept, "output") ?? value.accept;
      const others = isObject(other) && isObject(other.accept) ? at(other.accept, "output") ?? other.accept : undefined;
      const place = others === undefined ? null : firstDifference(given, others);
      return [make("p", { class: "outcome" }, "accepted"), rendered(given, others, place, meanings)];
    }
    if (isObject(value) && isObject(value.reject)) {
      const code = `${value.reject.stage}/${value.reject.reason}`;
      return [make("p", { class: "outcome" }, "refused"), make("code", {}, code)];
    }
    if (value === null || value === undefined) return [make("p", { class: "outcome" }, "no answer")];
    return [make("p", { class: "outcome" }, "neither accepted nor refused"), rendered(value, undefined, null)];
  }

  function sides(expected, got, meanings) {
    const same = firstDifference(expected, got) === null;
    return make("div", { class: "sides" },
      make("div", { class: "side" }, make("h4", {}, "Specified"), outcome(expected, got, meanings)),
      make("div", { class: `side ${same ? "good" : "bad"}` }, make("h4", {}, "Got"), outcome(got, expected, meanings)));
  }

  // ---- one case ----------------------------------------------------------------------------------------------

  const readSteps = new Map();
  function step(index) {
    if (!readSteps.has(index)) readSteps.set(index, JSON.parse($(`step-${index}`).textContent));
    return readSteps.get(index);
  }

  function caseInside(data, item, implementation, stepIndex) {
    const result = item.results[implementation];
    const got = result.same ? item.expected : result.got;
    const known = at(data.operations, item.operation);
    const meanings = known ? known.fields : {};
    const base = item.base ? data.cases.find((each) => each.id === item.base) : undefined;
    const parts = [make("p", {}, coded(item.comment ?? ""))];
    if (!good.has(result.verdict) || result.message) {
      parts.push(make("p", { class: good.has(result.verdict) ? "" : "message-box" }, result.message || "It passes, and is listed as failing."));
    }
    if (result.expected_failure) parts.push(make("p", {}, `Expected to fail: ${result.expected_failure}`));
    const place = result.first_difference;
    if (place && place.field) {
      parts.push(make("p", {}, "First difference: ", make("code", {}, String(place.field)),
        place.offset === null ? null : `, octet ${place.offset}`, "."));
    }
    if (item.mutation) {
      parts.push(make("p", {}, "The one fault: ", make("b", {}, words(item.mutation.kind).replaceAll("-", " ")), " of ",
        make("code", {}, item.mutation.field), item.mutation.detail ? `, ${item.mutation.detail}` : null,
        ", in ", base ? make("button", { type: "button", class: "more", onclick: () => openCase(stepIndex, implementation, item.base) }, item.base)
          : make("code", {}, item.base ?? ""), "."));
    }
    if (Array.isArray(item.expected)) parts.push(sessionCalls(data, item, got));
    else {
      parts.push(sides(item.expected, got, meanings));
      if (known) {
        parts.push(make("h4", {}, "Operation"),
          make("p", {}, make("code", {}, item.operation), `, run by ${known.role === "any" ? "anyone" : known.role}: `, coded(known.summary), ` (${known.source})`));
      }
      const change = base ? firstDifference(item.input, base.input) : null;
      parts.push(make("h4", {}, base && change ? `Input; marked is where it leaves its base, in ${pathText(change) || "the whole"}` : "Input"),
        rendered(item.input, base ? base.input : undefined, change, meanings));
      if (Object.keys(item.randomness ?? {}).length) {
        parts.push(make("h4", {}, "Randomness, supplied by the runner"), rendered(item.randomness, undefined, null, meanings));
      }
    }
    if (Object.keys(item.intermediate ?? {}).length) {
      const details = make("details", {}, make("summary", {}, "Intermediate values: compare yours with these"),
        rendered(item.intermediate, undefined, null));
      if (!good.has(result.verdict)) details.open = true;
      parts.push(details);
    }
    if (result.stderr) parts.push(make("h4", {}, "What it wrote to standard error"), make("pre", {}, result.stderr));
    if (result.replay) parts.push(make("h4", {}, "Run it again"), replay(result.replay));
    const others = report.implementations.flatMap((label, index) => {
      const theirs = item.results[index];
      return index === implementation || !theirs ? [] : [make("li", {}, make("button", { type: "button", class: "quiet",
        onclick: () => openCase(stepIndex, index, item.id) }, `${label}: `, tag(theirs.verdict)))];
    });
    if (others.length) parts.push(make("h4", {}, "The same case elsewhere"), make("ul", { class: "others" }, others));
    const facts = [item.features?.length ? `needs ${item.features.join(", ")}` : "", result.seconds === undefined ? "" : `${result.seconds} s`];
    parts.push(make("p", { class: "facts" }, facts.filter(Boolean).join(" · ")));
    return make("div", { class: "inside" }, parts);
  }

  function sessionCalls(data, item, got) {
    const list = make("ol", { class: "items" });
    item.expected.forEach((expected, index) => {
      const call = Array.isArray(item.input) ? item.input[index] ?? {} : {};
      const known = at(data.operations, call.operation);
      const meanings = known ? known.fields : {};
      const answer = Array.isArray(got) ? got[index] ?? null : null;
      const same = firstDifference(expected, answer) === null;
      const details = make("details", {}, make("summary", {}, make("span", { class: `tag ${same ? "good" : "bad"}` }, same ? "as specified" : "differs"),
        ` ${index + 1}. ${["kind", "handle", "operation"].map((name) => call[name] ?? "").filter(Boolean).join(" · ")}`),
        sides(expected, answer, meanings), make("h4", {}, "Call"), rendered(call, undefined, null, meanings));
      if (!same) details.open = true;
      list.append(make("li", {}, details));
    });
    return make("div", {}, make("h4", {}, "Calls, in order"), list);
  }

  function replay(command) {
    const text = make("code", {}, command);
    const box = make("div", { class: "replay" }, text);
    if (navigator.clipboard) {
      const button = make("button", { type: "button", class: "quiet", onclick: async () => {
        try { await navigator.clipboard.writeText(command); button.textContent = "Copied"; } catch {
          getSelection().selectAllChildren(text);
        }
      } }, "Copy");
      box.append(button);
    }
    return box;
  }

  // ---- the panel ---------------------------------------------------------------------------------------------

  const panel = $("panel");
  let opener = null;

  function openCell(stepIndex, implementation, wanted = null) {
    const data = step(stepIndex), known = report.steps[stepIndex];
    const content = $("panel-content");
    $("panel-title").replaceChildren(known.title[0].toUpperCase() + known.title.slice(1),
      make("small", {}, `${words(known.id.split("/")[0])} · ${report.implementations[implementation]}`));
    content.replaceChildren();
    if (data.text) {
      const details = make("details", { class: "specified" }, make("summary", {}, "What the specification says of this step"));
      details.addEventListener("toggle", () => { if (details.children.length === 1) details.append(...prose(data.text)); });
      content.append(details);
    }
    const shown = known.cases.map((_, index) => index)
      .filter((index) => known.cases[index].verdicts[implementation] && (matches(known.cases[index], implementation) || known.cases[index].id === wanted));
    const bad = (index) => (good.has(known.cases[index].verdicts[implementation]) ? 1 : 0);
    shown.sort((one, other) => bad(one) - bad(other) || one - other);
    const total = known.cases.filter((each) => each.verdicts[implementation]).length;
    content.append(make("p", { class: "facts" }, shown.length === total ? `${total} cases` : `${shown.length} of ${total} cases, as filtered`));
    let target = null;
    for (const index of shown) {
      const item = data.cases[index], result = item.results[implementation];
      const details = make("details", { class: "case" }, make("summary", {}, tag(result.verdict),
        make("code", {}, item.id.split("/").slice(2).join("/") || item.id), make("span", { class: "importance" }, item.importance)));
      // A case is built when it is opened: a step may have hundreds.
      details.addEventListener("toggle", () => {
        if (details.open && details.children.length === 1) details.append(caseInside(data, item, implementation, stepIndex));
        if (details.open) remember(item.id, implementation);
      });
      if (item.id === wanted && target === null) target = details;
      content.append(details);
    }
    remember(wanted ?? known.id, implementation);
    if (!panel.open) panel.showModal();
    if (target === null && shown.length === 1) target = content.lastElementChild;
    if (target !== null) {
      target.open = true;
      target.querySelector("summary").focus();
      target.scrollIntoView({ block: "start" });
    } else {
      panel.scrollTop = 0;
      $("panel-title").focus();
    }
  }

  function openCase(stepIndex, implementation, id) { openCell(stepIndex, implementation, id); }

  function remember(name, implementation) {
    try { history.replaceState(null, "", `#${new URLSearchParams({ show: name, on: implementation })}`); } catch { /* a browser may refuse for files */ }
  }

  function openFromAddress() {
    const wanted = new URLSearchParams(location.hash.slice(1));
    const name = wanted.get("show"), implementation = Number(wanted.get("on") ?? 0);
    if (!name || !(implementation in report.implementations)) return;
    report.steps.forEach((each, index) => {
      if (each.id === name) openCell(index, implementation);
      else if (each.cases.some((item) => item.id === name && item.verdicts[implementation])) openCell(index, implementation, name);
    });
  }

  panel.addEventListener("close", () => {
    try { history.replaceState(null, "", location.pathname + location.search); } catch { /* as above */ }
    opener?.focus();
  });
  panel.addEventListener("click", (event) => { if (event.target === panel) panel.close(); });
  $("close").addEventListener("click", () => panel.close());
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-step]");
    if (!button) return;
    opener = button;
    openCell(Number(button.dataset.step), Number(button.dataset.implementation), button.dataset.case ?? null);
  });

  // ---- the filter ----------------------------------------------------------------------------------------------

  const form = $("filter");
  const filter = { text: [], verdict: "", importance: "" };

  function matches(item, implementation) {
    const verdict = item.verdicts[implementation];
    if (!verdict) return false;
    if (filter.verdict === "attention" ? good.has(verdict) : filter.verdict && filter.verdict !== verdict) return false;
    if (filter.importance && filter.importance !== item.importance) return false;
    const text = `${item.id} ${item.text} ${item.messages[implementation]}`.toLowerCase();
    return filter.text.every((word) => text.includes(word));
  }

  const cells = [...document.querySelectorAll("button.cell")].map((button) => ({
    button, label: button.getAttribute("aria-label"), number: button.lastElementChild.textContent,
    step: Number(button.dataset.step), implementation: Number(button.dataset.implementation),
  }));

  function apply() {
    filter.text = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    filter.verdict = form.elements.verdict.value;
    filter.importance = form.elements.importance.value;
    const active = filter.text.length || filter.verdict || filter.importance;
    let shown = 0, total = 0;
    const rows = new Map();
    for (const cell of cells) {
      const all = report.steps[cell.step].cases.filter((item) => item.verdicts[cell.implementation]).length;
      const count = active ? report.steps[cell.step].cases.filter((item) => matches(item, cell.implementation)).length : all;
      shown += count;
      total += all;
      cell.button.disabled = count === 0;
      cell.button.lastElementChild.textContent = active ? `${count}` : cell.number;
      cell.button.setAttribute("aria-label", active ? `${count} shown; ${cell.label}` : cell.label);
      rows.set(cell.step, (rows.get(cell.step) ?? 0) + count);
    }
    for (const body of document.querySelectorAll("tbody")) {
      let left = 0;
      for (const row of body.querySelectorAll("tr[data-row]")) {
        row.hidden = Boolean(active) && !rows.get(Number(row.dataset.row));
        if (!row.hidden) left += 1;
      }
      body.hidden = left === 0;
    }
    $("shown").textContent = active ? `${shown} of ${total} results match` : `${total} results`;
  }

  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  form.hidden = false;
  apply();

  // ---- light and dark ------------------------------------------------------------------------------------------

  const themes = ["system", "light", "dark"], theme = $("theme");
  let chosen = "system";
  try { chosen = localStorage.getItem("mpctls-theme") ?? chosen; } catch { /* no storage for files */ }
  function paint() {
    if (chosen === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
    theme.textContent = `Theme: ${chosen}`;
  }
  theme.addEventListener("click", () => {
    chosen = themes[(themes.indexOf(chosen) + 1) % themes.length];
    try { localStorage.setItem("mpctls-theme", chosen); } catch { /* as above */ }
    paint();
  });
  if (!themes.includes(chosen)) chosen = "system";
  theme.hidden = false;
  paint();
  openFromAddress();
})();
