package supervisor

import (
	"context"
	"errors"
	"os"
	"strconv"
	"sync"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/agent/childapi"
	"longhaul/agent/spawn"
	"longhaul/models"
)

const (
	// holdFor is how long an engine process keeps the answer that told what a URL
	// holds, so that the download that follows needs no other one: the link may work
	// once.
	holdFor  = 2 * time.Minute
	holdOver = 30 * time.Second // until such a process ends without being told
	maxHeld  = 8
)

// engineRun is a running engine process, whoever listens to it.
type engineRun struct {
	child  *spawn.Child
	cancel context.CancelFunc
	kept   chan *models.Manifest // what it found, if it keeps the answer
	done   chan struct{}         // closed when it has ended; end and err are set then
	end    spawn.Ending
	err    error

	mu    sync.Mutex
	grace func() time.Duration
	hear  func(childapi.News)
}

// follow listens to the process until it ends, whatever happens to ctx.
func follow(ctx context.Context, c *spawn.Child, grace func() time.Duration, hear func(childapi.News)) *engineRun {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r := &engineRun{
		child: c, cancel: cancel, kept: make(chan *models.Manifest, 1), done: make(chan struct{}), grace: grace, hear: hear,
	}
	go func() {
		defer close(r.done)
		defer cancel()
		r.end, r.err = c.Follow(ctx, r.graceNow, r.heard)
	}()
	return r
}

func (r *engineRun) graceNow() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.grace()
}

func (r *engineRun) heard(n childapi.News) {
	r.mu.Lock()
	hear := r.hear
	r.mu.Unlock()
	hear(n)
	if n.Say == childapi.NewsManifest && n.Kept && n.Manifest != nil {
		r.kept <- n.Manifest
	}
}

// pass has others listen from now on.
func (r *engineRun) pass(grace func() time.Duration, hear func(childapi.News)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.grace, r.hear = grace, hear
}

// attend waits until the process has ended, or has found out what its source holds
// and keeps the answer, and ends it when ctx ends.
func (r *engineRun) attend(ctx context.Context) (end spawn.Ending, kept bool, err error) {
	stop := context.AfterFunc(ctx, r.cancel)
	select {
	case m := <-r.kept:
		if stop() {
			return spawn.Ending{Manifest: m}, true, nil
		}
		<-r.done
	case <-r.done:
		stop()
	}
	return r.end, false, r.err
}

// heldEngine is a process that keeps an answer for a download of the same source.
type heldEngine struct {
	*engineRun
	key   string
	dir   string
	own   bool // the directory goes with the process
	timer *time.Timer
}

// drop ends the process.
func (h *heldEngine) drop() {
	h.timer.Stop()
	h.cancel()
	<-h.done
	if h.own {
		_ = os.RemoveAll(h.dir)
	}
}

// heldEngines are the processes of an agent that keep an answer, the oldest first.
type heldEngines struct {
	mu   sync.Mutex
	list []*heldEngine
}

// heldKey is what a download has to have in common with what was asked before; ""
// is for sources of which nothing is kept.
func heldKey(s agentapi.Source) string {
	if s.URL == "" {
		return ""
	}
	key := strconv.FormatBool(s.KeepPage) + " " + s.URL
	if s.Login != nil {
		key += "\x00" + s.Login.User + "\x00" + s.Login.Password
	}
	return key
}

// holding returns the engines' configuration for finding out what the source holds.
func holding(c childapi.EngineConfig, s agentapi.Source) childapi.EngineConfig {
	if s.URL != "" {
		c.Hold = holdFor + holdOver
	}
	return c
}

// keep takes charge of a process that keeps an answer. Earlier ones for the same
// source, and the oldest of too many, end.
func (hs *heldEngines) keep(r *engineRun, key, dir string, own bool) {
	r.pass(func() time.Duration { return 0 }, func(childapi.News) {})
	h := &heldEngine{engineRun: r, key: key, dir: dir, own: own}
	hs.mu.Lock()
	h.timer = time.AfterFunc(holdFor, func() { hs.end(func(o *heldEngine) bool { return o == h }) })
	hs.list = append(hs.list, h)
	over := len(hs.list) - maxHeld
	oldest := hs.list[0]
	hs.mu.Unlock()
	hs.end(func(o *heldEngine) bool { return o != h && (o.key == key || over > 0 && o == oldest) })
}

// end ends the processes that match.
func (hs *heldEngines) end(match func(*heldEngine) bool) {
	var gone []*heldEngine
	hs.mu.Lock()
	rest := hs.list[:0:0]
	for _, h := range hs.list {
		if match(h) {
			gone = append(gone, h)
		} else {
			rest = append(rest, h)
		}
	}
	hs.list = rest
	hs.mu.Unlock()
	for _, h := range gone {
		h.drop()
	}
}

// move gives a transfer that has no directory yet the process that an inspection of
// its source left, with its directory: the process may reach no other one.
func (hs *heldEngines) move(key, dir string) error {
	if key == "" {
		return nil
	}
	hs.mu.Lock()
	defer hs.mu.Unlock()
	for _, h := range hs.list {
		if h.key != key || !h.own {
			continue
		}
		if _, err := os.Lstat(dir); !errors.Is(err, os.ErrNotExist) {
			return err
		}
		if err := os.Rename(h.dir, dir); err != nil {
			return err
		}
		h.dir, h.own = dir, false
		return nil
	}
	return nil
}

// take returns the process that keeps an answer for the download in the directory,
// nil if there is none.
func (hs *heldEngines) take(key, dir string) *engineRun {
	if key == "" {
		return nil
	}
	hs.mu.Lock()
	defer hs.mu.Unlock()
	for i, h := range hs.list {
		if h.key != key || h.dir != dir {
			continue
		}
		hs.list = append(hs.list[:i:i], hs.list[i+1:]...)
		h.timer.Stop()
		select {
		case <-h.done: // it did not wait
			return nil
		default:
			return h.engineRun
		}
	}
	return nil
}
