package delivery_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"longhaul/api"
	"longhaul/api/apitest"
	"longhaul/internal/media/tool"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

const (
	turnsOfOwner  = 3  // parts of an owner that are made at a time
	placesOfOwner = 32 // requests of an owner that wait or are served
	stuckSize     = 777
)

// stuck runs ffmpeg, whose storage never answers for one film.
type stuck struct {
	*tool.Runner
	running atomic.Int32 // on that film
}

// FFmpeg implements hls.Runner.
func (s *stuck) FFmpeg(ctx context.Context, src tool.Source, limits tool.Limits, args func(string) []string, out io.Writer) error {
	if src.Size == stuckSize {
		s.running.Add(1)
		defer s.running.Add(-1)
		src.Open = func(ctx context.Context, _, _ int64) (io.ReadCloser, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
	}
	return s.Runner.FFmpeg(ctx, src, limits, args, out)
}

// run waits until so many programs run on the film that storage keeps.
func (s *stuck) run(t *testing.T, want int32) {
	t.Helper()
	storetest.Eventually(t, time.Minute, func() string {
		if got := s.running.Load(); got != want {
			return strconv.Itoa(int(got)) + " programs run"
		}
		return ""
	})
}

// stuckFilm gives a user the film that storage keeps, and returns its parts.
func stuckFilm(t *testing.T, h *apitest.Harness, user apitest.Caller) (part func(n int) string) {
	t.Helper()
	_, files := apitest.ReadyJob(t, h, user.User, map[string][]byte{"stuck.mkv": apitest.Pattern(stuckSize)})
	m := models.Media{FileID: files[0].ID, State: models.MediaRead, Info: &models.MediaInfo{
		Container: "matroska", Duration: 600, Video: []models.VideoTrack{{Codec: "h264", Codecs: "avc1.42c00b", Width: 160, Height: 90, FrameRate: 25}},
	}}
	for n := range int64(100) {
		m.Keys = append(m.Keys, n*6_000_000)
	}
	know(t, h, m)
	_, base := streamLink(t, h, user, files[0])
	return func(n int) string { return base + "video/" + strconv.Itoa(n) + ".m4s" }
}

// viewers ask for parts and leave.
type viewers struct {
	going   sync.WaitGroup
	answers chan *http.Response
	leave   context.CancelFunc
}

// watch asks for parts until leave.
func watch(t *testing.T, part func(int) string, from, to int) *viewers {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	ctx, leave := context.WithCancel(t.Context())
	v := &viewers{answers: make(chan *http.Response, to-from), leave: leave}
	for n := range to - from {
		v.going.Go(func() {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, part(from+n), http.NoBody)
			if err != nil {
				t.Error(err)
				return
			}
			resp, err := client.Do(req)
			if err == nil {
				v.answers <- resp
			} else if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
	t.Cleanup(v.gone)
	return v
}

// gone leaves and waits for the end of all requests.
func (v *viewers) gone() {
	v.leave()
	v.going.Wait()
}

// An owner with too many requests is told so and when to come back. That keeps no
// other from their film, and ends with the requests: those that wait leave the
// queue, and those that are served take their programs along.
func TestStreamsTakeTurns(t *testing.T) {
	t.Parallel()
	runner := &stuck{Runner: newRunner(t)}
	h := apitest.New(t, apitest.Generous, func(_ *api.Config, d *api.Deps) { d.Films = runner })
	greedy, modest := h.Account(models.RoleUser), h.Account(models.RoleUser)
	part := stuckFilm(t, h, greedy)
	_, mine := streamLink(t, h, greedy, filmOf(t, h, greedy))
	_, other := streamLink(t, h, modest, filmOf(t, h, modest))

	first := watch(t, part, 0, turnsOfOwner-1)
	runner.run(t, turnsOfOwner-1)
	last := watch(t, part, turnsOfOwner-1, turnsOfOwner)
	runner.run(t, turnsOfOwner)
	const more = 8
	queue := watch(t, part, turnsOfOwner, placesOfOwner+more)
	for range more {
		resp := <-queue.answers
		body, err := io.ReadAll(resp.Body)
		storetest.OK(t, errors.Join(err, resp.Body.Close()))
		if wait, err := strconv.Atoi(resp.Header.Get("Retry-After")); resp.StatusCode != http.StatusServiceUnavailable || err != nil || wait < 1 {
			t.Errorf("one too many: status %d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
		}
		if apitest.CheckProblem(t, resp, body); !strings.Contains(string(body), "Too many films are being streamed. Try again later.") {
			t.Errorf("one too many: %s", body)
		}
	}
	if resp, _ := apitest.Fetch(t, h, "GET", mine+"video/0.m4s", nil); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("the owner's other film: status %d", resp.StatusCode)
	}
	for _, p := range []string{"video/init.mp4", "video/1.m4s", "audio-1/0.m4s"} {
		if resp, _ := apitest.Fetch(t, h, "GET", other+p, nil); resp.StatusCode != http.StatusOK {
			t.Errorf("another owner's %s: status %d", p, resp.StatusCode)
		}
	}
	runner.run(t, turnsOfOwner)

	queue.gone()
	last.gone()
	storetest.Eventually(t, time.Minute, func() string { // the turn goes to nobody who left
		if resp, _ := apitest.Fetch(t, h, "GET", mine+"video/0.m4s", nil); resp.StatusCode != http.StatusOK {
			return "the owner's other film: status " + strconv.Itoa(resp.StatusCode)
		}
		return ""
	})
	runner.run(t, turnsOfOwner-1)
	first.gone()
	runner.run(t, 0)
}
