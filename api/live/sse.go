package live

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"longhaul/api/kit"
	"longhaul/internal/event"
	"longhaul/models"
)

// Timing and bounds of a stream.
const (
	heartbeat    = 3 * time.Second // of a quiet stream; clients count on two within ten seconds
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
	sseFeatures = "features"
	sseOverview = "overview"
	sseChanged  = "changed"

	sseAnnouncement = "announcement"

	sseBeat = "beat"
)

// PathEvents is where the stream is.
const PathEvents = "/api/v1/events"

// tagEvents groups the operations in the OpenAPI document.
const tagEvents = "events"

// Removed says that a job is gone.
type Removed struct {
	ID uuid.UUID `json:"id" format:"uuid"`
}

// OverviewChanged tells an administrator's client that the overview says
// something else by now.
type OverviewChanged struct{}

// Reset tells the client that it missed too much and must reload everything.
type Reset struct{}

// Features says that features were switched on or off for the account.
type Features struct{}

// Announced tells the client that the announcement changed.
type Announced struct{}

type changedPart event.Part

// Schema returns the schema of the parts of an account.
func (changedPart) Schema(r huma.Registry) *huma.Schema {
	return kit.Enum(r, "ChangedPart", "Something of the account that a page shows beside jobs", event.PartLibrary, event.PartShares, event.PartLabels)
}

// Changed tells the client that a part of the account changed.
type Changed struct {
	Part changedPart `json:"part"`
}

// Beat says that the stream is alive. Scripts in browsers do not see comments,
// so it is an event.
type Beat struct{}

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
			"features nothing: read the account again, as features were switched; announcement nothing: read the announcement again; changed a part of the account, to read again; " +
			"and reset nothing: the client missed too much and must reload everything. Administrators also get overview, which carries nothing: " +
			"the deployment's overview changed. The event beat comes first, and then whenever the stream was quiet for three seconds: without one for ten, " +
			"the connection is dead. Connect first, then read the list. " +
			"Resume with Last-Event-ID, or with lastEventId where the client can't set headers; the header counts if both are there.",
		Responses: map[string]*huma.Response{"200": streamResponse(r.API.OpenAPI().Components.Schemas)},
	}, h.stream)
}

type streamInput struct {
	LastEventID string `header:"Last-Event-ID" maxLength:"20" pattern:"^[0-9]*$" doc:"Id of the last event received"`
	LastSeen    string `query:"lastEventId" maxLength:"20" pattern:"^[0-9]*$" doc:"The same, for clients that can't set headers"`
}

// last returns the id of the last event that the client saw, -1 for none. A
// browser that reconnects repeats the address and adds the newer id as a header.
func (in *streamInput) last() (int64, error) {
	where, text := "Last-Event-ID", in.LastEventID
	if text == "" {
		where, text = "lastEventId", in.LastSeen
	}
	if text == "" {
		return -1, nil
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, models.Errorf(models.CodeInvalid, "That isn't an event id.").In(where)
	}
	return id, nil
}

func (h *streamHandlers) stream(ctx context.Context, in *streamInput) (*huma.StreamResponse, error) {
	info := kit.InfoOf(ctx)
	last, err := in.last()
	if err != nil {
		return nil, err
	}
	beat, err := sseFrame(sseBeat, 0, Beat{})
	if err != nil {
		return nil, err
	}
	// join before the gap is read, so that nothing falls in between
	s, err := h.hub.join(info.User.ID, info.User.Role == models.RoleAdmin)
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
		if w.write(slices.Concat([]byte("retry: 2000\n\n"), first, beat)) == nil {
			h.pump(ctx, s, w, told, beat)
		}
	}}, nil
}

// pump writes frames until the client, the session or the server ends, and a
// beat when there was none for a while. Events up to the id told are left out.
func (h *streamHandlers) pump(ctx context.Context, s *stream, w *frameWriter, told int64, beat []byte) {
	info := kit.InfoOf(ctx)
	quiet, check := time.NewTicker(heartbeat), time.NewTicker(sessionCheck)
	defer quiet.Stop()
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
			quiet.Reset(heartbeat)
		case <-quiet.C:
			if w.write(beat) != nil {
				return
			}
		case <-s.check: // revoked or disabled, perhaps by another process
			if !h.auth.StillGood(ctx, info) {
				s.drop(endedAccess)
				return
			}
		case <-check.C: // ended by time
			if !h.auth.StillGood(ctx, info) {
				s.drop(endedAccess)
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
