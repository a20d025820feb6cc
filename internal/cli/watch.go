package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"longhaul/models"
	"longhaul/models/wording"
)

// maxFrame bounds one line of the event stream.
const maxFrame = 4 << 20

type watchCmd struct {
	Job string `arg:"" name:"download" help:"Id of the download, or its last characters."`
}

// Run follows a job until it ends.
func (c *watchCmd) Run(ctx context.Context, p *program) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	j, err := api.findJob(ctx, c.Job)
	if err != nil {
		return err
	}
	return p.watch(ctx, api, j.ID)
}

// endedError says that a watched job did not end well.
type endedError struct{ job job }

// Error words how the job ended.
func (e *endedError) Error() string {
	s := "the download " + ended(e.job.State)
	if why := e.job.why(); why != "" {
		s += ": " + why
	}
	if next := e.job.next(); next != "" {
		s += " " + next
	}
	if e.job.Problem != "" {
		s += " (" + e.job.Problem + ")"
	}
	return s
}

// ended words how a download came to its end.
func ended(s models.State) string {
	switch s {
	case models.StateFailed:
		return "failed"
	case models.StateNeedsAttention:
		return "needs your attention"
	default:
		return "is " + wording.State(s)
	}
}

// watch follows a job until it is ready, or fails with an endedError.
func (p *program) watch(ctx context.Context, api *client, id string) error {
	_, err := p.watchUntil(ctx, api, id, func(job) bool { return false })
	return err
}

// watchUntil follows a job until enough says so or the job stops moving.
func (p *program) watchUntil(ctx context.Context, api *client, id string, enough func(job) bool) (job, error) {
	w := &watcher{p: p, api: api, id: id, enough: enough}
	defer w.closeBar()
	pauses := p.pauses()
	for {
		err := w.stream(ctx)
		if w.done {
			return w.job, w.err
		}
		if ctx.Err() != nil {
			return w.job, ctx.Err()
		}
		if final(err) {
			return w.job, err
		}
		if w.heard {
			pauses.Reset()
			w.heard = false
		}
		select {
		case <-time.After(pauses.NextBackOff()):
		case <-ctx.Done():
			return w.job, ctx.Err()
		}
	}
}

// watcher shows one job as it changes.
type watcher struct {
	p      *program
	api    *client
	id     string
	enough func(job) bool

	job   job
	shown string // the last line of text
	bar   *progressbar.ProgressBar
	last  string // id of the last event, to resume from
	heard bool   // the connection brought something
	done  bool
	err   error
}

