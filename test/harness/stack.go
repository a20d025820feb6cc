package harness

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"longhaul/internal/objstore"
)

// The first admin of every stack.
const (
	AdminEmail    = "admin@longhaul.test"
	AdminPassword = "a quiet lantern over the harbour"
)

// Options set up a stack.
type Options struct {
	Env []string // settings of the application's programs, NAME=value
}

// Stack is a whole running system in a folder of its own.
type Stack struct {
	Dir     string
	Client  *Client // signed in as the first admin
	DB      *pgxpool.Pool
	Objects *objstore.Client
	Seedr   *Seedr // nil without a simulated account

	MaxJobBytes int64 // the MAX_JOB_BYTES that was set

	cmd   *exec.Cmd
	log   *os.File
	ready string
}

// Ready is what the running devstack says of itself.
type Ready struct {
	App        string            `json:"app"`
	Files      string            `json:"files"`
	TemporalUI string            `json:"temporalUi"`
	Mail       string            `json:"mail"` // pages of the mail catcher
	Agent      string            `json:"agent"`
	SetupURL   string            `json:"setupUrl"`
	Env        map[string]string `json:"env"`
	PIDs       map[string]int    `json:"pids"`
	Millis     map[string]int64  `json:"startMillis"`
}

// Launch starts a stack on free ports and makes the first admin. The programs
// are those in LONGHAUL_BIN, built by `make build`. The folder is removed by
// Stop unless LONGHAUL_KEEP is set.
func Launch(ctx context.Context, o Options) (*Stack, error) {
	bin := os.Getenv("LONGHAUL_BIN")
	if bin == "" {
		return nil, errors.New("LONGHAUL_BIN is not a folder with built programs; run this with make")
	}
	dir, err := os.MkdirTemp("", "longhaul-test-")
	if err != nil {
		return nil, err
	}
	// Postgres runs as another user when the tests run as root.
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	s := &Stack{Dir: dir, ready: filepath.Join(dir, "ready.json")}
	for _, setting := range o.Env {
		if v, ok := strings.CutPrefix(setting, "MAX_JOB_BYTES="); ok {
			s.MaxJobBytes, _ = strconv.ParseInt(v, 10, 64)
		}
	}
	if err := s.start(bin, o.Env); err != nil {
		return nil, err
	}
	if err := s.connect(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

func (s *Stack) start(bin string, env []string) error {
	args := []string{
		"run", "--data", filepath.Join(s.Dir, "data"), "--bin", bin,
		"--web-dir", filepath.Join(filepath.Dir(bin), "web", "dist"), "--random-ports", "--ready-file", s.ready,
	}
	for _, setting := range env {
		args = append(args, "--extra-env", setting)
	}
	var err error
	if s.log, err = os.Create(filepath.Join(s.Dir, "console.log")); err != nil {
		return err
	}
	s.cmd = exec.Command(filepath.Join(bin, "devstack"), args...)
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- s.cmd.Wait() }()
	deadline := time.NewTimer(2 * time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			return fmt.Errorf("the stack ended: %w\n%s", err, s.tail())
		case <-deadline.C:
			_ = s.cmd.Process.Kill()
			return fmt.Errorf("the stack was not ready in time\n%s", s.tail())
		case <-tick.C:
			if _, err := s.Ready(); err == nil {
				return nil
			}
		}
	}
}

func (s *Stack) connect(ctx context.Context) error {
	r, err := s.Ready()
	if err != nil {
		return err
	}
	if s.DB, err = pgxpool.New(ctx, r.Env["DATABASE_URL"]); err != nil {
		return err
	}
	s.Objects, err = objstore.New(objstore.Config{
		Endpoint: r.Env["S3_ENDPOINT"], Region: r.Env["S3_REGION"], Bucket: r.Env["S3_BUCKET"],
		AccessKeyID: r.Env["S3_ACCESS_KEY_ID"], SecretAccessKey: r.Env["S3_SECRET_ACCESS_KEY"], PathStyle: true,
	})
	if err != nil {
		return err
	}
	link, err := url.Parse(r.SetupURL)
	if err != nil {
		return err
	}
	s.Client = NewClient(r.App)
	body := map[string]string{"token": link.Query().Get("token"), "email": AdminEmail, "password": AdminPassword}
	if err := s.Client.Do(ctx, http.MethodPost, "/api/v1/auth/setup", body, nil); err != nil {
		return fmt.Errorf("create the first admin: %w", err)
	}
	if s.Client.Cookie == "" {
		return errors.New("the setup returned no session")
	}
	return nil
}

// Administer sends a request of the administrator that may need a fresh
// confirmation, and confirms when it is asked to, as the web app does.
func (s *Stack) Administer(ctx context.Context, method, path string, in, out any) error {
	err := s.Client.Do(ctx, method, path, in, out)
	if p := new(Problem); !errors.As(err, &p) || p.Code != "reauthentication_required" {
		return err
	}
	if err := s.Client.Do(ctx, http.MethodPost, "/api/v1/auth/reauthenticate", map[string]string{"password": AdminPassword}, nil); err != nil {
		return fmt.Errorf("confirm who the administrator is: %w", err)
	}
	return s.Client.Do(ctx, method, path, in, out)
}

