// Line icons of 24 units, drawn in the colour of the text around them; they only repeat what a word beside them says.

const PATHS = {
  today: "M4 11 12 4l8 7v9h-5v-6H9v6H4z",
  leads: "M16 19v-1a4 4 0 0 0-8 0v1M12 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6M20 18a3 3 0 0 0-2.5-3M4 18a3 3 0 0 1 2.5-3",
  support: "M5 5h14v11H10l-4 3v-3H5zM9 9h6M9 12h4",
  practice: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 12h.01",
  profile: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M5 20a7 7 0 0 1 14 0",
  chevron: "m9 6 6 6-6 6",
  check: "m5 12 5 5 9-10",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M20 20l-4-4",
  clock: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M12 8v4l3 2",
  copy: "M9 9h10v11H9zM5 15V4h10",
  mic: "M12 15a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v6a3 3 0 0 0 3 3M18 12a6 6 0 0 1-12 0M12 18v3",
  image: "M4 5h16v14H4zM8 10h.01M5 18l5-5 3 3 3-3 4 4",
  close: "M6 6l12 12M18 6 6 18",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
