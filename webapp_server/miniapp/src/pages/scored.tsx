// One answer with its score: each criterion with the rep's own words as evidence, and what to say instead.

import type { Schema } from "../api/types";
import { Card, Meter } from "../components/card";
import { Prose } from "../components/prose";
import { t } from "../texts/texts";
import { relative } from "../texts/times";

interface ScoredProps {
  readonly one: Schema<"Try">;
  readonly newest: boolean;
}

export function Scored({ one, newest }: ScoredProps) {
  const score = one.feedback?.score;
  const head = t(one.passed ? "score-passed" : "score-not-passed", { score: one.score });
  return (
    <details class="card" open={newest}>
      <summary>
        <strong>{head}</strong>
        <span class="faint">{relative(one.at)} · {t("xp-earned", { xp: one.xp })}</span>
      </summary>
      <Meter label={head} share={one.score / 100} />
      <blockquote class="draft"><Prose text={one.answer} /></blockquote>
      {score?.criteria.map((criterion) => <Criterion key={criterion.criterion} criterion={criterion} />)}
      {score && <Points title={t("strengths")} points={score.strengths ?? []} />}
      {score && <Points title={t("improvements")} points={score.improvements ?? []} />}
      {score?.playbook_section && <p class="faint">{t("read-again", { section: score.playbook_section })}</p>}
    </details>
  );
}

function Criterion({ criterion }: { readonly criterion: Schema<"CriterionScore"> }) {
  return (
    <Card>
      <div class="heading">
        <h2 class="minor">{criterion.description}</h2>
        <span class="chip">{t("points-of", { points: criterion.points, maximum: criterion.maximum })}</span>
      </div>
      {criterion.evidence?.map(({ quote, sign }) => (
        <p key={quote + sign.id}>
          <q>{quote}</q>{" "}
          <span class={sign.good ? "good" : "bad"}>{t(sign.good ? "sign-good" : "sign-bad", { text: sign.text })}</span>
        </p>
      ))}
      {criterion.missed && criterion.missed.length > 0 && <p class="faint">{t("missed", { signs: criterion.missed.join("; ") })}</p>}
      {criterion.feedback && <p>{criterion.feedback}</p>}
      {criterion.suggestion && <p><b>{t("try-saying")}</b> {criterion.suggestion}</p>}
    </Card>
  );
}

function Points({ title, points }: { readonly title: string; readonly points: readonly string[] }) {
  if (points.length === 0) return null;
  return (
    <>
      <h2 class="minor">{title}</h2>
      <ul>{points.map((point) => <li key={point}>{point}</li>)}</ul>
    </>
  );
}
