/** Which images the server makes no thumbnail of, by their names. */
const unread = /\.(avif|heic|heif|svg|ico|psd|raw|cr2|nef|arw|dng)$/i;

const largest = 64 * 1024 ** 2;

/** Reports whether a file may have a thumbnail, by its type, name and size. */
export function hasThumbnail(file: { name: string; contentType: string; size: number }): boolean {
  return file.contentType.startsWith('image/') && !unread.test(file.name) && file.size > 0 && file.size <= largest;
}

/** The address of the thumbnail of a file of one's own. */
export function thumbnailOf(fileId: string): string {
  return `/api/v1/files/${fileId}/thumbnail`;
}
