const shownFor = 5_000;

const look =
  'position:fixed;z-index:2147483647;inset:auto 16px 16px auto;max-width:320px;margin:0;padding:10px 16px;border:1px solid #4c4843;' +
  'border-radius:8px;background:#1c1b19;color:#edeae5;font:15px/1.5 system-ui,sans-serif;box-shadow:0 4px 16px #0006';

let last: HTMLElement | undefined;

/** Tells the user something over the page. The page can't read it: its root is closed, and the words hold nothing of the account. */
export function showToast(words: string): void {
  last?.remove();
  const host = document.createElement('div');
  host.style.cssText = 'all:initial';
  const root = host.attachShadow({ mode: 'closed' });
  const line = document.createElement('p');
  line.setAttribute('role', 'status');
  line.style.cssText = look; // not a style sheet, which the page's policy may forbid
  line.textContent = words;
  root.append(line);
  document.documentElement.append(host);
  last = host;
  setTimeout(() => host.remove(), shownFor);
}
