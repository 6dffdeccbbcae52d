// Every screen by its address; the first pattern that fits is shown.

import type { Screen } from "./app";
import { lazy } from "./components/lazy";
import { BoardPage } from "./pages/board";
import { CasePage } from "./pages/case";
import { CasebookPage } from "./pages/casebook";
import { CasebookCasePage } from "./pages/casebook_case";
import { Dashboard } from "./pages/dashboard";
import { DataPage } from "./pages/data";
import { LeadPage } from "./pages/lead";
import { LeadsPage } from "./pages/leads";
import { LearnPage } from "./pages/learn";
import { LessonPage } from "./pages/lesson";
import { MemoryPage } from "./pages/memory";
import { PracticePage } from "./pages/practice";
import { ProfilePage } from "./pages/profile";
import { SettingsPage } from "./pages/settings";
import { SupportPage } from "./pages/support";
import { TrainPage } from "./pages/train";
import { UsagePage } from "./pages/usage";

export const SCREENS: readonly (readonly [string, Screen])[] = [
  ["/", Dashboard],
  ["/leads", LeadsPage],
  ["/leads/board", BoardPage],
  ["/leads/:id", LeadPage],
  ["/support", SupportPage],
  ["/support/:id", CasePage],
  ["/learn", LearnPage],
  ["/learn/:id", LessonPage],
  ["/train", TrainPage],
  ["/practice/:id", PracticePage],
  ["/profile", ProfilePage],
  ["/memory", MemoryPage],
  ["/casebook", CasebookPage],
  ["/casebook/:id", CasebookCasePage],
  ["/usage", UsagePage],
  ["/settings", SettingsPage],
  ["/data", DataPage],
  ["/admin", lazy(async () => (await import("./pages/admin")).AdminPage)],
  ["/admin/reps/:id", lazy(async () => (await import("./pages/admin_rep")).AdminRepPage)],
  ["/admin/leads", lazy(async () => (await import("./pages/admin_leads")).AdminLeadsPage)],
  ["/admin/heatmap", lazy(async () => (await import("./pages/admin_heatmap")).AdminHeatmapPage)],
  ["/admin/costs", lazy(async () => (await import("./pages/admin_costs")).AdminCostsPage)],
  ["/admin/models", lazy(async () => (await import("./pages/admin_models")).AdminModelsPage)],
  ["/admin/scenarios", lazy(async () => (await import("./pages/admin_scenarios")).AdminScenariosPage)],
  ["/admin/scenarios/new", lazy(async () => (await import("./pages/admin_scenario")).NewDrillPage)],
  ["/admin/scenarios/:id", lazy(async () => (await import("./pages/admin_scenario")).AdminScenarioPage)],
  ["/admin/knowledge", lazy(async () => (await import("./pages/admin_knowledge")).AdminKnowledgePage)],
  ["/admin/runs", lazy(async () => (await import("./pages/admin_runs")).AdminRunsPage)],
  ["/admin/runs/:id", lazy(async () => (await import("./pages/admin_run")).AdminRunPage)],
];
