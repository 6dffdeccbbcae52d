// The fields of a lead that the coach may have read wrongly, to be put right.

import { useState } from "preact/hooks";
import type { Schema } from "../api/types";
import { useAction } from "../api/views";
import { Failure } from "../components/page";
import { toast } from "../components/toast";
import { t } from "../texts/texts";

type Fields = Schema<"LeadEdit">;
const NAMES = ["name", "title", "company", "location"] as const;
const LONGEST = 120;

export function LeadFields({ lead }: { readonly lead: Schema<"LeadDetail"> }) {
  const { line } = lead;
  const known: Fields = { name: line.name ?? "", title: line.title ?? "", company: line.company ?? "", location: lead.location ?? "" };
  const [fields, setFields] = useState(known);
  const edit = useAction("leads/{lead_id}/edit");
  const changed = NAMES.some((name) => fields[name].trim() !== known[name]);
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await edit.run({ lead_id: line.id }, fields)) toast(t("saved"));
  };
  return (
    <details class="card">
      <summary>{t("edit-fields")}</summary>
      <form onSubmit={(event) => void save(event)}>
        {NAMES.map((name) => (
          <label key={name} class="field">
            <span>{t(name)}</span>
            <input value={fields[name]} maxLength={LONGEST} onInput={({ currentTarget }) => setFields({ ...fields, [name]: currentTarget.value })} />
          </label>
        ))}
        <button type="submit" class="button" disabled={!changed || edit.busy}>{t("save")}</button>
        {edit.error && <Failure error={edit.error} />}
      </form>
    </details>
  );
}
