package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"path"
	"strings"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/media/subtitle"
	"longhaul/models"
)

const (
	maxUpload   = subtitle.MaxSize + 64<<10 // bytes of the form
	maxParts    = 8                         // of the form
	maxLanguage = 35                        // bytes

	typeForm = "multipart/form-data"

	fieldFile     = "file"
	fieldLanguage = "language"
)

type uploadInput struct {
	ID          uuid.UUID `path:"id" format:"uuid"`
	ContentType string    `header:"Content-Type" hidden:"true"`
	RawBody     []byte    `contentType:"multipart/form-data"`
}

// uploadBody documents the form.
func uploadBody(api huma.API) *huma.RequestBody {
	const name = "SubtitleForm"
	longest := maxLanguage
	api.OpenAPI().Components.Schemas.Map()[name] = &huma.Schema{
		Type: huma.TypeObject, Required: []string{fieldFile},
		Properties: map[string]*huma.Schema{
			fieldFile:     {Type: huma.TypeString, Format: "binary"},
			fieldLanguage: {Type: huma.TypeString, MaxLength: &longest, Description: "As in BCP 47; without it, the name of the file tells"},
		},
	}
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{typeForm: {Schema: kit.Ref(name)}}}
}

type uploadOutput struct{ Body Subtitle }

func (s *Service) uploadSubtitle(ctx context.Context, in *uploadInput) (*uploadOutput, error) {
	film, err := s.file(ctx, in.ID)
	if err == nil {
		err = s.limits.Allow(ctx, kit.LimitSubtitle, film.UserID.String())
	}
	if err != nil {
		return nil, err
	}
	up, err := readUpload(in.ContentType, in.RawBody)
	if err != nil {
		return nil, err
	}
	language := up.language
	if language == "" {
		language = subtitle.DescribeUpload(film.Title(), up.name).Language
	}
	text, err := s.accepted(ctx, up.data, language)
	if err != nil {
		return nil, err
	}
	added, err := s.store.AddSubtitle(ctx, models.Subtitle{UserID: film.UserID, FileID: film.ID, Name: up.name, Language: language, Text: text})
	if err != nil {
		return nil, err
	}
	return &uploadOutput{Body: uploadedOf(film, added)}, nil
}

// accepted returns the text of a file that has subtitles.
func (s *Service) accepted(ctx context.Context, data []byte, language string) (string, error) {
	if err := s.reading.Acquire(ctx, 1); err != nil {
		return "", fmt.Errorf("wait to read subtitles: %w", err)
	}
	defer s.reading.Release(1)
	text := subtitle.Decode(data, language)
	if len(text) > subtitle.MaxSize {
		return "", tooLarge()
	}
	if _, err := subtitle.WebVTT(text, 0); err != nil {
		return "", unreadable().Because(err)
	}
	return text, nil
}

// upload is a form of subtitles.
type upload struct {
	name     string
	language string
	data     []byte
}

func tooLarge() error {
	return models.Errorf(models.CodeTooLarge, "Subtitles can have at most %d MiB.", subtitle.MaxSize>>20).In(fieldFile)
}

func brokenForm() *models.Error {
	return models.Errorf(models.CodeInvalid, "The form could not be read.")
}

// readUpload reads a form.
func readUpload(contentType string, body []byte) (upload, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != typeForm || params["boundary"] == "" {
		return upload{}, kit.UnsupportedMedia("Send subtitles as multipart/form-data.")
	}
	var up upload
	reader := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for range maxParts {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			if up.name == "" {
				return upload{}, models.Errorf(models.CodeInvalid, "The form has no file with subtitles.").In(fieldFile)
			}
			return up, nil
		}
		if err != nil {
			return upload{}, brokenForm().Because(err)
		}
		if err := up.take(part); err != nil {
			return upload{}, err
		}
	}
	return upload{}, brokenForm()
}

func (up *upload) take(part *multipart.Part) error {
	data, err := io.ReadAll(io.LimitReader(part, subtitle.MaxSize+1))
	if err != nil {
		return brokenForm().Because(err)
	}
	switch part.FormName() {
	case fieldFile:
		if up.name != "" {
			return models.Errorf(models.CodeInvalid, "Send one file at a time.").In(fieldFile)
		}
		if len(data) > subtitle.MaxSize {
			return tooLarge()
		}
		up.data, up.name = data, cleanName(part.FileName())
	case fieldLanguage:
		text := strings.TrimSpace(kit.Clip(string(data), maxLanguage+1))
		if up.language = subtitle.Language(text); text != "" && up.language == "" {
			return models.Errorf(models.CodeInvalid, "This is no language. Use its code, such as en or pt-BR.").In(fieldLanguage)
		}
	default:
		return models.Errorf(models.CodeInvalid, "The form has an unknown field.").In(kit.Clip(part.FormName(), 40))
	}
	return nil
}

// cleanName returns the name of an uploaded file as it is kept and shown.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, name))
	if name == "" || name == "." || name == "/" {
		return "subtitles.srt"
	}
	if ext := path.Ext(name); len(name) > models.MaxSubtitleName && len(ext) < 8 {
		return kit.Clip(name, models.MaxSubtitleName-len(ext)) + ext
	}
	return kit.Clip(name, models.MaxSubtitleName)
}

func (s *Service) deleteSubtitle(ctx context.Context, in *struct {
	ID  uuid.UUID `path:"id" format:"uuid"`
	SID string    `path:"sid" maxLength:"64"`
},
) (*kit.Empty, error) {
	film, err := s.store.File(ctx, kit.Caller(ctx).ID, in.ID)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(in.SID, originBeside+":") {
		return nil, models.Errorf(models.CodeConflict, "These subtitles are a file of the job. Delete that file instead.")
	}
	id, err := uuid.Parse(in.SID)
	if err != nil {
		return nil, missing().Because(err)
	}
	return &kit.Empty{}, s.store.DeleteSubtitle(ctx, film.UserID, film.ID, id)
}
