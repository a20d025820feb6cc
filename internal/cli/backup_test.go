package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/app/plug"
	"longhaul/internal/backup"
	"longhaul/internal/cli"
	"longhaul/internal/objstore"
	"longhaul/internal/objstore/objstoretest"
	"longhaul/internal/stocktake"
	"longhaul/internal/store"
	"longhaul/internal/store/dump"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// haltAt names the step before which a command of a child process stands still.
const haltAt = "CLI_TEST_HALT_AT"

// TestMain runs a command instead of tests in a child process that is to be killed.
func TestMain(m *testing.M) {
	step := os.Getenv(haltAt)
	if step == "" {
		os.Exit(m.Run())
	}
	os.Exit(cli.Run(context.Background(), os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stderr, Err: halting(step)}, cli.Options{}))
}

// halting is a writer that says on standard output that the step comes next, and
// then never returns.
type halting string

// Write implements io.Writer.
func (h halting) Write(p []byte) (int, error) {
	if strings.Contains(string(p), "• "+string(h)) {
		fmt.Println("halted")
		select {}
	}
	return len(p), nil
}

// killedAt runs the command in a process of its own and kills it before the step.
func killedAt(t *testing.T, step string, args ...string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), haltAt+"="+step)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out := storetest.Must[interface{ Read([]byte) (int, error) }](t)(cmd.StdoutPipe())
	storetest.OK(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if err != nil || line != "halted\n" {
		t.Fatalf("the command did not get to %q: %q, %v, %s", step, line, err, errs.String())
	}
}

// site is an installation: a database, a bucket, and a folder for backups.
type site struct {
	*testing.T
	store  *store.Store
	bucket *objstore.Client
	user   models.User
	dir    string
}

// newSite returns an installation whose settings are in the environment.
func newSite(t *testing.T) *site {
	t.Helper()
	cfg := objstoretest.BucketConfig(t)
	s := &site{T: t, store: storetest.New(t), bucket: storetest.Must[*objstore.Client](t)(objstore.New(cfg)), dir: filepath.Join(t.TempDir(), "backups")}
	s.user = storetest.User(t, s.store)
	storetest.Agent(t, s.store, 100)
	for name, value := range map[string]string{
		"DATABASE_URL": storetest.DSN(t), "DATABASE_URL_FILE": "", "SECRET_KEY": strings.Repeat("5a", 32), "LOG_LEVEL": "error",
		"S3_ENDPOINT": cfg.Endpoint, "S3_REGION": cfg.Region, "S3_BUCKET": cfg.Bucket,
		"S3_ACCESS_KEY_ID": cfg.AccessKeyID, "S3_SECRET_ACCESS_KEY": cfg.SecretAccessKey,
		"SEEDR_EMAIL": "a@example.com", "SEEDR_PASSWORD": "tulip",
	} {
		t.Setenv(name, value)
	}
	return s
}

// ready adds a job whose files of the sizes are stored and in the bucket.
func (s *site) ready(sizes ...int64) (models.Job, []models.File) {
	s.Helper()
	w := s.store.Worker()
	job := storetest.Placed(s, s.store, s.user.ID, models.TransferDownload, sizes...)
	_, err := w.Jobs.Transition(s.Context(), job.ID, models.JobChange{To: models.StateStoring, Reason: models.Because(models.ReasonCompleting)})
	storetest.OK(s, err)
	for _, f := range s.files(job.ID) {
		storetest.OK(s, s.bucket.Put(s.Context(), f.Key(), bytes.Repeat([]byte("x"), int(f.Size)), "text/plain"))
		o := storetest.Must[objstore.Object](s)(s.bucket.Head(s.Context(), f.Key()))
		storetest.OK(s, w.Files.FileStored(s.Context(), f.ID, f.Size, o.ETag))
	}
	storetest.OK(s, w.Jobs.FinishJob(s.Context(), job.ID))
	return job, s.files(job.ID)
}

func (s *site) files(jobID uuid.UUID) []models.File {
	s.Helper()
	return storetest.Must[[]models.File](s)(s.store.Files.Files(s.Context(), s.user.ID, jobID))
}

func (s *site) there(f models.File) bool {
	_, err := s.bucket.Head(s.Context(), f.Key())
	return err == nil
}

// taker takes stock as the worker does.
func (s *site) taker() *stocktake.Taker {
	return &stocktake.Taker{
		Store: plug.Stocktake(s.store.Worker()), Bucket: s.bucket, Now: s.store.DB.Now, NewID: uuid.New, Log: slog.New(slog.DiscardHandler),
	}
}

func (s *site) sweep() stocktake.SweepResult {
	s.Helper()
	return storetest.Must[stocktake.SweepResult](s)(s.taker().Sweep(s.Context(), stocktake.SweepOptions{
		Grace: -time.Minute, Keep: models.OrphanRetention, Percent: 10, Floor: 10,
	}))
}

// backup makes a backup and returns its folder.
func (s *site) backup() string {
	s.Helper()
	r := alone(s.T, "backup", s.dir)
	r.want(s.T, cli.ExitOK, "not in it")
	return strings.TrimSpace(r.out)
}

