import { queryOptions } from '@tanstack/react-query';

import { text } from '@/lib/messages';
import { ProblemError, problemCode, problemOf } from '@/lib/problem';

import './messages/catalogue';

/** The most that is shown of a text file. */
export const textPreviewBytes = 256 * 1024;

async function fetchBytes(url: string, signal: AbortSignal): Promise<ArrayBuffer> {
  let answer: Response;
  try {
    answer = await fetch(url, { signal, headers: { Range: `bytes=0-${textPreviewBytes - 1}` }, credentials: 'omit' });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ProblemError(0, problemCode.network, text('viewer:text.cantReachThe'));
  }
  if (!answer.ok && answer.status !== 416) throw problemOf(answer.status, undefined);
  return answer.status === 416 ? new ArrayBuffer(0) : await answer.arrayBuffer();
}

/** The start of a file, as bytes. */
export function startQuery(fileId: string, url: string) {
  return queryOptions({
    queryKey: ['viewer', fileId, 'start'],
    queryFn: ({ signal }) => fetchBytes(url, signal),
    staleTime: Infinity,
    gcTime: 60_000,
  });
}

// Code page 437 above ASCII: what .nfo files draw their boxes with.
const upper =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

/** Reads bytes as code page 437. */
export function readCp437(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => (byte < 0x80 ? String.fromCharCode(byte) : (upper[byte - 0x80] ?? ''))).join('');
}

/** Decodes bytes that are UTF-8, and throws if they are not. The end of a preview may cut a character. */
function readUtf8(bytes: ArrayBuffer, isCut: boolean): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut });
}

/** Reads bytes as UTF-8 or, where they are not, as UTF-16 with a mark, else as Windows' Latin-1. */
export function readText(bytes: ArrayBuffer, isCut = bytes.byteLength >= textPreviewBytes): string {
  const head = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
  if (head[0] === 0xff && head[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (head[0] === 0xfe && head[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return readUtf8(bytes, isCut);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** Reads an .nfo file: UTF-8 where it is that, as newer ones are, else code page 437. */
export function readNfo(bytes: ArrayBuffer): string {
  try {
    return readUtf8(bytes, bytes.byteLength >= textPreviewBytes);
  } catch {
    return readCp437(bytes);
  }
}
