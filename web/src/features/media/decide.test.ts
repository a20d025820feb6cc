import { describe, expect, it } from 'vitest';

import type { AudioTrack, Media, SubtitleTrack, VideoTrack } from '@/api/model';
import { decide, fileType, type Capabilities, type Plan } from './decide';

const video = (codec: string, codecs: string): VideoTrack => ({ index: 0, codec, codecs, width: 1920, height: 1080, frameRate: 24, bitDepth: 8, hdr: '', title: '', language: '' });
const audio = (codec: string, codecs: string, language = 'en'): AudioTrack => ({ index: 1, codec, codecs, channels: 2, sampleRate: 48_000, title: '', language, default: true });
const words: SubtitleTrack = { index: 2, codec: 'subrip', text: true, title: '', language: 'en', default: false, forced: false };
const h264 = video('h264', 'avc1.640028');
const aac = audio('aac', 'mp4a.40.2');
const ac3 = audio('ac3', 'ac-3');

function read(given: Partial<Media>): Media {
  return { state: 'read', problem: '', container: 'mov,mp4,m4a', duration: 60, video: [h264], audio: [aac], subtitles: [], chapters: [], poster: false, stream: { possible: true, why: '' }, ...given };
}

const all: Capabilities = { file: true, picture: true, streams: true, type: true };
const noFile: Capabilities = { ...all, file: false };
const cannot = (codec: string): Plan => ({ how: 'none', reason: { kind: 'codec', codec } });

describe('how a file is played', () => {
  const noIndex = { possible: false, why: 'Its key frames are not known.' };
  it.each<[string, Media, Capabilities, Plan]>([
    ['an MP4 as it is', read({}), all, { how: 'file' }],
    ['an MKV with AC-3 as a stream with sound', read({ container: 'matroska,webm', audio: [ac3] }), noFile, { how: 'stream' }],
    ['an MP4 with two languages as a stream, to choose', read({ audio: [aac, audio('aac', 'mp4a.40.2', 'de')] }), all, { how: 'stream' }],
    ['an MP4 with subtitles inside as a stream, to show them', read({ subtitles: [words] }), all, { how: 'stream' }],
    ['an MP4 with pictures for subtitles as it is', read({ subtitles: [{ ...words, text: false }] }), all, { how: 'file' }],
    ['an MP4 with two languages as it is where there are no streams', read({ audio: [aac, aac], stream: noIndex }), all, { how: 'file' }],
    ['HEVC not at all without a decoder', read({ video: [video('hevc', 'hvc1.1.6.L93.B0')] }), { ...noFile, picture: false }, cannot('HEVC (H.265)')],
    ['MPEG-4 ASP not at all', read({ video: [video('mpeg4', '')], stream: { possible: false, why: 'No browser plays it.' } }), { ...noFile, picture: false }, cannot('MPEG-4 ASP (DivX, Xvid)')],
    ['a film without key frames not at all', read({ audio: [ac3], stream: noIndex }), noFile, { how: 'none', reason: { kind: 'server', why: noIndex.why } }],
    ['a stream not in a browser without any', read({ audio: [ac3] }), { ...noFile, streams: false }, { how: 'none', reason: { kind: 'streams' } }],
    ['a file of subtitles only not at all', read({ video: [], audio: [] }), all, { how: 'none', reason: { kind: 'empty' } }],
    ['a song as it is, whatever else it holds', read({ video: [], audio: [aac, aac] }), all, { how: 'file' }],
    ['a song in a strange format as a stream', read({ video: [], audio: [audio('dts', '')] }), noFile, { how: 'stream' }],
    ['an unread MP4 at once', read({ state: 'waiting' }), noFile, { how: 'try', because: '' }],
    ['an unread MKV after the server has looked', read({ state: 'waiting' }), { ...noFile, type: false }, { how: 'wait' }],
    ['any file on a server without ffprobe by trying', read({ state: 'off', problem: 'No ffprobe.' }), noFile, { how: 'try', because: 'No ffprobe.' }],
    ['an unreadable file by trying', read({ state: 'unreadable', problem: 'It ends early.' }), noFile, { how: 'try', because: 'It ends early.' }],
  ])('%s', (_, media, can, plan) => {
    expect(decide(media, can)).toEqual(plan);
  });
});

describe('the type of a file', () => {
  it.each([
    ['matroska,webm', [h264], [ac3], 'video/x-matroska'],
    ['matroska,webm', [video('vp9', 'vp09.00.10.08')], [audio('opus', 'opus')], 'video/webm'],
    ['mov,mp4,m4a,3gp,3g2,mj2', [h264], [aac], 'video/mp4'],
    ['mov,mp4,m4a,3gp,3g2,mj2', [], [aac], 'audio/mp4'],
    ['mp3', [], [audio('mp3', 'mp3')], 'audio/mpeg'],
    ['avi', [h264], [], undefined],
  ])('%s', (container, pictures, sounds, type) => {
    expect(fileType(read({ container, video: pictures, audio: sounds }))).toBe(type);
  });
});
