/** What a browser can do with a file. */
export type FileKind = 'video' | 'audio' | 'image' | 'text' | 'pdf' | 'archive' | 'other';

const byExtension: Record<string, FileKind> = {
  srt: 'text',
  vtt: 'text',
  nfo: 'text',
  md: 'text',
  log: 'text',
  sfv: 'text',
  md5: 'text',
  zip: 'archive',
  rar: 'archive',
  '7z': 'archive',
  gz: 'archive',
  xz: 'archive',
  tar: 'archive',
  iso: 'archive',
};

/** Returns the kind of a file by its media type, else by its name. */
export function fileKind(file: { path: string; contentType: string }): FileKind {
  const [type = ''] = file.contentType.split('/');
  if (type === 'video' || type === 'audio' || type === 'image' || type === 'text') return type;
  if (file.contentType === 'application/pdf') return 'pdf';
  return byExtension[file.path.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'other';
}

/** Returns the last component of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Returns the path up to its last component, with the slash. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
