import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { PDFDocumentProxy } from 'pdfjs-dist';
import workerAddress from 'pdfjs-dist/build/pdf.worker.min.mjs?url';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { IconArrowLeft, IconArrowRight } from '../icons';
import { ErrorNotice } from '../notice';
import './document-messages/catalogue';
import type { Shown } from './shown';
import classes from './viewer.module.css';

interface ScriptPolicies {
  createPolicy: (name: string, rules: { createScriptURL: (address: string) => string }) => { createScriptURL: (address: string) => string };
}

/** Starts the library's worker: the app's own script, which the policy of trusted types asks for by name. */
function startWorker(): Worker {
  const { trustedTypes } = globalThis as { trustedTypes?: ScriptPolicies };
  const policy = trustedTypes?.createPolicy('pdf-worker', {
    createScriptURL: (address) => {
      if (new URL(address, location.href).origin !== location.origin) throw new TypeError('not a script of the app');
      return address;
    },
  });
  return new Worker(policy ? policy.createScriptURL(workerAddress) : workerAddress, { type: 'module' });
}

let worker: Worker | undefined;

/** Rejects when the worker can't be loaded, of which the library says nothing; the next PDF starts another. */
function broken(started: Worker): Promise<never> {
  return new Promise((_, reject) => {
    started.addEventListener('error', () => {
      if (worker === started) worker = undefined;
      reject(new Error('The PDF worker did not start'));
    });
  });
}

async function openDocument(url: string): Promise<PDFDocumentProxy> {
  const pdf = await import('pdfjs-dist');
  worker ??= startWorker();
  pdf.GlobalWorkerOptions.workerPort = worker;
  // Nothing of the file becomes a font or a script of the page: its glyphs are drawn.
  const document = pdf.getDocument({ url, withCredentials: false, disableFontFace: true, useSystemFonts: false, useWasm: false, enableXfa: false });
  return Promise.race([document.promise, broken(worker)]);
}

/** A PDF file, page by page. */
export function PdfStage({ file, url }: { file: Shown; url: string }) {
  const { t } = useTranslation('documents');
  const [page, setPage] = useState(1);
  const { data: pdf, error, refetch } = useQuery({ queryKey: ['viewer', file.id, 'pdf', url], queryFn: () => openDocument(url), staleTime: Infinity, gcTime: 0, retry: false });
  if (error) return <ErrorNotice error={error} title={t('pdfStage.couldntOpenThe')} retry={() => void refetch()} />;
  if (!pdf) return <Skeleton height={420} radius="lg" />;
  return (
    <div className={classes.stage} data-kind="pdf">
      <div className={classes.pages}>
        <Button size="compact-sm" variant="default" disabled={page <= 1} leftSection={<IconArrowLeft size={15} />} onClick={() => setPage(page - 1)}>
          {t('pdfStage.back')}
        </Button>
        <span role="status" className="tabular">
          {t('pdfStage.pageOf', { page, numPages: pdf.numPages })}
        </span>
        <Button size="compact-sm" variant="default" disabled={page >= pdf.numPages} rightSection={<IconArrowRight size={15} />} onClick={() => setPage(page + 1)}>
          {t('pdfStage.next')}
        </Button>
      </div>
      <PdfPage pdf={pdf} page={page} name={file.name} />
    </div>
  );
}

/** The most pixels of a page: what phones can hold. */
const mostPixels = 8_000_000;

function PdfPage({ pdf, page, name }: { pdf: PDFDocumentProxy; page: number; name: string }) {
  const { t } = useTranslation('documents');
  const canvas = useRef<HTMLCanvasElement>(null);
  const [text, setText] = useState('');
  useEffect(() => {
    const drawn = { over: false };
    const draw = async () => {
      const shown = await pdf.getPage(page);
      const target = canvas.current;
      if (drawn.over || !target) return;
      const whole = shown.getViewport({ scale: 1 });
      const wanted = (Math.min(1200, target.closest('[data-kind]')?.clientWidth ?? 800) / whole.width) * Math.min(2, devicePixelRatio);
      const scale = Math.min(wanted, Math.sqrt(mostPixels / (whole.width * whole.height)));
      const viewport = shown.getViewport({ scale });
      target.width = Math.floor(viewport.width);
      target.height = Math.floor(viewport.height);
      await shown.render({ canvas: target, viewport }).promise;
      const content = await shown.getTextContent();
      // The page may have been left while it was drawn, which the compiler can't see.
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition
      if (!drawn.over) setText(content.items.map((item) => ('str' in item ? item.str : '')).join(' '));
    };
    draw().catch(() => undefined); // the next page draws over a page that can't be drawn
    return () => {
      drawn.over = true;
    };
  }, [pdf, page]);
  return (
    <>
      <div className={classes.sheet} role="img" aria-label={t('pdfStage.page', { name, page })}>
        <canvas ref={canvas} className={classes.page} aria-hidden="true" />
      </div>
      <p className={classes.hidden}>{text}</p>
    </>
  );
}
