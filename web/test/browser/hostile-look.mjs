/**
 * Runs in the page: names every harm that hostile names do there. Text may flow from right to left only within an
 * element or within marks that keep its direction from what stands beside it.
 */
export function lookForHarm(names) {
  const harms = new Set();
  const turns = /[\u0590-\u08ff\u202a-\u202e\u2066-\u2069]/;
  const way = (node) => (node === null || node === document.body ? '' : `${way(node.parentElement)} > ${node.tagName.toLowerCase()}${node.classList[0] ? `.${node.classList[0]}` : ''}`);
  const short = (node) => way(node).split(' > ').slice(-4).join(' > ');
  const shown = (node) => node.checkVisibility({ visibilityProperty: true }) && node.getBoundingClientRect().width > 2;
  const isolates = (node) => /isolate|plaintext/.test(getComputedStyle(node).unicodeBidi) || node.tagName === 'BDI' || node.dir === 'auto';
  const inline = (node) => getComputedStyle(node).display === 'inline';

  if (globalThis.hit !== undefined) harms.add('a script ran');
  const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (over > 0) harms.add(`${over} px wider than the window`);

  const known = new Set(names.map((name) => name.trim()));
  const isName = (text) => text.trim().split('/').every((part) => known.has(part.trim()));
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let hostile = 0;
  for (let text = walker.nextNode(); text !== null; text = walker.nextNode()) {
    const { data, parentElement: parent } = text;
    if (!shown(parent)) continue;
    const name = names.find((each) => data.includes(each));
    if (name !== undefined) hostile += 1;
    if (!turns.test(data)) continue;
    if (/\u2068[^\u2069]*\u2069/.test(data) && !turns.test(data.replace(/\u2068[^\u2069]*\u2069/g, ''))) continue;
    let around = parent;
    while (!(isolates(around) && isName(around.textContent)) && inline(around) && around.parentElement) around = around.parentElement;
    if (!(isolates(around) && isName(around.textContent))) harms.add(`doesn't keep its direction to itself: ${short(parent)} “${data.slice(0, 70)}”`);
  }
  if (hostile === 0) harms.add('shows no hostile name');

  const longest = 'x'.repeat(251);
  for (const node of document.body.querySelectorAll('*')) {
    if (!node.textContent.includes(longest) || !shown(node)) continue;
    const cut = node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflowX !== 'visible';
    if (!cut || getComputedStyle(node).display === 'inline') continue;
    const told = [node, ...node.querySelectorAll('*')].some((each) => each.title.includes(longest)) || node.closest('[title*="xxxxxxxx"]') !== null;
    if (!told && getComputedStyle(node).textOverflow === 'ellipsis') harms.add(`cuts a name without its full text: ${short(node)}`);
    if (!told && getComputedStyle(node).textOverflow !== 'ellipsis' && getComputedStyle(node).overflowX === 'hidden' && [...node.childNodes].some((each) => each.nodeType === 3 && each.data.includes(longest))) {
      harms.add(`cuts a name off: ${short(node)}`);
    }
  }
  return [...harms];
}
