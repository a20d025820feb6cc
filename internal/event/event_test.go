package event_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"longhaul/internal/event"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func progress(agent string) event.Message {
	eta := int64(5)
	return event.Progressed(models.Progress{
		JobID: uuid.New(), UserID: uuid.New(), Phase: models.PhaseDownloading, BytesTotal: 1 << 40, BytesDone: 1 << 39,
		DownRate: 1 << 20, Peers: 7, ETASeconds: &eta, Waiting: models.Because(models.ReasonDownloading, "agent", agent), UpdatedAt: time.Now().UTC(),
	})
}

func TestEncode(t *testing.T) {
	t.Parallel()
	var msgs []event.Message
	for i := range 500 {
		msgs = append(msgs, progress(strings.Repeat("<", i)), event.JobChanged(uuid.New(), uuid.New(), int64(i)))
	}
	payloads, err := event.Encode(msgs...)
	if err != nil {
		t.Fatal(err)
	}
	var got []event.Message
	for _, p := range payloads {
		if len(p) > 7500 {
			t.Errorf("a payload of %d bytes", len(p))
		}
		part, err := event.Decode(p)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, part...)
	}
	if len(got) != len(msgs) {
		t.Fatalf("%d of %d messages", len(got), len(msgs))
	}
	for i, m := range got {
		want := msgs[i]
		if m.Kind != want.Kind || m.UserID != want.UserID || m.JobID != want.JobID || m.EventID != want.EventID {
			t.Errorf("got %+v, want %+v", m, want)
		}
		if m.Progress != nil && (m.Progress.UserID != want.UserID || m.Progress.BytesDone != 1<<39 || *m.Progress.ETASeconds != 5 ||
			!m.Progress.Waiting.Equal(want.Progress.Waiting)) {
			t.Errorf("got %+v, want %+v", m.Progress, want.Progress)
		}
	}
	if none, err := event.Encode(); err != nil || len(none) != 0 {
		t.Errorf("nothing becomes %v, %v", none, err)
	}
	if _, err := event.Encode(event.Message{Kind: event.Kind(strings.Repeat("x", 8000))}); err == nil {
		t.Error("a message that no notification can hold is taken")
	}
	if _, err := event.Decode("{"); err == nil {
		t.Error("nonsense is read")
	}
}

func TestMemory(t *testing.T) {
	t.Parallel()
	var bus event.Memory
	ctx, cancel := context.WithCancel(t.Context())
	one, two := bus.Subscribe(ctx), bus.Subscribe(t.Context())
	for i := range int64(3) {
		if err := bus.Publish(t.Context(), event.JobChanged(uuid.Nil, uuid.Nil, i)); err != nil {
			t.Fatal(err)
		}
	}
	for i := range int64(3) {
		if a, b := <-one, <-two; a.EventID != i || b.EventID != i {
			t.Errorf("got %d and %d, want %d", a.EventID, b.EventID, i)
		}
	}
	cancel()
	if _, open := <-one; open {
		t.Error("a subscription outlives its context")
	}
	bus.Close()
	if _, open := <-two; open {
		t.Error("a subscription outlives the bus")
	}
	if _, open := <-bus.Subscribe(t.Context()); open {
		t.Error("a closed bus takes subscribers")
	}
}