// Ready returns what the devstack says now; process ids change with restarts.
func (s *Stack) Ready() (Ready, error) {
	var r Ready
	b, err := os.ReadFile(s.ready)
	if err != nil {
		return r, err
	}
	return r, json.Unmarshal(b, &r)
}

// Stop ends the stack as Ctrl-C does and removes its folder.
func (s *Stack) Stop() {
	if s.DB != nil {
		s.DB.Close()
	}
	_ = s.cmd.Process.Signal(os.Interrupt)
	for range 300 {
		if syscall.Kill(s.cmd.Process.Pid, 0) != nil {
			break
		}
		<-time.After(100 * time.Millisecond)
	}
	_ = s.cmd.Process.Kill()
	_ = s.log.Close()
	if os.Getenv("LONGHAUL_KEEP") == "" {
		_ = os.RemoveAll(s.Dir)
	}
}

// tail returns the last lines of the console, for a failure's message.
func (s *Stack) tail() string {
	b, _ := os.ReadFile(s.log.Name())
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.Join(lines[max(0, len(lines)-40):], "\n")
}

// Kill sends SIGKILL to parts, all before it looks again, and waits until each
// runs as a new process.
func (s *Stack) Kill(tb testing.TB, parts ...string) {
	tb.Helper()
	before, err := s.Ready()
	if err != nil {
		tb.Fatal(err)
	}
	for _, part := range parts {
		pid := before.PIDs[part]
		if pid == 0 {
			tb.Fatalf("no process named %s; there are %v", part, before.PIDs)
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			tb.Fatalf("kill %s: %v", part, err)
		}
	}
	for _, part := range parts {
		Eventually(tb, time.Minute, part+" to restart", func() error {
			now, err := s.Ready()
			if err == nil && (now.PIDs[part] == 0 || now.PIDs[part] == before.PIDs[part]) {
				err = fmt.Errorf("process is %d", now.PIDs[part])
			}
			return err
		})
	}
}

// Suspend stops a part with SIGSTOP, which for those who call it is worse than
// its absence, and returns what lets it continue.
func (s *Stack) Suspend(tb testing.TB, part string) (resume func()) {
	tb.Helper()
	r, err := s.Ready()
	if err != nil {
		tb.Fatal(err)
	}
	pid := r.PIDs[part]
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		tb.Fatalf("stop %s: %v", part, err)
	}
	resume = func() { _ = syscall.Kill(pid, syscall.SIGCONT) }
	tb.Cleanup(resume)
	return resume
}

// StoredParts counts the parts of a job that storage has, as the database
// knows them.
func (s *Stack) StoredParts(tb testing.TB, jobID string) int {
	tb.Helper()
	var n int
	err := s.DB.QueryRow(tb.Context(), `select count(*) from file_parts p join files f on f.id = p.file_id where f.job_id = $1`, jobID).Scan(&n)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// NothingLeftOf returns an error while the database, storage or the agent's
// disk hold anything of a job.
func (s *Stack) NothingLeftOf(ctx context.Context, jobID string) error {
	var rows int
	err := s.DB.QueryRow(ctx, `select (select count(*) from jobs where id = $1) + (select count(*) from files where job_id = $1)`, jobID).Scan(&rows)
	if err != nil || rows > 0 {
		return fmt.Errorf("%d rows are left: %w", rows, err)
	}
	objects, uploads, err := s.Stored(ctx)
	if err != nil {
		return err
	}
	for _, key := range append(objects, uploads...) {
		if strings.HasPrefix(key, "jobs/"+jobID+"/") {
			return fmt.Errorf("storage still has %s", key)
		}
	}
	if _, err := os.Stat(filepath.Join(s.Dir, "data", "agent", "transfers", jobID)); !os.IsNotExist(err) {
		return errors.New("the agent still has the transfer's folder")
	}
	return nil
}

// Stored lists the keys of all objects of jobs and of all open multipart uploads.
func (s *Stack) Stored(ctx context.Context) (objects, uploads []string, err error) {
	err = s.Objects.List(ctx, "jobs/", func(o objstore.Object) error {
		objects = append(objects, o.Key)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	err = s.Objects.ListMultiparts(ctx, "", func(u objstore.Upload) error {
		uploads = append(uploads, u.Key)
		return nil
	})
	return objects, uploads, err
}

// AgentFiles lists everything in the agent's data folder but the inside of the
// transfers' folders, for a check that nothing was written outside them.
func (s *Stack) AgentFiles(tb testing.TB) string {
	tb.Helper()
	root := filepath.Join(s.Dir, "data", "agent")
	var names []string
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		if d.IsDir() && strings.Count(rel, string(filepath.Separator)) == 1 {
			return filepath.SkipDir // one transfer
		}
		names = append(names, rel)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	slices.Sort(names)
	return strings.Join(names, "\n")
}
