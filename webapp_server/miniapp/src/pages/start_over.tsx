// Practice from the beginning: scores, points, levels and streaks go; leads, memory and settings stay.

import { useState } from "preact/hooks";
import { useAction } from "../api/views";
import { Card } from "../components/card";
import { Confirm } from "../components/confirm";
import { Failure } from "../components/page";
import { toast } from "../components/toast";
import { t } from "../texts/texts";

export function StartOver() {
  const [asking, ask] = useState(false);
  const reset = useAction("settings/practice/reset");
  const yes = async (): Promise<void> => {
    if (await reset.run({})) toast(t("reset-done"));
    ask(false);
  };
  return (
    <Card title={t("reset")}>
      <p>{t("reset-about")}</p>
      <button type="button" class="button bad" onClick={() => ask(true)}>{t("reset")}</button>
      {reset.error && <Failure error={reset.error} />}
      {asking && <Confirm title={t("reset")} text={t("reset-sure")} yes={t("reset-yes")} busy={reset.busy} onYes={() => void yes()} onNo={() => ask(false)} />}
    </Card>
  );
}
