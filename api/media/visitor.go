package media

import (
	"context"
	"net/http"
	"path"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/media/subtitle"
	"longhaul/models"
)

// visitorsAtOnce is how many subtitles are read at a time for visitors of shares,
// who leave those that signed in their own turns.
const visitorsAtOnce = 2

// VisitorStore knows which files of a share lie beside a film of it.
type VisitorStore interface {
	SharedFilmsAndSubtitles(ctx context.Context, shareID, jobID uuid.UUID) ([]models.SharedFile, error)
}

// visitorRoutes are what a player asks for a visitor of a share. Secrets are in
// bodies, so that no log of addresses has them.
func (s *Service) visitorRoutes(r *kit.Router) {
	op := func(id, path, summary, description string) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: http.MethodPost, Path: "/api/v1/shared/" + path, Tags: []string{tag}, Summary: summary, Description: description,
		}
	}
	kit.Handle(r, op("get-shared-media", "media", "What is in a film or a piece of music of an open share",
		"A file that nobody has read yet is waiting: ask again in a few seconds."), s.sharedMedia)
	kit.Handle(r, op("list-shared-subtitles", "subtitles", "The subtitles of a film of an open share",
		"Files beside it in the share, by the names that they have there. The id of each is its index."), s.sharedSubtitles)
	text := op("get-shared-subtitle", "subtitle", "Subtitles of a film of an open share as WebVTT", "Whoever reads them looks at the film, which counts as a download once for each visit.")
	text.Responses = vttAnswer()
	kit.Handle(r, text, s.sharedSubtitle)
}

type sharedInput struct {
	Body struct {
		Visit string `json:"visit" minLength:"1" maxLength:"512"`
		Index int64  `json:"index" minimum:"0" maximum:"4503599627370495" doc:"From the list of files"`
	} `nameHint:"SharedFilm"`
}

func (s *Service) sharedMedia(ctx context.Context, in *sharedInput) (*mediaOutput, error) {
	f, err := s.visited(ctx, in.Body.Visit, in.Body.Index)
	if err != nil {
		return nil, err
	}
	if !models.IsMedia(f.ContentType) {
		return &mediaOutput{s.render(noMedia())}, nil
	}
	return s.known(ctx, f.File)
}

func (s *Service) sharedSubtitles(ctx context.Context, in *sharedInput) (*subtitlesOutput, error) {
	film, err := s.visited(ctx, in.Body.Visit, in.Body.Index)
	if err != nil {
		return nil, err
	}
	out := &subtitlesOutput{Body: Subtitles{Items: []Subtitle{}}}
	err = s.besideShared(ctx, film, func(f models.SharedFile, w subtitle.Words) bool {
		out.Body.Items = append(out.Body.Items, subtitleOf(strconv.FormatInt(f.Ref(), 10), originBeside, path.Base(f.Shown), w))
		return len(out.Body.Items) < maxListed
	})
	return out, err
}

// besideShared calls yield for each file of subtitles beside a film in the share,
// until that returns false. It goes by the names that the share shows, so that
// it tells nothing of what the owner renamed or didn't share.
func (s *Service) besideShared(ctx context.Context, film models.VisitedFile, yield func(models.SharedFile, subtitle.Words) bool) error {
	files, err := s.store.SharedFilmsAndSubtitles(ctx, film.Share.ID, film.JobID)
	if err != nil {
		return err
	}
	var paths []string
	for _, f := range files {
		if !subtitle.Readable(f.Shown) {
			paths = append(paths, f.Shown)
		}
	}
	films := subtitle.NewFilms(paths)
	for _, f := range files {
		if w, ok := films.Beside(film.Shown, f.Shown); ok && !yield(f, w) {
			break
		}
	}
	return nil
}

type sharedSubtitleInput struct {
	Body struct {
		Visit    string `json:"visit" minLength:"1" maxLength:"512"`
		Index    int64  `json:"index" minimum:"0" maximum:"4503599627370495" doc:"Of the film, from the list of files"`
		Subtitle string `json:"subtitle" minLength:"1" maxLength:"20" doc:"The id of the subtitles"`
	} `nameHint:"SharedSubtitle"`
}

func (s *Service) sharedSubtitle(ctx context.Context, in *sharedSubtitleInput) (*huma.StreamResponse, error) {
	film, err := s.visited(ctx, in.Body.Visit, in.Body.Index)
	if err == nil {
		err = s.limits.Allow(ctx, kit.LimitSubtitle, "share "+film.Share.ID.String())
	}
	if err != nil {
		return nil, err
	}
	return vtt(ctx, s.guests, 0, func() (string, error) {
		var found models.SharedFile
		var words subtitle.Words
		err := s.besideShared(ctx, film, func(f models.SharedFile, w subtitle.Words) bool {
			if strconv.FormatInt(f.Ref(), 10) == in.Body.Subtitle {
				found, words = f, w
			}
			return found.ID == uuid.Nil
		})
		if err == nil && found.ID == uuid.Nil {
			err = missing()
		}
		if err == nil {
			err = s.countView(ctx, film.Visit, film.ID)
		}
		if err != nil {
			return "", err
		}
		return s.textOf(ctx, found.File, words)
	})
}
