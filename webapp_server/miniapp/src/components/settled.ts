// What was typed, once typing has paused.

import { useEffect, useState } from "preact/hooks";

const TYPING_MS = 250;

/** The words once typing has paused, so that not every letter asks the server. */
export function useSettled(words: string): string {
  const [settled, settle] = useState(words);
  useEffect(() => {
    const timer = setTimeout(() => settle(words.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [words]);
  return settled;
}
