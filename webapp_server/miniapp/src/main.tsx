// The start of the page: connect to Telegram, come in, follow what changes, draw.

import { render } from "preact";
import { openAccess } from "./api/access";
import { RequestFailed } from "./api/client";
import { follow, refused } from "./api/live";
import { App, OpenInTelegram, Refused } from "./app";
import { go, startRouting } from "./router";
import { startScreen } from "./start";
import "./styles/base.css";
import "./styles/components.css";
import "./styles/pages.css";
import { connect } from "./telegram/bridge";
import { type Launch, readLaunch } from "./telegram/launch";
import { ready } from "./telegram/links";
import { followTheme } from "./telegram/theme";
import { followViewport } from "./telegram/viewport";
import { speak, t } from "./texts/texts";

const launch = readLaunch();
const root = document.getElementById("app") as HTMLElement;

connect(launch);
followTheme(launch.theme);
followViewport();
startRouting();
void start(launch);

async function start({ initData, start: wished }: Launch): Promise<void> {
  await speak(languageOf(initData));
  render(initData ? <App /> : <OpenInTelegram />, root);
  ready();
  if (!initData) return;
  const client = openAccess(initData, () => t("unreached"));
  try {
    await client.enter();
  } catch (error) {
    if (!(error instanceof RequestFailed)) throw error;
    if (refused(error)) {
      render(<Refused text={error.message} />, root);
      return;
    }
  }
  const screen = startScreen(wished);
  if (screen && sessionStorage.getItem("followed") !== wished) {
    sessionStorage.setItem("followed", wished); // a reload stays where the rep has gone since
    go(screen);
  }
  await follow(client);
}

function languageOf(initData: string): string {
  try {
    return String((JSON.parse(new URLSearchParams(initData).get("user") ?? "{}") as { language_code?: string }).language_code ?? "en");
  } catch {
    return "en"; // unreadable data is refused by the server, in its own words
  }
}
