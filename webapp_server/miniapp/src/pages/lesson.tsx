// One lesson, and the way into its scenario.

import type { ScreenProps } from "../app";
import type { Schema } from "../api/types";
import { useAction, useView } from "../api/views";
import { Card } from "../components/card";
import { Failure, Page, With } from "../components/page";
import { Prose } from "../components/prose";
import { go } from "../router";
import { useMainButton } from "../telegram/buttons";
import { t } from "../texts/texts";

export function LessonPage({ parameters }: ScreenProps) {
  const view = useView("learn/{level_id}", { level_id: parameters["id"] ?? "" });
  return (
    <Page title={view.data?.title ?? t("lesson")}>
      <With view={view}>{(lesson) => <Lesson lesson={lesson} />}</With>
    </Page>
  );
}

function Lesson({ lesson }: { readonly lesson: Schema<"LessonView"> }) {
  const start = useAction("learn/{level_id}/start");
  const begin = async (): Promise<void> => {
    if (await start.run({ level_id: lesson.level.id })) go(`/practice/${lesson.scenario_id}`);
  };
  useMainButton({ text: t("start-scenario"), onPress: () => void begin(), busy: start.busy });
  return (
    <>
      <p class="faint">{lesson.track} · {lesson.level.name}</p>
      <Card><Prose text={lesson.content} /></Card>
      <Card title={t("key-points")}>
        <ul>{lesson.key_points.map((point) => <li key={point}>{point}</li>)}</ul>
      </Card>
      {start.error && <Failure error={start.error} />}
    </>
  );
}
