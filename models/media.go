package models

import (
	"strings"
	"time"

	"github.com/google/uuid"
)

// MediaState says what is known of how a media file plays.
type MediaState string

// The states of a media file.
const (
	MediaWaiting    MediaState = "waiting"    // no worker has read it yet
	MediaRead       MediaState = "read"       // Info tells what is in it
	MediaUnreadable MediaState = "unreadable" // Problem tells why nothing is known
	MediaOff        MediaState = "off"        // the worker has no ffprobe
)

// Valid reports whether the state is a known one.
func (s MediaState) Valid() bool {
	switch s {
	case MediaWaiting, MediaRead, MediaUnreadable, MediaOff:
		return true
	}
	return false
}

// IsMedia reports whether a type is one of media files.
func IsMedia(contentType string) bool {
	return strings.HasPrefix(contentType, "video/") || strings.HasPrefix(contentType, "audio/")
}

// FilmEndings returns how names end, in lower case, of subtitles and of films that
// may be stored under another type than one of videos.
func FilmEndings() []string {
	return []string{".srt", ".vtt", ".ass", ".ssa", ".wmv", ".flv", ".3gp", ".vob"}
}

// What is kept of a media file, however much it claims to have.
const (
	MaxMediaTracks    = 64 // of each kind
	MaxMediaChapters  = 1000
	MaxMediaText      = 200 // characters of a title
	MaxMediaKeyFrames = 200_000
)

// Media is what is known of one media file.
type Media struct {
	FileID   uuid.UUID
	State    MediaState
	Problem  string // why it can't be read, in plain words
	Info     *MediaInfo
	Keys     KeyFrames
	Poster   bool
	Attempts int
	TriedAt  time.Time
}

// MediaInfo is what a media file holds. Times are in seconds.
type MediaInfo struct {
	Container string  `json:"container"`
	Duration  float64 `json:"duration"`
	BitRate   int64   `json:"bitRate"`
	// Start is when the first key frame is shown, or the first audio packet of
	// a file without video is heard: zero for the player.
	Start     float64         `json:"start"`
	Video     []VideoTrack    `json:"video"`
	Audio     []AudioTrack    `json:"audio"`
	Subtitles []SubtitleTrack `json:"subtitles"`
	Chapters  []Chapter       `json:"chapters"`
}

// VideoTrack is a moving picture. Cover art is none.
type VideoTrack struct {
	Index     int     `json:"index"` // of the stream in the file
	Codec     string  `json:"codec"`
	Profile   string  `json:"profile"`
	Codecs    string  `json:"codecs"` // as in RFC 6381; empty if browsers have no word for it
	Width     int     `json:"width"`
	Height    int     `json:"height"`
	FrameRate float64 `json:"frameRate"`
	BitDepth  int     `json:"bitDepth"`
	HDR       string  `json:"hdr"` // "", "pq" or "hlg"
	Title     string  `json:"title"`
	Language  string  `json:"language"` // BCP 47, empty if the file does not tell
	Default   bool    `json:"default"`
}

// AudioTrack is one choice of sound.
type AudioTrack struct {
	Index      int    `json:"index"` // of the stream in the file
	Codec      string `json:"codec"`
	Codecs     string `json:"codecs"` // as in RFC 6381; empty if browsers have no word for it
	Channels   int    `json:"channels"`
	SampleRate int    `json:"sampleRate"`
	Title      string `json:"title"`
	Language   string `json:"language"` // BCP 47, empty if the file does not tell
	Default    bool   `json:"default"`
}

// SubtitleTrack is text or pictures of text inside the file.
type SubtitleTrack struct {
	Index    int    `json:"index"` // of the stream in the file
	Codec    string `json:"codec"`
	Text     bool   `json:"text"` // and no pictures
	Title    string `json:"title"`
	Language string `json:"language"` // BCP 47, empty if the file does not tell
	Default  bool   `json:"default"`
	Forced   bool   `json:"forced"`
}

// Chapter is a named part of a film.
type Chapter struct {
	Start float64 `json:"start"`
	End   float64 `json:"end"`
	Title string  `json:"title"`
}

// KeyFrames are when the key frames of the first video track are shown, in
// microseconds, ascending. There are none where they take too long to find.
type KeyFrames []int64