// moves makes an empty database the one of the settings, and of the site.
func (s *site) moves() {
	s.Helper()
	dsn := storetest.Empty(s)
	s.Setenv("DATABASE_URL", dsn)
	s.store = storetest.Must[*store.Store](s)(store.Open(s.Context(), dsn, slog.New(slog.DiscardHandler)))
	s.Cleanup(func() { storetest.OK(s, s.store.DB.Close()) })
}

func (s *site) empty() bool {
	s.Helper()
	return storetest.Must[bool](s)(dump.Empty(s.Context(), os.Getenv("DATABASE_URL")))
}

func TestABackupIsRestored(t *testing.T) {
	s := newSite(t)
	kept, _ := s.ready(5, 7)
	gone, lost := s.ready(11, 13)
	s.sweep()
	path := s.backup()
	_, newer := s.ready(17)
	s.sweep()
	storetest.OK(t, s.bucket.Delete(t.Context(), lost[0].Key()))

	s.moves()
	r := alone(t, "restore", path, "--dry-run")
	r.want(t, cli.ExitOK, "3, 25 B, are in the bucket", "1, 11 B, are not", lost[0].Key(), "1, 17 B, stay", "Deletion:     will pause", "Nothing was changed")
	if !s.empty() {
		t.Fatal("a dry run wrote to the database")
	}
	// An object is younger than the grace of orphans, so the first sweep of the worker marks it.
	alone(t, "restore", path).want(t, cli.ExitOK, "1 files as lost", "The database is restored")

	if fs := s.files(kept.ID); len(fs) != 2 || fs[0].State != models.FileStored {
		t.Errorf("the files that are there: %+v", fs)
	}
	job := storetest.Must[models.Job](t)(s.store.Worker().Jobs.Job(t.Context(), gone.ID))
	if fs := s.files(gone.ID); fs[0].State != models.FileLost || fs[1].State != models.FileStored || job.Problem != models.ProblemFileLost {
		t.Errorf("the job with a file that is gone: %q, %+v", job.Problem, fs)
	}
	if res := s.sweep(); res.Paused != models.PauseRestored || res.Objects != 1 || !s.there(newer[0]) {
		t.Errorf("the worker's sweep: %+v, what is newer is there: %v", res, s.there(newer[0]))
	}
	entries := storetest.Must[[]models.AuditRecord](t)(s.store.Records.Audit(t.Context(), models.AuditFilter{Action: string(models.AuditDatabaseRestored), Limit: 10}))
	if len(entries) != 1 || entries[0].After["schema"] == nil {
		t.Errorf("audit log: %+v", entries)
	}
	alone(t, "restore", path).want(t, cli.ExitFailed, "not empty")
}

