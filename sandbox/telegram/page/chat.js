// The chat page: one rep's private chat with the bot, live by server-sent events.

import { rendered, withCommands } from "./entities.js";
import { openPhone, tellTheme } from "./phone.js";

const byId = (id) => document.getElementById(id);
const log = byId("log");
const text = byId("text");
const REPS = [
  { id: 501, name: "Alex", username: "alex" },
  { id: 502, name: "Sam", username: "sam" },
  { id: 503, name: "Robin", username: "robin" },
];
const asked = new URLSearchParams(location.search);
const state = { rep: chosenRep(), messages: new Map(), drafts: new Map(), commands: [], waiting: new Map(), typing: 0, seen: false };

function chosenRep() {
  const id = Number(asked.get("user") || localStorage.getItem("rep") || REPS[0].id);
  const known = REPS.find((rep) => rep.id === id);
  const rep = known || { id, name: asked.get("name") || `Rep ${id}`, username: asked.get("username") || `rep${id}` };
  if (!known) REPS.push(rep);
  return rep;
}

// Talking to the server

async function order(path, body) {
  const form = body instanceof FormData;
  try {
    const answer = await fetch(`/sim/users/${state.rep.id}/${path}`, {
      method: "POST",
      body: form ? body : JSON.stringify({ ...body, username: state.rep.username, first_name: state.rep.name }),
      headers: form ? {} : { "Content-Type": "application/json" },
    });
    if (answer.ok) return true;
    toast((await answer.json()).error || "That did not work.");
  } catch {
    toast("The server does not answer. Your message was not sent.");
  }
  return false;
}

let events = null;

function listen() {
  events?.close();
  const query = new URLSearchParams({ username: state.rep.username, first_name: state.rep.name });
  events = new EventSource(`/sim/events/${state.rep.id}?${query}`);
  events.onopen = () => { byId("offline").hidden = true; };
  events.onerror = () => { byId("offline").hidden = false; };
  events.onmessage = (event) => take(JSON.parse(event.data));
}

function take(event) {
  switch (event.type) {
    case "snapshot":
      state.messages = new Map(event.messages.map((message) => [message.message_id, message]));
      state.drafts = new Map(event.drafts.map((draft) => [draft.draft_id, draft]));
      state.commands = event.commands || [];
      byId("bot-name").textContent = event.bot.first_name;
      byId("open-app").hidden = !event.bot.has_main_web_app;
      drawAll();
      break;
    case "message":
      state.typing = 0;
      state.messages.set(event.message.message_id, event.message);
      drawNew(event.message);
      break;
    case "edit":
      state.messages.set(event.message.message_id, event.message);
      replaceTurn(event.message);
      break;
    case "delete":
      state.messages.delete(event.message_id);
      log.querySelector(`[data-message="${event.message_id}"]`)?.remove();
      break;
    case "draft":
      state.typing = 0;
      state.drafts.set(event.draft.draft_id, { ...event.draft, at: Date.now() / 1000 });
      drawDraft(event.draft);
      break;
    case "draft_end":
      state.drafts.delete(event.draft_id);
      log.querySelector(`[data-draft="${event.draft_id}"]`)?.remove();
      break;
    case "cleared":
      state.messages.clear();
      state.drafts.clear();
      drawAll();
      break;
    case "action":
      state.typing = Date.now() + 5000;
      break;
    case "callback_answer":
      answered(event);
      break;
    case "commands":
      state.commands = event.commands;
      break;
  }
  drawStatus();
}

// Drawing

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function drawAll() {
  log.replaceChildren();
  if (!state.messages.size) log.append(emptyState());
  let day = "";
  for (const message of state.messages.values()) {
    day = drawDay(message, day);
    log.append(turn(message));
  }
  for (const draft of state.drafts.values()) drawDraft(draft);
  drawStart();
  toEnd();
}

function emptyState() {
  const words = "Press Start and meet your sales coach. Then paste a prospect and watch the answer grow.";
  return element("div", "empty", element("h2", "", "What can this bot do?"), element("p", "", words));
}

function drawDay(message, before) {
  const day = new Date(message.date * 1000).toLocaleDateString(undefined, { day: "numeric", month: "long" });
  if (day !== before) log.append(element("div", "day", day));
  return day;
}

function drawNew(message) {
  const follow = atEnd();
  log.querySelector(".empty")?.remove();
  const last = [...state.messages.values()].at(-2);
  if (!last || new Date(last.date * 1000).toDateString() !== new Date(message.date * 1000).toDateString()) drawDay(message, "");
  const made = turn(message);
  made.classList.add("fresh");
  log.append(made);
  drawStart();
  if (follow || message.from === "user") toEnd();
  else byId("down").hidden = false;
}

