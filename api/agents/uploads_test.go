package agents

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"longhaul/agent/agentapi"
	"longhaul/models"
)

// manyFiles is a store with one transfer of files that need several parts each.
type manyFiles struct{ Store }

func (manyFiles) UploadTargets(_ context.Context, _, _ uuid.UUID, _ int64, indexes []int) (map[int]models.File, error) {
	out := map[int]models.File{}
	for _, i := range indexes {
		out[i] = models.File{Index: i, Size: 2 * models.UsualPartSize, PartSize: models.UsualPartSize, State: models.FilePending}
	}
	return out, nil
}

func (manyFiles) SetUploadID(_ context.Context, _ uuid.UUID, uploadID string) (string, error) {
	return uploadID, nil
}

// slowStorage answers each call after a while, like objstore's client.
type slowStorage struct {
	Uploads
	after time.Duration
}

func (s slowStorage) CreateMultipart(ctx context.Context, _, _ string) (string, error) {
	select {
	case <-ctx.Done():
		return "", fmt.Errorf("open multipart upload: %w", ctx.Err())
	case <-time.After(s.after):
		return "upload", nil
	}
}

func (slowStorage) PresignPart(context.Context, string, string, int, int64, string, time.Duration) (string, map[string]string, error) {
	return "https://storage.test/part", nil, nil
}

// An agent gives its calls up after a while, and takes the control plane for away
// if no answer came until then. However slow storage is, and however many files a
// call is about, it is told before that it is storage.
func TestStorageThatHangsIsToldInTime(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]time.Duration{"hangs": time.Hour, "is slow": time.Second} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := uploadService{store: manyFiles{}, uploads: slowStorage{after: after}}
				var in agentapi.Uploads
				for i := range maxUploads {
					in.Want = append(in.Want, agentapi.PartWanted{Index: i, Number: 1, Size: models.UsualPartSize, CRC32C: "AAAAAA=="})
				}
				start := time.Now()
				_, err := s.serve(t.Context(), uuid.Nil, uuid.Nil, in)
				if models.ProblemOf(err) != models.ProblemStorageFailing || !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("got %v", err)
				}
				if took := time.Since(start); took >= agentapi.CallTimeout {
					t.Errorf("it took %s", took)
				}
			})
		})
	}
}
