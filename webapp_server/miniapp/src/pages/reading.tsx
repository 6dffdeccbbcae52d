// What the coach reads in a prospect and what it would do: shared by a case and by the lead it became.

import type { Schema } from "../api/types";
import { Card, Facts } from "../components/card";
import { t } from "../texts/texts";

interface ReadingProps {
  readonly analysis: Schema<"Analysis"> | null;
  readonly strategy: Schema<"Strategy"> | null;
  readonly tactics: Schema<"EngagementTactics"> | null;
}

export function Reading({ analysis, strategy, tactics }: ReadingProps) {
  return (
    <>
      {analysis && <Analysis analysis={analysis} />}
      {strategy && <Strategy strategy={strategy} />}
      {tactics && <Tactics tactics={tactics} />}
    </>
  );
}

function Analysis({ analysis }: { readonly analysis: Schema<"Analysis"> }) {
  return (
    <Card title={t("analysis")}>
      <Facts
        of={[
          [t("concern"), analysis.key_concern],
          [t("signal"), `${analysis.buying_signal}: ${analysis.buying_signal_reason}`],
          [t("stage"), analysis.stage],
          [t("prospect-type"), `${analysis.prospect_type}, ${analysis.seniority}`],
          [t("background"), analysis.background_leverage],
          [t("company"), analysis.company_context],
        ]}
      />
    </Card>
  );
}

function Strategy({ strategy }: { readonly strategy: Schema<"Strategy"> }) {
  return (
    <Card title={t("strategy")}>
      <ol class="prose">{strategy.steps.map(({ principle, detail }) => <li key={principle}><b>{principle}</b> {detail}</li>)}</ol>
      <Facts of={[[t("objection"), strategy.anticipated_objection], [t("objection-answer"), strategy.objection_response]]} />
    </Card>
  );
}

function Tactics({ tactics }: { readonly tactics: Schema<"EngagementTactics"> }) {
  return (
    <Card title={t("tactics")}>
      <ul class="prose">{tactics.linkedin_actions.map((action) => <li key={action}>{action}</li>)}</ul>
      <Facts
        of={[
          [t("timing"), tactics.timing],
          ...(tactics.comment_suggestion ? [[t("comment"), tactics.comment_suggestion] as const] : []),
        ]}
      />
    </Card>
  );
}
