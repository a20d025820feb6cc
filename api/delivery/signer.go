package delivery

import (
	"context"
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
	store Store
	keys  *token.Keys
	files *url.URL
	now   func() time.Time
}

// grant is what a download link allows.
type grant struct {
	userID uuid.UUID
	id     uuid.UUID // of the file or the job
	link   uuid.UUID // its row, without which it doesn't work
	inline bool
}

const grantSize = 1 + 16 + 16 + 16

func (g grant) bytes() []byte {
	b := make([]byte, 1, grantSize)
	if g.inline {
		b[0] = 1
	}
	b = append(b, g.userID[:]...)
	b = append(b, g.id[:]...)
	return append(b, g.link[:]...)
}

func (s *linkSigner) file(ctx context.Context, f models.File, inline bool) (Link, error) {
	l, err := s.store.IssueLink(ctx, models.Link{UserID: f.UserID, JobID: f.JobID, FileID: &f.ID, Inline: inline, ExpiresAt: s.expiry()})
	return s.sign(token.PurposeFile, grant{f.UserID, f.ID, l.ID, inline}, l.ExpiresAt, "f", baseName(f.Title())), err
}

// stream signs a link to a stream. It has the row of the file's link for viewing,
// and so is listed, prolonged and revoked with it.
func (s *linkSigner) stream(ctx context.Context, f models.File) (Link, error) {
	l, err := s.store.IssueLink(ctx, models.Link{UserID: f.UserID, JobID: f.JobID, FileID: &f.ID, Inline: true, ExpiresAt: s.expiry()})
	return s.sign(token.PurposeStream, grant{f.UserID, f.ID, l.ID, true}, l.ExpiresAt, "h", "index.m3u8"), err
}

func (s *linkSigner) archive(ctx context.Context, job models.Job) (Link, error) {
	l, err := s.store.IssueLink(ctx, models.Link{UserID: job.UserID, JobID: job.ID, ExpiresAt: s.expiry()})
	return s.sign(token.PurposeArchive, grant{job.UserID, job.ID, l.ID, false}, l.ExpiresAt, "z", archiveName(job)), err
}

func (s *linkSigner) expiry() time.Time { return s.now().Add(linkTime).Truncate(time.Second) }

func (s *linkSigner) sign(p token.Purpose, g grant, expires time.Time, kind, name string) Link {
	return Link{URL: s.files.JoinPath(kind, s.keys.Sign(p, g.bytes(), expires), url.PathEscape(name)).String(), ExpiresAt: expires}
}

// read checks a token without revealing what is wrong with it.
func (s *linkSigner) read(p token.Purpose, value string) (grant, error) {
	payload, _, err := s.keys.Verify(p, value, s.now())
	if err != nil || len(payload) != grantSize {
		return grant{}, models.Errorf(models.CodeNotFound, "This link is invalid or has expired.").Because(err)
	}
	return grantOf(payload), nil
}

func grantOf(payload []byte) grant {
	return grant{
		inline: payload[0] == 1, userID: uuid.UUID(payload[1:17]), id: uuid.UUID(payload[17:33]), link: uuid.UUID(payload[33:49]),
	}
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
