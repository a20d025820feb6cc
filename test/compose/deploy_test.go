//go:build compose

// Package compose runs docker-compose.yml as it is, with the real Docker Compose
// on Podman. Run it with `make compose-test`, which builds the images.
package compose

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"longhaul/test/harness"
)

const mib = 1 << 20

// services are those of docker-compose.yml that keep running, in the order in
// which they are restarted.
var services = []string{"postgres", "temporal", "temporal-ui", "temporal-console", "s3", "api", "worker", "agent", "agent-2"}

// each says that one container of each service runs.
func each(names []string) map[string]int {
	want := map[string]int{}
	for _, s := range names {
		want[s] = 1
	}
	return want
}

// The steps use what those before them made, as an operator does.
func TestDeployment(t *testing.T) {
	d := deploy(t)
	s := &scene{deployment: d, top: t}
	for _, step := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"all services start and are healthy", s.start},
		{"the link in the log makes the first admin", s.setup},
		{"an agent enrols", s.enrol},
		{"a torrent is downloaded", s.download},
		{"every container is confined", s.confined},
		{"secrets come from files alone", s.secrets},
		{"agents reach no neighbour that asks nobody", s.isolated},
		{"ffmpeg is in the image", s.ffmpeg},
		{"a second agent enrols and takes over", s.second},
		{"each service restarts while a job runs", s.restarts},
		{"volumes survive down and up", s.volumes},
		{"replicas serve behind a proxy with TLS", s.replicas},
		{"events of either API show every job, as they happen", s.events},
		{"a killed API and a killed worker cost no job", s.kills},
		{"a rolling restart of everything costs no job", s.rolling},
	} {
		began := time.Now()
		if !t.Run(step.name, step.run) {
			return
		}
		t.Logf("%s: %.0f s", step.name, time.Since(began).Seconds())
	}
}

// scene is what the steps share.
type scene struct {
	*deployment
	top       *testing.T // ends after all steps
	seeder    *harness.QBittorrent
	tracker   *harness.Tracker
	transport *http.Transport // to the proxy
	kept      job             // ready since the first download
	seed      uint64
}

// job is a job and what it downloads.
type job struct {
	id    string
	swarm *harness.Swarm
}

func (s *scene) start(t *testing.T) {
	s.compose(t, "up", "-d", "--no-build")
	waitHealthy(t, each(services[:7]))
}

func (s *scene) setup(t *testing.T) {
	link := regexp.MustCompile(`http://localhost:8080/setup\?token=\S+`).FindString(s.compose(t, "logs", "--no-color", "api"))
	u, err := url.Parse(link)
	if err != nil || link == "" {
		t.Fatalf("the log has no setup link: %v", err)
	}
	s.client = harness.NewClient("http://localhost:8080")
	body := map[string]string{"token": u.Query().Get("token"), "email": harness.AdminEmail, "password": harness.AdminPassword}
	if err := s.client.Do(t.Context(), http.MethodPost, "/api/v1/auth/setup", body, nil); err != nil {
		t.Fatal(err)
	}
}

