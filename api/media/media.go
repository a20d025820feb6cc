package media

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// ProbeStore keeps what is known of media files.
type ProbeStore interface {
	Media(ctx context.Context, userID, fileID uuid.UUID) (models.Media, error)
	AskMedia(ctx context.Context, userID, fileID uuid.UUID) error
}

func (s *Service) mediaRoutes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "get-media", Method: http.MethodGet, Path: "/api/v1/files/{id}/media", Tags: []string{tag},
		Summary:     "What is in a film or a piece of music",
		Description: "Its tracks and chapters, and whether this server can stream it. A file that nobody has read yet is waiting: ask again in a few seconds.",
	}, s.media)
}

// Media is what is known of a file.
type Media struct {
	State     models.MediaState `json:"state" enum:"waiting,read,unreadable,off" doc:"off: no worker can read media files"`
	Problem   string            `json:"problem" doc:"Why nothing is known, in words; empty otherwise"`
	Container string            `json:"container" example:"matroska"`
	Duration  float64           `json:"duration" doc:"Seconds"`
	Video     []VideoTrack      `json:"video" nullable:"false"`
	Audio     []AudioTrack      `json:"audio" nullable:"false"`
	Subtitles []SubtitleTrack   `json:"subtitles" nullable:"false"`
	Chapters  []Chapter         `json:"chapters" nullable:"false"`
	Poster    bool              `json:"poster" doc:"The thumbnail of the file is a picture of the film"`
	Stream    Stream            `json:"stream"`
}

// VideoTrack is a moving picture.
type VideoTrack struct {
	Index     int     `json:"index" doc:"Of the track in the file"`
	Codec     string  `json:"codec" example:"h264"`
	Codecs    string  `json:"codecs" doc:"As in RFC 6381; empty if browsers have no word for it" example:"avc1.640028"`
	Width     int     `json:"width"`
	Height    int     `json:"height"`
	FrameRate float64 `json:"frameRate"`
	BitDepth  int     `json:"bitDepth"`
	HDR       string  `json:"hdr" doc:"pq or hlg; empty without"`
	Title     string  `json:"title"`
	Language  string  `json:"language" doc:"As in BCP 47; empty if the file does not tell"`
}

// AudioTrack is one choice of sound.
type AudioTrack struct {
	Index      int    `json:"index" doc:"Of the track in the file"`
	Codec      string `json:"codec" example:"ac3"`
	Codecs     string `json:"codecs" doc:"As in RFC 6381; empty if browsers have no word for it" example:"ac-3"`
	Channels   int    `json:"channels"`
	SampleRate int    `json:"sampleRate"`
	Title      string `json:"title"`
	Language   string `json:"language" doc:"As in BCP 47; empty if the file does not tell"`
	Default    bool   `json:"default"`
}

// SubtitleTrack is text, or pictures of text, inside the file.
type SubtitleTrack struct {
	Index    int    `json:"index" doc:"Of the track in the file"`
	Codec    string `json:"codec" example:"subrip"`
	Text     bool   `json:"text" doc:"It is text, and no pictures"`
	Title    string `json:"title"`
	Language string `json:"language" doc:"As in BCP 47; empty if the file does not tell"`
	Default  bool   `json:"default"`
	Forced   bool   `json:"forced"`
}

// Chapter is a named part of a film.
type Chapter struct {
	Start float64 `json:"start" doc:"Seconds"`
	End   float64 `json:"end" doc:"Seconds"`
	Title string  `json:"title"`
}

// Stream says whether this server can stream a film to a browser that can't
// play the file itself.
type Stream struct {
	Possible bool   `json:"possible"`
	Why      string `json:"why" doc:"Why not, in words; empty if it is possible"`
}

type mediaOutput struct {
	Body Media `nameHint:"Media"`
}

func (s *Service) media(ctx context.Context, in *fileInput) (*mediaOutput, error) {
	f, err := s.store.File(ctx, kit.Caller(ctx).ID, in.ID)
	switch {
	case err != nil:
		return nil, err
	case f.Blocked:
		return nil, kit.BlockedContent()
	case !models.IsMedia(f.ContentType):
		return &mediaOutput{s.render(noMedia())}, nil
	}
	return s.known(ctx, f)
}

// known shows what is known of a media file, which is read if it wasn't.
func (s *Service) known(ctx context.Context, f models.File) (*mediaOutput, error) {
	m, err := s.store.Media(ctx, f.UserID, f.ID)
	if models.IsNotFound(err) {
		m, err = models.Media{State: models.MediaWaiting}, nil
	}
	if err == nil && (m.State == models.MediaWaiting || m.State == models.MediaOff) {
		err = s.store.AskMedia(ctx, f.UserID, f.ID)
	}
	if err != nil {
		return nil, err
	}
	return &mediaOutput{s.render(m)}, nil
}

// noMedia is what is known of a file that doesn't play.
func noMedia() models.Media {
	return models.Media{State: models.MediaUnreadable, Problem: "This is neither a film nor music."}
}

// render shows what is known.
func (s *Service) render(m models.Media) Media {
	out := Media{
		State: m.State, Problem: m.Problem, Poster: m.Poster, Stream: s.stream(m),
		Video: []VideoTrack{}, Audio: []AudioTrack{}, Subtitles: []SubtitleTrack{}, Chapters: []Chapter{},
	}
	if m.State == models.MediaOff {
		out.Problem = "This server can't look into media files: ffprobe is not installed."
	}
	if m.Info == nil {
		return out
	}
	out.Container, out.Duration = m.Info.Container, m.Info.Duration
	for _, t := range m.Info.Video {
		out.Video = append(out.Video, VideoTrack{
			Index: t.Index, Codec: t.Codec, Codecs: t.Codecs, Width: t.Width, Height: t.Height, FrameRate: t.FrameRate, BitDepth: t.BitDepth,
			HDR: t.HDR, Title: t.Title, Language: t.Language,
		})
	}
	for _, t := range m.Info.Audio {
		out.Audio = append(out.Audio, AudioTrack(t))
	}
	for _, t := range m.Info.Subtitles {
		out.Subtitles = append(out.Subtitles, SubtitleTrack(t))
	}
	for _, c := range m.Info.Chapters {
		out.Chapters = append(out.Chapters, Chapter(c))
	}
	return out
}

// stream says whether a film can be remuxed.
func (s *Service) stream(m models.Media) Stream {
	why := s.streamed(m)
	return Stream{Possible: why == "", Why: why}
}
