// Package child is the process that runs one transfer's engine: it reads orders
// from its input, keeps to its limits and reports on its output. It has no
// credentials but the login of its source, reads no configuration and uploads
// nothing.
package child

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/time/rate"

	"longhaul/agent/agentapi"
	"longhaul/agent/childapi"
	"longhaul/agent/engine"
	"longhaul/agent/engine/disk"
	"longhaul/internal/byterange"
	"longhaul/internal/jail"
	"longhaul/models"
)

const (
	flushEvery = 50 * time.Millisecond // verified ranges are told together
	aliveEvery = 5 * time.Second
)

// Engines picks the engine for a source.
type Engines func(childapi.EngineConfig, agentapi.Source) (engine.Engine, error)

var (
	errStopped = errors.New("stopped by the supervisor")
	errRenew   = errors.New("the machine has other name servers")
)

// Main is the whole child process: it confines itself to the working directory
// and then runs under the orders of its standard input.
func Main(ctx context.Context, engines Engines) error {
	if err := jail.Enter(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go watchNames(ctx, jail.NamesReadable, func() { cancel(errRenew) })
	err := Run(ctx, os.Stdin, os.Stdout, engines)
	if errors.Is(context.Cause(ctx), errRenew) {
		os.Exit(childapi.ExitRenew)
	}
	return err
}

// watchNames calls renew when the machine has got other name servers: what it
// was told of them at the start was replaced by a file that it may not read.
func watchNames(ctx context.Context, readable func() bool, renew func()) {
	if !readable() {
		return // it never was
	}
	tick := time.NewTicker(aliveEvery)
	defer tick.Stop()
	for readable() {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
	renew()
}

// Run reads its orders from in, runs one transfer in the working directory and
// reports on out. An error means that the process must exit with a failure,
// which the supervisor treats as a crash.
func Run(ctx context.Context, in io.Reader, out io.Writer, engines Engines) error {
	dec := json.NewDecoder(in)
	var first childapi.Order
	if err := dec.Decode(&first); err != nil {
		return fmt.Errorf("read the first order: %w", err)
	}
	if first.Do != childapi.OrderRun || first.Run == nil {
		return errors.New("the first order is not “run”")
	}
	if err := apply(first.Run.Bounds); err != nil {
		return fmt.Errorf("set resource limits: %w", err)
	}
	eng, err := engines(first.Run.Engine, first.Run.Source)
	if err != nil {
		return fmt.Errorf("make the engine: %w", err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	h := &host{
		run: *first.Run, engine: eng, out: json.NewEncoder(out), dec: dec, cancel: cancel, leaving: make(chan struct{}),
		next: make(chan childapi.Run, 1), pace: engine.NewPace(first.Run.Pace),
	}
	if h.run.Kind == agentapi.KindResolve {
		err = h.resolve(ctx)
	}
	if err == nil && (h.run.Kind != agentapi.KindResolve || h.again(ctx)) {
		err = h.download(ctx)
	}
	if errors.Is(context.Cause(ctx), errStopped) {
		return nil
	}
	return h.end(err)
}

// apply sets the limits on this process, as far as it may have them. Virtual
// memory is not limited: the runtime reserves much more than it uses.
func apply(b childapi.Bounds) error {
	set := func(what int, n uint64) error {
		var now syscall.Rlimit
		if err := syscall.Getrlimit(what, &now); err != nil {
			return err
		}
		n = min(n, now.Max)
		return syscall.Setrlimit(what, &syscall.Rlimit{Cur: n, Max: n})
	}
	errs := []error{set(syscall.RLIMIT_CORE, 0)}
	if b.DataBytes > 0 {
		errs = append(errs, set(syscall.RLIMIT_DATA, b.DataBytes))
	}
	if b.OpenFiles > 0 {
		errs = append(errs, set(syscall.RLIMIT_NOFILE, b.OpenFiles))
	}
	if b.FileBytes > 0 {
		errs = append(errs, set(syscall.RLIMIT_FSIZE, b.FileBytes))
	}
	return errors.Join(errs...)
}

// host runs an engine inside a child process.
type host struct {
	run    childapi.Run
	engine engine.Engine
	dec    *json.Decoder
	cancel context.CancelCauseFunc
	store  *disk.Store // nil in a resolve
	pace   *rate.Limiter

	next    chan childapi.Run // what to do after a resolve
	leaving chan struct{}     // closed when only what is started is to be finished; obey closes it

	mu    sync.Mutex
	out   *json.Encoder
	spans []childapi.Span // verified, not told yet
}

func (h *host) source() engine.Source {
	s := h.run.Source
	out := engine.Source{Magnet: s.Magnet, Metainfo: s.Metainfo, URL: s.URL, KeepPage: s.KeepPage}
	if s.Login != nil {
		out.Login = &models.Login{User: s.Login.User, Password: s.Login.Password}
	}
	return out
}

func (h *host) options() engine.Options {
	return engine.Options{MaxBytes: h.run.MaxBytes, ResolveTimeout: h.run.Resolve, StallTimeout: h.run.Stall, Pace: h.pace}
}

func (h *host) resolve(ctx context.Context) error {
	go h.obey()
	go h.every(ctx, aliveEvery, func() { h.say(childapi.News{Say: childapi.NewsAlive}) })
	m, err := h.engine.Resolve(ctx, h.source(), h.options())
	if err != nil {
		return err
	}
	h.say(childapi.News{Say: childapi.NewsManifest, Manifest: &m, Kept: h.keeps()})
	return nil
}

// keeps reports whether the engine has something for a download of its source.
func (h *host) keeps() bool {
	k, ok := h.engine.(engine.Keeper)
	return ok && h.run.Engine.Hold > 0 && k.Keeps()
}

// again waits after a resolve for the download of the same source, if the engine
// keeps something for it.
func (h *host) again(ctx context.Context) bool {
	if !h.keeps() {
		return false
	}
	late := time.NewTimer(h.run.Engine.Hold)
	defer late.Stop()
	select {
	case h.run = <-h.next:
		engine.SetPace(h.pace, h.run.Pace)
		return true
	case <-late.C:
	case <-ctx.Done():
	}
	return false
}

func (h *host) download(ctx context.Context) (err error) {
	st, err := disk.Open(".", h.run.Files, disk.Options{Limit: h.run.Limit, OnVerified: h.verified})
	if err != nil {
		return fmt.Errorf("open the transfer's directory: %w", err)
	}
	defer func() {
		if cerr := st.Close(); err == nil && cerr != nil {
			err = fmt.Errorf("close the transfer's directory: %w", cerr)
		}
	}()
	h.store = st
	go h.obey()
	go h.every(ctx, flushEvery, h.flush)
	files := make([]engine.File, 0, len(h.run.Files))
	for _, f := range h.run.Files {
		files = append(files, engine.File{Index: f.Index, PartSize: f.PartSize, Size: f.Size, Validator: st.Validator(f.Index)})
	}
	h.say(childapi.News{Say: childapi.NewsAlive})
	job := engine.Job{Source: h.source(), Files: files, Store: tellingStore{st, h}, Options: h.options(), Flush: h.leaving}
	err = h.engine.Download(ctx, job, h.report)
	if errors.Is(err, engine.ErrFlushed) {
		h.say(childapi.News{Say: childapi.NewsFlushed})
		return nil
	}
	if err != nil {
		return err
	}
	h.say(childapi.News{Say: childapi.NewsDone})
	seeder, ok := h.engine.(engine.Seeder)
	if !ok || (h.run.Engine.SeedRatio <= 0 && h.run.Engine.SeedTime <= 0) {
		return nil
	}
	return seeder.Seed(ctx, job, h.report)
}

// end reports a fault that has a name; any other is a crash.
func (h *host) end(err error) error {
	if err == nil {
		return nil
	}
	f, ok := errors.AsType[*models.Error](err)
	if !ok || f.Problem == "" {
		return err
	}
	h.flush()
	h.say(childapi.News{Say: childapi.NewsFault, Fault: &agentapi.Fault{Problem: string(f.Problem), Message: f.Message, Params: f.Params}})
	return nil
}

// obey follows the supervisor's orders. The end of the input means that the
// supervisor is gone, so nothing would upload what is fetched.
func (h *host) obey() {
	for {
		var o childapi.Order
		if err := h.dec.Decode(&o); err != nil {
			h.cancel(errStopped)
			return
		}
		switch o.Do {
		case childapi.OrderStop:
			h.cancel(errStopped)
		case childapi.OrderFlush:
			h.leave()
		case childapi.OrderPace:
			engine.SetPace(h.pace, o.Pace)
		case childapi.OrderLimit:
			if h.store != nil {
				h.store.SetLimit(o.Limit)
			}
		case childapi.OrderReleased:
			if h.store != nil && o.Span != nil {
				h.store.Release(o.Span.File, o.Span.Range)
			}
		case childapi.OrderRun:
			if h.store == nil && o.Run != nil { // a download reads its own orders
				h.next <- *o.Run
				return
			}
		}
	}
}

// leave has the engine finish what is started; a second order changes nothing.
func (h *host) leave() {
	select {
	case <-h.leaving:
	default:
		close(h.leaving)
	}
}

func (h *host) report(r engine.Report) {
	h.say(childapi.News{Say: childapi.NewsReport, Report: &r})
}

func (h *host) verified(file int, r byterange.Range) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.spans = append(h.spans, childapi.Span{File: file, Range: r})
}

func (h *host) flush() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.flushLocked()
}

func (h *host) flushLocked() {
	if len(h.spans) > 0 {
		h.write(childapi.News{Say: childapi.NewsVerified, Spans: h.spans})
		h.spans = h.spans[:0]
	}
}

// say writes one line. What was verified before goes first: the order of a
// validator and of the ranges around it matters.
func (h *host) say(n childapi.News) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if n.Say != childapi.NewsReport && n.Say != childapi.NewsAlive {
		h.flushLocked()
	}
	h.write(n)
}

// write ends the engine if the supervisor does not listen any more.
func (h *host) write(n childapi.News) {
	if err := h.out.Encode(n); err != nil {
		h.cancel(errStopped)
	}
}

func (h *host) every(ctx context.Context, d time.Duration, do func()) {
	t := time.NewTicker(d)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			do()
		}
	}
}

// tellingStore reports to the supervisor what an engine finds out about files.
type tellingStore struct {
	*disk.Store
	h *host
}

// SetSize implements engine.Store.
func (s tellingStore) SetSize(file int, size int64) error {
	err := s.Store.SetSize(file, size)
	if err == nil {
		s.h.say(childapi.News{Say: childapi.NewsSize, File: file, Size: size})
	}
	return err
}

// SetValidator implements engine.Store.
func (s tellingStore) SetValidator(file int, validator string) error {
	err := s.Store.SetValidator(file, validator)
	if err == nil {
		s.h.say(childapi.News{Say: childapi.NewsValidator, File: file, Validator: validator})
	}
	return err
}
