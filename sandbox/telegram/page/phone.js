// The frame in which a client shows a Mini App: it hears the page's events and answers as Telegram's web client does.

const byId = (id) => document.getElementById(id);
const phone = byId("phone");
const frame = byId("app-frame");
const NOTHING = { top: 0, right: 0, bottom: 0, left: 0 };
let origin = "";
let themes = {};
let unsaved = false;
let goesBack = false;

export function openPhone(url, clientThemes) {
  themes = clientThemes;
  origin = new URL(url).origin;
  unsaved = false;
  backButton(false);
  byId("app-main").hidden = true;
  byId("app-settings").hidden = true;
  frame.src = url;
  phone.showModal();
}

export function tellTheme() {
  tell("theme_changed", { theme_params: themes[document.documentElement.dataset.theme] });
}

function tell(eventType, eventData = {}) {
  if (phone.open) frame.contentWindow.postMessage(JSON.stringify({ eventType, eventData }), origin);
}

const HEARD = {
  web_app_request_theme: tellTheme,
  web_app_request_viewport: () => tell("viewport_changed", { height: frame.clientHeight, width: frame.clientWidth, is_expanded: true, is_state_stable: true }),
  web_app_request_safe_area: () => tell("safe_area_changed", NOTHING),
  web_app_request_content_safe_area: () => tell("content_safe_area_changed", NOTHING),
  web_app_setup_main_button: mainButton,
  web_app_setup_back_button: (data) => backButton(data.is_visible),
  web_app_setup_settings_button: (data) => { byId("app-settings").hidden = !data.is_visible; },
  web_app_setup_closing_behavior: (data) => { unsaved = data.need_confirmation; },
  web_app_open_link: (data) => window.open(data.url, "_blank", "noreferrer"),
  web_app_close: close,
};

function mainButton({ is_visible, is_active = true, is_progress_visible = false, text }) {
  const button = byId("app-main");
  button.hidden = !is_visible;
  button.disabled = !is_active || is_progress_visible;
  if (text) button.textContent = is_progress_visible ? "…" : text;
}

function backButton(visible) {
  goesBack = Boolean(visible);
  byId("app-back").textContent = goesBack ? "Back" : "Close";
}

function close() {
  if (unsaved && !confirm("Changes that you made may not be saved. Close anyway?")) return;
  frame.src = "about:blank";
  phone.close();
}

window.addEventListener("message", (message) => {
  if (message.source !== frame.contentWindow || message.origin !== origin) return;
  const { eventType, eventData } = JSON.parse(message.data);
  HEARD[eventType]?.(eventData || {});
});
byId("app-back").addEventListener("click", () => (goesBack ? tell("back_button_pressed") : close()));
byId("app-settings").addEventListener("click", () => tell("settings_button_pressed"));
byId("app-main").addEventListener("click", () => tell("main_button_pressed"));
phone.addEventListener("cancel", (event) => { event.preventDefault(); close(); });
