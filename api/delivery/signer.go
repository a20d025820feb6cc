package delivery

import (
	"net/url"
	"path"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/source"
	"longhaul/internal/token"
	"longhaul/models"
)

// linkSigner creates and reads the tokens in download links: what may be read,
// on whose behalf, until when.
type linkSigner struct {
	keys  *token.Keys
	files *url.URL
	now   func() time.Time
}

// grant is what a download link allows.
type grant struct {
	userID uuid.UUID
	id     uuid.UUID // of the file or the job
	inline bool
}

const grantSize = 1 + 16 + 16

func (g grant) bytes() []byte {
	b := make([]byte, 1, grantSize)
	if g.inline {
		b[0] = 1
	}
	b = append(b, g.userID[:]...)
	return append(b, g.id[:]...)
}

func (s *linkSigner) file(userID uuid.UUID, f models.File, inline bool) Link {
	return s.sign(token.PurposeFile, grant{userID, f.ID, inline}, "f", baseName(f.Path))
}

func (s *linkSigner) archive(job models.Job) Link {
	return s.sign(token.PurposeArchive, grant{job.UserID, job.ID, false}, "z", archiveName(job))
}

func (s *linkSigner) sign(p token.Purpose, g grant, kind, name string) Link {
	expires := s.now().Add(linkTime).Truncate(time.Second)
	return Link{URL: s.files.JoinPath(kind, s.keys.Sign(p, g.bytes(), expires), url.PathEscape(name)).String(), ExpiresAt: expires}
}

// read checks a token without revealing what is wrong with it.
func (s *linkSigner) read(p token.Purpose, value string) (grant, error) {
	payload, _, err := s.keys.Verify(p, value, s.now())
	if err != nil || len(payload) != grantSize {
		return grant{}, models.Errorf(models.CodeNotFound, "This link is invalid or has expired.").Because(err)
	}
	return grant{
		inline: payload[0] == 1, userID: uuid.UUID(payload[1:17]), id: uuid.UUID(payload[17:33]),
	}, nil
}

// baseName is the name under which a file is saved.
func baseName(filePath string) string {
	if name := source.SanitizeFileName(path.Base(filePath)); name != "" {
		return name
	}
	return "download"
}

func archiveName(job models.Job) string {
	if name := source.SanitizeFileName(job.Name + ".zip"); name != "" && job.Name != "" {
		return name
	}
	return "job-" + job.ID.String()[:8] + ".zip"
}
