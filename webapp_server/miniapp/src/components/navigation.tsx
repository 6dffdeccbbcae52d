// The bar below: the five places a rep goes to most.

import { path } from "../router";
import { t } from "../texts/texts";
import { Icon, type IconName } from "./icon";
import { Link } from "./link";

const PLACES: readonly (readonly [string, string, IconName, readonly string[]])[] = [
  ["/", "nav-today", "today", ["/"]],
  ["/leads", "nav-leads", "leads", ["/leads"]],
  ["/support", "nav-support", "support", ["/support"]],
  ["/train", "nav-practice", "practice", ["/train", "/learn", "/practice"]],
  ["/profile", "nav-profile", "profile", ["/profile", "/memory", "/casebook", "/usage", "/settings", "/admin"]],
];

export function Navigation() {
  return (
    <nav class="navigation" aria-label={t("navigation")}>
      {PLACES.map(([to, label, icon, below]) => (
        <Link key={to} to={to} current={below.some(isHere)}>
          <Icon name={icon} />
          <span>{t(label)}</span>
        </Link>
      ))}
    </nav>
  );
}

function isHere(place: string): boolean {
  return path.value === place || (place !== "/" && path.value.startsWith(`${place}/`));
}
