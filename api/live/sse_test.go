package live_test

import (
	"bufio"
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"longhaul/api"
	"longhaul/api/apitest"
	"longhaul/api/live"
	"longhaul/internal/event"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// patience is how long a test waits for something that must come.
const patience = 20 * time.Second

type message struct{ id, event, data string }

// listener reads a stream; messages is closed when it ends.
type listener struct {
	messages chan message
	beats    chan time.Time
	status   int
	err      error // of the stream, once messages is closed
}

// listen opens a stream and reads its messages, the ids alone included.
func listen(t testing.TB, h *apitest.Harness, who apitest.Caller, lastID string) *listener {
	t.Helper()
	return listenAt(t, h, who, live.PathEvents, lastID)
}

func listenAt(t testing.TB, h *apitest.Harness, who apitest.Caller, address, lastID string) *listener {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.AppURL+address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if lastID != "" {
		req.Header.Set("Last-Event-ID", lastID)
	}
	if who.Cookie != "" {
		req.Header.Set("Cookie", "__Host-sid="+who.Cookie)
	}
	if who.Bearer != "" {
		req.Header.Set("Authorization", "Bearer "+who.Bearer)
	}
	resp, err := (&http.Client{Transport: &http.Transport{}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	l := &listener{messages: make(chan message, 1000), beats: make(chan time.Time, 100), status: resp.StatusCode}
	go func() {
		defer close(l.messages)
		defer resp.Body.Close()
		var m message
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "id":
				m.id = value
			case "event":
				m.event = value
			case "data":
				m.data = value
			case "":
				if m.event == "beat" {
					l.beats <- time.Now()
				} else if m != (message{}) {
					l.messages <- m
				}
				m = message{}
			}
		}
		l.err = lines.Err()
	}()
	return l
}

// next returns the next message of the kind; "" is one with an id alone.
func (l *listener) next(t testing.TB, kind string) message {
	t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case m, ok := <-l.messages:
			if !ok {
				t.Fatalf("the stream ended before %q", kind)
			}
			if m.event == kind {
				return m
			}
		case <-timeout:
			t.Fatalf("no %q", kind)
		}
	}
}

func (l *listener) ended(t testing.TB) {
	t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case _, ok := <-l.messages:
			if !ok {
				if l.err != nil {
					t.Errorf("the stream broke off: %v", l.err)
				}
				return
			}
		case <-timeout:
			t.Fatal("the stream continues")
		}
	}
}

func TestStreamTellsOnlyOnesOwn(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	mine, theirs := listen(t, h, user, ""), listen(t, h, other, "")
	mine.next(t, "")
	theirs.next(t, "")
	job := storetest.Submit(t, h.Store, user.User.ID, nil)
	m := mine.next(t, "job")
	if !strings.Contains(m.data, job.ID.String()) || !strings.Contains(m.data, `"state":"queued"`) || m.id == "" {
		t.Errorf("message %+v", m)
	}
	if err := h.Bus.Publish(t.Context(), event.Progressed(models.Progress{JobID: job.ID, UserID: user.User.ID, BytesDone: 7, UpdatedAt: time.Now()})); err != nil {
		t.Fatal(err)
	}
	if p := mine.next(t, "progress"); !strings.Contains(p.data, `"bytesDone":7`) || p.id != "" {
		t.Errorf("message %+v", p)
	}
	if err := h.Store.Jobs.RequestDelete(t.Context(), user.User.ID, job.ID); err != nil {
		t.Fatal(err)
	}
	if r := mine.next(t, "removed"); !strings.Contains(r.data, job.ID.String()) {
		t.Errorf("message %+v", r)
	}
	own := storetest.Submit(t, h.Store, other.User.ID, nil)
	if m := theirs.next(t, "job"); !strings.Contains(m.data, own.ID.String()) {
		t.Errorf("someone else's stream has %+v", m)
	}
}

func TestStreamResumes(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	first := storetest.Submit(t, h.Store, user.User.ID, nil)
	start := listen(t, h, user, "").next(t, "").id
	second := storetest.Submit(t, h.Store, user.User.ID, nil)
	third := storetest.Submit(t, h.Store, user.User.ID, nil)
	if err := h.Store.Jobs.RequestDelete(t.Context(), user.User.ID, third.ID); err != nil {
		t.Fatal(err)
	}
	again := listen(t, h, user, start)
	m := again.next(t, "job")
	if !strings.Contains(m.data, second.ID.String()) || strings.Contains(m.data, first.ID.String()) {
		t.Errorf("resumed with %+v", m)
	}
	gone := again.next(t, "removed")
	if !strings.Contains(gone.data, third.ID.String()) {
		t.Errorf("resumed with %+v", gone)
	}
	if newest := again.next(t, ""); newest.id != gone.id {
		t.Errorf("newest %q, last told %q", newest.id, gone.id)
	}
	// nothing is missed between the read of the gap and the live stream
	fourth := storetest.Submit(t, h.Store, user.User.ID, nil)
	if m := again.next(t, "job"); !strings.Contains(m.data, fourth.ID.String()) {
		t.Errorf("live message %+v", m)
	}
	for range 201 {
		storetest.Submit(t, h.Store, user.User.ID, nil)
	}
	listen(t, h, user, start).next(t, "reset")
	newest, _ := strconv.ParseInt(start, 10, 64)
	listen(t, h, user, strconv.FormatInt(newest+1_000_000, 10)).next(t, "reset")
	if l := listen(t, h, user, "-1"); l.status != http.StatusUnprocessableEntity {
		t.Errorf("status %d", l.status)
	}
}

