// Package httpengine fetches direct http and https URLs. Where the server
// supports ranges and says by an ETag or date what they belong to, it uses
// several connections and resumes; elsewhere it reads one stream from the
// start. Everything goes through a guarded client, bodies are kept as they
// were sent, and an interrupted transfer never mixes two versions of a file.
//
// # What counts as a file
//
// A server that sends a web page for an address that names something else
// (https://host/film.mkv answering text/html without an attachment name) has
// sent a login, captcha or error page: not_a_file. An address that names a page
// itself, or whose last component has no extension, may well be a page, and is
// fetched as what it is.
//
// It does not follow links in pages, keep cookies or sign in.
package httpengine

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"longhaul/agent/engine"
	"longhaul/internal/byterange"
	"longhaul/internal/fetch"
	"longhaul/internal/source"
	"longhaul/models"
)

var _ engine.Engine = (*Engine)(nil)

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
	RetryPause  time.Duration       // before the first retry, doubled for each next; 0 is 1 s
	Now         func() time.Time    // nil is the system's clock
}

// Engine implements engine.Engine for URLs.
type Engine struct {
	cfg    Config
	client *http.Client
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

// Resolve asks for the first byte and reads name and size from the answer.
func (e *Engine) Resolve(ctx context.Context, src engine.Source, opts engine.Options) (models.Manifest, error) {
	defer e.client.CloseIdleConnections()
	if opts.ResolveTimeout > 0 {
		var cancel context.CancelFunc
		slow := models.Fault(models.ProblemSourceFailing, "The server didn't respond in time.").With("cause", models.CauseTimeout)
		ctx, cancel = context.WithTimeoutCause(ctx, opts.ResolveTimeout, slow)
		defer cancel()
	}
	r := requester{client: e.client, url: src.URL}
	wait := newPauses(e.cfg.RetryPause)
	for try := 1; ; try++ {
		m, err := r.manifest(ctx)
		if err == nil {
			return checkSize(m, opts.MaxBytes)
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

func (r requester) manifest(ctx context.Context) (models.Manifest, error) {
	a, err := r.get(ctx, byterange.Between(0, 1), "")
	if err != nil {
		return models.Manifest{}, err
	}
	defer a.close()
	name := source.FileNameFromResponse(a.header, a.url)
	return models.Manifest{
		Name: name, Size: a.size, Files: []models.ManifestFile{{Index: 0, Path: name, Size: a.size}},
	}, nil
}

// Download fetches the one file of a URL.
func (e *Engine) Download(ctx context.Context, job engine.Job, report func(engine.Report)) error {
	defer e.client.CloseIdleConnections()
	if len(job.Files) != 1 || job.Files[0].Index != 0 {
		return models.Fault(models.ProblemBadSelection, "A web address has exactly one file.")
	}
	if _, err := url.Parse(job.Source.URL); err != nil {
		return models.Fault(models.ProblemMalformedURL, "The address is malformed.")
	}
	d := newDownload(e, job)
	return d.run(ctx, report)
}
