import { moment } from '../fixtures';
import type { World } from '../world';

const gib = 1024 ** 3;

/** Fills a user's library: films, a course, photos, and names that try a page. */
export function storedLibrary(world: World): void {
  const { library } = world;
  const films = library.addFolder('Films');
  const ready = world.jobs.find((job) => job.name === 'Tears of Steel');
  const course = library.addFolder('Lectures on physics', '', { jobId: ready?.id ?? null });
  const week = library.addFolder('Week 1', course);
  const photos = library.addFolder('Photos from the harbour');
  library.addFolder('To sort');
  for (let at = 1; at <= 6; at += 1) library.addFile({ name: `Lecture ${at}.mp4`, contentType: 'video/mp4', jobName: 'Lectures on physics', size: at * 0.31 * gib, storedAt: moment(-at * 90_000) }, at < 4 ? week : course);
  library.addFile({ name: 'README.md', kind: 'document', contentType: 'text/plain; charset=utf-8', jobName: 'Lectures on physics', size: 2_048 }, course);
  library.addFile({ name: 'Tears.of.Steel.2012.webm', contentType: 'video/webm', jobName: 'Tears of Steel', size: 1.1 * gib }, films);
  for (let at = 1; at <= 9; at += 1) library.addFile({ name: `Harbour ${at}.jpg`, kind: 'image', contentType: 'image/png', jobName: 'Photos from the harbour', size: 3_400_000 + at * 90_000 }, photos);
  library.addFile({ name: 'debian-13.1.0-amd64-netinst.iso', kind: 'archive', contentType: 'application/octet-stream', previewable: false, jobName: 'debian-13.1.0-amd64-netinst.iso', size: 703_594_496, storedAt: moment(-300_000) });
  library.addFile({ name: 'orbit.go', kind: 'other', contentType: 'application/octet-stream', previewable: false, jobName: 'Sources of the lab', size: 1_420 });
  library.addFile({ name: 'release.nfo', kind: 'document', contentType: 'text/plain; charset=utf-8', jobName: 'Films of the archive', size: 900 });
  library.addFile({ name: 'The handbook.pdf', kind: 'document', contentType: 'application/pdf', previewable: false, jobName: 'Lectures on physics', size: 800 });
  library.addFile({ name: 'Old broadcast.mpg', contentType: 'video/mpeg', jobName: 'Broadcasts', size: 900_000_000, lost: true, previewable: false });
  library.addFile({ name: 'A talk.mp4', contentType: 'video/mp4', jobName: 'Talks', size: 200_000_000, blocked: true, previewable: false });
  library.addFile({ name: 'مرحبا بالعالم <b onclick=alert(1)>👩‍👩‍👧 第一周期 · Ένα πολύ μακρύ όνομα_that-has-no-end-and-no-space-either_x264-1080p-WEB-DL-AAC.mkv', jobName: '"><script>alert(1)</script>', size: 2.2 * gib });
}

