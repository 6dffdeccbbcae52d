// A question before something that cannot be undone, as the browser's own modal dialog: focus stays within, Escape means no.

import { useEffect, useRef } from "preact/hooks";
import { t } from "../texts/texts";

interface ConfirmProps {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly busy?: boolean;
  readonly onYes: () => void;
  readonly onNo: () => void;
}

export function Confirm({ title, text, yes, busy, onYes, onNo }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="dialog" aria-label={title} onClose={onNo}>
      <h2>{title}</h2>
      <p>{text}</p>
      <div class="row">
        <button type="button" class="button quiet" onClick={onNo}>{t("no")}</button>
        <button type="button" class="button bad" disabled={busy} onClick={onYes}>{yes}</button>
      </div>
    </dialog>
  );
}
