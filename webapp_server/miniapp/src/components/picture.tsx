// A button that hands in one picture of the device.

import { useRef } from "preact/hooks";
import { t } from "../texts/texts";
import { Icon } from "./icon";

interface PictureProps {
  readonly label: string;
  readonly busy: boolean;
  readonly onPick: (picture: File) => void;
}

export function Picture({ label, busy, onPick }: PictureProps) {
  const input = useRef<HTMLInputElement>(null);
  const picked = (event: Event & { currentTarget: HTMLInputElement }): void => {
    const file = event.currentTarget.files?.[0];
    event.currentTarget.value = ""; // the same picture may be picked again after a failure
    if (file) onPick(file);
  };
  return (
    <>
      <input ref={input} type="file" accept="image/*" hidden aria-label={label} onChange={picked} />
      <button type="button" class="button quiet" disabled={busy} aria-busy={busy} onClick={() => input.current?.click()}>
        <Icon name="image" />
        {busy ? t("sending") : label}
      </button>
    </>
  );
}
