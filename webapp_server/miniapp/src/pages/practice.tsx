// One scenario: the situation and what counts before, the answer, and the score with the rep's own words after.

import { useEffect, useState } from "preact/hooks";
import type { ScreenProps } from "../app";
import type { Schema } from "../api/types";
import { useAction, useView } from "../api/views";
import { Card } from "../components/card";
import { Link } from "../components/link";
import { Empty, Failure, Page, With } from "../components/page";
import { Prose } from "../components/prose";
import { Recorder } from "../components/recorder";
import { useClosingConfirmation, useMainButton } from "../telegram/buttons";
import { t } from "../texts/texts";
import { Scored } from "./scored";

type Scenario = Schema<"ScenarioView">;
const LONGEST = 3_000;

export function PracticePage({ parameters }: ScreenProps) {
  const id = parameters["id"] ?? "";
  const view = useView("practice/{scenario_id}", { scenario_id: id });
  return (
    <Page title={view.data?.persona.name ?? t("scenario")}>
      {view.error?.status === 404 ? <NotBegun id={id} /> : <With view={view}>{(scenario) => <Whole scenario={scenario} />}</With>}
    </Page>
  );
}

/** A link may lead to a drill that the rep never began: nothing of it is shown before they do. */
function NotBegun({ id }: { readonly id: string }) {
  const start = useAction("train/{scenario_id}/start");
  return (
    <Empty title={t("not-begun-title")} text={t("not-begun")}>
      <button type="button" class="button" disabled={start.busy} onClick={() => void start.run({ scenario_id: id })}>{t("begin-drill")}</button>
      {start.error && <Failure error={start.error} />}
    </Empty>
  );
}

function Whole({ scenario }: { readonly scenario: Scenario }) {
  const { persona } = scenario;
  return (
    <>
      <p class="faint">
        {persona.role}, {persona.company} · {scenario.category} · {t(`difficulty-${scenario.difficulty}`)}
      </p>
      <Card>
        <Prose text={scenario.situation} />
        <Prose text={[persona.background, persona.context].filter(Boolean).join("\n\n")} />
      </Card>
      <details class="card" open={scenario.tries.length === 0}>
        <summary>{t("rubric")}</summary>
        <ul>{scenario.criteria.map((one) => <li key={one.description}>{t("criterion", { weight: one.weight, what: one.description })}</li>)}</ul>
      </details>
      {scenario.scoring && <p role="status" class="card">{t("scoring")}</p>}
      {scenario.shown_at !== null && !scenario.scoring ? <Answering scenario={scenario} shownAt={scenario.shown_at} /> : <After scenario={scenario} />}
      {scenario.tries.map((one, place) => <Scored key={one.at} one={one} newest={place === 0} />)}
    </>
  );
}

function Answering({ scenario, shownAt }: { readonly scenario: Scenario; readonly shownAt: number }) {
  const [words, setWords] = useState("");
  const answer = useAction("practice/{scenario_id}/answer");
  const written = words.trim() !== "";
  useClosingConfirmation(written);
  const send = async (): Promise<void> => {
    if (await answer.run({ scenario_id: scenario.id }, { text: words.trim() })) setWords("");
  };
  const voice = useAction("practice/{scenario_id}/voice");
  const open = useView("practice");
  const say = (recording: Blob): void => void voice.run({ scenario_id: scenario.id }, recording);
  useMainButton(written ? { text: t("answer-send"), onPress: () => void send(), busy: answer.busy } : null);
  return (
    <Card title={t("your-answer")} beside={<Pace shownAt={shownAt} limit={scenario.time_limit_s} />}>
      <label class="field">
        <span>{t("answer-ask", { name: scenario.persona.name })}</span>
        <textarea rows={7} maxLength={LONGEST} value={words} onInput={({ currentTarget }) => setWords(currentTarget.value)} />
      </label>
      {open.data?.listening ? <p role="status">{t("listening")}</p> : <Recorder busy={voice.busy} onSend={say} />}
      {answer.error && <Failure error={answer.error} />}
      {voice.error && <Failure error={voice.error} />}
    </Card>
  );
}

/** The time a customer would wait; it costs nothing, so it is neither red nor said aloud. */
function Pace({ shownAt, limit }: { readonly shownAt: number; readonly limit: number }) {
  const [now, setNow] = useState(Date.now() / 1000);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() / 1000), 1000);
    return () => clearInterval(timer);
  }, []);
  const took = Math.max(0, Math.round(now - shownAt));
  return <span class="faint" role="timer" aria-live="off">{t("pace", { took: clock(Math.min(took, 5999)), limit: clock(limit) })}</span>;
}

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** What can be done with a scenario whose answer is not waited for. */
function After({ scenario }: { readonly scenario: Scenario }) {
  const retry = useAction("practice/{scenario_id}/retry");
  const ideal = useAction("practice/{scenario_id}/ideal");
  const of = { scenario_id: scenario.id };
  const passed = scenario.tries.some((one) => one.passed);
  if (scenario.scoring) return null;
  return (
    <>
      <div class="row">
        <button type="button" class="button" disabled={retry.busy} onClick={() => void retry.run(of)}>{t("practise-again")}</button>
        {!scenario.ideal && scenario.tries.length > 0 && (
          <button type="button" class="button quiet" disabled={ideal.busy} onClick={() => void ideal.run(of)}>{t("ideal-show")}</button>
        )}
        {scenario.level_id ? (
          <Link to={passed ? "/learn" : `/learn/${scenario.level_id}`} class="button quiet">{t(passed ? "to-levels" : "to-lesson")}</Link>
        ) : (
          <Link to="/train" class="button quiet">{t("next-drill")}</Link>
        )}
      </div>
      {!scenario.ideal && scenario.tries.length > 0 && <p class="faint">{t("ideal-note")}</p>}
      {retry.error && <Failure error={retry.error} />}
      {ideal.error && <Failure error={ideal.error} />}
      {scenario.ideal && (
        <Card title={t("ideal")}>
          <blockquote class="draft"><Prose text={scenario.ideal.response} /></blockquote>
          <h3>{t("mistakes")}</h3>
          <ul>{scenario.ideal.mistakes.map((mistake) => <li key={mistake}>{mistake}</li>)}</ul>
        </Card>
      )}
    </>
  );
}
