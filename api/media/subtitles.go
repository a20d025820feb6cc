package media

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"golang.org/x/sync/semaphore"

	"longhaul/api/kit"
	"longhaul/internal/media/subtitle"
	"longhaul/models"
)

const (
	subtitlesAtOnce = 4   // read at a time
	maxListed       = 200 // subtitles beside a film

	vttType   = "text/vtt; charset=utf-8"
	vttPolicy = "sandbox; default-src 'none'; frame-ancestors 'none'"

	originBeside   = "beside"
	originUploaded = "uploaded"
)

// SubtitleStore keeps uploaded subtitles, and knows which files lie beside films.
type SubtitleStore interface {
	FilmsAndSubtitles(ctx context.Context, userID, jobID uuid.UUID) ([]models.File, error)
	Subtitles(ctx context.Context, userID, fileID uuid.UUID) ([]models.Subtitle, error)
	Subtitle(ctx context.Context, userID, fileID, id uuid.UUID) (models.Subtitle, error)
	AddSubtitle(ctx context.Context, s models.Subtitle) (models.Subtitle, error)
	DeleteSubtitle(ctx context.Context, userID, fileID, id uuid.UUID) error
}

func (s *Service) subtitleRoutes(r *kit.Router) {
	const path = "/api/v1/files/{id}/subtitles"
	kit.Handle(r, huma.Operation{
		OperationID: "list-subtitles", Method: http.MethodGet, Path: path, Tags: []string{tag}, Summary: "The subtitles of a film",
		Description: "Files beside it in the job, and those that you uploaded for it. Subtitles inside the film are in what is known of the film.",
	}, s.listSubtitles)
	kit.Handle(r, huma.Operation{
		OperationID: "upload-subtitle", Method: http.MethodPost, Path: path, Tags: []string{tag}, Summary: "Upload subtitles for a film",
		Description:   "SubRip, WebVTT or SubStation Alpha of at most 5 MiB, in any usual encoding.",
		DefaultStatus: http.StatusCreated, MaxBodyBytes: maxUpload, SkipValidateBody: true, RequestBody: uploadBody(r.API),
	}, s.uploadSubtitle)
	kit.Handle(r, huma.Operation{
		OperationID: "get-subtitle", Method: http.MethodGet, Path: path + "/{sid}", Tags: []string{tag}, Summary: "Subtitles as WebVTT",
		Description: "Whatever their format and encoding.",
		Responses:   vttAnswer(),
	}, s.subtitle)
	kit.Handle(r, huma.Operation{
		OperationID: "delete-subtitle", Method: http.MethodDelete, Path: path + "/{sid}", Tags: []string{tag}, Summary: "Delete uploaded subtitles",
		Description: "To delete those beside the film, delete their file.", DefaultStatus: http.StatusNoContent,
	}, s.deleteSubtitle)
}

// vttAnswer documents an answer in WebVTT.
func vttAnswer() map[string]*huma.Response {
	return map[string]*huma.Response{"200": {Description: http.StatusText(http.StatusOK), Content: map[string]*huma.MediaType{
		"text/vtt": {Schema: &huma.Schema{Type: "string"}},
	}}}
}

// Subtitle is one of a film's subtitles.
type Subtitle struct {
	ID              string `json:"id"`
	Origin          string `json:"origin" enum:"beside,uploaded" doc:"A file of the job, or uploaded for the film"`
	Name            string `json:"name" doc:"Of the file"`
	Language        string `json:"language" doc:"BCP 47; empty if the name doesn't say it"`
	Title           string `json:"title" doc:"What else the name says"`
	Forced          bool   `json:"forced" doc:"Only what is foreign in the film"`
	HearingImpaired bool   `json:"hearingImpaired" doc:"Sounds are described"`
}

// Subtitles are the subtitles of a film.
type Subtitles struct {
	Items []Subtitle `json:"items" nullable:"false"`
}

func subtitleOf(id, origin, name string, w subtitle.Words) Subtitle {
	return Subtitle{ID: id, Origin: origin, Name: name, Language: w.Language, Title: w.Title, Forced: w.Forced, HearingImpaired: w.Impaired}
}

// uploadedOf shows uploaded subtitles.
func uploadedOf(f models.File, u models.Subtitle) Subtitle {
	w := subtitle.DescribeUpload(f.Title(), u.Name)
	w.Language = u.Language
	return subtitleOf(u.ID.String(), originUploaded, u.Name, w)
}

type subtitlesOutput struct{ Body Subtitles }