func TestStreamEndsWithItsSession(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	second := apitest.Caller{User: user.User, Cookie: h.SignIn(user.User)}
	here, there := listen(t, h, user, ""), listen(t, h, second, "")
	here.next(t, "")
	there.next(t, "")
	h.Run(t, apitest.Scenario{As: user, Method: "DELETE", Path: "/api/v1/auth/sessions/others", Status: 204})
	there.ended(t)
	job := storetest.Submit(t, h.Store, user.User.ID, nil)
	if m := here.next(t, "job"); !strings.Contains(m.data, job.ID.String()) {
		t.Errorf("message %+v", m)
	}
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/auth/logout", Status: 204})
	here.ended(t)
	third := apitest.Caller{User: user.User, Cookie: h.SignIn(user.User)}
	last := listen(t, h, third, "")
	last.next(t, "")
	h.Hub.Take(event.Message{Kind: event.KindLost}) // what was missed is read from the database
	last.ended(t)
	h.Hub.Close()
	if l := listen(t, h, third, ""); l.status != http.StatusServiceUnavailable {
		t.Errorf("status %d after the end", l.status)
	}
}

// A stream beats first of all, and again after it was quiet for a while: a script
// in a browser notices nothing else of a connection that died silently.
func TestStreamBeats(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	l := listen(t, h, h.Account(models.RoleUser), "")
	beat := func() time.Time {
		t.Helper()
		select {
		case at := <-l.beats:
			return at
		case <-time.After(patience):
			t.Fatal("no beat")
			return time.Time{}
		}
	}
	first := beat()
	if pause := beat().Sub(first); pause < live.Heartbeat/2 {
		t.Errorf("the second beat came after %v", pause)
	}
}

// A new EventSource cannot set headers, so the address names the last event too.
// One that the browser itself reconnects keeps the address and sends a newer header.
func TestStreamResumesByAddress(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	start := listen(t, h, user, "").next(t, "").id
	first := storetest.Submit(t, h.Store, user.User.ID, nil)
	seen := listenAt(t, h, user, live.PathEvents+"?lastEventId="+start, "").next(t, "job")
	if !strings.Contains(seen.data, first.ID.String()) {
		t.Errorf("resumed with %+v", seen)
	}
	second := storetest.Submit(t, h.Store, user.User.ID, nil)
	if m := listenAt(t, h, user, live.PathEvents+"?lastEventId="+start, seen.id).next(t, "job"); !strings.Contains(m.data, second.ID.String()) {
		t.Errorf("resumed with %+v after the header's event", m)
	}
	if l := listenAt(t, h, user, live.PathEvents+"?lastEventId=x", ""); l.status != http.StatusUnprocessableEntity {
		t.Errorf("status %d", l.status)
	}
}

// A stream that was quiet for longer than a frame may take to write is ended in
// order: a browser calls one that breaks off a failure.
func TestQuietStreamEndsInOrder(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	l := listen(t, h, user, "")
	l.next(t, "")
	<-time.After(live.FrameTime + time.Second)
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/auth/logout", Status: 204})
	l.ended(t)
}

// An account has so many streams at once, and another account has its own.
func TestStreamsOfAnAccountAreLimited(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	for range apitest.MaxUserStreams {
		listen(t, h, user, "").next(t, "")
	}
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/events", Status: 429, Want: []string{"20 event streams open"}})
	listen(t, h, other, "").next(t, "")
}

// Many listeners hear of a change soon.
func TestStreamFansOut(t *testing.T) {
	t.Parallel()
	const listeners = 200
	h := apitest.New(t, func(c *api.Config, _ *api.Deps) { c.MaxUserStreams = listeners })
	user := h.Account(models.RoleUser)
	streams := make([]*listener, listeners)
	for i := range streams {
		streams[i] = listen(t, h, user, "")
		streams[i].next(t, "")
	}
	if n := h.Hub.Streams(); n != listeners {
		t.Fatalf("%d streams", n)
	}
	started := time.Now()
	job := storetest.Submit(t, h.Store, user.User.ID, nil)
	for _, l := range streams {
		if m := l.next(t, "job"); !strings.Contains(m.data, job.ID.String()) {
			t.Fatalf("message %+v", m)
		}
	}
	t.Logf("%d listeners heard after %v", listeners, time.Since(started))
}

// Those whom a feature was switched for are told; a rule for everyone is told to
// all.
func TestSwitchedFeaturesAreTold(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	admin, user, other := h.Account(models.RoleAdmin), h.Account(models.RoleUser), h.Account(models.RoleUser)
	concerned, unconcerned := listen(t, h, user, ""), listen(t, h, other, "")
	concerned.next(t, "")
	unconcerned.next(t, "")
	set := func(body string) {
		t.Helper()
		h.Run(t, apitest.Scenario{As: admin, Method: http.MethodPut, Path: "/api/v1/admin/flags/archives", Body: body, Status: 200})
	}
	set(`{"enabled":false,"user":"` + user.User.Email + `"}`)
	concerned.next(t, "features")
	set(`{"enabled":false}`)
	concerned.next(t, "features")
	unconcerned.next(t, "features")
	if n := len(unconcerned.messages); n > 0 {
		t.Errorf("%d messages more", n)
	}
}