// enrolment writes a new agent's token into a file, as the compose files say.
func (s *scene) enrolment(t *testing.T, name, file string) {
	t.Helper()
	token := s.compose(t, "run", "--rm", "--no-TTY", "cli", "longhaul", "agents", "token", "--name", name)
	if err := os.WriteFile(filepath.Join(s.dir, "secrets", file), []byte(token), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (s *scene) enrol(t *testing.T) {
	s.enrolment(t, "local", "enrolment_token")
	s.compose(t, "--profile", "agent", "up", "-d", "--no-build")
	waitHealthy(t, each(services[:8]))
	s.waitAlive(t, "local")
}

type agentInfo struct {
	ID, Name string
	Alive    bool
}

func (s *scene) waitAlive(t *testing.T, name string) (found agentInfo) {
	t.Helper()
	harness.Eventually(t, time.Minute, "agent "+name+" is alive", func() error {
		var out struct{ Agents []agentInfo }
		if err := s.client.Do(t.Context(), http.MethodGet, "/api/v1/admin/agents", nil, &out); err != nil {
			return err
		}
		for _, a := range out.Agents {
			if a.Name == name && a.Alive {
				found = a
				return nil
			}
		}
		return fmt.Errorf("the agents are %+v", out.Agents)
	})
	return found
}

// seeding starts the seeder on the side of the agents' network that this
// machine has. It must be repeated when all agents were recreated: their network
// was gone in between, and a client forgets its address.
func (s *scene) seeding(t *testing.T) {
	gateway := of(t, "agent")[0].NetworkSettings.Networks["longhaul_swarm"].Gateway
	if gateway == "" {
		t.Fatal("the agents' network has no gateway")
	}
	s.seeder = harness.StartQBittorrent(s.top)
	s.tracker = harness.NewTrackerAt(s.top, gateway)
}

// submit seeds new content and submits it, so many times.
func (s *scene) submit(t *testing.T, count int, size int64) []job {
	t.Helper()
	specs := make([]harness.Torrent, count)
	for i := range specs {
		s.seed++
		specs[i] = harness.Torrent{
			Name:  fmt.Sprintf("compose-%d.bin", s.seed),
			Files: []harness.TorrentFile{{Content: harness.Content{Seed: 7_000 + s.seed, Size: size}}},
		}
	}
	jobs := make([]job, count)
	for i, swarm := range harness.SeedMany(s.top, s.seeder, s.tracker, specs...) {
		submitted, err := s.client.SubmitTorrent(t.Context(), swarm.Metainfo, nil)
		if err != nil {
			t.Fatal(err)
		}
		jobs[i] = job{submitted.ID, swarm}
	}
	return jobs
}

// whole waits until the jobs are ready and fetches what they stored. While
// containers start, Podman's name server may leave questions unanswered, and a
// fetch fails: it is repeated for a while, but bytes must be right at once.
func (s *scene) whole(t *testing.T, client *harness.Client, jobs ...job) {
	t.Helper()
	for _, j := range jobs {
		client.WaitState(t, j.id, "ready", 6*time.Minute)
		content := j.swarm.Files[0].Content
		harness.Eventually(t, 2*time.Minute, "job "+j.id+" is delivered", func() error {
			got, err := fetch(t.Context(), client, j)
			if err == nil && got != content.SHA256(0, content.Size) {
				t.Fatalf("job %s was delivered with other bytes than were seeded", j.id)
			}
			return err
		})
	}
}

// fetch returns the digest of a job's file, as it is delivered.
func fetch(ctx context.Context, client *harness.Client, j job) (string, error) {
	var list struct{ Files []harness.File }
	if err := client.Do(ctx, http.MethodGet, "/api/v1/jobs/"+j.id+"/files", nil, &list); err != nil {
		return "", err
	}
	if len(list.Files) != 1 {
		return "", fmt.Errorf("there are %d files", len(list.Files))
	}
	var link struct{ URL string }
	body := map[string]string{"disposition": "attachment"}
	if err := client.Do(ctx, http.MethodPost, "/api/v1/files/"+list.Files[0].ID+"/link", body, &link); err != nil {
		return "", err
	}
	return client.Fetch(ctx, link.URL, 0, j.swarm.Size, j.swarm.Size)
}

func (s *scene) download(t *testing.T) {
	s.seeding(t)
	jobs := s.submit(t, 1, 24*mib)
	s.whole(t, s.client, jobs...)
	s.kept = jobs[0]
}

func (s *scene) second(t *testing.T) {
	s.enrolment(t, "second", "enrolment_token_2")
	s.files = append(s.files, "deploy/second-agent.yml")
	s.compose(t, "--profile", "agent", "up", "-d", "--no-build")
	waitHealthy(t, each(services))
	s.waitAlive(t, "second")
	s.seeding(t)
	first := s.waitAlive(t, "local")
	s.actOnAgent(t, first, "drain")
	s.whole(t, s.client, s.submit(t, 1, 8*mib)...)
	s.actOnAgent(t, first, "uncordon")
}

func (s *scene) actOnAgent(t *testing.T, a agentInfo, act string) {
	t.Helper()
	ctx := t.Context()
	err := s.client.Do(ctx, http.MethodPost, "/api/v1/auth/reauthenticate", map[string]string{"password": harness.AdminPassword}, nil)
	if err == nil {
		err = s.client.Do(ctx, http.MethodPost, "/api/v1/admin/agents/"+a.ID+"/"+act, nil, nil)
	}
	if err != nil {
		t.Fatalf("%s agent %s: %v", act, a.Name, err)
	}
}

// slowly bounds the seeder, so that jobs still run when the step is through;
// the returned function lets them finish.
func (s *scene) slowly(t *testing.T, rate int64) (quickly func()) {
	t.Helper()
	limit := func(rate int64) {
		if err := s.seeder.LimitUpload(rate); err != nil {
			t.Fatal(err)
		}
	}
	limit(rate)
	return func() { limit(0) }
}

// running waits until bytes of the jobs arrive.
func (s *scene) running(t *testing.T, jobs ...job) {
	t.Helper()
	for _, j := range jobs {
		s.client.WaitState(t, j.id, "downloading", 2*time.Minute)
	}
}

func (s *scene) restarts(t *testing.T) {
	quickly := s.slowly(t, 192<<10)
	jobs := s.submit(t, 1, 64*mib)
	s.running(t, jobs...)
	for _, service := range services {
		s.compose(t, "--profile", "agent", "restart", service)
		waitHealthy(t, each(services))
	}
	if at := s.progress(t, jobs[0]); at >= 64*mib {
		t.Errorf("the job was through before every service had restarted: %d bytes", at)
	}
	quickly()
	s.whole(t, s.client, jobs...)
}

// progress returns how many bytes of a job have arrived; the API may just be
// starting.
func (s *scene) progress(t *testing.T, j job) (done int64) {
	t.Helper()
	harness.Eventually(t, time.Minute, "the API answers", func() error {
		got, err := s.client.Job(t.Context(), j.id)
		if err == nil && got.State == "ready" {
			done = j.swarm.Size
		} else if err == nil && got.Progress != nil {
			done = got.Progress.BytesDone
		}
		return err
	})
	return done
}

func (s *scene) volumes(t *testing.T) {
	s.compose(t, "--profile", "agent", "down", "--timeout", "40")
	if list, err := containers(t.Context()); err != nil || len(list) > 0 {
		t.Fatalf("%d containers are left: %v", len(list), err)
	}
	s.compose(t, "--profile", "agent", "up", "-d", "--no-build")
	waitHealthy(t, each(services))
	s.waitAlive(t, "local")
	s.waitAlive(t, "second")
	s.whole(t, s.client, s.kept)
	s.seeding(t)
	s.whole(t, s.client, s.submit(t, 1, 8*mib)...)
}
