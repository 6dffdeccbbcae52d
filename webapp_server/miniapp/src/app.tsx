// The frame around every screen: the notice while the server is away, the screen of the address, the navigation.

import type { ComponentType } from "preact";
import { ended, online } from "./api/live";
import { Navigation } from "./components/navigation";
import { Toasts } from "./components/toast";
import { SCREENS } from "./screens";
import { back, canGoBack, go, matched, path } from "./router";
import { useBackButton, useSettingsButton } from "./telegram/buttons";
import { t } from "./texts/texts";

export type ScreenProps = { readonly parameters: Readonly<Record<string, string>> };
export type Screen = ComponentType<ScreenProps>;

const openSettings = (): void => go("/settings");

export function App() {
  useBackButton(path.value === "/" || ended.value?.gone ? null : back);
  useSettingsButton(openSettings);
  if (ended.value?.gone) return <Refused text={ended.value.text} />;
  return (
    <>
      <a class="skip" href="#main">{t("skip")}</a>
      {ended.value && <p class="notice" role="alert">{ended.value.text}</p>}
      {!online.value && <p class="notice" role="status">{t("offline")}</p>}
      <Current />
      <Navigation />
      <Toasts />
    </>
  );
}

function Current() {
  for (const [pattern, Found] of SCREENS) {
    const parameters = matched(pattern, path.value);
    if (parameters) return <Found key={path.value} parameters={parameters} />;
  }
  return (
    <main id="main" class="page">
      <h1>{t("nowhere-title")}</h1>
      <p>{t("nowhere")}</p>
      <button type="button" class="button" onClick={() => go("/", { replace: !canGoBack.value })}>{t("to-dashboard")}</button>
    </main>
  );
}

export function OpenInTelegram() {
  return <Alone title={t("open-in-telegram-title")} text={t("open-in-telegram")} />;
}

export function Refused({ text }: { readonly text: string }) {
  return <Alone title={t("refused-title")} text={text} />;
}

function Alone({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <main id="main" class="page alone">
      <h1>{title}</h1>
      <p>{text}</p>
    </main>
  );
}
