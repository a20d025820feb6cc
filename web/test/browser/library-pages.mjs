// The library: folders, search, acts, and files as they open.
import { deflateSync } from 'node:zlib';

import { go, still } from './steps.mjs';

const markdown = `# Lectures on physics

Watch them **in order**. ![a tracker](https://evil.example/pixel.png) <script>alert(1)</script>

| Week | Topic |
|---|---|
| 1 | Motion |
| 2 | Light |

- [x] Recorded
- [ ] Transcribed, see [the site](https://example.org)

\`\`\`
v = s / t
\`\`\`
`;

const code = `package orbit

// Period returns how long one orbit takes, in seconds.
func Period(radius, mass float64) float64 {
	const g = 6.674e-11
	return 2 * math.Pi * math.Sqrt(radius*radius*radius/(g*mass)) // "Kepler"
}
`;

const nfo = Buffer.from([...'\xc9\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xbb\r\n\xba \xdb\xb2\xb1\xb0 NFO \xba\r\n\xc8\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xcd\xbc\r\n'].map((each) => each.charCodeAt(0)));

/** A PDF with one line of text, drawn with a standard font. */
function pdf() {
  const text = Buffer.from('BT /F1 28 Tf 60 700 Td (The handbook) Tj ET');
  const parts = [
    '<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>',
  ];
  let out = '%PDF-1.4\n';
  const places = parts.map((part, at) => {
    const place = out.length;
    out += `${at + 1} 0 obj\n${part}\nendobj\n`;
    return place;
  });
  const table = out.length;
  out += `xref\n0 ${parts.length + 1}\n0000000000 65535 f \n${places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('')}`;
  return Buffer.from(`${out}trailer\n<< /Size ${parts.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`, 'latin1');
}

/** A picture of a plain colour with a lighter half. */
function png(width, height) {
  const table = Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c >>> 0;
  });
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    let crc = 0xffffffff;
    for (const byte of body) crc = table[(crc ^ byte) & 255] ^ (crc >>> 8);
    const size = Buffer.alloc(4);
    size.writeUInt32BE(data.length);
    const end = Buffer.alloc(4);
    end.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
    return Buffer.concat([size, body, end]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (width * 3 + 1));
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) rows.set(y < height * 0.6 ? [150 + y / 8, 190, 225] : [40, 90 + x / 20, 120], y * (width * 3 + 1) + 1 + x * 3);
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

const fileOf = (stage, name) => stage.world.library.files.find((each) => each.entry.name === name).entry;

async function open(page, stage, name, bytes, type = 'application/octet-stream') {
  const file = fileOf(stage, name);
  stage.contents.set(file.id, { type, bytes });
  await page.goto(`${stage.app}/files/${file.id}`);
  await page.getByRole('heading', { name }).waitFor();
}