func TestSlowSubscribersAreToldOfLoss(t *testing.T) {
	t.Parallel()
	var bus event.Memory
	slow := bus.Subscribe(t.Context())
	publish := func(from, to int64) {
		for i := from; i < to; i++ {
			if err := bus.Publish(t.Context(), event.JobChanged(uuid.Nil, uuid.Nil, i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	publish(0, 5000) // no reader, and no one blocks
	read := int64(0)
	for m := range slow {
		if m.Kind == event.KindLost {
			break
		}
		if m.EventID != read {
			t.Fatalf("message %d came as number %d", m.EventID, read)
		}
		read++
	}
	if read == 0 || read >= 5000 || len(slow) != 0 {
		t.Errorf("%d came before the loss, %d after it", read, len(slow))
	}
	publish(5000, 5003)
	if m := <-slow; m.EventID != 5000 {
		t.Errorf("after the loss: %+v", m)
	}
}

// Ten thousand jobs that move at once cost their owners no other news.
func TestProgressCostsNoOtherNews(t *testing.T) {
	t.Parallel()
	var bus event.Memory
	slow := bus.Subscribe(t.Context())
	var all []event.Message
	for range 10_000 {
		all = append(all, event.Progressed(models.Progress{}))
	}
	ready := event.JobChanged(uuid.Nil, uuid.Nil, 7)
	if err := bus.Publish(t.Context(), append(all, ready)...); err != nil {
		t.Fatal(err)
	}
	moved := 0
	for m := range slow {
		if m.Kind == event.KindProgress {
			moved++
			continue
		}
		if m.EventID != ready.EventID {
			t.Fatalf("%+v came", m)
		}
		break
	}
	if moved == 0 {
		t.Error("no progress came")
	}
}

func open(t *testing.T, dsn string) *event.PG {
	t.Helper()
	bus, err := event.OpenPG(t.Context(), dsn, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(bus.Close)
	return bus
}

func TestPostgresBus(t *testing.T) {
	t.Parallel()
	dsn := storetest.DSN(t)
	here, there := open(t, dsn), open(t, dsn)
	mine, theirs := here.Subscribe(t.Context()), there.Subscribe(t.Context())
	var msgs []event.Message
	for i := range 200 {
		msgs = append(msgs, progress(fmt.Sprint(i)))
	}
	if err := here.Publish(t.Context(), msgs...); err != nil {
		t.Fatal(err)
	}
	for i, want := range msgs {
		for _, m := range []event.Message{<-mine, <-theirs} {
			if m.Kind != event.KindProgress || m.UserID != want.UserID || !m.Progress.Waiting.Equal(want.Progress.Waiting) {
				t.Fatalf("message %d is %+v", i, m)
			}
		}
	}
	if err := here.Publish(t.Context()); err != nil {
		t.Errorf("publish nothing: %v", err)
	}
	here.Close()
	if _, open := <-mine; open {
		t.Error("a subscription outlives the bus")
	}
}

func TestPostgresBusComesBack(t *testing.T) {
	t.Parallel()
	dsn := storetest.DSN(t)
	bus := open(t, dsn)
	news := bus.Subscribe(t.Context())
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	for range 2 {
		_, err := conn.Exec(t.Context(), `
			select pg_terminate_backend(pid) from pg_stat_activity
			where datname = current_database() and query like 'listen%' and pid <> pg_backend_pid()`)
		if err != nil {
			t.Fatal(err)
		}
		if m := <-news; m.Kind != event.KindLost {
			t.Errorf("got %+v, want the news that some were lost", m)
		}
		if err := bus.Publish(t.Context(), event.JobChanged(uuid.Nil, uuid.Nil, 7)); err != nil {
			t.Fatal(err)
		}
		if m := <-news; m.EventID != 7 {
			t.Errorf("got %+v", m)
		}
	}
	if _, err := conn.Exec(t.Context(), "select pg_notify($1, 'nonsense')", event.Channel); err != nil {
		t.Fatal(err)
	}
	if err := bus.Publish(t.Context(), event.JobChanged(uuid.Nil, uuid.Nil, 8)); err != nil {
		t.Fatal(err)
	}
	if m := <-news; m.EventID != 8 {
		t.Errorf("nonsense stopped the bus: %+v", m)
	}
}

// TestSilenceIsNoLoss holds that probing a silent connection leaves it whole.
func TestSilenceIsNoLoss(t *testing.T) {
	t.Parallel()
	bus, err := event.OpenProbing(t.Context(), storetest.DSN(t), slog.New(slog.DiscardHandler), 5*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(bus.Close)
	news, tick := bus.Subscribe(t.Context()), time.NewTicker(30*time.Millisecond)
	defer tick.Stop()
	for i := range int64(10) {
		<-tick.C // silence, with probes in it
		if err := bus.Publish(t.Context(), event.JobChanged(uuid.Nil, uuid.Nil, i)); err != nil {
			t.Fatal(err)
		}
		if m := <-news; m.Kind != event.KindJob || m.EventID != i {
			t.Fatalf("got %+v, want %d", m, i)
		}
	}
}

func TestPostgresBusNeedsADatabase(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{"postgres://127.0.0.1:1/none?connect_timeout=2", "nonsense"} {
		if bus, err := event.OpenPG(t.Context(), dsn, slog.New(slog.DiscardHandler)); err == nil {
			bus.Close()
			t.Errorf("%s opens", dsn)
		}
	}
}
