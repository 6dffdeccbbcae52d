// Texts with their entities as elements. Text always goes in as text nodes, so nothing a message says can become markup.

const SIMPLE = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};

export function rendered(text, entities, onCommand) {
  const sorted = [...(entities || [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const parent = document.createDocumentFragment();
  fill(parent, text, 0, text.length, sorted, onCommand);
  return parent;
}

function fill(parent, text, start, end, entities, onCommand) {
  let at = start;
  while (entities.length && entities[0].offset < end) {
    const entity = entities.shift();
    const from = Math.max(entity.offset, at);
    const to = Math.min(entity.offset + entity.length, end);
    if (to <= from) continue;
    parent.append(text.slice(at, from));
    const element = wrapper(entity, text.slice(from, to), onCommand);
    fill(element, text, from, to, entities, onCommand);
    parent.append(element);
    at = to;
  }
  parent.append(text.slice(at, end));
}

function wrapper(entity, words, onCommand) {
  if (SIMPLE[entity.type]) return document.createElement(SIMPLE[entity.type]);
  if (entity.type === "text_link" || entity.type === "url") return link(entity.url || words);
  if (entity.type === "spoiler") return spoiler();
  if (entity.type === "bot_command") return command(words, onCommand);
  return document.createElement("span");
}

function link(address) {
  const element = document.createElement("a");
  const whole = /^[a-z]+:/i.test(address) ? address : `https://${address}`;
  if (/^(https?|mailto|tel):/i.test(whole)) {
    element.href = whole;
    element.target = "_blank";
    element.rel = "noreferrer noopener";
  }
  return element;
}

function spoiler() {
  const element = document.createElement("span");
  element.className = "spoiler";
  element.addEventListener("click", () => element.classList.add("shown"));
  return element;
}

function command(words, onCommand) {
  const element = document.createElement("button");
  element.className = "command";
  element.type = "button";
  element.addEventListener("click", () => onCommand(words));
  return element;
}

export function withCommands(text, entities) {
  // Telegram's clients make commands and addresses in plain text active by themselves.
  const found = [...text.matchAll(/(?<![\w/])\/[a-z_]{2,32}\b/g)].map((match) => (
    { type: "bot_command", offset: match.index, length: match[0].length }
  ));
  const taken = (entities || []).some((entity) => entity.type === "bot_command");
  return taken ? entities : [...(entities || []), ...found];
}
