package seedrtest

import (
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"longhaul/internal/wait"
)

// nginx429 is nginx's stock page, 162 bytes with its line ends.
const nginx429 = "<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n" +
	"<center><h1>429 Too Many Requests</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"

// link is a signed address of a file.
type link struct {
	file    int64
	expires time.Time
	readers int
}

// mint makes a link to a file. The lock is held.
func (s *Sim) mint(f *file) string {
	sig := rand.Text()
	expires := time.Now().Add(s.sw.LinkLife)
	s.links[sig] = &link{file: f.id, expires: expires}
	s.stats.Links++
	return fmt.Sprintf("%s/ff_get/%d/%d/%s?st=%s&e=%d", s.nodeURL, userID, f.id, url.PathEscape(f.name), sig, expires.Unix())
}

// node serves files by their links.
func (s *Sim) node(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" {
		s.violate("credentials were sent to a node")
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		s.violate("%s at a node", r.Method)
		page(w, http.StatusMethodNotAllowed)
		return
	}
	fault := s.fault("node", true)
	switch fault {
	case FaultNotReady:
		w.Header().Set("Retry-After", "5")
		page(w, http.StatusNotFound)
		return
	case FaultForbidden:
		page(w, http.StatusForbidden)
		return
	case FaultBusy:
		busy(w)
		return
	case FaultNode500:
		page(w, http.StatusServiceUnavailable)
		return
	default: // none, or one that hits later
	}
	l, f, status := s.enter(r)
	if status != 0 {
		if status == http.StatusTooManyRequests {
			busy(w)
			return
		}
		page(w, status)
		return
	}
	defer s.leave(l)
	s.content(w, r, f, fault)
}

// enter counts a reader in, or says why not.
func (s *Sim) enter(r *http.Request) (*link, *file, int) {
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	q := r.URL.Query()
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.links[q.Get("st")]
	if len(parts) != 4 || parts[0] != "ff_get" || l == nil || parts[2] != strconv.FormatInt(l.file, 10) ||
		q.Get("e") != strconv.FormatInt(l.expires.Unix(), 10) {
		return nil, nil, http.StatusForbidden
	}
	if time.Now().After(l.expires) {
		return nil, nil, http.StatusGone
	}
	f := s.files[l.file]
	if f == nil {
		return nil, nil, http.StatusNotFound
	}
	s.stats.MaxReaders = max(s.stats.MaxReaders, l.readers+1)
	if l.readers >= s.sw.ReadersPerLink {
		s.stats.Refused++
		return nil, nil, http.StatusTooManyRequests
	}
	l.readers++
	return l, f, 0
}

func (s *Sim) leave(l *link) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l.readers--
}

// content sends a file or a range of it.
func (s *Sim) content(w http.ResponseWriter, r *http.Request, f *file, fault Fault) {
	size := f.content.Size
	start, end, status := int64(0), size, http.StatusOK
	if spec := r.Header.Get("Range"); spec != "" {
		var ok bool
		if start, end, ok = parseRange(spec, size); !ok {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes */%d", size))
			page(w, http.StatusRequestedRangeNotSatisfiable)
			return
		}
		status = http.StatusPartialContent
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", start, end-1, size))
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", "attachment")
	h.Set("Accept-Ranges", "bytes")
	h.Set("Content-Length", strconv.FormatInt(end-start, 10))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	n := end - start
	if fault == FaultShort || fault == FaultCut {
		n /= 2
	}
	body := f.content.Open(start)
	defer body.Close()
	s.pour(w, r, f.name, io.LimitReader(body, n))
	if fault == FaultCut {
		panic(http.ErrAbortHandler)
	}
	// After a short body the server closes the connection in an orderly way.
}

// pour copies a body at the set rate and counts it.
func (s *Sim) pour(w io.Writer, r *http.Request, name string, body io.Reader) {
	rate := s.Switches().BytesPerSecond
	size := 256 << 10
	if rate > 0 {
		size = int(min(max(rate/50, 1), int64(size)))
	}
	buf := make([]byte, size)
	began, sent := time.Now(), int64(0)
	for {
		n, err := body.Read(buf)
		if n > 0 {
			m, failed := w.Write(buf[:n])
			sent += int64(m)
			s.mu.Lock()
			s.stats.Served[name] += int64(m)
			s.stats.ServedTotal += int64(m)
			s.mu.Unlock()
			if failed != nil {
				return
			}
		}
		if err != nil {
			return
		}
		if rate > 0 {
			due := time.Duration(float64(sent) / float64(rate) * float64(time.Second))
			if wait.For(r.Context(), due-time.Since(began)) != nil {
				return
			}
		}
	}
}

func parseRange(header string, size int64) (from, to int64, ok bool) {
	spec, found := strings.CutPrefix(header, "bytes=")
	if !found {
		return 0, 0, false
	}
	a, b, found := strings.Cut(spec, "-")
	from, err := strconv.ParseInt(a, 10, 64)
	if !found || err != nil || from >= size {
		return 0, 0, false
	}
	to = size
	if b != "" {
		last, err := strconv.ParseInt(b, 10, 64)
		if err != nil || last < from {
			return 0, 0, false
		}
		to = min(last+1, size)
	}
	return from, to, true
}

// busy answers as nginx does to a third reader: no Retry-After.
func busy(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(http.StatusTooManyRequests)
	_, _ = io.WriteString(w, nginx429)
}

// page answers with a web page.
func page(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<html>\r\n<head><title>%d %s</title></head>\r\n<body>nginx</body>\r\n</html>\r\n", status, http.StatusText(status))
}
