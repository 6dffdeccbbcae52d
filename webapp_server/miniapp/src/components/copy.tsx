// A button that puts a text into the clipboard.

import { buzz } from "../telegram/haptics";
import { t } from "../texts/texts";
import { Icon } from "./icon";
import { toast } from "./toast";

export function Copy({ text }: { readonly text: string }) {
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      buzz("success");
      toast(t("copied"));
    } catch {
      toast(t("not-copied")); // some clients forbid the clipboard inside a frame
    }
  };
  return (
    <button type="button" class="button quiet" onClick={() => void copy()}>
      <Icon name="copy" />
      {t("copy")}
    </button>
  );
}
