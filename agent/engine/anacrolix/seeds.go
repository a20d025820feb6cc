package anacrolix

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/anacrolix/torrent/metainfo"
	"golang.org/x/time/rate"

	"longhaul/internal/fetch"
	"longhaul/internal/source"
)

const (
	seedIdle    = 30 * time.Second
	seedSkipped = 64 << 20 // bytes at most before what is wanted, of a server without ranges
)

// errNoFile says that a web seed does not have one of the torrent's files.
var errNoFile = errors.New("the web seed does not have the file")

// webSeeds fetches a torrent's bytes from its web seeds (BEP 19). Each is a peer
// of the library on a connection in memory, which asks for blocks, checks them
// and shuns a peer that lies. The library has web seeds of its own, but those
// panic on the short pieces of v2 torrents, and ask where redirects lead.
//
// Every request and redirect passes the guard, and of an answer no more is read
// than what was asked for.
type webSeeds struct {
	client *http.Client
	bases  []*url.URL
	file   bool // the torrent is one file, and an address may be the file's
	peers  *memoryListener
	pace   *rate.Limiter // nil is no limit; the library keeps to it for what it gets
}

// newWebSeeds returns nil if there are none, or no way to reach them.
func newWebSeeds(network Network, v source.View, pace *rate.Limiter) *webSeeds {
	dialer, ok := network.(*fetch.Dialer)
	if !ok || len(v.Seeds) == 0 {
		return nil
	}
	w := &webSeeds{
		client: fetch.NewClient(dialer, fetch.ClientOptions{IdleTimeout: seedIdle}),
		file:   v.File, peers: newMemoryListener(), pace: pace,
	}
	for _, s := range v.Seeds {
		if u, err := url.Parse(s); err == nil { // it was checked with the torrent
			w.bases = append(w.bases, u)
		}
	}
	return w
}

// close ends what the library may accept.
func (w *webSeeds) close() error {
	w.client.CloseIdleConnections()
	return w.peers.Close()
}

// seedFile is a file of the torrent as a web seed has it.
type seedFile struct {
	begin, length int64 // in the torrent's run of bytes
	path          []string
	pad           bool
}

// seedFiles lists the files with content, by their place.
func seedFiles(info *metainfo.Info) (files []seedFile) {
	for _, f := range info.UpvertedFiles() {
		if f.Length > 0 {
			files = append(files, seedFile{
				begin: f.TorrentOffset, length: f.Length, pad: strings.Contains(f.Attr, "p"),
				path: append([]string{info.BestName()}, f.BestPath()...),
			})
		}
	}
	return files
}

// address is where a web seed has the file.
func (w *webSeeds) address(base *url.URL, f seedFile) string {
	folder := strings.HasSuffix(base.Path, "/")
	if w.file && !folder {
		return base.String()
	}
	path := f.path
	if w.file { // a v2 tree has the file below its own name
		path = path[len(path)-1:]
	}
	escaped := make([]string, len(path))
	for i, p := range path {
		escaped[i] = strings.ReplaceAll(url.PathEscape(p), "+", "%2B") // some servers read it as a space
	}
	to := *base
	to.RawPath = strings.TrimSuffix(base.EscapedPath(), "/") + "/" + strings.Join(escaped, "/")
	to.Path = strings.TrimSuffix(base.Path, "/") + "/" + strings.Join(path, "/")
	return to.String()
}

// read fills b with the torrent's bytes from a place on. It returns which file
// failed, if one did.
func (w *webSeeds) read(ctx context.Context, base *url.URL, files []seedFile, b []byte, at int64) (file int, err error) {
	end := at + int64(len(b))
	i := sort.Search(len(files), func(i int) bool { return files[i].begin+files[i].length > at })
	for ; i < len(files) && files[i].begin < end; i++ {
		f := files[i]
		from, to := max(at, f.begin), min(end, f.begin+f.length)
		part := b[from-at : to-at]
		if f.pad {
			clear(part)
			continue
		}
		if err := w.fetch(ctx, w.address(base, f), part, from-f.begin, f.length); err != nil {
			return i, err
		}
	}
	return i, nil
}

// fetch reads a range of a file of so many bytes.
func (w *webSeeds) fetch(ctx context.Context, address string, b []byte, first, size int64) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // a body without end is not read to its end
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return errNoFile
	}
	req.Header.Set("Accept-Encoding", "identity")
	last := first + int64(len(b)) - 1
	if int64(len(b)) < size {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", first, last))
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return fetch.Fault(err) // the cause does not name the address
	}
	defer func() { _ = resp.Body.Close() }() // what was wanted of it is there
	switch resp.StatusCode {
	case http.StatusPartialContent:
		if start, ok := rangeStart(resp.Header.Get("Content-Range")); ok && start != first {
			return errors.New("the web seed sent another range")
		}
	case http.StatusOK:
		if first > seedSkipped {
			return errNoFile
		}
		if err := w.skip(ctx, resp.Body, first); err != nil {
			return fetch.Fault(err)
		}
	case http.StatusNotFound, http.StatusGone, http.StatusForbidden, http.StatusUnauthorized, http.StatusUnavailableForLegalReasons:
		return errNoFile
	default:
		return fmt.Errorf("the web seed answers %d", resp.StatusCode)
	}
	if _, err := io.ReadFull(resp.Body, b); err != nil {
		return fetch.Fault(err)
	}
	return nil
}

// skip reads what a server without ranges sends before what is wanted. It costs
// bandwidth like everything else.
func (w *webSeeds) skip(ctx context.Context, body io.Reader, n int64) error {
	step := int64(pipeBuffer)
	if w.pace != nil && w.pace.Burst() > 0 {
		step = min(step, int64(w.pace.Burst()))
	}
	for n > 0 {
		got, err := io.CopyN(io.Discard, body, min(n, step))
		if err != nil {
			return err
		}
		n -= got
		if w.pace == nil {
			continue
		}
		if err := w.pace.WaitN(ctx, int(got)); err != nil {
			return err
		}
	}
	return nil
}

// rangeStart reads where a range begins that a server sent, if it says so.
func rangeStart(header string) (int64, bool) {
	var start, end int64
	n, err := fmt.Sscanf(strings.ToLower(header), "bytes %d-%d", &start, &end)
	return start, err == nil && n == 2
}

// pieces returns which pieces a web seed has that lacks some of the files.
func pieces(files []seedFile, lacks map[int]bool, length int64, count int) []bool {
	has := slices.Repeat([]bool{true}, count)
	for i := range lacks {
		f := files[i]
		for p := f.begin / length; p <= (f.begin+f.length-1)/length && p < int64(count); p++ {
			has[p] = false
		}
	}
	return has
}
