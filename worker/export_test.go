package worker_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/activities"
	"longhaul/internal/objstore"
	"longhaul/internal/store/storetest"
	"longhaul/models"
	"longhaul/workflows"
)

// exported waits until the export is made, and returns its files by name.
func (s *stage) exported(e models.Export) map[string]string {
	s.t.Helper()
	s.eventually(func() string {
		_, err := s.store.Exports.Export(s.t.Context(), e.UserID, e.ID)
		if err != nil {
			return err.Error()
		}
		return ""
	})
	made := storetest.Must[models.Export](s.t)(s.store.Exports.Export(s.t.Context(), e.UserID, e.ID))
	body := storetest.Must[io.ReadCloser](s.t)(s.objects.Get(s.t.Context(), made.Key(), made.ETag, 0, -1))
	defer body.Close()
	raw := storetest.Must[[]byte](s.t)(io.ReadAll(body))
	if int64(len(raw)) != made.Size {
		s.t.Errorf("%d bytes, the row says %d", len(raw), made.Size)
	}
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	storetest.OK(s.t, err)
	out := map[string]string{}
	for _, f := range z.File {
		r := storetest.Must[io.ReadCloser](s.t)(f.Open())
		text := storetest.Must[[]byte](s.t)(io.ReadAll(r))
		if !json.Valid(text) {
			s.t.Errorf("%s is no JSON: %.100s", f.Name, text)
		}
		out[f.Name] = string(text)
	}
	return out
}

func keysUnder(t *testing.T, c *objstore.Client, prefix string) (keys []string) {
	t.Helper()
	storetest.OK(t, c.List(t.Context(), prefix, func(o objstore.Object) error {
		keys = append(keys, o.Key)
		return nil
	}))
	return keys
}

// broken is a worker's exports whose process dies between the zip and its row.
type broken struct{ activities.ExportStore }

func (broken) ExportMade(context.Context, uuid.UUID, int64, string) error {
	return errors.New("killed")
}

// An export holds what is stored about its account, and nothing of another. It is
// made once, also when the worker dies between the zip and its row, and gone when
// its time is over.
func TestAnExportOfAnAccount(t *testing.T) {
	s := newStage(t)
	ctx := t.Context()
	s.mode.Store("works")
	job := s.until(s.known().ID, models.StateReady)
	owner := storetest.Must[models.User](t)(s.store.Accounts.User(ctx, job.UserID))
	other := storetest.User(t, s.store)
	theirs := storetest.Submit(t, s.store, other.ID, nil)
	by := models.Actor{Kind: models.ActorUser, ID: &owner.ID}

	e := storetest.Must[models.Export](t)(s.store.Exports.RequestExport(ctx, by, owner.ID))
	files := s.exported(e)
	for name, want := range map[string]string{
		"profile.json": owner.Email, "downloads.json": job.ID.String(), "files.json": job.ID.String(), "timeline.json": "ready", "acts.json": "account.export",
		"storage-ledger.json": "reserve", "passkeys.json": "[\n]",
	} {
		if !strings.Contains(files[name], want) {
			t.Errorf("%s lacks %q: %.300s", name, want, files[name])
		}
	}
	for name, text := range files {
		for _, secret := range []string{other.Email, other.ID.String(), theirs.ID.String(), "argon2", owner.PasswordHash} {
			if secret != "" && strings.Contains(text, secret) {
				t.Errorf("%s holds %q", name, secret)
			}
		}
	}
	s.keepFlow(workflows.ExportAccount, e.WorkflowID(), "export/made.json")
	if n := storetest.Count(t, "select count(*) from mails where kind = 'export_ready' and recipient = $1", owner.Email); n != 1 {
		t.Errorf("%d mails", n)
	}

	// A worker that dies in between leaves a zip without a row, and the next makes it again.
	again := models.Export{ID: uuid.New(), UserID: owner.ID}
	storetest.Exec(t, `insert into account_exports (id, user_id, state, created_at) values ($1, $2, 'queued', now() - interval '1 hour')`, again.ID, owner.ID)
	work := s.store.Worker().Exports
	dies := &activities.Exports{Store: broken{work}, Objects: s.objects, Start: s.flows.Export, Now: s.store.DB.Now}
	if _, err := dies.MakeExport(ctx, activities.ExportInput{ID: again.ID}); err == nil {
		t.Fatal("it did not die")
	}
	if keys := keysUnder(t, s.objects, again.Key()); len(keys) != 1 {
		t.Errorf("it died with %v", keys)
	}
	sweeps := &activities.Exports{Store: work, Objects: s.objects, Start: s.flows.Export, Now: s.store.DB.Now}
	if res := storetest.Must[activities.ExportSweepResult](t)(sweeps.SweepExports(ctx)); res.Started != 1 || res.Removed != 0 {
		t.Errorf("the sweep did %+v", res)
	}
	if files := s.exported(again); !strings.Contains(files["profile.json"], owner.Email) {
		t.Error("the second is empty")
	}

	later := storetest.At(s.store, func() time.Time { return time.Now().UTC().Add(models.ExportTime + time.Minute) })
	storetest.OK(t, s.objects.Put(ctx, models.Export{ID: uuid.New()}.Key(), []byte("of a deleted account"), "application/zip"))
	old := &activities.Exports{Store: later.Worker().Exports, Objects: s.objects, Start: s.flows.Export, Now: later.DB.Now}
	if res := storetest.Must[activities.ExportSweepResult](t)(old.SweepExports(ctx)); res.Expired != 2 || res.Removed != 3 {
		t.Errorf("the sweep a week later did %+v", res)
	}
	if keys := keysUnder(t, s.objects, models.ExportsPrefix); len(keys) != 0 {
		t.Errorf("%v are left", keys)
	}
}
