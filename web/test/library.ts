import type { LibraryFile, LibraryFolder } from '@/api/model';

import { empty, json, problem, type Route } from './answers';
import { moment, newId } from './fixtures';

interface Kept<T> {
  parent: string;
  entry: T;
}

/** Makes a file of the library. */
export function makeLibraryFile(given: Partial<LibraryFile> = {}): LibraryFile {
  return {
    id: newId(), name: 'Lecture.2005.mkv', folderId: null, folderName: '', jobId: newId(), jobName: 'Course', size: 734_003_200, kind: 'video', contentType: 'video/x-matroska',
    storedAt: moment(-90_000), lost: false, blocked: false, previewable: true, ...given,
  };
}

/** A picture of a colour that few others have. */
function picture(at: number): Response {
  const body = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><rect width="400" height="300" fill="hsl(${at * 47} 45% 70%)"/><path d="M0 300 150 120 240 220 300 160 400 300z" fill="hsl(${at * 47} 35% 40%)"/></svg>`;
  return new Response(body, { headers: { 'Content-Type': 'image/svg+xml' } });
}

/** A library in memory. Folders are known by their ids; an empty parent is the top. */
export class LibraryWorld {
  folders: Kept<LibraryFolder>[] = [];
  files: Kept<LibraryFile>[] = [];
  filesUrl = 'http://files.test';

  readonly routes: Route[] = [
    ['GET', /^\/library$/, (_, __, url) => this.list(url)],
    ['GET', /^\/library\/files\/([^/]+)$/, ([, id]) => this.withFile(id, (file) => json(file.entry))],
    ['GET', /^\/files\/([^/]+)\/thumbnail$/, ([, id]) => this.withFile(id, (file) => picture(this.files.indexOf(file)))],
    ['PATCH', /^\/library\/files\/([^/]+)$/, ([, id], request) => this.rename(this.files.find((each) => each.entry.id === id), request)],
    ['POST', /^\/library\/folders$/, (_, request) => this.make(request)],
    ['PATCH', /^\/library\/folders\/([^/]+)$/, ([, id], request) => this.rename(this.folders.find((each) => each.entry.id === id), request)],
    ['DELETE', /^\/library\/folders\/([^/]+)$/, ([, id]) => this.removeFolder(id)],
    ['POST', /^\/library\/move$/, (_, request) => this.move(request)],
    ['POST', /^\/library\/delete$/, (_, request) => this.delete(request)],
    ['POST', /^\/library\/zip$/, () => json({ url: `${this.filesUrl}/p/zip/files.zip`, expiresAt: moment(86_400) })],
  ];

  addFolder(name: string, parent = '', given: Partial<LibraryFolder> = {}): string {
    const entry = { id: newId(), name, jobId: null, files: 0, size: 0, ...given };
    this.folders.push({ parent, entry });
    return entry.id;
  }

  addFile(given: Partial<LibraryFile> = {}, parent = ''): LibraryFile {
    const folder = this.folders.find((each) => each.entry.id === parent)?.entry;
    const entry = makeLibraryFile({ folderId: parent === '' ? null : parent, folderName: folder?.name ?? '', ...given });
    this.files.push({ parent, entry });
    for (let at = parent; at !== ''; ) {
      const above = this.folders.find((each) => each.entry.id === at);
      if (!above) break;
      above.entry.files += 1;
      above.entry.size += entry.size;
      at = above.parent;
    }
    return entry;
  }

  private list(url: URL): Response {
    const at = url.searchParams.get('folder') ?? '';
    const type = url.searchParams.get('type') ?? '';
    const words = (url.searchParams.get('q') ?? '').toLowerCase().split(/[^a-z0-9]+/).filter((word) => word !== '');
    const flat = url.searchParams.get('flat') === 'true' || words.length > 0;
    const start = Number(url.searchParams.get('cursor') ?? 0);
    const path = [];
    for (let id = at; id !== ''; ) {
      const folder = this.folders.find((each) => each.entry.id === id);
      if (!folder) return problem(404, 'not_found', 'No such folder.');
      path.unshift({ id, name: folder.entry.name });
      id = folder.parent;
    }
    const has = (text: string) => words.every((word) => text.toLowerCase().includes(word));
    const folders = this.folders.filter((each) => (flat ? words.length > 0 && type === '' && has(each.entry.name) : each.parent === at && (type === '' || type === 'folder'))).map((each) => each.entry);
    const files = this.files
      .filter((each) => (flat || each.parent === at) && (type === '' || each.entry.kind === type) && has(`${each.entry.name} ${each.entry.jobName}`))
      .map((each) => each.entry);
    const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name, undefined, { numeric: true });
    if (url.searchParams.get('sort') === 'size') files.sort((a, b) => (url.searchParams.get('order') === 'desc' ? b.size - a.size : a.size - b.size));
    else files.sort(byName);
    const rows = [...folders.sort(byName).map((folder) => ({ folder })), ...files.map((file) => ({ file }))].slice(start, start + 100);
    const under = flat || at !== '' ? files : this.files.map((each) => each.entry);
    const folder = this.folders.find((each) => each.entry.id === at)?.entry;
    const totals = folder && !flat ? { files: folder.files, size: folder.size } : { files: under.length, size: under.reduce((sum, file) => sum + file.size, 0) };
    return json({
      path: flat ? [] : path, totals: start === 0 ? totals : null,
      folders: rows.flatMap((row) => ('folder' in row ? [row.folder] : [])), files: rows.flatMap((row) => ('file' in row ? [row.file] : [])),
      nextCursor: start + 100 < folders.length + files.length ? `${start + 100}` : '',
    });
  }

  private withFile(id: string | undefined, then: (file: Kept<LibraryFile>) => Response): Response {
    const file = this.files.find((each) => each.entry.id === id);
    return file ? then(file) : problem(404, 'not_found', 'No such file.');
  }

  private taken(name: string, parent: string): boolean {
    return [...this.folders, ...this.files].some((each) => each.parent === parent && each.entry.name === name);
  }

  private async rename(kept: Kept<LibraryFile | LibraryFolder> | undefined, request: Request): Promise<Response> {
    const { name } = (await request.json()) as { name: string };
    if (!kept) return problem(404, 'not_found', 'No such thing.');
    if (this.taken(name, kept.parent)) return problem(409, 'conflict', `“${name}” is already in this folder.`, 'name');
    kept.entry.name = name;
    return 'kind' in kept.entry ? empty() : json({ id: kept.entry.id, name });
  }

  private async make(request: Request): Promise<Response> {
    const { name, parent = '' } = (await request.json()) as { name: string; parent?: string };
    if (this.taken(name, parent)) return problem(409, 'conflict', `“${name}” is already in this folder.`, 'name');
    return json({ id: this.addFolder(name, parent), name }, 201);
  }

  private removeFolder(id: string | undefined): Response {
    this.folders = this.folders.filter((each) => each.entry.id !== id);
    return empty();
  }

  /** Deletes files, which wait in `deleted` for their restoration, and those in folders. */
  private async delete(request: Request): Promise<Response> {
    const { files, folders } = (await request.json()) as { files: string[]; folders: string[] };
    const inside = new Set(folders);
    for (const { parent, entry } of this.folders) if (inside.has(parent)) inside.add(entry.id);
    const gone = this.files.filter(({ parent, entry }) => files.includes(entry.id) || inside.has(parent));
    this.files = this.files.filter((each) => !gone.includes(each));
    this.folders = this.folders.filter(({ entry }) => !inside.has(entry.id));
    return json({ files: gone.length, trashed: gone.map(({ entry }) => entry.id), until: moment(86_400), refused: [] });
  }

  private async move(request: Request): Promise<Response> {
    const { files, folders, to = '' } = (await request.json()) as { files: string[]; folders: string[]; to?: string };
    const moved = [...this.files, ...this.folders].filter((each) => files.includes(each.entry.id) || folders.includes(each.entry.id));
    const clash = moved.find((each) => this.taken(each.entry.name, to));
    if (clash) return problem(409, 'conflict', `“${clash.entry.name}” is already in this folder.`, 'to');
    for (const each of moved) each.parent = to;
    return empty();
  }
}
