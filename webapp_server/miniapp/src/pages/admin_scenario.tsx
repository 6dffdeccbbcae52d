// One drill: read whole, and where it was made for the team, written anew, retired and brought back.

import type { ScreenProps } from "../app";
import type { Schema } from "../api/types";
import { useAction, useView } from "../api/views";
import { Card, Facts } from "../components/card";
import { Failure, Page, With } from "../components/page";
import { Prose } from "../components/prose";
import { toast } from "../components/toast";
import { go } from "../router";
import { t } from "../texts/texts";
import { DrillForm, EMPTY } from "./admin_drill_form";
import { plain } from "./admin_words";

type Detail = Schema<"DrillDetail">;

export function AdminScenarioPage({ parameters }: ScreenProps) {
  const view = useView("admin/scenarios/{scenario_id}", { scenario_id: parameters["id"] ?? "" });
  return (
    <Page title={t("drill")}>
      <With view={view}>{(detail) => (detail.line.editable ? <Made detail={detail} /> : <Shipped detail={detail} />)}</With>
    </Page>
  );
}

/** A drill that is not there yet. */
export function NewDrillPage() {
  const create = useAction("admin/scenarios");
  const save = async (drill: Schema<"NewScenario">): Promise<void> => {
    if (!(await create.run({}, drill))) return;
    toast(t("drill-added"));
    go("/admin/scenarios");
  };
  return (
    <Page title={t("drill-new")}>
      <p class="lead">{t("drill-gate")}</p>
      <DrillForm drill={EMPTY} action={t("drill-add")} busy={create.busy} error={create.error} onSave={(drill) => void save(drill)} />
    </Page>
  );
}

function Made({ detail: { line, scenario } }: { readonly detail: Detail }) {
  const change = useAction("admin/scenarios/{scenario_id}");
  const retire = useAction("admin/scenarios/{scenario_id}/retire");
  const back = useAction("admin/scenarios/{scenario_id}/bring-back");
  const where = { scenario_id: line.id };
  const save = async (drill: Schema<"NewScenario">): Promise<void> => {
    if (await change.run(where, drill)) toast(t("saved"));
  };
  return (
    <>
      <p class="lead">{t(line.retired ? "drill-retired-about" : "drill-made-about")}</p>
      {line.retired ? (
        <button type="button" class="button quiet" disabled={back.busy} onClick={() => void back.run(where)}>{t("drill-bring-back")}</button>
      ) : (
        <button type="button" class="button quiet" disabled={retire.busy} onClick={() => void retire.run(where)}>{t("drill-retire")}</button>
      )}
      {retire.error && <Failure error={retire.error} />}
      {back.error && <Failure error={back.error} />}
      <DrillForm key={line.id} drill={written(scenario)} action={t("save")} busy={change.busy} error={change.error} onSave={(drill) => void save(drill)} />
    </>
  );
}

/** A drill as it is written; how it is handed out names its rubric otherwise. */
function written({ category, difficulty, persona, situation, ideal_response, common_mistakes, scoring_rubric }: Detail["scenario"]): Schema<"NewScenario"> {
  const { name, role, company, background } = persona;
  const rubric = Object.entries(scoring_rubric).map(([id, { weight, description, positive_signals, negative_signals }]) => ({ id, weight, description, positive_signals, negative_signals }));
  return { category, difficulty, persona: { name, role, company, background }, situation, ideal_response, common_mistakes, rubric };
}

function Shipped({ detail: { scenario } }: { readonly detail: Detail }) {
  const { persona, category, difficulty, situation, ideal_response: ideal, common_mistakes: mistakes, scoring_rubric: rubric } = scenario;
  return (
    <>
      <p class="lead">{t("drill-shipped-about")}</p>
      <Card title={persona.name}>
        <Facts of={[[t("title"), persona.role], [t("company"), persona.company], [t("drill-category"), plain(category)], [t("drill-difficulty"), t(`difficulty-${difficulty}`)]]} />
        <Prose text={situation} />
      </Card>
      <Card title={t("drill-ideal")}><Prose text={ideal} /></Card>
      <Card title={t("mistakes")}><ul>{mistakes.map((mistake) => <li key={mistake}>{mistake}</li>)}</ul></Card>
      <Card title={t("drill-rubric")}><ul>{Object.entries(rubric).map(([id, { weight, description }]) => <li key={id}>{t("criterion", { weight, what: description })}</li>)}</ul></Card>
    </>
  );
}
