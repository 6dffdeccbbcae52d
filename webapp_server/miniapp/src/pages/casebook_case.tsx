// One case of the casebook: the draft that was used, and how the situation was read.

import type { ScreenProps } from "../app";
import type { Schema } from "../api/types";
import { useAction, useView } from "../api/views";
import { Card } from "../components/card";
import { Copy } from "../components/copy";
import { Failure, Page, With } from "../components/page";
import { Prose } from "../components/prose";
import { toast } from "../components/toast";
import { go } from "../router";
import { t } from "../texts/texts";
import { Reading } from "./reading";

export function CasebookCasePage({ parameters }: ScreenProps) {
  const view = useView("casebook/{case_id}", { case_id: parameters["id"] ?? "" });
  return (
    <Page title={view.data?.line.persona ?? t("casebook")}>
      <With view={view}>{(found) => <Whole found={found} />}</With>
    </Page>
  );
}

function Whole({ found }: { readonly found: Schema<"CasebookCase"> }) {
  const { line, draft } = found;
  return (
    <>
      <p class="faint">{[line.industry, line.section].filter(Boolean).join(" · ")}</p>
      <Card><Prose text={line.situation} /></Card>
      <Card title={t("draft-for", { platform: draft.platform })} beside={<Copy text={draft.message} />}>
        <blockquote class="draft"><Prose text={draft.message} /></blockquote>
      </Card>
      <Reading analysis={found.analysis} strategy={found.strategy} tactics={null} />
      {line.mine && <TakeBack id={line.id} />}
    </>
  );
}

function TakeBack({ id }: { readonly id: string }) {
  const drop = useAction("casebook/{case_id}/drop");
  const take = async (): Promise<void> => {
    if (!(await drop.run({ case_id: id }))) return;
    toast(t("case-dropped"));
    go("/casebook", { replace: true });
  };
  return (
    <>
      <button type="button" class="button bad" disabled={drop.busy} onClick={() => void take()}>{t("case-drop")}</button>
      {drop.error && <Failure error={drop.error} />}
    </>
  );
}
