package hls_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/media/hls"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// slow is storage that holds who asks while it is shut, until they leave.
type slow struct {
	disk
	shut atomic.Bool
	held atomic.Int32
}

// Get opens a part of the file.
func (s *slow) Get(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error) {
	if s.shut.Load() {
		s.held.Add(1)
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return s.disk.Get(ctx, key, etag, offset, length)
}

// A crowd of visitors, of one owner's shares and of many, waits in its own turns and
// is turned away in the end. The owner of a film that they wait for is served at
// once, and so is everyone else.
func TestACrowdOfVisitorsLeavesOwnersTheirTurn(t *testing.T) {
	t.Parallel()
	path := makeFilm(t, "a.mkv", "25", "13", closed, "-c:a ac3")
	film := known(t, path)
	storage := &slow{disk: disk{path}}
	storage.shut.Store(true)
	s := hls.New(runner, storage, keep, quiet())
	ctx, leave := context.WithCancel(t.Context())
	const each, owners, places = 20, 4, 32 // of which 16 of each owner's wait
	busy := make(chan error, each*owners)
	var wg sync.WaitGroup
	for range owners {
		owner := uuid.New()
		for n := range each {
			visited := film
			visited.Visited, visited.File.ID, visited.File.UserID = true, uuid.New(), owner
			if n == 0 {
				visited.File.ID, visited.File.UserID = film.File.ID, film.File.UserID
			}
			wg.Go(func() {
				if _, err := s.Video(ctx, visited, 0); !errors.Is(err, context.Canceled) {
					busy <- err
				}
			})
		}
	}
	// Those of the owners' that ask for the one film are one order.
	for range each*owners - (owners - 1) - places {
		if err := <-busy; models.CodeOf(err) != models.CodeUnavailable {
			t.Errorf("one visitor too many: %v", err)
		}
	}
	storetest.Eventually(t, time.Minute, func() string {
		if storage.held.Load() < 2 {
			return "no visitor's part is being made"
		}
		return ""
	})
	storage.shut.Store(false)
	other := film
	other.File.ID, other.File.UserID = uuid.New(), uuid.New()
	for who, f := range map[string]hls.Film{"the owner": film, "someone else": other} {
		p, err := s.Video(t.Context(), f, 0)
		if err != nil {
			t.Errorf("%s: %v", who, err)
			continue
		}
		read(t, p, nil)
	}
	leave()
	wg.Wait()
	close(busy)
	for err := range busy {
		if !strings.Contains(err.Error(), "Too many films") {
			t.Errorf("owners were served only once a visitor's time was up: %v", err)
		}
	}
}

// What visitors read slowly takes half of the cache at most, and owners have the
// rest.
func TestVisitorsHoldHalfOfTheCache(t *testing.T) {
	t.Parallel()
	path := makeFilm(t, "a.mkv", "25", "31", closed, "-c:a ac3")
	film := known(t, path)
	p, err := service(path, keep).Video(t.Context(), film, 0)
	one := int64(len(read(t, p, err)))
	s := service(path, 4*one)
	visited := film
	visited.Visited = true
	var held []*hls.Part
	for n := range len(listed(t, hls.VideoList(film))) {
		p, err := s.Video(t.Context(), visited, n)
		if err == nil {
			held = append(held, p)
		} else if models.CodeOf(err) != models.CodeUnavailable {
			t.Errorf("segment %d: %v", n, err)
		}
	}
	if len(held) == 0 || len(held) == len(listed(t, hls.VideoList(film))) {
		t.Fatalf("visitors hold %d parts", len(held))
	}
	for _, n := range []int{0, len(listed(t, hls.VideoList(film))) - 1} {
		p, err := s.Video(t.Context(), film, n)
		read(t, p, err)
	}
	for _, p := range held {
		p.Close()
	}
	p, err = s.Video(t.Context(), visited, 2)
	read(t, p, err)
}
