// One worked prospect: the draft first, then how the coach read it; the draft can be changed.

import type { ScreenProps } from "../app";
import type { Schema } from "../api/types";
import { useAction, useView } from "../api/views";
import { Card } from "../components/card";
import { Copy } from "../components/copy";
import { Link } from "../components/link";
import { Failure, Page, With } from "../components/page";
import { Prose } from "../components/prose";
import { Words } from "../components/words";
import { toast } from "../components/toast";
import { t } from "../texts/texts";
import { exact } from "../texts/times";
import { Reading } from "./reading";

type Detail = Schema<"CaseDetail">;
type Change = Schema<"DraftChange">["change"];
const CHANGES = ["shorter", "bolder", "again"] as const;
const LONGEST_WISH = 1_000;

export function CasePage({ parameters }: ScreenProps) {
  const view = useView("cases/{case_id}", { case_id: parameters["id"] ?? "" });
  return (
    <Page title={view.data ? titleOf(view.data) : t("case")}>
      <With view={view}>{(one) => <Whole one={one} />}</With>
    </Page>
  );
}

function titleOf({ answer }: Detail): string {
  const { first_name, last_name, company } = answer.prospect_info;
  return [first_name, last_name].filter(Boolean).join(" ") || company || t("lead-nameless");
}

function Whole({ one }: { readonly one: Detail }) {
  const { answer } = one;
  return (
    <>
      <p class="faint">{exact(one.at)}</p>
      <Draft one={one} />
      <Reading analysis={answer.analysis} strategy={answer.strategy} tactics={answer.engagement_tactics} />
      <details class="card">
        <summary>{t("case-text")}</summary>
        <Prose text={one.text} />
      </details>
    </>
  );
}

function Draft({ one }: { readonly one: Detail }) {
  const revise = useAction("cases/{case_id}/revise");
  const change = async (to: Change, text = ""): Promise<boolean> => {
    const done = (await revise.run({ case_id: one.id }, { change: to, text })) !== null;
    if (done) toast(t("revise-taken"));
    return done;
  };
  const { draft } = one.answer;
  return (
    <Card title={t("draft-for", { platform: draft.platform })} beside={<Copy text={draft.message} />}>
      <blockquote class="draft"><Prose text={draft.message} /></blockquote>
      {one.reference && <p class="faint">{t("reference", { section: one.reference })}</p>}
      <div class="row">
        {CHANGES.map((to) => (
          <button key={to} type="button" class="button quiet" disabled={revise.busy} onClick={() => void change(to)}>{t(`revise-${to}`)}</button>
        ))}
      </div>
      <Words label={t("revise-ask")} action={t("revise-tell")} longest={LONGEST_WISH} busy={revise.busy} onSend={(text) => change("tell", text)} />
      {revise.error && <Failure error={revise.error} />}
      <Saved one={one} />
    </Card>
  );
}

/** The draft in the team's casebook, or the way there. */
function Saved({ one }: { readonly one: Detail }) {
  const save = useAction("cases/{case_id}/save");
  if (one.saved_as) return <Link to={`/casebook/${one.saved_as}`}>{t("case-saved")}</Link>;
  return (
    <>
      <button type="button" class="button quiet" disabled={save.busy} onClick={() => void save.run({ case_id: one.id })}>{t("case-save")}</button>
      <p class="faint">{t("case-save-about")}</p>
      {save.error && <Failure error={save.error} />}
    </>
  );
}