export const libraryPages = [
  { name: 'library', narrow: true, open: (page, stage) => go(page, stage, '/files', 'Lectures on physics') },
  {
    name: 'library-folder',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/files', 'Lectures on physics');
      await page.getByRole('link', { name: 'Lectures on physics' }).click();
      await page.getByRole('link', { name: 'Lecture 5.mp4' }).waitFor();
    },
  },
  {
    name: 'library-search',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/files', 'Lectures on physics');
      await page.getByRole('searchbox').pressSequentially('physics lecture');
      await page.getByText('in Week 1').first().waitFor();
    },
  },
  {
    name: 'library-photos',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/files', 'Lectures on physics');
      await page.getByRole('link', { name: 'Photos from the harbour' }).click();
      await page.getByRole('img', { name: 'Harbour 1.jpg' }).waitFor();
    },
  },
  {
    name: 'library-tiles',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/files?as=grid', 'Lectures on physics');
      await page.getByRole('link', { name: 'Photos from the harbour' }).click();
      await page.getByRole('checkbox', { name: 'Select Harbour 2.jpg' }).check();
    },
  },
  {
    name: 'library-tiles-all',
    narrow: true,
    open: (page, stage) => go(page, stage, '/files?as=grid', 'Lectures on physics'),
  },
  { name: 'library-nothing', open: (page, stage) => go(page, stage, '/files?q=zebra', 'No matches') },
  {
    name: 'library-empty',
    open: async (page, stage) => {
      stage.world.library.folders = [];
      stage.world.library.files = [];
      await go(page, stage, '/files', 'No files yet');
    },
  },
  {
    name: 'library-selected',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/files', 'Lectures on physics');
      await page.getByRole('checkbox', { name: 'Select Films' }).check();
      await page.getByRole('checkbox', { name: 'Select orbit.go' }).check();
      await page.getByText('2 selected').waitFor();
    },
  },
  {
    name: 'library-menu',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/files', 'Lectures on physics');
      await page.getByRole('button', { name: 'Actions for orbit.go' }).click();
      await page.getByRole('menuitem', { name: 'Copy link' }).waitFor();
    },
  },
  {
    name: 'library-share',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/files', 'Lectures on physics');
      await page.getByRole('button', { name: 'Actions for Films' }).click();
      await page.getByRole('menuitem', { name: 'Share' }).click();
      await page.getByText(/What you add later/).waitFor();
      await still(page);
    },
  },
  {
    name: 'library-delete',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/files', 'Lectures on physics');
      await page.getByRole('button', { name: 'Actions for Films' }).click();
      await page.getByRole('menuitem', { name: 'Delete its files' }).click();
      await page.getByRole('dialog').waitFor();
      await still(page);
    },
  },
  {
    name: 'library-move',
    narrow: true,
    dialog: true,
    open: async (page, stage) => {
      await go(page, stage, '/files', 'Lectures on physics');
      await page.getByRole('button', { name: 'Actions for orbit.go' }).click();
      await page.getByRole('menuitem', { name: 'Move' }).click();
      await page.getByRole('button', { name: 'Open Films' }).waitFor();
    },
  },
  {
    name: 'library-rename',
    dialog: true,
    open: async (page, stage) => {
      await go(page, stage, '/files', 'Lectures on physics');
      await page.getByRole('button', { name: 'Actions for orbit.go' }).click();
      await page.getByRole('menuitem', { name: 'Rename' }).click();
      await page.getByRole('dialog').getByRole('textbox').waitFor();
    },
  },
  {
    name: 'file-photo',
    narrow: true,
    open: async (page, stage) => {
      const photo = png(900, 600);
      for (const { entry } of stage.world.library.files) if (entry.kind === 'image') stage.contents.set(entry.id, { type: 'image/png', bytes: photo });
      await open(page, stage, 'Harbour 4.jpg', photo, 'image/png');
      await page.getByRole('link', { name: 'Next: Harbour 5.jpg' }).waitFor();
      await page.keyboard.press('ArrowRight');
      await page.getByRole('heading', { name: 'Harbour 5.jpg' }).waitFor();
      await page.getByRole('img', { name: 'Harbour 5.jpg' }).waitFor();
    },
  },
  {
    name: 'file-markdown',
    narrow: true,
    open: async (page, stage) => {
      await open(page, stage, 'README.md', Buffer.from(markdown));
      await page.getByRole('cell', { name: 'Motion' }).waitFor();
    },
  },
  {
    name: 'file-code',
    narrow: true,
    open: async (page, stage) => {
      await open(page, stage, 'orbit.go', Buffer.from(code));
      await page.locator('pre span').first().waitFor();
    },
  },
  {
    name: 'file-nfo',
    open: async (page, stage) => {
      await open(page, stage, 'release.nfo', nfo);
      await page.getByText('╔═').waitFor();
    },
  },
  {
    name: 'file-pdf',
    narrow: true,
    open: async (page, stage) => {
      await open(page, stage, 'The handbook.pdf', pdf());
      await page.getByText('Page 1 of 2').waitFor();
      await page.locator('[data-kind="pdf"] > p', { hasText: 'The handbook' }).waitFor({ state: 'attached' });
    },
  },
];
