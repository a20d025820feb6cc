/** Has the browser download from a link; the server's answer marks it as a download. */
export function startDownload(url: string): void {
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.rel = 'noreferrer';
  anchor.click();
}
