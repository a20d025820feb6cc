package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"longhaul/api"
	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// noLimit lets everything pass.
type noLimit struct{}

func (noLimit) Allow(context.Context, api.Limit, string) error { return nil }

func (noLimit) AllowAll(context.Context, ...api.Ask) error { return nil }

// generous takes the limits off, for tests that are about something else.
func generous(_ *api.Config, d *api.Deps) { d.Limiter = noLimit{} }

func decode(t testing.TB, body []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(body, v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
}

// readyJob makes a job with stored files of the contents, by path.
func readyJob(t testing.TB, h *apitest.Harness, owner models.User, contents map[string][]byte) (models.Job, []models.File) {
	t.Helper()
	m := models.Manifest{Name: "Sample"}
	for path, body := range contents {
		m.Files = append(m.Files, models.ManifestFile{Index: len(m.Files), Path: path, Size: int64(len(body))})
		m.Size += int64(len(body))
	}
	job := storetest.Submit(t, h.Store, owner.ID, &m)
	return finish(t, h, job, func(f models.File) []byte { return contents[f.Path] })
}

// finish stores the files of a job and makes it ready.
func finish(t testing.TB, h *apitest.Harness, job models.Job, content func(models.File) []byte) (models.Job, []models.File) {
	t.Helper()
	ctx, work := t.Context(), h.Store.Work()
	storetest.Agent(t, h.Store, 8)
	if _, err := work.Admit(ctx, 100, 100); err != nil {
		t.Fatal(err)
	}
	for _, to := range []models.State{models.StateDownloading, models.StateStoring} {
		if _, err := work.Transition(ctx, job.ID, models.JobChange{To: to, Reason: "test"}); err != nil {
			t.Fatal(err)
		}
	}
	files, err := h.Store.Files(ctx, job.UserID, job.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		body := content(f)
		h.Storage.Put(f.Key(), body)
		if err := work.FileStored(ctx, f.ID, int64(len(body)), "etag"); err != nil {
			t.Fatal(err)
		}
	}
	if err := work.FinishJob(ctx, job.ID); err != nil {
		t.Fatal(err)
	}
	files, err = h.Store.Files(ctx, job.UserID, job.ID)
	if err != nil {
		t.Fatal(err)
	}
	job, err = h.Store.Job(ctx, job.UserID, job.ID)
	if err != nil {
		t.Fatal(err)
	}
	return job, files
}

// rangeOf returns a Range header of first and last byte.
func rangeOf(r [2]int) string { return fmt.Sprintf("bytes=%d-%d", r[0], r[1]) }
