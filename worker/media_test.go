package worker_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"longhaul/internal/media/probe"
	"longhaul/internal/media/tool"
	"longhaul/internal/media/tool/tooltest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestMain(m *testing.M) {
	tool.Child()
	os.Exit(m.Run())
}

// filmed is a system that reads media, with a job that is ready and has one film.
func filmed(t *testing.T, o options) (*system, models.File) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "film.mkv")
	tooltest.Output(t, "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=2",
		"-c:v", "libx264", "-threads", "1", "-g", "10", "-pix_fmt", "yuv420p", path)
	s := newSystem(t, o)
	s.content = storetest.Must[[]byte](t)(os.ReadFile(path))
	s.agent(s.works)
	job := s.known()
	s.until(job.ID, models.StateReady)
	storetest.Exec(t, `update files set content_type = 'video/x-matroska' where job_id = $1`, job.ID)
	files := storetest.Must[[]models.File](t)(s.store.Files.Files(t.Context(), s.user.ID, job.ID))
	return s, files[0]
}

// knownOf waits until the file is in the state, and returns what is known of it.
func (s *system) knownOf(f models.File, state models.MediaState) (m models.Media) {
	s.t.Helper()
	storetest.OK(s.t, s.store.Media.AskMedia(s.t.Context(), s.user.ID, f.ID))
	s.eventually(func() string {
		var err error
		if m, err = s.store.Media.Media(s.t.Context(), s.user.ID, f.ID); err != nil || m.State != state {
			return fmt.Sprintf("it is %q, %v", m.State, err)
		}
		return ""
	})
	return m
}

func TestAFilmIsRead(t *testing.T) {
	runner := storetest.Must[*tool.Runner](t)(tool.New(t.Context(), "ffmpeg", "ffprobe"))
	s, f := filmed(t, options{media: probe.New(runner)})
	m := s.knownOf(f, models.MediaRead)
	if m.Info == nil || len(m.Info.Video) != 1 || m.Info.Video[0].Codec != "h264" || len(m.Keys) != 2 || m.Keys[1] != 1_000_000 || !m.Poster {
		t.Errorf("known is %+v of %+v", m, m.Info)
	}
	if _, err := s.objects.Head(t.Context(), models.ThumbnailKey(f.ID)); err != nil {
		t.Errorf("the poster: %v", err)
	}
	s.blind(false)
}

func TestWithoutFFprobeMediaIsOff(t *testing.T) {
	s, f := filmed(t, options{})
	s.knownOf(f, models.MediaOff)
	s.blind(true)
}

// blind waits until the workers are said to lack ffprobe, or not to.
func (s *system) blind(want bool) {
	s.t.Helper()
	s.eventually(func() string {
		states, err := s.flows.Queues(s.t.Context())
		if err != nil {
			return err.Error()
		}
		for _, q := range states {
			if !q.Served || q.Blind != (want && q.Queue == models.QueueMedia) {
				return fmt.Sprintf("a queue is %+v", q)
			}
		}
		return ""
	})
}

// hangs is a prober that never ends.
type hangs struct{ began chan struct{} }

func (h hangs) Probe(ctx context.Context, _ tool.Source) (probe.Result, error) {
	h.began <- struct{}{}
	<-ctx.Done()
	return probe.Result{}, ctx.Err()
}

// A worker that stops says nothing of the file; one that dies in it counts.
func TestAFileThatEndsItsWorkersIsGivenUp(t *testing.T) {
	began := make(chan struct{}, 10)
	s, f := filmed(t, options{media: hangs{began}})
	storetest.OK(t, s.store.Media.AskMedia(t.Context(), s.user.ID, f.ID))
	<-began
	s.stop()
	s.eventually(func() string { // a worker does not wait forever for what it stops
		if m := storetest.Must[models.Media](t)(s.store.Media.Media(t.Context(), s.user.ID, f.ID)); m.Attempts != 0 || m.State != models.MediaWaiting {
			return fmt.Sprintf("after a stop known is %+v", m)
		}
		return ""
	})
	storetest.Exec(t, `update media set attempts = 3 where file_id = $1`, f.ID) // as workers leave it that are killed
	s.restart()
	if m := s.knownOf(f, models.MediaUnreadable); m.Problem == "" {
		t.Errorf("known is %+v", m)
	}
}