func TestABackupIsPrivateAndHoldsNoSecret(t *testing.T) {
	s := newSite(t)
	s.ready(5)
	path := s.backup()
	for _, name := range []string{".", backup.DatabaseFile, backup.ObjectsFile, backup.DescriptionFile} {
		info := storetest.Must[os.FileInfo](t)(os.Stat(filepath.Join(path, name)))
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
	body := string(storetest.Must[[]byte](t)(os.ReadFile(filepath.Join(path, backup.DescriptionFile))))
	for _, secret := range []string{"tulip", "a@example.com", os.Getenv("SECRET_KEY"), os.Getenv("S3_SECRET_ACCESS_KEY")} {
		if strings.Contains(body, secret) {
			t.Errorf("%q is in the description", secret)
		}
	}
	var first, second backup.Description
	storetest.OK(t, json.Unmarshal([]byte(body), &first))
	storetest.OK(t, os.Rename(path, path+"-first"))
	storetest.OK(t, json.Unmarshal(storetest.Must[[]byte](t)(os.ReadFile(filepath.Join(s.backup(), backup.DescriptionFile))), &second))
	if first.Secrets["SEEDR_PASSWORD"] == "" || first.Secrets["SEEDR_PASSWORD"] == second.Secrets["SEEDR_PASSWORD"] {
		t.Errorf("fingerprints of one password: %q and %q", first.Secrets["SEEDR_PASSWORD"], second.Secrets["SEEDR_PASSWORD"])
	}
}

// rewrite changes the description of a backup.
func rewrite(t *testing.T, path string, change func(*backup.Description)) {
	t.Helper()
	file := filepath.Join(path, backup.DescriptionFile)
	var d backup.Description
	storetest.OK(t, json.Unmarshal(storetest.Must[[]byte](t)(os.ReadFile(file)), &d))
	change(&d)
	storetest.OK(t, os.WriteFile(file, storetest.Must[[]byte](t)(json.Marshal(d)), 0o600))
}

func TestRestoringIsRefused(t *testing.T) {
	s := newSite(t)
	s.ready(5)
	whole := s.backup()
	alone(t, "restore", whole).want(t, cli.ExitFailed, "The database is not empty")
	s.moves()
	flip := func(name string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			t.Helper()
			file := filepath.Join(path, name)
			b := storetest.Must[[]byte](t)(os.ReadFile(file))
			b[len(b)/2] ^= 1
			storetest.OK(t, os.WriteFile(file, b, 0o600))
		}
	}
	env := func(name, value string) func(*testing.T, string) {
		return func(t *testing.T, _ string) { t.Helper(); t.Setenv(name, value) }
	}
	edit := func(change func(*backup.Description)) func(*testing.T, string) {
		return func(t *testing.T, path string) { t.Helper(); rewrite(t, path, change) }
	}
	for name, c := range map[string]struct {
		damage func(*testing.T, string)
		want   string
	}{
		"another secret key":     {env("SECRET_KEY", strings.Repeat("a5", 32)), "SECRET_KEY is not the one"},
		"another password":       {env("SEEDR_PASSWORD", "rose"), "--changed SEEDR_PASSWORD"},
		"a damaged dump":         {flip(backup.DatabaseFile), "database.dump is damaged"},
		"a damaged list":         {flip(backup.ObjectsFile), "objects.jsonl.gz is damaged"},
		"a damaged description":  {flip(backup.DescriptionFile), backup.DescriptionFile},
		"a changed description":  {edit(func(d *backup.Description) { d.Objects.Count++ }), "was changed"},
		"a newer schema":         {edit(func(d *backup.Description) { d.Schema = 9999 }), "schema version 9999"},
		"a newer format":         {edit(func(d *backup.Description) { d.Format = 2 }), "format 2"},
		"a storage that is away": {env("S3_ENDPOINT", "http://127.0.0.1:1"), "bucket"},
		"a missing dump": {func(t *testing.T, path string) {
			t.Helper()
			storetest.OK(t, os.Remove(filepath.Join(path, backup.DatabaseFile)))
		}, "is missing"},
		"a truncated dump": {func(t *testing.T, path string) {
			t.Helper()
			storetest.OK(t, os.Truncate(filepath.Join(path, backup.DatabaseFile), 1000))
		}, "1000 bytes instead of"},
		"no description": {func(t *testing.T, path string) {
			t.Helper()
			storetest.OK(t, os.Remove(filepath.Join(path, backup.DescriptionFile)))
		}, "is no backup"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "copy")
			storetest.OK(t, os.CopyFS(path, os.DirFS(whole)))
			c.damage(t, path)
			alone(t, "restore", path).want(t, cli.ExitFailed, c.want)
			if !s.empty() {
				t.Error("something was restored")
			}
		})
	}
	t.Setenv("SEEDR_PASSWORD", "rose")
	alone(t, "restore", whole, "--changed", "SEEDR_PASSWORD").want(t, cli.ExitOK, "SEEDR_PASSWORD differs, as you allowed")
}

// A killed backup leaves nothing that passes for one, and the next one clears it
// away.
func TestAKilledBackupIsNone(t *testing.T) {
	s := newSite(t)
	s.ready(5)
	for _, step := range []string{backup.StepObjects, backup.StepDump, backup.StepDescribe, backup.StepPublish} {
		killedAt(t, step, "backup", s.dir)
		left := storetest.Must[[]os.DirEntry](t)(os.ReadDir(s.dir))
		if len(left) != 1 || !strings.HasSuffix(left[0].Name(), ".partial") {
			t.Fatalf("killed before %q: %v is left", step, left)
		}
		alone(t, "restore", filepath.Join(s.dir, left[0].Name()), "--dry-run").want(t, cli.ExitFailed, "not finished")
	}
	// Postgres lets go of the killed process's lock when it notices.
	storetest.Eventually(t, time.Minute, func() string {
		if r := alone(t, "backup", s.dir); r.code != 0 {
			return r.err
		}
		return ""
	})
	if left := storetest.Must[[]os.DirEntry](t)(os.ReadDir(s.dir)); len(left) != 1 || strings.HasSuffix(left[0].Name(), ".partial") {
		t.Errorf("%v is left", left)
	}
}

// A killed restore leaves an empty database or a whole one, of which the worker's
// sweeps do the rest.
func TestAKilledRestore(t *testing.T) {
	s := newSite(t)
	job, lost := s.ready(5)
	s.sweep()
	path := s.backup()
	_, newer := s.ready(7)
	s.sweep()
	storetest.OK(t, s.bucket.Delete(t.Context(), lost[0].Key()))
	for _, step := range []string{backup.StepCompare, backup.StepRestore, backup.StepMigrate, backup.StepSettle} {
		s.moves()
		killedAt(t, step, "restore", path)
		if slices.Contains([]string{backup.StepCompare, backup.StepRestore}, step) {
			if !s.empty() {
				t.Errorf("killed before %q: something is there", step)
			}
			continue
		}
		alone(t, "migrate").want(t, cli.ExitOK)
		if res := s.sweep(); res.Paused != models.PauseRestored || res.Objects != 1 || !s.there(newer[0]) {
			t.Errorf("killed before %q: swept %+v, what is newer is there: %v", step, res, s.there(newer[0]))
		}
		_, err := s.taker().Check(t.Context(), stocktake.CheckOptions{Percent: 10, Floor: 10})
		storetest.OK(t, err)
		if fs := s.files(job.ID); fs[0].State != models.FileLost {
			t.Errorf("killed before %q: the file that is gone is %s", step, fs[0].State)
		}
	}
}
