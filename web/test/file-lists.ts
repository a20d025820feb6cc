import type { JobFile, Outline, SourceFile } from '@/api/model';

import { json, problem } from './answers';

const pageOfOutline = 5000;

/** A page of a job's files; the cursor counts files here. */
export function filePage(files: readonly JobFile[], url: URL) {
  const wanted = url.searchParams.get('index')?.split(',').map(Number);
  const matching = wanted ? files.filter((file) => wanted.includes(file.index)) : files;
  const start = Number(url.searchParams.get('cursor') ?? 0);
  const end = start + Number(url.searchParams.get('limit') ?? 100);
  return {
    files: matching.slice(start, end),
    nextCursor: end < matching.length ? `${end}` : '',
    total: matching.length,
    size: matching.reduce((sum, file) => sum + Math.max(file.size, 0), 0),
  };
}

/** A file of a job by its id. */
export function fileAnswer(files: readonly JobFile[], id: string | undefined): Response {
  const file = files.find((each) => each.id === id);
  return file ? json(file) : problem(404, 'not_found', 'No such file.');
}

function letterOf(file: JobFile | SourceFile): string {
  if (!('state' in file)) return '-';
  if (file.state === 'skipped') return 'x';
  if (file.state === 'lost') return 'l';
  if (file.blocked) return 'b';
  if (file.available) return file.previewable ? 'o' : 's';
  return 'p';
}

function kindOf(file: JobFile | SourceFile): string {
  const type = 'contentType' in file ? file.contentType : '';
  if (type === 'application/pdf') return 'd';
  return /^(video|audio|image|text)\//.test(type) ? (type[0] ?? '-') : '-';
}

/** A page of an outline; the cursor counts files here. */
export function outlinePage(files: readonly (JobFile | SourceFile)[], url: URL): Outline {
  const start = Number(url.searchParams.get('cursor') ?? 0);
  const end = start + pageOfOutline;
  const page = files.slice(start, end);
  const folderOf = (path: string) => path.slice(0, Math.max(path.lastIndexOf('/'), 0));
  const folders = [...new Set(page.map((file) => folderOf(file.path)))];
  const places = new Map(folders.map((folder, place) => [folder, place]));
  return {
    folders,
    index: page.map((file) => file.index),
    folder: page.map((file) => places.get(folderOf(file.path)) ?? 0),
    name: page.map((file) => file.path.slice(file.path.lastIndexOf('/') + 1)),
    size: page.map((file) => file.size),
    state: page.map(letterOf).join(''),
    kind: page.map(kindOf).join(''),
    nextCursor: end < files.length ? `${end}` : '',
    total: files.length,
  };
}
