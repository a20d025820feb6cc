// Package httpengine fetches direct http and https URLs. Where the server
// supports ranges and says by an ETag or date what they belong to, it uses
// several connections and resumes; elsewhere it reads one stream from the
// start. Everything goes through a guarded client, and an interrupted transfer
// never mixes two versions of a file.
//
// # Odd servers
//
// The first request of a source asks for all of it and names no range, as the
// programs do that every server is tried with. Where an answer to a range is odd
// or refused, the file is read in one piece. That piece continues after a break if
// size and the bytes before the break are the same; else it starts over, as long as
// that gets farther than before. A body that is compressed for the way is
// decompressed.
//
// # What counts as a file
//
// The bytes say what a body is, before the type does. A web page is a login,
// captcha or error page unless the address ends in .html or the like, the server
// sends it as an attachment, or the user wants the page: not_a_file.
//
// An address that sends a torrent, or redirects to a magnet link, resolves to that:
// the manifest has the metainfo or the link, and the torrent engine does the rest.
//
// Cookies last for one run. It signs in by Basic authentication with the login of
// the address, on its origin alone. It does not follow links in pages.
package httpengine

import (
	"context"
	"net/http"
	"sync"
	"time"

	"longhaul/agent/engine"
	"longhaul/internal/fetch"
	"longhaul/internal/source"
	"longhaul/models"
)

var (
	_ engine.Engine = (*Engine)(nil)
	_ engine.Keeper = (*Engine)(nil)
)

const (
	defaultConnections = 4
	defaultBlock       = 1 << 20
	blocksPerChunk     = 8
	defaultPause       = time.Second
	maxPause           = time.Minute
	resolveTries       = 4
)

// Config sets up an Engine.
type Config struct {
	Dialer      *fetch.Dialer       // admits what may be reached
	Client      fetch.ClientOptions // bounds of each exchange
	Connections int                 // at once per file; 0 is 4
	BlockSize   int64               // bytes that are recorded as verified together; 0 is 1 MiB
	Hold        time.Duration       // how long Resolve keeps its answer for a Download of the same address; 0 is not at all
	RetryPause  time.Duration       // before the first retry, doubled for each next; 0 is 1 s
	Now         func() time.Time    // nil is the system's clock
}

// Engine implements engine.Engine for URLs.
type Engine struct {
	cfg    Config
	client *http.Client

	mu   sync.Mutex
	held *held
}

// New returns an engine.
func New(cfg Config) *Engine {
	if cfg.Connections <= 0 {
		cfg.Connections = defaultConnections
	}
	if cfg.BlockSize <= 0 {
		cfg.BlockSize = defaultBlock
	}
	if cfg.RetryPause <= 0 {
		cfg.RetryPause = defaultPause
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Engine{cfg: cfg, client: fetch.NewClient(cfg.Dialer, cfg.Client)}
}

// Resolve asks for the content and reads name and size from the answer. With Hold
// the answer is kept for a Download.
func (e *Engine) Resolve(ctx context.Context, src engine.Source, opts engine.Options) (models.Manifest, error) {
	defer e.client.CloseIdleConnections()
	if opts.ResolveTimeout > 0 {
		var cancel context.CancelFunc
		slow := models.Fault(models.ProblemSourceFailing, "The server didn't respond in time.").With("cause", models.CauseTimeout)
		ctx, cancel = context.WithTimeoutCause(ctx, opts.ResolveTimeout, slow)
		defer cancel()
	}
	r, err := e.requester(src)
	if err != nil {
		return models.Manifest{}, err
	}
	wait := newPauses(e.cfg.RetryPause)
	for try := 1; ; try++ {
		m, err := e.contents(ctx, r, opts.MaxBytes)
		if err == nil {
			return m, nil
		}
		if ctx.Err() != nil {
			return m, context.Cause(ctx)
		}
		again, ok := asRetry(err)
		if !ok {
			return m, err
		}
		if try == resolveTries {
			return m, again.fault
		}
		if err := wait.sleep(ctx, again.after); err != nil {
			return m, context.Cause(ctx)
		}
	}
}

func checkSize(m models.Manifest, limit int64) (models.Manifest, error) {
	if limit > 0 && m.Size > limit {
		return m, tooLarge(limit)
	}
	return m, nil
}

func tooLarge(limit int64) error {
	return models.Fault(models.ProblemContentTooLarge, "The file is larger than the limit.").With("limit", limit)
}

// manifest asks for the whole content, as programs do that know no ranges, and
// reads what it is from the answer.
func (e *Engine) manifest(ctx context.Context, r *requester) (models.Manifest, error) {
	h, err := ask(ctx, r)
	if err != nil {
		return models.Manifest{}, err
	}
	name := source.FileNameFromResponse(h.a.header, h.a.url, r.first)
	if m, found, err := r.torrent(h, name); found || err != nil {
		h.end()
		return m, err
	}
	e.keep(h)
	return models.Manifest{
		Name: name, Size: h.a.size, Files: []models.ManifestFile{{Index: 0, Path: name, Size: h.a.size}},
	}, nil
}

// Download fetches the one file of a URL.
func (e *Engine) Download(ctx context.Context, job engine.Job, report func(engine.Report)) error {
	defer e.client.CloseIdleConnections()
	if len(job.Files) != 1 || job.Files[0].Index != 0 {
		return models.Fault(models.ProblemBadSelection, "A web address has exactly one file.")
	}
	r, err := e.requester(job.Source)
	if err != nil {
		return err
	}
	d := newDownload(e, r, job)
	d.next = e.unheld(ctx, r.url)
	return d.run(ctx, report)
}
