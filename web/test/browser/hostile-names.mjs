// Names that a page must survive, and how they get into what the stand-in server answers.

const long = 'x'.repeat(251);

/** What people, torrents and attackers call things. */
export const hostileNames = [
  '\u202egnp.tnemucod (1)!',
  'שלום עולם (2024)!',
  'مرحبا بالعالم - 100%?',
  long,
  '👩‍👩‍👧‍👦'.repeat(10),
  `${'Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e\u0349\u035a\u032f\u031e\u0320\u034d'.repeat(6)}algo`,
  '<script>globalThis.hit = 1</script><img src=x onerror="globalThis.hit = 1">',
  'javascript:globalThis.hit = 1%2f%2f',
  '{{constructor.constructor("globalThis.hit = 1")()}} {{name}} $t(jobs:title) ${7*7}',
  '\u0001\u0007\u001b[31mred\u001b[0m\ufeff\u200b\u2028\u2029',
  '\u2066\u202bnever closed',
  '"; DROP TABLE jobs; -- \' \\ %00 %2e%2e%2f',
  '#?&=+ https:⁄⁄elsewhere.example⁄hit.png',
];

const surfaces = /^\/api\/v1\/(jobs|labels|notifications|webhooks|library|files|trash|links|shares|shared|sources|rules|usage|notices|many-acts|bulk|tokens|admin\/(jobs|bulk-acts|notices|shares|blocks|users\/[^/]+\/shares))/;
const named = new Set(['name', 'jobName', 'path', 'fileName', 'work', 'works', 'organisation', 'folderName', 'signature', 'reference', 'note']);

/** Returns a function that gives each name a hostile one, always the same; parts of paths each get theirs. */
export function renamer() {
  const given = new Map();
  const one = (name) => {
    if (name === '') return name;
    if (!given.has(name)) {
      const ending = /\.[a-z0-9]{2,4}$/.exec(name)?.[0] ?? '';
      given.set(name, hostileNames[given.size % hostileNames.length] + ending);
    }
    return given.get(name);
  };
  const walk = (value, key) => {
    if (typeof value === 'string') return named.has(key) ? value.split('/').map(one).join('/') : value;
    if (Array.isArray(value)) return value.map((each) => walk(each, key));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([inner, each]) => [inner, inner === 'actor' ? each : walk(each, inner)]));
  };
  return { walk, names: () => [...given.values()] };
}

/** Lets a world answer with hostile names wherever a user, a torrent or a notice names something. */
export function makeHostile(world) {
  const { walk, names } = renamer();
  const answer = world.answer.bind(world);
  world.answer = async (request) => {
    const response = await answer(request);
    if (!surfaces.test(new URL(request.url).pathname) || !response.headers.get('content-type')?.includes('json')) return response;
    return Response.json(walk(await response.json(), ''), { status: response.status, headers: response.headers });
  };
  return names;
}
