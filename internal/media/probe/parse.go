package probe

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/language"

	"longhaul/models"
)

// said is what ffprobe says of a file.
type said struct {
	Streams  []stream `json:"streams"`
	Chapters []struct {
		Start string `json:"start_time"`
		End   string `json:"end_time"`
		Tags  tags   `json:"tags"`
	} `json:"chapters"`
	Format struct {
		Name     string `json:"format_name"`
		Start    string `json:"start_time"`
		Duration string `json:"duration"`
		BitRate  string `json:"bit_rate"`
	} `json:"format"`
}

// tags are what a file says of a part of it.
type tags struct {
	Language string `json:"language"`
	Title    string `json:"title"`
}

// stream is a track of any kind.
type stream struct {
	Index       int    `json:"index"`
	Codec       string `json:"codec_name"`
	Type        string `json:"codec_type"`
	Profile     string `json:"profile"`
	Level       int    `json:"level"`
	Width       int    `json:"width"`
	Height      int    `json:"height"`
	AvgRate     string `json:"avg_frame_rate"`
	Rate        string `json:"r_frame_rate"`
	PixFmt      string `json:"pix_fmt"`
	RawBits     string `json:"bits_per_raw_sample"`
	Transfer    string `json:"color_transfer"`
	Channels    int    `json:"channels"`
	SampleRate  string `json:"sample_rate"`
	Start       string `json:"start_time"`
	Duration    string `json:"duration"`
	Tags        tags   `json:"tags"`
	Disposition struct {
		Default  int `json:"default"`
		Forced   int `json:"forced"`
		Attached int `json:"attached_pic"`
		Still    int `json:"still_image"`
	} `json:"disposition"`
}

// parse reads what ffprobe says.
func parse(b []byte) (models.MediaInfo, error) {
	var s said
	if err := json.Unmarshal(b, &s); err != nil {
		return models.MediaInfo{}, &UnreadableError{Problem: "This file is damaged, or no media file that is known here.", Cause: err}
	}
	info := models.MediaInfo{
		Container: container(s.Format.Name), Duration: duration(s), BitRate: int64(number(s.Format.BitRate)), Start: number(s.Format.Start),
		Video: []models.VideoTrack{}, Audio: []models.AudioTrack{}, Subtitles: []models.SubtitleTrack{}, Chapters: []models.Chapter{},
	}
	for _, t := range s.Streams {
		t.addTo(&info)
	}
	if len(info.Video)+len(info.Audio) == 0 {
		return info, &UnreadableError{Problem: "This file has neither pictures nor sound.", Cause: errors.New("no track")}
	}
	first := "audio"
	if len(info.Video) > 0 {
		first = "video"
	}
	if i := slices.IndexFunc(s.Streams, func(t stream) bool { return t.Type == first && !t.cover() && t.Start != "" }); i >= 0 {
		info.Start = number(s.Streams[i].Start)
	}
	for _, c := range s.Chapters[:min(len(s.Chapters), models.MaxMediaChapters)] {
		info.Chapters = append(info.Chapters, models.Chapter{Start: number(c.Start), End: number(c.End), Title: clean(c.Tags.Title)})
	}
	return info, nil
}

// cover reports whether a track is a picture that belongs to the file.
func (t stream) cover() bool { return t.Disposition.Attached != 0 || t.Disposition.Still != 0 }

// addTo adds a track to those of its kind.
func (t stream) addTo(info *models.MediaInfo) {
	title, lang, usual := clean(t.Tags.Title), tongue(t.Tags.Language), t.Disposition.Default != 0
	switch {
	case t.Type == "video" && !t.cover() && len(info.Video) < models.MaxMediaTracks:
		info.Video = append(info.Video, models.VideoTrack{
			Index: t.Index, Codec: clean(t.Codec), Profile: clean(t.Profile), Codecs: t.videoCodecs(), Width: t.Width, Height: t.Height,
			FrameRate: t.frameRate(), BitDepth: t.depth(), HDR: t.hdr(), Title: title, Language: lang, Default: usual,
		})
	case t.Type == "audio" && len(info.Audio) < models.MaxMediaTracks:
		info.Audio = append(info.Audio, models.AudioTrack{
			Index: t.Index, Codec: clean(t.Codec), Codecs: t.audioCodecs(), Channels: t.Channels, SampleRate: int(number(t.SampleRate)),
			Title: title, Language: lang, Default: usual,
		})
	case t.Type == "subtitle" && len(info.Subtitles) < models.MaxMediaTracks:
		info.Subtitles = append(info.Subtitles, models.SubtitleTrack{
			Index: t.Index, Codec: clean(t.Codec), Text: slices.Contains(textCodecs, t.Codec), Title: title, Language: lang,
			Default: usual, Forced: t.Disposition.Forced != 0,
		})
	}
}

// textCodecs are the subtitles that are text.
var textCodecs = []string{"subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text", "microdvd", "subviewer", "ttml", "stl", "jacosub", "sami"}

// container returns the name of a container: ffprobe lists those that one of its
// readers knows.
func container(names string) string {
	switch first, _, _ := strings.Cut(names, ","); first {
	case "mov":
		return "mp4"
	case "matroska":
		return "matroska"
	default:
		return clean(first)
	}
}

// duration is the file's, or that of its longest track.
func duration(s said) float64 {
	d := number(s.Format.Duration)
	for _, t := range s.Streams {
		if d <= 0 {
			d = max(d, number(t.Duration))
		}
	}
	return max(0, d)
}

// number reads a number; what is none is 0.
func number(s string) float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) || math.Abs(f) > 1e12 {
		return 0
	}
	return f
}

// ratio reads a rate such as 24000/1001.
func ratio(s string) float64 {
	a, b, _ := strings.Cut(s, "/")
	if number(b) == 0 {
		return 0
	}
	return number(a) / number(b)
}

// frameRate returns the pictures in a second, to a thousandth.
func (t stream) frameRate() float64 {
	r := ratio(t.AvgRate)
	if r <= 0 {
		r = ratio(t.Rate)
	}
	return math.Round(max(0, r)*1000) / 1000
}

// depth returns the bits of a sample.
func (t stream) depth() int {
	if n := int(number(t.RawBits)); n > 0 && n <= 32 {
		return n
	}
	for _, n := range []int{16, 14, 12, 10, 9} {
		if strings.Contains(t.PixFmt, "p"+strconv.Itoa(n)) || strings.Contains(t.PixFmt, "0"+strconv.Itoa(n)) {
			return n
		}
	}
	return 8
}

func (t stream) hdr() string {
	switch t.Transfer {
	case "smpte2084":
		return "pq"
	case "arib-std-b67":
		return "hlg"
	default:
		return ""
	}
}

// tongue returns a language as browsers name it; empty if the file does not tell.
func tongue(s string) string {
	tag, err := language.Parse(s)
	if err != nil || tag == language.Und {
		return ""
	}
	switch base := tag.String(); base {
	case "mul", "zxx", "mis":
		return ""
	default:
		return base[:min(len(base), models.MaxMediaText)]
	}
}

// clean makes a text of the file fit to show: one line, of printable characters.
func clean(s string) string {
	out := make([]rune, 0, min(len(s), models.MaxMediaText))
	for _, r := range strings.ToValidUTF8(s, "") {
		if unicode.IsSpace(r) {
			r = ' '
		}
		if !unicode.IsPrint(r) {
			continue
		}
		if out = append(out, r); len(out) == models.MaxMediaText {
			break
		}
	}
	return strings.TrimSpace(string(out))
}