function replaceTurn(message) {
  const follow = atEnd();
  log.querySelector(`[data-message="${message.message_id}"]`)?.replaceWith(turn(message));
  if (follow) toEnd();
}

function turn(message) {
  const bubble = element("div", "bubble");
  if (message.media) bubble.append(media(message.media));
  bubble.append(rendered(message.text || "", withCommands(message.text || "", message.entities), (words) => say(words)));
  for (const block of bubble.querySelectorAll("pre")) block.addEventListener("click", () => copy(block.textContent));
  const time = new Date(message.date * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  bubble.append(element("span", "meta", `${message.edited ? "edited " : ""}${time}`));
  const made = element("article", `turn ${message.from}`, bubble);
  made.dataset.message = message.message_id;
  const rows = message.reply_markup?.inline_keyboard;
  if (rows) made.append(keyboard(message, rows));
  return made;
}

function media(file) {
  if (file.kind === "photo") {
    const image = element("img");
    image.src = file.url;
    image.alt = "Picture";
    return element("div", "media", image);
  }
  if (file.kind === "voice") {
    const player = element("audio");
    player.controls = true;
    player.src = file.url;
    return element("div", "media", player);
  }
  const anchor = element("a", "file", "📄 ", file.file_name || "File");
  anchor.href = file.url;
  anchor.download = file.file_name || "file";
  return element("div", "media", anchor);
}

function keyboard(message, rows) {
  const keys = element("div", "keys");
  for (const row of rows) keys.append(element("div", "row", ...row.map((button) => key(message, button))));
  return keys;
}

function key(message, button) {
  const made = element("button", "key", button.text);
  made.type = "button";
  made.addEventListener("click", () => press(message, button, made));
  return made;
}

async function press(message, button, made) {
  if (button.copy_text) return copy(button.copy_text.text);
  if (button.url) return window.open(button.url, "_blank", "noreferrer");
  if (button.web_app) return openApp(button.web_app.url);
  made.classList.add("waiting");
  const name = `${message.message_id}/${button.callback_data}`;
  state.waiting.set(name, made);
  setTimeout(() => settle(name), 5000);
  if (!(await order("tap", { message_id: message.message_id, data: button.callback_data }))) settle(name);
}

function settle(name) {
  state.waiting.get(name)?.classList.remove("waiting");
  state.waiting.delete(name);
}

function answered(event) {
  settle(`${event.message_id}/${event.data}`);
  if (event.text) toast(event.text);
}

function drawDraft(draft) {
  const follow = atEnd();
  const bubble = element("div", "bubble", rendered(draft.text || "Thinking", draft.entities), element("span", "dots", " "));
  const made = element("article", "turn bot draft", bubble);
  made.dataset.draft = draft.draft_id;
  if (draft.can_stop) {
    const stop = element("button", "stop", "◼ Stop");
    stop.type = "button";
    stop.addEventListener("click", () => order("stop", { draft_id: draft.draft_id }));
    made.append(stop);
  }
  const before = log.querySelector(`[data-draft="${draft.draft_id}"]`);
  if (before) before.replaceWith(made);
  else log.append(made);
  if (follow) toEnd();
}

function drawStatus() {
  const writing = state.drafts.size > 0;
  const subtitle = byId("subtitle");
  subtitle.textContent = writing ? "writing…" : state.typing > Date.now() ? "typing…" : "bot";
  subtitle.classList.toggle("busy", subtitle.textContent !== "bot");
}

function drawStart() {
  const empty = !state.messages.size;
  byId("start").hidden = !empty;
  byId("composer").hidden = empty;
  fit();
}

const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 90;

function toEnd() {
  log.scrollTop = log.scrollHeight;
  byId("down").hidden = true;
}

let fading = 0;

function toast(words) {
  const box = byId("toast");
  box.textContent = words;
  box.classList.add("shown");
  clearTimeout(fading);
  fading = setTimeout(() => box.classList.remove("shown"), 3500);
}

async function copy(words) {
  try {
    await navigator.clipboard.writeText(words);
    toast("Copied");
  } catch {
    toast("The browser did not allow copying.");
  }
}

// Writing

async function say(words) {
  return order("text", { text: words });
}

async function send() {
  const words = text.value.trim();
  if (!words) return;
  const kept = text.value;
  text.value = "";
  fit();
  if (!(await say(words))) {
    text.value = kept;
    fit();
  }
}

function fit() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight}px`;
  const empty = !text.value.trim();
  byId("send").hidden = empty;
  byId("voice").hidden = !empty;
  drawCommands();
}

let marked = 0;

function matching() {
  const begun = text.value.match(/^\/(\w*)$/);
  return begun ? state.commands.filter((one) => one.command.startsWith(begun[1])) : [];
}

function drawCommands() {
  const list = byId("commands");
  const found = matching();
  marked = Math.min(marked, Math.max(0, found.length - 1));
  list.hidden = !found.length;
  list.replaceChildren(...found.map((one, place) => {
    const made = element("button", "", element("b", "", `/${one.command}`), element("span", "", one.description));
    made.type = "button";
    made.setAttribute("role", "option");
    made.setAttribute("aria-selected", String(place === marked));
    made.addEventListener("click", () => choose(one));
    return made;
  }));
}

function choose(one) {
  text.value = `/${one.command}`;
  send();
  text.focus();
}

text.addEventListener("input", fit);
text.addEventListener("keydown", (event) => {
  const found = matching();
  if (found.length && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    marked = (marked + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
    drawCommands();
    event.preventDefault();
  } else if (found.length && event.key === "Tab") {
    text.value = `/${found[marked].command} `;
    fit();
    event.preventDefault();
  } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    if (found.length) choose(found[marked]);
    else send();
  } else if (event.key === "Escape") {
    byId("commands").hidden = true;
  }
});
byId("composer").addEventListener("submit", (event) => { event.preventDefault(); send(); });
byId("start").addEventListener("click", () => say("/start"));
byId("down").addEventListener("click", toEnd);
log.addEventListener("scroll", () => { if (atEnd()) byId("down").hidden = true; });

// The Mini App

async function openApp(page = "") {
  const body = { theme: document.documentElement.dataset.theme, username: state.rep.username, first_name: state.rep.name };
  try {
    const answer = await fetch(`/sim/users/${state.rep.id}/open_app`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const { url, themes, error } = await answer.json();
    if (!answer.ok) return toast(error);
    openPhone(page ? page + new URL(url).hash : url, themes);
  } catch {
    toast("The server does not answer.");
  }
}

byId("open-app").addEventListener("click", () => openApp());

// Files and voice

byId("attach").addEventListener("click", () => byId("file").click());
byId("file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  event.target.value = "";
  if (file) await upload(kindOf(file), file, file.name);
});

function kindOf(file) {
  if (file.type.startsWith("image/")) return "photo";
  if (file.type === "audio/ogg") return "voice";
  return file.type.startsWith("audio/") ? "audio" : "document";
}

async function upload(kind, content, name) {
  const form = new FormData();
  form.append("file", content, name);
  if (text.value.trim()) form.append("caption", text.value.trim());
  if (await order(kind, form)) {
    text.value = "";
    fit();
  }
}

// The sandbox's ear reads words from a file; a real speech service hears the recording itself.
function speak(recording) {
  const words = (prompt("The sandbox cannot hear. What do you say? Leave it empty to send the sound itself.") || "").trim();
  if (!words) return recording ? upload("voice", recording, "voice.ogg") : undefined;
  const form = new FormData();
  form.append("transcript", words);
  return order("voice", form);
}

let recorder = null;

byId("voice").addEventListener("click", async () => {
  if (recorder) return recorder.stop();
  try {
    if (!window.MediaRecorder) return speak(null);
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const pieces = [];
    recorder = new MediaRecorder(stream);
    recorder.ondataavailable = (event) => pieces.push(event.data);
    recorder.onstop = () => {
      stream.getTracks().forEach((track) => track.stop());
      byId("voice").classList.remove("recording");
      const kind = recorder.mimeType;
      recorder = null;
      speak(new Blob(pieces, { type: kind }));
    };
    recorder.start();
    byId("voice").classList.add("recording");
    toast("Recording. Press again to send.");
  } catch {
    speak(null);
  }
});

// Who and how it looks

function drawReps() {
  byId("rep").replaceChildren(...REPS.map((rep) => {
    const option = element("option", "", rep.name);
    option.value = rep.id;
    option.selected = rep.id === state.rep.id;
    return option;
  }));
}

byId("rep").addEventListener("change", (event) => {
  state.rep = REPS.find((rep) => rep.id === Number(event.target.value));
  localStorage.setItem("rep", state.rep.id);
  listen();
});

function theme(name) {
  document.documentElement.dataset.theme = name;
  tellTheme();
}

const dark = matchMedia("(prefers-color-scheme: dark)");
theme(asked.get("theme") || localStorage.getItem("theme") || (dark.matches ? "dark" : "light"));
dark.addEventListener("change", () => { if (!localStorage.getItem("theme")) theme(dark.matches ? "dark" : "light"); });
byId("theme").addEventListener("click", () => {
  const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  localStorage.setItem("theme", next);
  theme(next);
});
setInterval(() => {
  const old = Date.now() / 1000 - 30;
  for (const [id, draft] of state.drafts) if (draft.at < old) take({ type: "draft_end", draft_id: id });
  drawStatus();
}, 1000);

drawReps();
fit();
listen();
