package seedrtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"longhaul/frontdoor"
)

// Ids begin where those of the real service were seen; a file's is over 32 bits.
const (
	userID        = 398088
	rootID        = 12847330
	firstTransfer = 196_000_001
	firstFolder   = 1_432_000_001
	firstFile     = 5_983_600_001
	firstWish     = 71_001
)

// Options set up a simulator.
type Options struct {
	Email, Password string
	Fetcher         Fetcher  // nil is an empty Library
	Switches        Switches // the zero value is Default()
	Listen          string   // host:port of the API; empty is any port of 127.0.0.1
}

// Sim is a running simulator of one account.
type Sim struct {
	email, password string
	fetcher         Fetcher

	ctx     context.Context
	cancel  context.CancelFunc
	work    sync.WaitGroup
	servers []*http.Server
	apiURL  string
	nodeURL string

	mu        sync.Mutex
	sw        Switches
	planned   []*planned
	chance    float64
	random    *rand.Rand
	drawn     []Fault
	lastID    map[string]int64
	transfers map[int64]*transfer
	folders   map[int64]*folder
	files     map[int64]*file
	wishes    []wish
	links     map[string]*link
	recent    []time.Time
	stats     Stats
}

type transfer struct {
	id                 int64
	src                Source
	name               string
	size, done, rate   int64
	progress           float64
	listed             bool  // among the root's transfers
	reserved           int64 // bytes of space that it will need
	folderID           int64
	added, updated     time.Time
	cancel             context.CancelFunc
	deleted, forgotten bool
}

type folder struct {
	id, parent int64
	name       string
	updated    time.Time
}

type file struct {
	id, folder int64
	name       string
	content    ContentFile
	release    func()
}

type wish struct {
	id   int64
	src  Source
	size int64
}

// Start starts a simulator. Close ends it.
func Start(o Options) (*Sim, error) {
	s := &Sim{
		email: o.Email, password: o.Password, fetcher: o.Fetcher, sw: o.Switches,
		lastID: map[string]int64{
			"transfer": firstTransfer, "folder": firstFolder, "file": firstFile, "wish": firstWish,
		},
		transfers: make(map[int64]*transfer), folders: make(map[int64]*folder), files: make(map[int64]*file),
		links: make(map[string]*link), stats: newStats(),
	}
	if s.fetcher == nil {
		s.fetcher = &Library{}
	}
	if s.sw == (Switches{}) {
		s.sw = Default()
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	var err error
	if s.apiURL, err = s.serve(o.Listen, s.api()); err != nil {
		return nil, err
	}
	if s.nodeURL, err = s.serve("127.0.0.1:0", http.HandlerFunc(s.node)); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Sim) serve(listen string, h http.Handler) (string, error) {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return "", fmt.Errorf("seedr simulator: %w", err)
	}
	srv := &http.Server{Handler: h}
	s.servers = append(s.servers, srv)
	s.work.Go(func() { _ = frontdoor.Limits{}.Serve(srv, l) })
	return "http://" + l.Addr().String(), nil
}

// Close ends all connections, fetches and servers.
func (s *Sim) Close() {
	s.cancel()
	for _, srv := range s.servers {
		_ = srv.Close()
	}
	s.work.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.files {
		s.removeFile(id)
	}
}

// URL is the base of the REST API.
func (s *Sim) URL() *url.URL {
	u, err := url.Parse(s.apiURL + "/rest")
	if err != nil {
		panic(err) // made from a listener's address
	}
	return u
}

func (s *Sim) nextID(kind string) int64 {
	s.lastID[kind]++
	return s.lastID[kind]
}

// used is how many bytes the files take.
func (s *Sim) used() (n int64) {
	for _, f := range s.files {
		n += f.content.Size
	}
	return n
}

// reserved is how many bytes running transfers will take.
func (s *Sim) reserved() (n int64) {
	for _, t := range s.transfers {
		if t.listed {
			n += t.reserved
		}
	}
	return n
}

func (s *Sim) running() (n int) {
	for _, t := range s.transfers {
		if t.listed {
			n++
		}
	}
	return n
}

// mangle does to a name what the real service may do.
func (s *Sim) mangle(name string) string {
	if !s.sw.MangleNames {
		return name
	}
	return strings.Join(strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune("[](){}!'&,", r) }), "")
}
