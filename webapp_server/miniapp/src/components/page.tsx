// A screen: its heading, and what is shown while its data is not there.

import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { RequestFailed } from "../api/client";
import type { Loaded } from "../api/views";
import { t } from "../texts/texts";

interface PageProps {
  readonly title: string;
  /** What stands beside the heading, such as a link to another view of the same. */
  readonly beside?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A screen with its heading, which is also the document's title. */
export function Page({ title, beside, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Cornerman`;
  }, [title]);
  return (
    <main id="main" class="page">
      <header class="heading">
        <h1>{title}</h1>
        {beside}
      </header>
      {children}
    </main>
  );
}

interface WithProps<Data> {
  readonly view: Loaded<Data>;
  readonly children: (data: Data) => ComponentChildren;
}

/** Draws what was loaded; before that a skeleton, and after a failure a sentence with a way to try again. */
export function With<Data>({ view, children }: WithProps<Data>) {
  if (view.data !== null) {
    return (
      <>
        {view.error && <Failure error={view.error} onRetry={view.reload} />}
        {children(view.data)}
      </>
    );
  }
  return view.error ? <Failure error={view.error} onRetry={view.reload} /> : <Skeleton />;
}

export function Failure({ error, onRetry }: { readonly error: RequestFailed; readonly onRetry?: () => void }) {
  return (
    <div class="failure" role="alert">
      <p>{error.message}</p>
      {onRetry && error.status !== 404 && (
        <button type="button" class="button quiet" onClick={onRetry}>{t("try-again")}</button>
      )}
    </div>
  );
}

export function Skeleton() {
  return (
    <div class="skeleton" role="status" aria-label={t("loading")}>
      <span />
      <span />
      <span />
    </div>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly text: string;
  readonly children?: ComponentChildren;
}

/** What stands where there is nothing yet, and what to do about it. */
export function Empty({ title, text, children }: EmptyProps) {
  return (
    <section class="empty">
      <h2>{title}</h2>
      <p>{text}</p>
      {children}
    </section>
  );
}
