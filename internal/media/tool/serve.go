package tool

import (
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// headTime is how long a program may take to say what it asks for.
const headTime = 10 * time.Second

// handle serves a source to one program: ranges of one path, until it is closed.
type handle struct {
	path   string
	reader *reader
	failed func(error) // called when the source, or the program's allowance, gives no more
	server *http.Server

	mu     sync.Mutex
	closed bool
	going  sync.WaitGroup // the server and what it serves
}

// serve serves the reader at the path until close.
func serve(l net.Listener, path string, r *reader, failed func(error)) *handle {
	h := &handle{path: path, reader: r, failed: failed}
	h.server = &http.Server{
		Handler: h, ReadHeaderTimeout: headTime, MaxHeaderBytes: 8 << 10,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug), // a program's manners are none of the log's business
	}
	h.going.Go(func() { _ = h.server.Serve(l) }) // it ends with an error, always
	return h
}

// close ends the listener and its connections and waits for what they do.
func (h *handle) close() error {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.reader.stop()
	_ = h.server.Close() // the listener may be closed already
	h.going.Wait()
	return h.reader.close()
}

// begin reports whether the handle is still open, and keeps close waiting then.
func (h *handle) begin() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.going.Add(1)
	}
	return !h.closed
}

// ServeHTTP implements http.Handler.
func (h *handle) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !h.begin() {
		panic(http.ErrAbortHandler)
	}
	defer h.going.Done()
	size := h.reader.src.Size
	if r.URL.Path != h.path || r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.NotFound(w, r)
		return
	}
	from, to, ok := rangeOf(r.Header.Get("Range"), size)
	if !ok {
		w.Header().Set("Content-Range", "bytes */"+strconv.FormatInt(size, 10))
		w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
		return
	}
	w.Header().Set("Accept-Ranges", "bytes")
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.FormatInt(to-from, 10))
	w.Header().Set("Content-Range", "bytes "+strconv.FormatInt(from, 10)+"-"+strconv.FormatInt(to-1, 10)+"/"+strconv.FormatInt(size, 10))
	w.WriteHeader(http.StatusPartialContent)
	if r.Method == http.MethodHead {
		return
	}
	for from < to {
		b, err := h.reader.at(from)
		if err != nil {
			h.failed(err)
			panic(http.ErrAbortHandler)
		}
		b = b[:min(int64(len(b)), to-from)]
		if _, err := w.Write(b); err != nil {
			return // it went elsewhere in the file
		}
		from += int64(len(b))
	}
}

// rangeOf reads a header of one range; none is all of the file.
func rangeOf(header string, size int64) (from, to int64, ok bool) {
	if header == "" {
		return 0, size, size > 0
	}
	span, isBytes := strings.CutPrefix(header, "bytes=")
	first, last, isRange := strings.Cut(span, "-")
	from, err := strconv.ParseInt(first, 10, 64)
	if !isBytes || !isRange || err != nil || from < 0 || from >= size {
		return 0, 0, false
	}
	if last == "" {
		return from, size, true
	}
	to, err = strconv.ParseInt(last, 10, 64)
	if err != nil || to < from {
		return 0, 0, false
	}
	return from, min(to, size-1) + 1, true
}
