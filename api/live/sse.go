package live

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/models"
)

// Timing and bounds of a stream.
const (
	heartbeat    = 15 * time.Second
	sessionCheck = time.Minute
	frameTime    = 10 * time.Second // to write one frame
	maxGap       = 200              // events that are told again; more is a reset
)

// The kinds of message on the stream.
const (
	sseJob      = "job"
	sseProgress = "progress"
	sseRemoved  = "removed"
	sseReset    = "reset"
)

// PathEvents is where the stream is.
const PathEvents = "/api/v1/events"

// tagEvents groups the operations in the OpenAPI document.
const tagEvents = "events"

// Removed says that a job is gone.
type Removed struct {
	ID uuid.UUID `json:"id" format:"uuid"`
}

// Reset tells the client that it missed too much and must reload everything.
type Reset struct{}

type streamHandlers struct {
	hub   *Hub
	store Store
	auth  *kit.Authenticator
}

func (h *streamHandlers) routes(r *kit.Router) {
	kit.Handle(r, huma.Operation{
		OperationID: "stream-events", Method: http.MethodGet, Path: PathEvents, Tags: []string{tagEvents},
		Summary: "Stream changes to the account's jobs",
		Description: "Server-sent events. The event job carries a Job, progress a list of Progress, removed the id of a deleted job, " +
			"and reset nothing: the client missed too much and must reload everything. Connect first, then read the list. " +
			"Resume with Last-Event-ID.",
		Responses: map[string]*huma.Response{"200": streamResponse(r.API.OpenAPI().Components.Schemas)},
	}, h.stream)
}

type streamInput struct {
	LastEventID string `header:"Last-Event-ID" maxLength:"20" pattern:"^[0-9]*$" doc:"Id of the last event received"`
}

func (h *streamHandlers) stream(ctx context.Context, in *streamInput) (*huma.StreamResponse, error) {
	info := kit.InfoOf(ctx)
	var last int64 = -1
	if in.LastEventID != "" {
		n, err := strconv.ParseInt(in.LastEventID, 10, 64)
		if err != nil {
			return nil, models.Errorf(models.CodeInvalid, "That isn't an event id.").In("Last-Event-ID")
		}
		last = n
	}
	// join before the gap is read, so that nothing falls in between
	s, err := h.hub.join(info.User.ID)
	if err != nil {
		return nil, err
	}
	first, told, err := h.missed(ctx, info.User.ID, last)
	if err != nil {
		h.hub.leave(s)
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		defer h.hub.leave(s)
		c := kit.GinOf(hc)
		header := c.Writer.Header()
		header.Set("Content-Type", "text/event-stream; charset=utf-8")
		header.Set("Cache-Control", "no-store")
		header.Set("X-Accel-Buffering", "no") // a proxy in front must not hold frames back
		c.Status(http.StatusOK)
		w := &frameWriter{w: c.Writer, rc: http.NewResponseController(c.Writer)}
		defer w.end()
		if w.write(append([]byte("retry: 2000\n\n"), first...)) == nil {
			h.pump(ctx, s, w, told)
		}
	}}, nil
}

// pump writes frames until the client, the session or the server ends. Events
// up to the id told are left out.
func (h *streamHandlers) pump(ctx context.Context, s *stream, w *frameWriter, told int64) {
	info := kit.InfoOf(ctx)
	beat, check := time.NewTicker(heartbeat), time.NewTicker(sessionCheck)
	defer beat.Stop()
	defer check.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.gone:
			return
		case f := <-s.frames:
			if w.write(gather(f, s.frames, told)) != nil {
				return
			}
		case <-beat.C:
			if w.write([]byte(": ping\n\n")) != nil {
				return
			}
		case <-s.check: // revoked or disabled, perhaps by another process
			if !h.auth.StillGood(ctx, info) {
				return
			}
		case <-check.C: // ended by time
			if !h.auth.StillGood(ctx, info) {
				return
			}
		}
	}
}

// gather joins the frames that wait, so that they go out in one write.
func gather(f frame, more <-chan frame, told int64) []byte {
	var out []byte
	for {
		if f.id == 0 || f.id > told {
			out = append(out, f.text...)
		}
		select {
		case f = <-more:
		default:
			return out
		}
	}
}

// missed returns what happened after the event, or a reset, and the newest id
// that this covers. It always ends with that id, so that the client can
// resume from here.
func (h *streamHandlers) missed(ctx context.Context, userID uuid.UUID, after int64) ([]byte, int64, error) {
	newest, err := h.store.LastEventID(ctx, userID)
	if err != nil {
		return nil, 0, err
	}
	if after < 0 {
		return idFrame(newest), newest, nil
	}
	events, err := h.store.EventsAfter(ctx, userID, after, maxGap+1)
	if err != nil {
		return nil, 0, err
	}
	if after > newest || len(events) > maxGap {
		text, err := sseFrame(sseReset, newest, Reset{})
		return text, newest, err
	}
	latest := map[uuid.UUID]int64{}
	for _, e := range events {
		latest[e.JobID] = max(latest[e.JobID], e.ID)
	}
	var out []byte
	for _, e := range events {
		if latest[e.JobID] != e.ID {
			continue // a later event of the job follows
		}
		text, err := h.hub.view.frame(ctx, userID, e.JobID, e.ID)
		if err != nil {
			return nil, 0, err
		}
		out = append(out, text...)
		newest = max(newest, e.ID)
	}
	return append(out, idFrame(newest)...), newest, nil
}

// idFrame sets the client's last event id without telling anything.
func idFrame(id int64) []byte { return []byte("id: " + strconv.FormatInt(id, 10) + "\n\n") }

// sseFrame writes one message of the stream; id 0 leaves the client's last id
// as it is.
func sseFrame(kind string, id int64, data any) ([]byte, error) {
	var b bytes.Buffer
	if id > 0 {
		b.WriteString("id: " + strconv.FormatInt(id, 10) + "\n")
	}
	b.WriteString("event: " + kind + "\ndata: ")
	if err := json.NewEncoder(&b).Encode(data); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// frameWriter writes to one client, with a deadline for each write: the
// server has none for streams.
type frameWriter struct {
	w  http.ResponseWriter
	rc *http.ResponseController
}

func (f *frameWriter) write(p []byte) error {
	if err := f.rc.SetWriteDeadline(time.Now().Add(frameTime)); err != nil {
		return err
	}
	if _, err := f.w.Write(p); err != nil {
		return err
	}
	return f.rc.Flush()
}

// end leaves time to end the response: the deadline of the last frame may be over,
// and the client would take the stream for a broken one.
func (f *frameWriter) end() { _ = f.rc.SetWriteDeadline(time.Now().Add(frameTime)) }
