package hls

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"longhaul/models"
)

// The sound that is sent where a track is not copied.
const (
	sentCodecs  = "mp4a.40.2"
	sentBitRate = 192_000
)

// Index returns the playlist of playlists: the video, each choice of sound, and
// the subtitles that are text.
func Index(f Film) []byte {
	var b strings.Builder
	b.WriteString("#EXTM3U\n#EXT-X-VERSION:7\n")
	audio, subs := f.Info.Audio, f.texts()
	for i, t := range audio {
		fmt.Fprintf(&b, "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=%s%s,DEFAULT=%s,AUTOSELECT=YES,CHANNELS=\"%d\",URI=\"audio-%d.m3u8\"\n",
			quoted(trackName(t.Title, t.Language, "Audio", i)), language(t.Language), yes(i == preferred(audio)), f.channels(t), t.Index)
	}
	for i, t := range subs {
		fmt.Fprintf(&b, "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"subs\",NAME=%s%s,DEFAULT=NO,AUTOSELECT=YES,FORCED=%s,URI=\"sub-%d.m3u8\"\n",
			quoted(trackName(t.Title, t.Language, "Subtitles", i)), language(t.Language), yes(t.Forced), t.Index)
	}
	fmt.Fprintf(&b, "#EXT-X-STREAM-INF:BANDWIDTH=%d", f.bandwidth())
	if codecs := f.codecs(); codecs != "" {
		fmt.Fprintf(&b, ",CODECS=%q", codecs)
	}
	target := "video.m3u8"
	if len(f.Info.Video) == 0 {
		target = fmt.Sprintf("audio-%d.m3u8", audio[preferred(audio)].Index)
	} else {
		b.WriteString(picture(f.Info.Video[0]))
	}
	if len(audio) > 0 {
		b.WriteString(`,AUDIO="audio"`)
	}
	if len(subs) > 0 {
		b.WriteString(`,SUBTITLES="subs"`)
	}
	b.WriteString("\n" + target + "\n")
	return []byte(b.String())
}

// picture returns the attributes of a video track.
func picture(v models.VideoTrack) string {
	out := ""
	if v.Width > 0 && v.Height > 0 {
		out += fmt.Sprintf(",RESOLUTION=%dx%d", v.Width, v.Height)
	}
	if v.FrameRate > 0 && v.FrameRate < 1000 {
		out += fmt.Sprintf(",FRAME-RATE=%.3f", v.FrameRate)
	}
	switch v.HDR {
	case "pq":
		out += ",VIDEO-RANGE=PQ"
	case "hlg":
		out += ",VIDEO-RANGE=HLG"
	}
	return out
}

// VideoList returns the playlist of the video.
func VideoList(f Film) []byte { return segments(boundaries(f), "video/", ".m4s", true) }

// AudioList returns the playlist of a choice of sound.
func AudioList(f Film, track int) ([]byte, error) {
	t, err := f.audio(track)
	if err != nil {
		return nil, err
	}
	return segments(newGrid(f, f.rate(t)).starts(), fmt.Sprintf("audio-%d/", track), ".m4s", true), nil
}

// TextList returns the playlist of a subtitle track.
func TextList(f Film, track int) ([]byte, error) {
	if _, err := f.text(track); err != nil {
		return nil, err
	}
	var at []int64
	for start := int64(0); start < f.end(); start += subWindow {
		at = append(at, start)
	}
	return segments(append(at, f.end()), fmt.Sprintf("sub-%d/", track), ".vtt", false), nil
}

