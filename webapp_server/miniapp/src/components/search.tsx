// A field to search a list with.

import { Icon } from "./icon";

interface SearchProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (words: string) => void;
}

const LONGEST = 200;

export function Search({ label, value, onChange }: SearchProps) {
  return (
    <div class="search" role="search">
      <Icon name="search" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        maxLength={LONGEST}
        value={value}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
    </div>
  );
}
