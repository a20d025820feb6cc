package seedrtest

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"time"

	"longhaul/internal/wait"
)

// Content is what a torrent holds.
type Content struct {
	Name  string
	Files []ContentFile // one file without a folder in its path makes a single-file torrent
}

// ContentFile is one file of a content.
type ContentFile struct {
	Path string // components joined by "/"; below the torrent's name for several files
	Size int64  // bytes
	Open func(offset int64) io.ReadCloser
}

func (c Content) size() (n int64) {
	for _, f := range c.Files {
		n += f.Size
	}
	return n
}

// single reports whether it is a single-file torrent.
func (c Content) single() bool { return len(c.Files) == 1 && c.Files[0].Path == c.Name }

// Source is what was added.
type Source struct {
	InfoHash string // lower-case hex
	Name     string // of a magnet's dn, or of the metainfo; may be empty
	Magnet   string // empty for a .torrent file
	Metainfo []byte // empty for a magnet
}

// Status is how far a fetch is.
type Status struct {
	Name string // once the metadata is known
	Size int64  // once the metadata is known
	Done int64  // bytes
	Rate int64  // bytes per second
}

// Fetcher is the downloader behind the simulator.
type Fetcher interface {
	// Fetch gets the content of a source and reports progress. If no one has
	// the content, it waits until ctx ends. The release, if there is one, is
	// called when the content is deleted.
	Fetch(ctx context.Context, src Source, status func(Status)) (c Content, release func(), err error)
}

// Library is a Fetcher of given content, by info hash. What neither it nor
// Else has is a dead magnet.
type Library struct {
	Steps int           // between 0 and 100 %; 0 is 4
	Took  time.Duration // of a whole fetch
	Else  Fetcher       // asked for what is not in the library; nil waits forever

	mu   sync.Mutex
	held map[string]Content
}

// Put adds content under an info hash.
func (l *Library) Put(infoHash string, c Content) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held == nil {
		l.held = make(map[string]Content)
	}
	l.held[strings.ToLower(infoHash)] = c
}

// Fetch implements Fetcher.
func (l *Library) Fetch(ctx context.Context, src Source, status func(Status)) (Content, func(), error) {
	l.mu.Lock()
	c, ok := l.held[src.InfoHash]
	l.mu.Unlock()
	if !ok && l.Else != nil {
		return l.Else.Fetch(ctx, src, status)
	}
	if !ok {
		<-ctx.Done()
		return Content{}, nil, ctx.Err()
	}
	steps := l.Steps
	if steps == 0 {
		steps = 4
	}
	size := c.size()
	for i := range steps {
		status(Status{Name: c.Name, Size: size, Done: size * int64(i) / int64(steps), Rate: size})
		if err := wait.For(ctx, l.Took/time.Duration(steps)); err != nil {
			return Content{}, nil, err
		}
	}
	status(Status{Name: c.Name, Size: size, Done: size})
	return c, nil, nil
}

// Repeat returns an opener of size bytes that repeat a pattern.
func Repeat(pattern []byte, size int64) func(int64) io.ReadCloser {
	return func(offset int64) io.ReadCloser {
		return io.NopCloser(&repeater{pattern, offset, size})
	}
}

type repeater struct {
	pattern  []byte
	at, size int64
}

// Read implements io.Reader.
func (r *repeater) Read(p []byte) (int, error) {
	if len(r.pattern) == 0 {
		return 0, errors.New("no pattern")
	}
	if r.at >= r.size {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), r.size-r.at))
	for i := 0; i < n; {
		m := copy(p[i:n], r.pattern[(r.at+int64(i))%int64(len(r.pattern)):])
		i += m
	}
	r.at += int64(n)
	return n, nil
}
