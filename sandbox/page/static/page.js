// Puts the server's fragments into the page and keeps focus, scroll and half-typed words while doing so.
// What stands in the fragments, and what an act means, is decided by the server alone.

const byId = (id) => document.getElementById(id);
const all = (selector) => [...document.querySelectorAll(selector)];
const newest = {}; // fragment: its revision, so that a late answer never overwrites a newer one
const lines = {}; // person: the acts under way, one after another
const cameFrom = {}; // modal: the ids from the focus outwards at the moment it opened
const looking = new Set(); // places the server is being told of
let stream, pending = null, lastKey = "";

const parsed = (html) => Object.assign(document.createElement("template"), { innerHTML: html }).content;

function morph(old, fresh) {
  if (old.nodeType === Node.TEXT_NODE && old.data !== fresh.data) old.data = fresh.data;
  if (old.nodeType !== Node.ELEMENT_NODE) return;
  const differs = (name) => old.getAttribute(name) !== fresh.getAttribute(name);
  const retyped = old.tagName === "TEXTAREA" ? old.defaultValue !== fresh.defaultValue : differs("value");
  const rechecked = differs("checked"), rechosen = differs("selected");
  const own = (name) => (name === "open" && old.matches("details, .confirm")) || (name === "aria-busy" && old.matches("button"));
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !own(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (differs(name) && !own(name)) old.setAttribute(name, value);
  morphChildren(old, fresh);
  // What a person typed or ticked stays, unless the server says something new about this very field.
  if (old.matches("input, textarea") && retyped) old.value = fresh.value;
  if (old.matches("input") && rechecked) old.checked = fresh.checked;
  if (old.matches("option") && rechosen) old.selected = fresh.hasAttribute("selected");
}

function morphChildren(old, fresh) {
  const wanted = new Set([...fresh.children].map((each) => each.id).filter(Boolean));
  const dropped = (node) => [node.nextSibling, node.remove()][0];
  let at = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const kept = child.id && [...old.children].find((each) => each.id === child.id && each.tagName === child.tagName);
    if (kept) {
      while (at && at !== kept && !wanted.has(at.id)) at = dropped(at);
      if (at === kept) at = at.nextSibling;
      else old.insertBefore(kept, at);
      morph(kept, child);
    } else if (at && !at.id && !child.id && at.nodeName === child.nodeName) {
      morph(at, child);
      at = at.nextSibling;
    } else old.insertBefore(child, at);
  }
  while (at) at = dropped(at);
}

function apply({ revision, fragments, columns, say, trouble }) {
  const held = document.activeElement, trail = [];
  for (let node = held; node && node.id !== "columns"; node = node.parentElement) if (node.id) trail.push(node.id);
  const sheets = all(".sheet").map((each) => each.id);
  const tails = all("[data-tail]").filter((each) => each.scrollHeight - each.scrollTop - each.clientHeight < 48);
  const places = Object.fromEntries(all(".column").map((each) => [each.id, each.dataset.place]));
  for (const [id, html] of Object.entries(fragments)) {
    const old = byId(id), isColumn = id in places;
    if (!old || (newest[id] ?? -1) > revision || (isColumn && columns)) continue;
    newest[id] = revision;
    if (isColumn) morph(old, parsed(html).firstElementChild);
    else morphChildren(old, parsed(html));
  }
  if (columns) morphChildren(byId("columns"), parsed(columns.map((id) => fragments[id]).join("")));
  for (const column of all(".column")) {
    const place = byId(`${column.id}-place`);
    if (!tails.includes(place) && places[column.id] === column.dataset.place) continue;
    place.scrollTop = place.hasAttribute("data-tail") ? place.scrollHeight : 0;
  }
  all(".many, .chooser").forEach(count);
  all("[data-filter]").forEach(narrow);
  refocus(held, trail, sheets);
  if (say?.length) tell(say.join(" "));
  if (trouble) showTrouble(trouble);
  look();
}

// Focus goes into a modal that opens for the person at hand, back to where it came from, and never gets lost.
function refocus(held, trail, sheets) {
  const closed = trail.find((id) => cameFrom[id] && !byId(id));
  const within = { SECTION: ".place", DETAILS: "summary" }; // what takes the focus inside what does not
  const spot = (id) => byId(id)?.querySelector(within[byId(id).tagName] ?? ":not(*)") ?? byId(id);
  const landing = (ids) => ids.map(spot).find((node) => node && !node.closest("[inert]"));
  const focus = (node) => node?.focus({ preventScroll: true });
  const back = closed && landing(cameFrom[closed]);
  if (back) return focus(back);
  const isHere = (sheet) => held === document.body || trail.includes(sheet.closest(".column").id);
  const opened = all(".sheet").find((each) => !sheets.includes(each.id) && isHere(each));
  if (opened) {
    cameFrom[opened.id] ??= trail;
    const first = ["[autofocus]", ".inside :is(input:not([type=hidden]), select, textarea, summary)", "h2"];
    focus(first.map((selector) => opened.querySelector(selector)).find(Boolean));
  } else if (!document.activeElement || document.activeElement === document.body) focus(landing(trail));
}

