// The pictures kept with a step of a plan as its proof, and a button that adds one.

import { useEffect, useState } from "preact/hooks";
import { client } from "../api/access";
import { RequestFailed } from "../api/client";
import type { Schema } from "../api/types";
import { useAction } from "../api/views";
import { t } from "../texts/texts";
import { exact } from "../texts/times";
import { Failure } from "./page";
import { Picture } from "./picture";
import { toast } from "./toast";

interface ProofsProps {
  readonly leadId: string;
  readonly step: Schema<"StepView">;
}

export function Proofs({ leadId, step }: ProofsProps) {
  const prove = useAction("leads/{lead_id}/steps/{number}/proof");
  const add = async (picture: File): Promise<void> => {
    if (await prove.run({ lead_id: leadId, number: step.number }, picture)) toast(t("proof-kept"));
  };
  return (
    <>
      {step.proofs.length > 0 && (
        <ul class="proofs">{step.proofs.map((proof) => <li key={proof.id}><Proof leadId={leadId} proof={proof} /></li>)}</ul>
      )}
      <Picture label={t("proof-add")} busy={prove.busy} onPick={(picture) => void add(picture)} />
      {prove.error && <Failure error={prove.error} />}
    </>
  );
}

/** One picture; it needs the rep's token, so it is fetched and not linked. */
function Proof({ leadId, proof }: { readonly leadId: string; readonly proof: Schema<"Proof"> }) {
  const [shown, show] = useState<{ url: string } | { error: RequestFailed } | null>(null);
  useEffect(() => {
    let url = "";
    let gone = false;
    const fetched = async (): Promise<void> => {
      try {
        const picture = await client().picture(`leads/${encodeURIComponent(leadId)}/proofs/${encodeURIComponent(proof.id)}`);
        if (gone) return;
        url = URL.createObjectURL(picture);
        show({ url });
      } catch (error) {
        if (!(error instanceof RequestFailed)) throw error;
        if (!gone) show({ error });
      }
    };
    void fetched();
    return () => {
      gone = true;
      if (url) URL.revokeObjectURL(url);
    };
  }, [leadId, proof.id]);
  if (shown && "error" in shown) return <Failure error={shown.error} />;
  const label = t("proof-of", { when: exact(proof.at) });
  return shown ? <a href={shown.url} target="_blank" rel="noopener"><img src={shown.url} alt={label} /></a> : <span class="skeleton" role="status" aria-label={t("loading")}><span /></span>;
}
