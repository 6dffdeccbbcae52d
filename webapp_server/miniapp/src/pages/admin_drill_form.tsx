// A drill as a form: who, what was said, the best answer, and what it is scored by.

import { useState } from "preact/hooks";
import type { RequestFailed } from "../api/client";
import type { Schema } from "../api/types";
import { useView } from "../api/views";
import { Card } from "../components/card";
import { Failure } from "../components/page";
import { t } from "../texts/texts";
import { plain } from "./admin_words";

type Drill = Schema<"NewScenario">;
type Criterion = Schema<"NewCriterion">;

const PERSONA = ["name", "role", "company", "background"] as const;
const SIGNALS = ["positive_signals", "negative_signals"] as const;
const DIFFICULTIES = [1, 2, 3] as const;
const MOST_CRITERIA = 5;
const SHORT = 200;
const LONG = 1500;
const CRITERION: Criterion = { id: "", weight: 25, description: "", positive_signals: [], negative_signals: [] };

/** A drill of which nothing is written yet. */
export const EMPTY: Drill = {
  category: "",
  difficulty: 1,
  persona: { name: "", role: "", company: "", background: "" },
  situation: "",
  ideal_response: "",
  common_mistakes: [],
  rubric: [CRITERION, CRITERION, CRITERION, CRITERION],
};

interface DrillFormProps {
  readonly drill: Drill;
  readonly action: string;
  readonly busy: boolean;
  readonly error: RequestFailed | null;
  readonly onSave: (drill: Drill) => void;
}

export function DrillForm({ drill: known, action, busy, error, onSave }: DrillFormProps) {
  const [drill, setDrill] = useState(known);
  const change = (part: Partial<Drill>): void => setDrill({ ...drill, ...part });
  const sum = drill.rubric.reduce((total, { weight }) => total + weight, 0);
  const submit = (event: Event): void => {
    event.preventDefault();
    onSave(drill);
  };
  return (
    <form onSubmit={submit}>
      <Card title={t("drill-who")}>
        {PERSONA.map((name) => (
          <Line key={name} label={t(`drill-${name}`)} value={drill.persona[name]} onChange={(value) => change({ persona: { ...drill.persona, [name]: value } })} />
        ))}
        <Category value={drill.category} onChange={(category) => change({ category })} />
        <label class="field">
          <span>{t("drill-difficulty")}</span>
          <select value={drill.difficulty} onChange={({ currentTarget }) => change({ difficulty: Number(currentTarget.value) })}>
            {DIFFICULTIES.map((difficulty) => <option key={difficulty} value={difficulty}>{t(`difficulty-${difficulty}`)}</option>)}
          </select>
        </label>
      </Card>
      <Card title={t("drill-what")}>
        <Text label={t("drill-situation")} value={drill.situation} onChange={(situation) => change({ situation })} />
        <Text label={t("drill-ideal")} value={drill.ideal_response} onChange={(ideal) => change({ ideal_response: ideal })} />
        <Lines label={t("drill-mistakes")} values={drill.common_mistakes} onChange={(mistakes) => change({ common_mistakes: mistakes })} />
      </Card>
      {drill.rubric.map((criterion, at) => (
        <Rubric
          key={at}
          number={at + 1}
          criterion={criterion}
          onChange={(changed) => change({ rubric: drill.rubric.map((one, place) => (place === at ? changed : one)) })}
          onRemove={() => change({ rubric: drill.rubric.filter((_, place) => place !== at) })}
        />
      ))}
      <p role="status" class={sum === 100 ? "faint" : "bad"}>{t("drill-weights", { sum })}</p>
      {drill.rubric.length < MOST_CRITERIA && (
        <button type="button" class="button quiet" onClick={() => change({ rubric: [...drill.rubric, CRITERION] })}>{t("criterion-add")}</button>
      )}
      {error && <Failure error={error} />}
      <button type="submit" class="button" disabled={busy || sum !== 100}>{action}</button>
    </form>
  );
}

function Category({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const view = useView("admin/scenarios");
  const categories = view.data?.categories ?? (value ? [value] : []);
  return (
    <label class="field">
      <span>{t("drill-category")}</span>
      <select value={value} required onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        <option value="">{t("choose")}</option>
        {categories.map((category) => <option key={category} value={category}>{plain(category)}</option>)}
      </select>
    </label>
  );
}

interface RubricProps {
  readonly number: number;
  readonly criterion: Criterion;
  readonly onChange: (criterion: Criterion) => void;
  readonly onRemove: () => void;
}

function Rubric({ number, criterion, onChange, onRemove }: RubricProps) {
  return (
    <Card title={t("criterion-number", { number })} beside={<button type="button" class="button quiet" aria-label={t("criterion-remove-number", { number })} onClick={onRemove}>{t("criterion-remove")}</button>}>
      <Line label={t("criterion-id")} value={criterion.id} onChange={(id) => onChange({ ...criterion, id })} />
      <label class="field">
        <span>{t("criterion-weight")}</span>
        <input type="number" min={10} max={100} required value={criterion.weight} onInput={({ currentTarget }) => onChange({ ...criterion, weight: Number(currentTarget.value) })} />
      </label>
      <Line label={t("criterion-what")} value={criterion.description} onChange={(description) => onChange({ ...criterion, description })} />
      {SIGNALS.map((kind) => (
        <Lines key={kind} label={t(`criterion-${kind}`)} values={criterion[kind]} onChange={(values) => onChange({ ...criterion, [kind]: values })} />
      ))}
    </Card>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Line({ label, value, onChange }: FieldProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input value={value} required maxLength={SHORT} onInput={({ currentTarget }) => onChange(currentTarget.value)} />
    </label>
  );
}

function Text({ label, value, onChange }: FieldProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <textarea rows={5} value={value} required maxLength={LONG} onInput={({ currentTarget }) => onChange(currentTarget.value)} />
    </label>
  );
}

/** Several short texts, one to a line; the words as typed are kept, so that a line break stays while one is writing. */
function Lines({ label, values, onChange }: { readonly label: string; readonly values: readonly string[]; readonly onChange: (values: string[]) => void }) {
  const [text, setText] = useState(values.join("\n"));
  const typed = (words: string): void => {
    setText(words);
    onChange(words.split("\n").map((line) => line.trim()).filter(Boolean));
  };
  return (
    <label class="field">
      <span>{label}</span>
      <textarea rows={3} value={text} required maxLength={LONG} onInput={({ currentTarget }) => typed(currentTarget.value)} />
    </label>
  );
}
