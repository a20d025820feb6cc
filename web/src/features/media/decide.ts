import type { AudioTrack, Media, VideoTrack } from '@/api/model';

/** What this browser can do with one file. */
export interface Capabilities {
  /** It plays the file as it is: container, picture and sound. */
  file: boolean;
  /** It decodes the picture in a stream; true for a file without one. */
  picture: boolean;
  /** It plays streams at all. */
  streams: boolean;
  /** It may play a file of this type, by its name alone. */
  type: boolean;
}

/** How a file is played. */
export type Plan =
  /** As it is. */
  | { how: 'file' }
  /** As a stream that the server makes of it. */
  | { how: 'stream' }
  /** As it is, without being sure that it works. */
  | { how: 'try'; because: string }
  /** Not before the server has looked at it. */
  | { how: 'wait' }
  | { how: 'none'; reason: Reason };

/** Why a file can't be played. */
export type Reason = { kind: 'codec'; codec: string } | { kind: 'streams' } | { kind: 'server'; why: string } | { kind: 'empty' };

const codecNames: Record<string, string> = {
  h264: 'H.264',
  hevc: 'HEVC (H.265)',
  av1: 'AV1',
  vp8: 'VP8',
  vp9: 'VP9',
  mpeg4: 'MPEG-4 ASP (DivX, Xvid)',
  mpeg2video: 'MPEG-2',
  mpeg1video: 'MPEG-1',
  msmpeg4v3: 'MS MPEG-4 (DivX 3)',
  vc1: 'VC-1',
  wmv3: 'WMV 9',
  theora: 'Theora',
  prores: 'ProRes',
};

/** The name of a codec as people know it. */
export function codecName(codec: string): string {
  return codecNames[codec] ?? codec.toUpperCase();
}

/** What a stream can do that the file as it is can't: another sound track, or subtitles inside it. */
function offersMore(media: Media): boolean {
  return media.audio.length > 1 || media.subtitles.some((track) => track.text);
}

/** Decides how to play a file, by what the server knows of it and what the browser can do. */
export function decide(media: Media, can: Capabilities): Plan {
  if (media.state === 'waiting') return can.type ? { how: 'try', because: '' } : { how: 'wait' };
  if (media.state !== 'read') return { how: 'try', because: media.problem };
  if (media.video.length === 0 && media.audio.length === 0) return { how: 'none', reason: { kind: 'empty' } };
  const streams = media.stream.possible && can.streams && can.picture;
  if (can.file && !(streams && media.video.length > 0 && offersMore(media))) return { how: 'file' };
  if (streams) return { how: 'stream' };
  const picture = media.video[0];
  if (picture && !can.picture) return { how: 'none', reason: { kind: 'codec', codec: codecName(picture.codec) } };
  if (!media.stream.possible) return { how: 'none', reason: { kind: 'server', why: media.stream.why } };
  return { how: 'none', reason: { kind: 'streams' } };
}

const containers: [RegExp, string][] = [
  [/webm/, 'webm'],
  [/matroska/, 'x-matroska'],
  [/mp4|mov|m4a|3gp/, 'mp4'],
  [/ogg/, 'ogg'],
  [/mp3/, 'mpeg'],
  [/flac/, 'flac'],
  [/wav/, 'wav'],
  [/aac|adts/, 'aac'],
];

/** The media type of a file as it is; undefined for a container that no browser opens. */
export function fileType(media: Media): string | undefined {
  // ffprobe calls both kinds of Matroska by both names.
  const only = (codec: string, list: string[]) => list.includes(codec);
  const isWebm = media.container.includes('webm') && media.video.every((track) => only(track.codec, ['vp8', 'vp9', 'av1'])) && media.audio.every((track) => only(track.codec, ['opus', 'vorbis']));
  const container = isWebm ? 'webm' : media.container.includes('matroska') ? 'x-matroska' : containers.find(([pattern]) => pattern.test(media.container))?.[1];
  return container && `${media.video.length > 0 ? 'video' : 'audio'}/${container}`;
}

// These containers name their only codec.
const bare = /\/(mpeg|flac|wav|aac)$/;

function withCodecs(type: string, codecs: string[]): string {
  return bare.test(type) || codecs.length === 0 ? type : `${type}; codecs="${codecs.join(', ')}"`;
}

const playsType = (type: string): boolean => document.createElement('video').canPlayType(type) !== '';

function videoOf(contentType: string, track: VideoTrack): VideoConfiguration {
  return { contentType, width: track.width || 1280, height: track.height || 720, bitrate: 4_000_000, framerate: track.frameRate || 25 };
}

function audioOf(contentType: string, track: AudioTrack): AudioConfiguration {
  return { contentType, channels: `${track.channels || 2}`, samplerate: track.sampleRate || 48_000, bitrate: 192_000 };
}

async function decodes(configuration: MediaDecodingConfiguration, fallback: () => boolean): Promise<boolean> {
  const api = (navigator as Partial<Navigator>).mediaCapabilities;
  if (!api) return fallback();
  try {
    return (await api.decodingInfo(configuration)).supported;
  } catch {
    // It does not know the type of the container, or asks for what the file does not tell.
    return fallback();
  }
}

async function playsFile(media: Media): Promise<boolean> {
  const type = fileType(media);
  const [video] = media.video;
  const audio = media.audio.find((track) => track.default) ?? media.audio[0];
  if (type === undefined) return false;
  const codecs = [video?.codecs, audio?.codecs].filter((each) => each !== undefined);
  if (!bare.test(type) && codecs.includes('')) return false;
  const whole = withCodecs(type, codecs);
  if (!playsType(whole)) return false;
  const audioType = type.replace('video/', 'audio/');
  return decodes(
    {
      type: 'file',
      ...(video && { video: videoOf(withCodecs(type, [video.codecs]), video) }),
      ...(audio && { audio: audioOf(withCodecs(audioType, [audio.codecs]), audio) }),
    },
    () => true,
  );
}

const nativeStreams = (): boolean => playsType('application/vnd.apple.mpegurl');

/** Reports whether streams need no script, as in Safari on phones. */
export function hasMediaSource(): boolean {
  return 'MediaSource' in globalThis || 'ManagedMediaSource' in globalThis;
}

async function playsPicture(media: Media): Promise<boolean> {
  const [video] = media.video;
  if (!video) return true;
  if (video.codecs === '') return false;
  const type = `video/mp4; codecs="${video.codecs.replace(/^hev1/, 'hvc1')}"`;
  const known = () => (hasMediaSource() && 'MediaSource' in globalThis ? MediaSource.isTypeSupported(type) : playsType(type));
  return known() && decodes({ type: hasMediaSource() ? 'media-source' : 'file', video: videoOf(type, video) }, known);
}

// Matroska and AVI often hold what browsers are silent about, or show as a black box.
const trusted = /^(video\/(mp4|webm|ogg)|audio\/(mp4|mpeg|flac|wav|x-wav|ogg|webm|aac))/;

/** Asks the browser what it can do with a file. */
export async function capabilitiesFor(media: Media, contentType: string): Promise<Capabilities> {
  const [file, picture] = media.state === 'read' ? await Promise.all([playsFile(media), playsPicture(media)]) : [false, false];
  return { file, picture, streams: hasMediaSource() || nativeStreams(), type: trusted.test(contentType) && playsType(contentType) };
}
