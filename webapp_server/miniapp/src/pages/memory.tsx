// What the coach remembers of the rep, with where it comes from: to be put right or forgotten, item by item.

import { useState } from "preact/hooks";
import type { Schema } from "../api/types";
import { useAction, useView } from "../api/views";
import { Confirm } from "../components/confirm";
import { Empty, Failure, Page, With } from "../components/page";
import { Words } from "../components/words";
import { t } from "../texts/texts";

const LONGEST = 300;

export function MemoryPage() {
  const view = useView("memory");
  return (
    <Page title={t("memory")}>
      <With view={view}>
        {({ items }) => (items.length === 0 ? <Empty title={t("memory-none-title")} text={t("memory-none")} /> : <Items items={items} />)}
      </With>
    </Page>
  );
}

function Items({ items }: { readonly items: readonly Schema<"Item">[] }) {
  const [asking, ask] = useState(false);
  const clear = useAction("memory/clear");
  const yes = async (): Promise<void> => {
    await clear.run({});
    ask(false);
  };
  return (
    <>
      <p class="lead">{t("memory-about")}</p>
      {items.map((item) => <Remembered key={item.id} item={item} />)}
      <button type="button" class="button bad" onClick={() => ask(true)}>{t("forget-all")}</button>
      {clear.error && <Failure error={clear.error} />}
      {asking && <Confirm title={t("forget-all")} text={t("forget-all-sure")} yes={t("forget-all")} busy={clear.busy} onYes={() => void yes()} onNo={() => ask(false)} />}
    </>
  );
}

function Remembered({ item }: { readonly item: Schema<"Item"> }) {
  const reword = useAction("memory/{item_id}/reword");
  const forget = useAction("memory/{item_id}/forget");
  const of = { item_id: item.id };
  return (
    <section class="card">
      <p><span class="chip">{t(`memory-${item.kind}`)}</span></p>
      <p>{item.text}</p>
      {item.evidence && <p class="faint">{t("memory-evidence", { quote: item.evidence, seen: item.seen ?? 1 })}</p>}
      <details>
        <summary>{t("reword")}</summary>
        <Words
          label={t("reword-ask")}
          action={t("save")}
          value={item.text}
          longest={LONGEST}
          busy={reword.busy}
          onSend={async (text) => (await reword.run(of, { text })) !== null}
        />
      </details>
      <button type="button" class="button quiet" disabled={forget.busy} onClick={() => void forget.run(of)}>{t("forget")}</button>
      {reword.error && <Failure error={reword.error} />}
      {forget.error && <Failure error={forget.error} />}
    </section>
  );
}