// stream follows the events of one connection. The job is read after the
// connection is there, so that nothing falls in between.
func (w *watcher) stream(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	req, err := w.api.request(ctx, http.MethodGet, "/events", nil, "Accept", "text/event-stream")
	if err != nil {
		return err
	}
	if w.last != "" {
		req.Header.Set("Last-Event-ID", w.last)
	}
	resp, err := w.api.streams.Do(req)
	if err != nil {
		return w.api.unreachable(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := problemOf(resp); err != nil {
		return err
	}
	if err := w.refresh(ctx); err != nil || w.done {
		return err
	}
	return readEvents(resp.Body, func(id, kind, data string) (bool, error) {
		w.heard = true
		if id != "" {
			w.last = id
		}
		err := w.take(ctx, kind, data)
		return err == nil && !w.done, err
	})
}

func (w *watcher) refresh(ctx context.Context) error {
	var j job
	if _, err := w.api.do(ctx, http.MethodGet, "/jobs/"+w.id, nil, &j); err != nil {
		return err
	}
	w.show(j)
	return nil
}

// take handles one event of the stream.
func (w *watcher) take(ctx context.Context, kind, data string) error {
	switch kind {
	case "job":
		var j job
		if err := json.Unmarshal([]byte(data), &j); err != nil {
			return fmt.Errorf("read an event: %w", err)
		}
		if j.ID == w.id {
			w.show(j)
		}
	case "progress":
		var list []models.Progress
		if err := json.Unmarshal([]byte(data), &list); err != nil {
			return fmt.Errorf("read an event: %w", err)
		}
		for _, pr := range list {
			if pr.JobID.String() == w.id {
				w.job.Progress = &pr
				w.show(w.job)
			}
		}
	case "removed":
		var gone struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal([]byte(data), &gone); err != nil {
			return fmt.Errorf("read an event: %w", err)
		}
		if gone.ID == w.id {
			w.done, w.err = true, &endedError{job: job{State: models.StateCancelled, Reason: reason{Reason: models.Because(models.ReasonDeleted)}}}
		}
	case "reset":
		return w.refresh(ctx)
	}
	return nil
}

// show prints what changed and decides whether the job has ended.
func (w *watcher) show(j job) {
	if j.Progress == nil && j.State == w.job.State {
		j.Progress = w.job.Progress // a change of something else; the figures still hold
	}
	w.job = j
	w.drawBar()
	line := fmt.Sprintf("%s: %s", printable(j.title()), wording.State(j.State))
	if why := j.why(); why != "" {
		line += " – " + printable(why)
	}
	if stuck := j.stuck(); stuck != "" {
		line += " " + printable(stuck)
	} else if next := j.next(); j.Deadline != nil && !j.State.Terminal() {
		line += " " + printable(next)
	}
	if line != w.shown {
		w.closeBar()
		fmt.Fprintln(w.p.Err, line)
		w.shown = line
		w.drawBar()
	}
	switch {
	case w.enough(j), j.State == models.StateReady:
		w.done = true
	case j.State.Terminal(), j.State == models.StateNeedsAttention:
		w.done, w.err = true, &endedError{job: j}
	}
}

// drawBar shows the progress, on terminals only.
func (w *watcher) drawBar() {
	pr := w.job.Progress
	if pr == nil || pr.BytesTotal <= 0 || !w.job.State.Running() {
		return
	}
	if w.bar == nil {
		if w.bar = w.p.newBar(pr.BytesTotal, "downloading"); w.bar == nil {
			return
		}
	}
	text := bytesInWords(pr.DownRate) + "/s, " + wording.Count(int64(pr.Peers), "peer")
	if pr.ETASeconds != nil {
		text += ", " + timeInWords(*pr.ETASeconds) + " left"
	}
	w.bar.ChangeMax64(pr.BytesTotal)
	w.bar.Describe(text)
	_ = w.bar.Set64(min(pr.BytesDone, pr.BytesTotal))
}

func (w *watcher) closeBar() {
	if w.bar != nil {
		_ = w.bar.Clear()
		w.bar = nil
	}
}

// newBar returns a progress bar, nil if the output is not a terminal.
func (p *program) newBar(total int64, text string) *progressbar.ProgressBar {
	if _, ok := terminal(p.Err); !ok {
		return nil
	}
	return progressbar.NewOptions64(total, progressbar.OptionSetWriter(p.Err), progressbar.OptionSetDescription(text),
		progressbar.OptionShowBytes(true), progressbar.OptionUseIECUnits(true), progressbar.OptionFullWidth(),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetRenderBlankState(true))
}

// readEvents reads server-sent events and hands each on, until the function
// says that it has enough.
func readEvents(r io.Reader, each func(id, kind, data string) (more bool, err error)) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), maxFrame)
	var id, kind string
	var data []string
	for lines.Scan() {
		line := lines.Text()
		if line == "" {
			if id != "" || len(data) > 0 {
				if more, err := each(id, kind, strings.Join(data, "\n")); err != nil || !more {
					return err
				}
			}
			id, kind, data = "", "", nil
			continue
		}
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "id":
			id = value
		case "event":
			kind = value
		case "data":
			data = append(data, value)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read events: %w", err)
	}
	return errors.New("the server closed the event stream")
}
