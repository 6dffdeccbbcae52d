// A part of a page that is drawn, and its data asked for, only once it is opened.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

interface FoldProps {
  readonly title: string;
  readonly open?: boolean;
  readonly children: ComponentChildren;
}

export function Fold({ title, open = false, children }: FoldProps) {
  const [opened, setOpened] = useState(open);
  return (
    <details open={open} onToggle={({ currentTarget }) => currentTarget.open && setOpened(true)}>
      <summary>{title}</summary>
      {opened && children}
    </details>
  );
}
