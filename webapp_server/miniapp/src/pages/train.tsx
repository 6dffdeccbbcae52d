// The choice of drills: one that is open already, or the next of a difficulty.

import type { Schema } from "../api/types";
import { useAction, useView } from "../api/views";
import { Card } from "../components/card";
import { Link } from "../components/link";
import { Empty, Failure, Page, With } from "../components/page";
import { go } from "../router";
import { t } from "../texts/texts";

export function TrainPage() {
  const view = useView("train");
  const open = useView("practice");
  return (
    <Page title={t("train")} beside={<Link to="/learn" class="button quiet">{t("lessons")}</Link>}>
      {open.data?.scenario_id && (
        <Card title={t("open-scenario")}>
          <Link to={`/practice/${open.data.scenario_id}`} class="button">{t("go-on")}</Link>
        </Card>
      )}
      <With view={view}>{(training) => <Choice training={training} />}</With>
    </Page>
  );
}

function Choice({ training }: { readonly training: Schema<"Training"> }) {
  const start = useAction("train/start");
  const begin = async (difficulty: number): Promise<void> => {
    const begun = await start.run({}, { difficulty: difficulty as Schema<"NextDrill">["difficulty"] });
    if (begun?.scenario_id) go(`/practice/${begun.scenario_id}`);
  };
  if (training.difficulties.every(({ drills }) => drills === 0)) return <Empty title={t("drills-none-title")} text={t("drills-none")} />;
  return (
    <>
      <p class="lead">{t("train-about")}</p>
      {training.weak.length > 0 && <p>{t("train-weak", { fields: training.weak.join(", ") })}</p>}
      {training.difficulties.map(({ difficulty, drills, unseen }) => (
        <Card
          key={difficulty}
          title={t(`difficulty-${difficulty}`)}
          beside={difficulty === training.recommended && <span class="chip good">{t("recommended")}</span>}
        >
          <p class="faint">{t("drills-count", { drills, unseen })}</p>
          <button
            type="button"
            class={difficulty === training.recommended ? "button" : "button quiet"}
            disabled={start.busy || drills === 0}
            onClick={() => void begin(difficulty)}
          >
            {t("begin-difficulty", { difficulty: t(`difficulty-${difficulty}`) })}
          </button>
        </Card>
      ))}
      <button type="button" class="button quiet" disabled={start.busy} onClick={() => void begin(0)}>{t("begin-any")}</button>
      {start.error && <Failure error={start.error} />}
    </>
  );
}
