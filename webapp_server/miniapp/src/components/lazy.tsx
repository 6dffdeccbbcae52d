// A screen whose code is fetched when it is first shown: most reps never open it.

import { useEffect, useState } from "preact/hooks";
import { RequestFailed } from "../api/client";
import type { Screen, ScreenProps } from "../app";
import { t } from "../texts/texts";
import { Page, With } from "./page";

/** The screen that `load` brings; until it is there a skeleton, and where it cannot be fetched a way to try again. */
export function lazy(load: () => Promise<Screen>): Screen {
  let loaded: Screen | null = null;
  return function Lazy(props: ScreenProps) {
    const [, drawn] = useState(false);
    const [failed, fail] = useState(false);
    useEffect(() => {
      if (loaded) return;
      load().then(
        (screen) => {
          loaded = screen;
          drawn(true);
        },
        () => fail(true),
      );
    }, []);
    if (loaded) {
      const Loaded = loaded;
      return <Loaded {...props} />;
    }
    // A module that failed once stays failed for the browser, and after an update of the server it is another one.
    const reload = (): void => location.reload();
    const error = failed ? new RequestFailed(0, t("unreached")) : null;
    return <Page title={t("admin")}><With view={{ data: null, error, reload }}>{() => null}</With></Page>;
  };
}