func (s *Service) listSubtitles(ctx context.Context, in *fileInput) (*subtitlesOutput, error) {
	film, err := s.file(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &subtitlesOutput{Body: Subtitles{Items: []Subtitle{}}}
	err = s.beside(ctx, film, func(f models.File, w subtitle.Words) bool {
		out.Body.Items = append(out.Body.Items, subtitleOf(besideID(f), originBeside, f.Title(), w))
		return len(out.Body.Items) < maxListed
	})
	if err != nil {
		return nil, err
	}
	uploaded, err := s.store.Subtitles(ctx, film.UserID, film.ID)
	for _, u := range uploaded {
		out.Body.Items = append(out.Body.Items, uploadedOf(film, u))
	}
	return out, err
}

// besideID names a file beside a film among the film's subtitles.
func besideID(f models.File) string { return originBeside + ":" + strconv.Itoa(f.Index) }

// beside calls yield for each file of subtitles beside the film, until that
// returns false.
func (s *Service) beside(ctx context.Context, film models.File, yield func(models.File, subtitle.Words) bool) error {
	files, err := s.store.FilmsAndSubtitles(ctx, film.UserID, film.JobID)
	if err != nil {
		return err
	}
	var paths []string
	for _, f := range files {
		if !subtitle.Readable(f.Path) {
			paths = append(paths, f.Path)
		}
	}
	films := subtitle.NewFilms(paths)
	for _, f := range files {
		if w, ok := films.Beside(film.Path, f.Path); ok && !yield(f, w) {
			break
		}
	}
	return nil
}

type subtitleInput struct {
	ID     uuid.UUID `path:"id" format:"uuid"`
	SID    string    `path:"sid" maxLength:"64" doc:"Of the subtitles"`
	Offset int64     `query:"offset" minimum:"-600000" maximum:"600000" doc:"Milliseconds by which they are shown later"`
}

func (s *Service) subtitle(ctx context.Context, in *subtitleInput) (*huma.StreamResponse, error) {
	film, err := s.file(ctx, in.ID)
	if err == nil {
		err = s.limits.Allow(ctx, kit.LimitSubtitle, film.UserID.String())
	}
	if err != nil {
		return nil, err
	}
	return vtt(ctx, s.reading, time.Duration(in.Offset)*time.Millisecond, func() (string, error) { return s.text(ctx, film, in.SID) })
}

// vtt answers with a text as WebVTT, which is read in turn.
func vtt(ctx context.Context, turns *semaphore.Weighted, offset time.Duration, read func() (string, error)) (*huma.StreamResponse, error) {
	if err := turns.Acquire(ctx, 1); err != nil {
		return nil, fmt.Errorf("wait to read subtitles: %w", err)
	}
	defer turns.Release(1)
	text, err := read()
	if err != nil {
		return nil, err
	}
	body, err := subtitle.WebVTT(text, offset)
	if err != nil {
		return nil, unreadable().Because(err)
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		header := kit.GinOf(hc).Writer.Header()
		header.Set("Content-Security-Policy", vttPolicy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Cache-Control", "private, no-cache")
		kit.GinOf(hc).Data(http.StatusOK, vttType, body)
	}}, nil
}

// unreadable is the fault of a file that has no subtitles.
func unreadable() *models.Error {
	return models.Errorf(models.CodeInvalid, "No subtitles can be read from this file. Use SubRip (.srt), WebVTT (.vtt) or SubStation Alpha (.ass, .ssa).").In("file")
}

// missing is the fault of subtitles that the film does not have.
func missing() *models.Error { return models.Errorf(models.CodeNotFound, "No such subtitles.") }

// text returns the text of a film's subtitles.
func (s *Service) text(ctx context.Context, film models.File, sid string) (string, error) {
	if !strings.HasPrefix(sid, originBeside+":") {
		id, err := uuid.Parse(sid)
		if err != nil {
			return "", missing().Because(err)
		}
		u, err := s.store.Subtitle(ctx, film.UserID, film.ID, id)
		return u.Text, err
	}
	var found models.File
	var words subtitle.Words
	err := s.beside(ctx, film, func(f models.File, w subtitle.Words) bool {
		if besideID(f) == sid {
			found, words = f, w
		}
		return found.ID == uuid.Nil
	})
	if err == nil && found.ID == uuid.Nil {
		err = missing()
	}
	if err != nil {
		return "", err
	}
	return s.textOf(ctx, found, words)
}

// textOf returns the text of a file of subtitles.
func (s *Service) textOf(ctx context.Context, f models.File, w subtitle.Words) (string, error) {
	if f.Size > subtitle.MaxSize {
		return "", models.Errorf(models.CodeTooLarge, "Subtitles can have at most %d MiB.", subtitle.MaxSize>>20)
	}
	data, err := s.read(ctx, f)
	return subtitle.Decode(data, w.Language), err
}

// read returns the bytes of a small file.
func (s *Service) read(ctx context.Context, f models.File) ([]byte, error) {
	if f.Size <= 0 {
		return nil, nil
	}
	body, err := s.objects.Get(ctx, f.Key(), f.ETag, 0, f.Size)
	if models.IsNotFound(err) {
		return nil, kit.LostFile()
	}
	if err != nil {
		return nil, kit.StorageFault(err)
	}
	defer func() { _ = body.Close() }() // read only: nothing is lost
	data, err := io.ReadAll(io.LimitReader(body, f.Size))
	if err != nil {
		return nil, kit.StorageFault(fmt.Errorf("read subtitles: %w", err))
	}
	return data, nil
}
