// A model's text as paragraphs and lists: text nodes only, so that nothing in it can act.

export function Prose({ text }: { readonly text: string }) {
  return (
    <div class="prose">
      {text.split(/\n{2,}/).map((block, index) => (
        <Block key={index} lines={block.split("\n")} />
      ))}
    </div>
  );
}

const BULLET = /^\s*(?:[-*•]|\d+[.)])\s+/;

function Block({ lines }: { readonly lines: readonly string[] }) {
  if (lines.length > 0 && lines.every((line) => BULLET.test(line))) {
    return <ul>{lines.map((line, index) => <li key={index}>{plain(line.replace(BULLET, ""))}</li>)}</ul>;
  }
  return <p>{lines.map((line, index) => [index > 0 && <br key={`br${index}`} />, plain(line)])}</p>;
}

/** Without the marks of Markdown that models cannot leave out. */
function plain(line: string): string {
  return line.replace(/^#{1,6}\s+/, "").replace(/\*\*(.+?)\*\*|__(.+?)__/g, (_, one: string, other: string) => one ?? other);
}