// segments returns a playlist of segments between the times.
func segments(at []int64, folder, ending string, init bool) []byte {
	target := int64(1)
	for i := 1; i < len(at); i++ {
		target = max(target, (at[i]-at[i-1]+second-1)/second)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:%d\n#EXT-X-PLAYLIST-TYPE:VOD\n", target)
	if init {
		fmt.Fprintf(&b, "#EXT-X-MAP:URI=\"%sinit.mp4\"\n", folder)
	}
	for i := 1; i < len(at); i++ {
		fmt.Fprintf(&b, "#EXTINF:%.6f,\n%s%d%s\n", float64(at[i]-at[i-1])/second, folder, i-1, ending)
	}
	b.WriteString("#EXT-X-ENDLIST\n")
	return []byte(b.String())
}

// codecs returns the formats of what is sent, or nothing if one is not known.
func (f Film) codecs() string {
	var out []string
	if len(f.Info.Video) > 0 {
		if f.Info.Video[0].Codecs == "" {
			return ""
		}
		out = append(out, f.Info.Video[0].Codecs)
	}
	if len(f.Info.Audio) > 0 {
		out = append(out, sentCodecs) // what is copied is the same
	}
	return strings.Join(out, ",")
}

// bandwidth is a bound of what a second of the stream takes, in bits.
func (f Film) bandwidth() int64 {
	rate := f.Info.BitRate
	if rate <= 0 {
		rate = int64(float64(f.File.Size*8) / math.Max(f.Info.Duration, 1))
	}
	return max(rate, 1) + rate/2 + sentBitRate
}

// texts returns the subtitle tracks that are text.
func (f Film) texts() []models.SubtitleTrack {
	return slices.DeleteFunc(slices.Clone(f.Info.Subtitles), func(t models.SubtitleTrack) bool { return !t.Text })
}

// preferred returns which choice of sound is played if the viewer makes none.
func preferred(tracks []models.AudioTrack) int {
	return max(0, slices.IndexFunc(tracks, func(t models.AudioTrack) bool { return t.Default }))
}

// trackName is what a player lists a track as. Names differ, or players merge
// tracks.
func trackName(title, language, kind string, i int) string {
	switch {
	case title != "":
		return title + " (" + strconv.Itoa(i+1) + ")"
	case language != "":
		return language + " (" + strconv.Itoa(i+1) + ")"
	default:
		return kind + " " + strconv.Itoa(i+1)
	}
}

// quoted returns a string for a playlist, which has no escapes.
func quoted(s string) string {
	return `"` + strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '\''
		case r < ' ' || r == 0x7f || r == 0x2028 || r == 0x2029:
			return ' '
		}
		return r
	}, s) + `"`
}

func language(tag string) string {
	if tag == "" {
		return ""
	}
	return ",LANGUAGE=" + quoted(tag)
}

func yes(b bool) string {
	if b {
		return "YES"
	}
	return "NO"
}

// noTrack is the fault of a track that a file does not have.
func noTrack() error { return models.Errorf(models.CodeNotFound, "This file has no such track.") }

func (f Film) audio(index int) (models.AudioTrack, error) {
	for _, t := range f.Info.Audio {
		if t.Index == index {
			return t, nil
		}
	}
	return models.AudioTrack{}, noTrack()
}

func (f Film) text(index int) (models.SubtitleTrack, error) {
	for _, t := range f.texts() {
		if t.Index == index {
			return t, nil
		}
	}
	return models.SubtitleTrack{}, noTrack()
}

// copies reports whether a track's packets are sent as they are: AAC in its usual
// form, from a container that keeps its settings at the start.
func (f Film) copies(t models.AudioTrack) bool {
	kept := strings.Contains(f.Info.Container, "matroska") || strings.Contains(f.Info.Container, "mp4") ||
		strings.Contains(f.Info.Container, "mov") || strings.Contains(f.Info.Container, "webm")
	return kept && t.Codec == "aac" && t.Codecs == sentCodecs && t.SampleRate >= 8000 && t.SampleRate <= 96000
}

// rate returns the samples a second at which a track is sent: its own, if that is
// usual.
func (f Film) rate(t models.AudioTrack) int {
	if f.copies(t) || t.SampleRate == 32000 || t.SampleRate == 44100 {
		return t.SampleRate
	}
	return 48000
}

// channels returns how many channels are sent.
func (f Film) channels(t models.AudioTrack) int {
	if f.copies(t) {
		return max(t.Channels, 1)
	}
	return 2
}
