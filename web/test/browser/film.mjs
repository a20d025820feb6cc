// Makes small films with ffmpeg, and the streams that ffmpeg makes of them, for the stage's files origin.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const types = { m3u8: 'application/vnd.apple.mpegurl', mp4: 'video/mp4', m4s: 'video/iso.segment', mkv: 'video/x-matroska' };

function make(args) {
  const folder = mkdtempSync(join(tmpdir(), 'film-'));
  try {
    execFileSync('ffmpeg', ['-v', 'error', '-y', ...args], { cwd: folder });
    return new Map(readdirSync(folder).map((name) => [name, { type: types[name.split('.').at(-1)], bytes: readFileSync(join(folder, name)) }]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const picture = ['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=24:duration=150', '-f', 'lavfi', '-i', 'sine=440:duration=150'];
const small = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '48'];

/** A stream of 150 seconds with sound in English and German: its files by name. */
export function makeStream() {
  return make([
    ...picture, '-f', 'lavfi', '-i', 'sine=880:duration=150', '-map', '0', '-map', '1', '-map', '2', ...small, '-c:a', 'aac', '-b:a', '64k',
    '-f', 'hls', '-hls_time', '4', '-hls_playlist_type', 'vod', '-hls_segment_type', 'fmp4', '-master_pl_name', 'index.m3u8',
    '-var_stream_map', 'v:0,agroup:sound a:0,agroup:sound,language:en,default:yes,name:English a:1,agroup:sound,language:de,name:Deutsch',
    '-hls_fmp4_init_filename', 'init-%v.mp4', '-hls_segment_filename', 'part-%v-%d.m4s', 'list-%v.m3u8',
  ]);
}

/** A film of 150 seconds that browsers play as it is. */
export function makeMp4() {
  return make([...picture, ...small, '-c:a', 'aac', '-b:a', '64k', '-movflags', '+faststart', 'film.mp4']).get('film.mp4');
}
