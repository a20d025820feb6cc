// The legal pages and the form for takedown notices, as strangers see them.
import { go, still } from './steps.mjs';

export const legalPages = [
  { name: 'legal-terms', narrow: true, open: (page, stage) => go(page, stage, '/terms', 'What you may do') },
  { name: 'legal-dmca', open: (page, stage) => go(page, stage, '/dmca', 'Send a notice') },
  { name: 'legal-form', narrow: true, open: (page, stage) => go(page, stage, '/dmca/notice', 'Send notice') },
  {
    name: 'legal-form-faults',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/dmca/notice', 'Send notice');
      await page.getByRole('button', { name: 'Add another work' }).click();
      await page.getByRole('button', { name: 'Send notice' }).click();
      await page.getByText('A notice needs this.').first().waitFor();
      await still(page);
    },
  },
  {
    name: 'legal-sent',
    narrow: true,
    open: async (page, stage) => {
      await go(page, stage, '/dmca/notice', 'Send notice');
      await page.getByLabel('Copyrighted work').fill('The film “One Summer at the Harbour” (2025)');
      await page.getByLabel('Where it is here').fill('magnet:?xt=urn:btih:0123456789012345678901234567890123456789');
      for (const label of ['Full name', 'Postal address', 'Signature']) await page.getByLabel(label).fill('Ada Holder');
      await page.getByLabel('E-mail address').fill('ada@holder.example');
      for (const box of await page.getByRole('checkbox').all()) await box.click();
      await page.getByRole('button', { name: 'Send notice' }).click();
      await page.getByText('We received your notice').waitFor();
      await still(page);
    },
  },
  { name: 'legal-status', narrow: true, open: (page, stage) => go(page, stage, '/dmca/status?token=kept', 'the owner objected') },
  { name: 'legal-status-none', expects: /404/, open: (page, stage) => go(page, stage, '/dmca/status?token=other', 'No notice has this link') },
];