function tell(words) {
  byId("live").append(Object.assign(document.createElement("p"), { textContent: words }));
  while (byId("live").children.length > 3) byId("live").firstChild.remove();
}

function showTrouble(words) {
  byId("toast").textContent = words;
  later(byId("toast"), 12000, (toast) => toast.replaceChildren());
}

function later(node, milliseconds, what) {
  clearTimeout(node.timer);
  node.timer = setTimeout(() => node.isConnected && what(node), milliseconds);
}

// Talking to the server

async function talk(url, options) {
  try {
    const response = await fetch(url, options);
    if (response.ok) return await response.json();
    throw new Error(await response.text());
  } catch (error) {
    showTrouble(error instanceof TypeError ? "The sandbox does not answer. Is it still running?" : error.message);
  }
}

function post(path, data, person) {
  const send = () => talk(path + location.search, { method: "POST", body: new URLSearchParams(data) });
  return (lines[person] = (lines[person] ?? Promise.resolve()).then(send));
}

async function act(form, { submitter, press }) {
  if (submitter?.ariaDisabled === "true" || submitter?.ariaBusy === "true") return;
  const data = new FormData(form), sheet = form.closest(".sheet");
  if (press) data.append("press", press);
  else if (submitter?.name) data.append(submitter.name, submitter.value);
  const goal = submitter?.hasAttribute("formaction") ? submitter.formAction : form.action;
  const path = data.has("press") ? "/page/press" : new URL(goal).pathname;
  submitter?.setAttribute("aria-busy", "true");
  const answer = await post(path, data, data.get("person") ?? "");
  submitter?.removeAttribute("aria-busy");
  if (!answer) return;
  if (form.hasAttribute("data-clears") && !answer.trouble) form.reset();
  apply(answer);
  const wrong = ".wrong :is(summary, input:not([type=hidden]), select, textarea)";
  if (path === "/page/submit" && sheet.isConnected) sheet.querySelector(wrong)?.focus();
  if (answer.go) await go(answer.go);
}

async function go(url, push = true) {
  const answer = await talk(url, { headers: { Accept: "application/json" } });
  if (!answer) return;
  const before = visible();
  if (push) history.pushState(null, "", `/?${answer.query}`);
  apply(answer);
  listen();
  look(visible().filter((pair) => !before.includes(pair)));
}

function listen() {
  if (stream?.of === location.search) return;
  stream?.close();
  stream = Object.assign(new EventSource(`/page/events${location.search}`), { of: location.search });
  stream.onmessage = (event) => apply(JSON.parse(event.data));
}

// The open places before the reader's eyes, as `person.place`.
function visible(having = "*") {
  const shown = all(".column").filter((each) => each.offsetParent && each.querySelector(having));
  return document.visibilityState === "visible" ? shown.map((each) => `${each.id}.${each.dataset.place}`) : [];
}

// Tells the server what was seen, so that unread marks go away in every browser; `opened` was just gone to.
async function look(opened = []) {
  const unread = visible(".places a.unread[aria-current]").filter((pair) => !looking.has(pair));
  if (!unread.length && !opened.length) return;
  unread.forEach((pair) => looking.add(pair));
  const told = [...unread.map((pair) => ["seen", pair]), ...opened.map((pair) => ["opened", pair])];
  const answer = await post("/page/look", told, "look");
  unread.forEach((pair) => looking.delete(pair));
  if (answer) apply(answer);
}

// Choices that are sent at once. By keyboard one passes through entries: only Enter, or leaving the field, sends.

const holderOf = (control) => control.closest("[data-send-group]") ?? (control.matches("[data-send]") ? control : null);

function choose(control, agreed = false) {
  const holder = holderOf(control) ?? control;
  if (pending === control) pending = null;
  if (holder.dataset.asks && !agreed) {
    byId(holder.dataset.asks).control = control;
    byId(holder.dataset.asks).showModal();
  } else act(control.form, { press: control.form.matches(".blocks") && (holder.dataset.sendGroup ?? holder.name) });
}

function takeBack(control) {
  for (const each of control.form.elements) {
    if (each.name !== control.name || each.type === "hidden") continue;
    for (const option of each.options ?? []) option.selected = option.defaultSelected;
    if (!each.options) [each.checked, each.value] = [each.defaultChecked, each.defaultValue];
  }
}

