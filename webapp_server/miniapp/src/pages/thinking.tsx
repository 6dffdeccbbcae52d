// Whose key the coach thinks with, and which model. A key goes to the server once and never comes back.

import { useState } from "preact/hooks";
import type { Schema } from "../api/types";
import { useAction, useView } from "../api/views";
import { Card, Facts } from "../components/card";
import { Fold } from "../components/fold";
import { ModelList } from "../components/model_list";
import { Failure, With } from "../components/page";
import { Search } from "../components/search";
import { useSettled } from "../components/settled";
import { toast } from "../components/toast";
import { t } from "../texts/texts";

type Settings = Schema<"SettingsView">;
const LONGEST_KEY = 200;

export function Thinking({ settings }: { readonly settings: Settings }) {
  const name = settings.providers.find(({ id }) => id === settings.provider)?.name ?? settings.provider;
  return (
    <Card title={t("thinking")}>
      <Facts of={[[t("provider"), name], [t("model"), settings.model], [t("key"), t(settings.own_key ? "key-own" : "key-team")]]} />
      {settings.practice && <p class="faint">{t("practice-model")}</p>}
      {settings.checking_key && <p role="status">{t("key-checking")}</p>}
      {settings.key_wanted && <p role="alert" class="bad">{t("key-refused")}</p>}
      <Fold title={t("model-change")}><Models /></Fold>
      <Fold title={t("key-change")} open={settings.key_wanted !== null}><OwnKey settings={settings} /></Fold>
    </Card>
  );
}

function Models() {
  const [search, setSearch] = useState("");
  const words = useSettled(search);
  const view = useView("settings/models", {}, { search: words });
  const choose = useAction("settings/model");
  const take = async (model: Schema<"ModelLine">): Promise<void> => {
    if (await choose.run({}, { model: model.id })) toast(t("model-chosen", { name: model.name }));
  };
  return (
    <>
      <Search label={t("search-models")} value={search} onChange={setSearch} />
      <With view={view}>
        {({ models, count, chosen }) => (
          <ModelList
            models={models}
            count={count}
            chosen={chosen}
            mark={t("model-yours")}
            busy={choose.busy}
            error={choose.error}
            onChoose={(model) => void take(model)}
          />
        )}
      </With>
    </>
  );
}

function OwnKey({ settings }: { readonly settings: Settings }) {
  const [provider, setProvider] = useState(settings.key_wanted ?? settings.provider);
  const [key, setKey] = useState("");
  const send = useAction("settings/key");
  const team = useAction("settings/team-key");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await send.run({}, { provider, key: key.trim() })) setKey("");
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <label class="field">
        <span>{t("key-provider")}</span>
        <select value={provider} onChange={({ currentTarget }) => setProvider(currentTarget.value as Settings["provider"])}>
          {settings.providers.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
        </select>
      </label>
      <label class="field">
        <span>{t("key-enter")}</span>
        <input type="password" autocomplete="off" spellcheck={false} maxLength={LONGEST_KEY} value={key} onInput={({ currentTarget }) => setKey(currentTarget.value)} />
      </label>
      <p class="faint">{t("key-about")}</p>
      <button type="submit" class="button" disabled={key.trim() === "" || send.busy || settings.checking_key}>{t("key-send")}</button>
      {settings.own_key && (
        <button type="button" class="button quiet" disabled={team.busy} onClick={() => void team.run({})}>{t("key-use-team")}</button>
      )}
      {send.error && <Failure error={send.error} />}
      {team.error && <Failure error={team.error} />}
    </form>
  );
}
