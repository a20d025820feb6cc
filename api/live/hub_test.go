package live

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/event"
	"longhaul/models"
)

// shelf has one job for everyone.
type shelf struct {
	fail error
	read int
}

func (s *shelf) view() View {
	return View{
		Job: func(_ context.Context, userID, jobID uuid.UUID) (any, error) {
			s.read++
			return models.Job{ID: jobID, UserID: userID, State: models.StateDownloading}, s.fail
		},
		Progress: func(p models.Progress) any { return p },
	}
}

// running runs a hub in a bubble of its own clock until the test ends.
func running(t *testing.T, view View) (*Hub, *event.Memory) {
	hub, bus := NewHub(view, 1000, slog.New(slog.DiscardHandler), time.Now), &event.Memory{}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		hub.Run(ctx, bus)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	synctest.Wait()
	return hub, bus
}

func join(t *testing.T, hub *Hub, user uuid.UUID) *stream {
	s, err := hub.join(user, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { hub.leave(s) })
	return s
}

func drain(s *stream) []string {
	var out []string
	for {
		select {
		case f := <-s.frames:
			out = append(out, string(f.text))
		default:
			return out
		}
	}
}

// Progress of a job goes out at most once a second, the newest of it.
func TestProgressIsConflated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub, _ := running(t, (&shelf{}).view())
		user, job := uuid.New(), uuid.New()
		s := join(t, hub, user)
		started := time.Now()
		for i := range 100 {
			hub.Take(event.Progressed(models.Progress{JobID: job, UserID: user, BytesDone: int64(i)}))
			<-time.After(50 * time.Millisecond) // by the bubble's clock
		}
		<-time.After(2 * time.Second)
		synctest.Wait()
		frames := drain(s)
		if n, most := len(frames), int(time.Since(started)/time.Second); n < 4 || n > most {
			t.Errorf("%d frames in %v", n, time.Since(started))
		}
		if last := frames[len(frames)-1]; !strings.Contains(last, `"bytesDone":99`) {
			t.Errorf("the last frame is %s", last)
		}
	})
}

// Changes of a job that come while it is read are told once.
func TestChangesAreConflated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		jobs := &shelf{}
		hub := NewHub(jobs.view(), 1000, slog.New(slog.DiscardHandler), time.Now)
		user, job := uuid.New(), uuid.New()
		s := join(t, hub, user)
		for i := range 50 {
			hub.Take(event.JobChanged(user, job, int64(i+1)))
		}
		hub.worker(user).sendChanges(t.Context())
		if frames := drain(s); len(frames) != 1 || !strings.HasPrefix(frames[0], "id: 50\nevent: job\n") || jobs.read != 1 {
			t.Errorf("%d reads, frames %q", jobs.read, frames)
		}
	})
}

// A client that does not read is dropped; others continue.
func TestSlowClientIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub, bus := running(t, (&shelf{}).view())
		user := uuid.New()
		slow, fast := join(t, hub, user), join(t, hub, user)
		heard := 0
		for i := range streamBuffer + 10 {
			if err := bus.Publish(t.Context(), event.JobChanged(user, uuid.New(), int64(i+1))); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			heard += len(drain(fast))
		}
		select {
		case <-slow.gone:
		default:
			t.Error("the slow client is still there")
		}
		select {
		case <-fast.gone:
			t.Error("the fast client was dropped")
		default:
		}
		if heard != streamBuffer+10 {
			t.Errorf("the fast client heard %d", heard)
		}
	})
}

// A change that can't be read ends its user's streams, so that the client
// reloads. Other users' streams stay.
func TestUnreadableChangeEndsStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub, _ := running(t, (&shelf{fail: errors.New("database is down")}).view())
		user, other := uuid.New(), uuid.New()
		s, o := join(t, hub, user), join(t, hub, other)
		hub.Take(event.JobChanged(user, uuid.New(), 1))
		synctest.Wait()
		select {
		case <-s.gone:
		default:
			t.Error("the stream continues although it missed something")
		}
		select {
		case <-o.gone:
			t.Error("another user's stream ended")
		default:
		}
	})
}

// A client that resumes after an id must not have missed a smaller one.
func TestChangesGoOutInOrder(t *testing.T) {
	hub := NewHub((&shelf{}).view(), 3, slog.New(slog.DiscardHandler), time.Now)
	user := uuid.New()
	s := join(t, hub, user)
	for i := range 50 {
		hub.Take(event.JobChanged(user, uuid.New(), int64(i+1)))
	}
	hub.worker(user).sendChanges(t.Context())
	for i := range 50 {
		if f := <-s.frames; f.id != int64(i+1) {
			t.Fatalf("frame %d has id %d", i, f.id)
		}
	}
}

func TestGatherJoinsFrames(t *testing.T) {
	more := make(chan frame, 3)
	more <- frame{id: 4, text: []byte("told")}
	more <- frame{text: []byte("b")}
	more <- frame{id: 6, text: []byte("c")}
	first := frame{id: 5, text: []byte("a")}
	if got := gather(first, more, 4); !bytes.Equal(got, []byte("abc")) || string(first.text) != "a" {
		t.Errorf("gathered %q", got)
	}
}