// Menus of which several entries may be chosen: what is chosen, how many still fit, and only the entries looked for.

function count(holder) {
  const boxes = [...holder.querySelectorAll("input[type=checkbox]")], chosen = boxes.filter((each) => each.checked);
  const most = Number(holder.dataset.most ?? 0), words = (box) => box.nextElementSibling.firstChild.textContent.trim();
  for (const each of boxes) each.disabled = most > 0 && chosen.length >= most && !each.checked;
  if (!holder.matches(".many")) return;
  holder.querySelector(".chosen").textContent = chosen.map(words).join(", ") || holder.dataset.nothing;
  holder.querySelector(".count").textContent = most ? `${chosen.length} of ${most}` : chosen.length;
}

function narrow(input) {
  const boxes = input.parentElement.querySelectorAll(".box"), words = input.value.trim().toLowerCase();
  for (const box of boxes) box.hidden = !box.textContent.toLowerCase().includes(words);
}

async function suggest(input) {
  if (input.value.trim().length < Number(input.dataset.least)) return;
  const data = new FormData(input.form), goal = byId(input.dataset.suggest);
  data.append("field", input.dataset.field);
  data.append("typed", input.value.trim());
  const answer = await post("/page/suggest", data, data.get("person"));
  if (!answer || !goal.isConnected) return;
  goal.replaceChildren(...(goal.matches("select") ? [goal.options[0]] : []), parsed(answer.html));
  tell(answer.found);
}

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  event.preventDefault();
  submitter?.closest(".confirm")?.close("agreed");
  submitter?.closest(".overflow, .pop")?.removeAttribute("open");
  if (form.matches("[data-go]")) go(`/?${new URLSearchParams(new FormData(form))}`);
  else act(form, { submitter });
});

document.addEventListener("click", (event) => {
  const on = (selector) => event.target.closest(selector);
  const link = on("a[data-go]"), opener = on("[data-open]"), press = on("[data-press]");
  for (const each of all(".overflow[open], .pop[open]")) each.open = each.contains(event.target) && !opener;
  if (press) act(on("form"), { press: press.dataset.press });
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    if (link.getAttribute("href") !== "#") go(link.href);
  }
  if (opener) byId(opener.dataset.open).showModal();
  if (on("[data-deny], [data-agree][type=button]")) on(".confirm").close(on("[data-deny]") ? "" : "agreed");
});

document.addEventListener("close", ({ target: dialog }) => {
  if (dialog.control) (dialog.returnValue === "agreed" ? choose : takeBack)(dialog.control, true);
  dialog.control = dialog.returnValue = "";
}, true);

document.addEventListener("pointerdown", () => { lastKey = ""; }, true);
document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  lastKey = key;
  if (target.closest(".confirm")) return;
  if (key === "Enter" && target.matches(".blocks :is(input, select)")) {
    event.preventDefault();
    if (target === pending || target.hasAttribute("data-enter")) choose(target);
    else if (target.matches("input")) target.form.querySelector("[data-default]")?.click();
  }
  if (key !== "Escape") return;
  const menu = target.closest(".overflow[open], .pop[open], .many[open]");
  menu?.querySelector("summary").focus();
  if (menu) menu.open = false;
  else target.closest(".sheet")?.querySelector("[data-escape]").click();
});

document.addEventListener("change", ({ target }) => {
  const several = target.closest(".many, .chooser");
  if (several) count(several);
  if (!holderOf(target)) return;
  const isPassing = target.type !== "checkbox" && /^(Arrow.*|Home|End|Page.*|Backspace|Delete|[^ ])$/.test(lastKey);
  if (!isPassing && !several) return choose(target);
  if (isPassing && pending !== target) tell("Press Enter to choose this, or move on.");
  pending = target;
});

document.addEventListener("focusout", ({ relatedTarget }) => {
  if (pending?.isConnected && !holderOf(pending).contains(relatedTarget)) choose(pending);
});

document.addEventListener("toggle", ({ target }) => {
  if (pending?.isConnected && !target.open && target.contains(pending)) choose(pending);
}, true);

document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-typing]")) later(target, 400, (input) => choose(input));
  if (target.matches("[data-filter]")) narrow(target);
  if (target.matches("[data-suggest]")) later(target, 250, suggest);
});

addEventListener("popstate", () => go(location.href, false));
document.addEventListener("visibilitychange", () => look());
for (const each of all("[data-tail]")) each.scrollTop = each.scrollHeight;
all(".many, .chooser").forEach(count);
listen();
look(visible());
