// When the coach writes on its own: the rep's time zone, quiet hours, reminders.

import { useState } from "preact/hooks";
import type { Schema } from "../api/types";
import { useAction } from "../api/views";
import { Card } from "../components/card";
import { Failure } from "../components/page";
import { toast } from "../components/toast";
import { useMainButton } from "../telegram/buttons";
import { t } from "../texts/texts";

type Change = Schema<"SettingsChange">;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const ZONES = Intl.supportedValuesOf("timeZone");

export function Habits({ settings }: { readonly settings: Schema<"RepSettings"> }) {
  const known: Change = {
    time_zone: settings.time_zone ?? "UTC",
    quiet_from: settings.quiet_from ?? 0,
    quiet_to: settings.quiet_to ?? 0,
    reminders: settings.reminders ?? true,
  };
  const [wanted, want] = useState(known);
  const save = useAction("me/settings");
  const changed = JSON.stringify(wanted) !== JSON.stringify(known);
  const submit = async (): Promise<void> => {
    if (await save.run({}, wanted)) toast(t("saved"));
  };
  useMainButton(changed ? { text: t("save"), onPress: () => void submit(), busy: save.busy } : null);
  return (
    <Card title={t("habits")}>
      <label class="field">
        <span>{t("time-zone")}</span>
        <input list="zones" value={wanted.time_zone} onInput={({ currentTarget }) => want({ ...wanted, time_zone: currentTarget.value })} />
        <datalist id="zones">{ZONES.map((zone) => <option key={zone} value={zone} />)}</datalist>
      </label>
      <Hour label={t("quiet-from")} value={wanted.quiet_from} onChange={(quiet_from) => want({ ...wanted, quiet_from })} />
      <Hour label={t("quiet-to")} value={wanted.quiet_to} onChange={(quiet_to) => want({ ...wanted, quiet_to })} />
      <p class="faint">{t("quiet-about")}</p>
      <label class="row check">
        <input type="checkbox" checked={wanted.reminders} onChange={({ currentTarget }) => want({ ...wanted, reminders: currentTarget.checked })} />
        <span>{t("reminders")}</span>
      </label>
      {save.error && <Failure error={save.error} />}
    </Card>
  );
}

interface HourProps {
  readonly label: string;
  readonly value: number;
  readonly onChange: (hour: number) => void;
}

function Hour({ label, value, onChange }: HourProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={String(value)} onChange={({ currentTarget }) => onChange(Number(currentTarget.value))}>
        {HOURS.map((hour) => <option key={hour} value={String(hour)}>{String(hour).padStart(2, "0")}:00</option>)}
      </select>
    </label>
  );
}
