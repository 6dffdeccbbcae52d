// A field for a few sentences with its own button: notes, news, answers, wishes.

import { useId, useState } from "preact/hooks";
import { useClosingConfirmation } from "../telegram/buttons";

interface WordsProps {
  readonly label: string;
  readonly action: string;
  readonly value?: string;
  readonly longest: number;
  readonly busy: boolean;
  /** Takes the words; true empties the field. */
  readonly onSend: (words: string) => Promise<boolean>;
}

export function Words({ label, action, value = "", longest, busy, onSend }: WordsProps) {
  const id = useId();
  const [words, setWords] = useState(value);
  const changed = words.trim() !== value.trim();
  useClosingConfirmation(changed && words.trim() !== "");
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await onSend(words.trim())) setWords(value);
  };
  return (
    <form class="words" onSubmit={(event) => void send(event)}>
      <label for={id}>{label}</label>
      <textarea id={id} rows={3} maxLength={longest} value={words} onInput={(event) => setWords(event.currentTarget.value)} />
      <button type="submit" class="button" disabled={busy || !changed || words.trim() === ""} aria-busy={busy}>{action}</button>
    </form>
  );
}
