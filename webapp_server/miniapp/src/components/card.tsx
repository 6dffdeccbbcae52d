// A group of things that belong together, with its heading.

import type { ComponentChildren } from "preact";

interface CardProps {
  readonly title?: string;
  readonly beside?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Card({ title, beside, children }: CardProps) {
  return (
    <section class="card">
      {title && (
        <header class="heading">
          <h2>{title}</h2>
          {beside}
        </header>
      )}
      {children}
    </section>
  );
}

/** Facts with their names. */
export function Facts({ of }: { readonly of: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A share of a whole, from 0 to 1, in words and as a bar. */
export function Meter({ label, share }: { readonly label: string; readonly share: number }) {
  const percent = Math.round(Math.min(1, Math.max(0, share)) * 100);
  return <progress class="meter" aria-label={label} value={percent} max={100} />;
}
