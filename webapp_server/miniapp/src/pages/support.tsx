// The coach: hand in a prospect, watch the answer grow, find earlier ones.

import { useState } from "preact/hooks";
import { progress } from "../api/live";
import type { Schema } from "../api/types";
import { useAction, useView } from "../api/views";
import { Card } from "../components/card";
import { Link } from "../components/link";
import { Empty, Failure, Page, With } from "../components/page";
import { Picture } from "../components/picture";
import { Prose } from "../components/prose";
import { Recorder } from "../components/recorder";
import { toast } from "../components/toast";
import { useClosingConfirmation, useMainButton } from "../telegram/buttons";
import { t } from "../texts/texts";
import { relative } from "../texts/times";

const LONGEST = 20_000;

export function SupportPage() {
  const view = useView("cases");
  return (
    <Page title={t("support")}>
      <HandIn />
      <With view={view}>
        {({ cases, working, listening }) => (
          <>
            {listening > 0 && <p class="card" role="status">{t("listening")}</p>}
            {working.length > 0 && <Working jobs={working} />}
            <Cases cases={cases} busy={working.length > 0} />
          </>
        )}
      </With>
    </Page>
  );
}

function HandIn() {
  const [text, setText] = useState("");
  const send = useAction("cases");
  const photo = useAction("cases/photo");
  const voice = useAction("cases/voice");
  const words = { text: text.trim() };
  const written = words.text !== "";
  useClosingConfirmation(written);
  const taken = (): void => {
    setText("");
    toast(t("prospect-taken"));
  };
  const submit = async (): Promise<void> => {
    if (await send.run({}, words)) taken();
  };
  const showPicture = async (picture: File): Promise<void> => {
    if (await photo.run({}, picture, words)) taken();
  };
  const say = async (recording: Blob): Promise<void> => {
    if (await voice.run({}, recording)) taken();
  };
  useMainButton(written ? { text: t("prospect-send"), onPress: () => void submit(), busy: send.busy } : null);
  return (
    <Card>
      <label class="field">
        <span>{t("prospect-ask")}</span>
        <textarea
          rows={6}
          maxLength={LONGEST}
          placeholder={t("prospect-example")}
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <div class="row">
        <Picture label={t("add-picture")} busy={photo.busy} onPick={(picture) => void showPicture(picture)} />
        <Recorder busy={voice.busy} onSend={(recording) => void say(recording)} />
      </div>
      {[send, photo, voice].map(({ error }, place) => error && <Failure key={place} error={error} />)}
    </Card>
  );
}

function Working({ jobs }: { readonly jobs: readonly Schema<"Working">[] }) {
  const stop = useAction("jobs/cancel");
  return (
    <Card title={t("working", { count: jobs.length })}>
      <ul class="list">
        {jobs.map((job) => (
          <li key={job.run_id} class="working">
            <p class="faint">{job.preview}</p>
            <div aria-live="off">
              {progress.value[job.run_id] ? <Prose text={progress.value[job.run_id] ?? ""} /> : <p>{t("in-line")}</p>}
            </div>
          </li>
        ))}
      </ul>
      <button type="button" class="button quiet" disabled={stop.busy} onClick={() => void stop.run({})}>{t("stop")}</button>
      {stop.error && <Failure error={stop.error} />}
    </Card>
  );
}

function Cases({ cases, busy }: { readonly cases: readonly Schema<"CaseLine">[]; readonly busy: boolean }) {
  if (cases.length === 0) return busy ? null : <Empty title={t("cases-none-title")} text={t("cases-none")} />;
  return (
    <Card title={t("cases")}>
      <ul class="list">
        {cases.map((one) => (
          <li key={one.id} class="item">
            <Link to={`/support/${one.id}`} class="grow">
              <strong>{[one.name, one.company].filter(Boolean).join(", ") || t("lead-nameless")}</strong>
              <span class="faint clamp">{one.preview}</span>
              <time>{relative(one.at)}</time>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
