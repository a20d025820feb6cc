import { useEffect, useRef, useState } from 'react';

interface PageDropOptions {
  onText: (text: string) => void;
  onFiles: (files: File[]) => void;
}

function isEditable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
}

function carries(transfer: DataTransfer | null): boolean {
  return transfer !== null && ['Files', 'text/uri-list', 'text/plain'].some((type) => transfer.types.includes(type));
}

/** Takes what is pasted or dropped anywhere on the page. Returns whether something is being dragged over it. */
export function usePageDrop(options: PageDropOptions): boolean {
  const [over, setOver] = useState(false);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });

  useEffect(() => {
    const take = (transfer: DataTransfer) => {
      const files = [...transfer.files];
      if (files.length > 0) latest.current.onFiles(files);
      else latest.current.onText(transfer.getData('text/uri-list') || transfer.getData('text/plain'));
    };
    const paste = (event: ClipboardEvent) => {
      if (!event.clipboardData || (isEditable(event.target) && event.clipboardData.files.length === 0)) return;
      event.preventDefault();
      take(event.clipboardData);
    };
    const dragOver = (event: DragEvent) => {
      if (!carries(event.dataTransfer)) return;
      event.preventDefault();
      setOver(true);
    };
    const dragLeave = (event: DragEvent) => {
      // The drag left the window.
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      if (!event.dataTransfer || !carries(event.dataTransfer)) return;
      event.preventDefault();
      take(event.dataTransfer);
    };
    document.addEventListener('paste', paste);
    document.addEventListener('dragover', dragOver);
    document.addEventListener('dragleave', dragLeave);
    document.addEventListener('drop', drop);
    return () => {
      document.removeEventListener('paste', paste);
      document.removeEventListener('dragover', dragOver);
      document.removeEventListener('dragleave', dragLeave);
      document.removeEventListener('drop', drop);
    };
  }, []);

  return over;
}
