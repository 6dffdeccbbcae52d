// The rep's own data: all of it as a file, and deleting all of it.

import { useState } from "preact/hooks";
import { client } from "../api/access";
import { RequestFailed } from "../api/client";
import { useAction } from "../api/views";
import { Card } from "../components/card";
import { Confirm } from "../components/confirm";
import { Failure, Page } from "../components/page";
import { go } from "../router";
import { t } from "../texts/texts";

export function DataPage() {
  return (
    <Page title={t("data")}>
      <Export />
      <Deletion />
    </Page>
  );
}

function Export() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<RequestFailed | null>(null);
  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      download("cornerman.json", JSON.stringify(await client().look("export"), null, 2));
      setError(null);
    } catch (failure) {
      if (!(failure instanceof RequestFailed)) throw failure;
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card title={t("export")}>
      <p>{t("export-about")}</p>
      <button type="button" class="button" disabled={busy} onClick={() => void save()}>{t("export-save")}</button>
      {error && <Failure error={error} onRetry={() => void save()} />}
    </Card>
  );
}

function download(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function Deletion() {
  const [asking, ask] = useState(false);
  const remove = useAction("me/delete");
  const yes = async (): Promise<void> => {
    const done = await remove.run({}, { confirm: "delete everything" });
    ask(false);
    if (done) go("/", { replace: true });
  };
  return (
    <Card title={t("delete-everything")}>
      <p>{t("delete-everything-about")}</p>
      <button type="button" class="button bad" onClick={() => ask(true)}>{t("delete-everything")}</button>
      {remove.error && <Failure error={remove.error} />}
      {asking && (
        <Confirm title={t("delete-everything")} text={t("delete-everything-sure")} yes={t("delete-everything-yes")} busy={remove.busy} onYes={() => void yes()} onNo={() => ask(false)} />
      )}
    </Card>
  );
}
