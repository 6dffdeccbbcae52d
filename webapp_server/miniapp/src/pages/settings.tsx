// The rep's settings: whose key and which model, the language, when the coach keeps quiet, and starting practice over.

import type { Schema } from "../api/types";
import { useAction, useView } from "../api/views";
import { Card } from "../components/card";
import { Failure, Page, With } from "../components/page";
import { toast } from "../components/toast";
import { t } from "../texts/texts";
import { Habits } from "./habits";
import { StartOver } from "./start_over";
import { Thinking } from "./thinking";

type Settings = Schema<"SettingsView">;

export function SettingsPage() {
  const view = useView("settings");
  return (
    <Page title={t("settings")}>
      <With view={view}>
        {(settings) => (
          <>
            <Thinking settings={settings} />
            <Language settings={settings} />
            <Habits key={JSON.stringify(settings.settings)} settings={settings.settings} />
            <StartOver />
          </>
        )}
      </With>
    </Page>
  );
}

function Language({ settings }: { readonly settings: Settings }) {
  const choose = useAction("settings/language");
  if (settings.languages.length < 2) return null;
  const names = new Intl.DisplayNames([document.documentElement.lang], { type: "language" });
  const take = async (language: string): Promise<void> => {
    if (await choose.run({}, { language })) toast(t("saved"));
  };
  return (
    <Card title={t("language")}>
      <label class="field">
        <span>{t("language-about")}</span>
        <select value={settings.language ?? ""} disabled={choose.busy} onChange={({ currentTarget }) => void take(currentTarget.value)}>
          {settings.language === null && <option value="" disabled>{t("language-none")}</option>}
          {settings.languages.map((id) => <option key={id} value={id}>{names.of(id) ?? id}</option>)}
        </select>
      </label>
      {choose.error && <Failure error={choose.error} />}
    </Card>
  );
}
