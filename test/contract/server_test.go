// Package contract holds what every route of the API answers, as a recording:
// status, headers and body, for everyone who may call it and some who may not.
// It knows the API by its addresses alone.
package contract

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/gin-gonic/gin"

	"longhaul/api"
	"longhaul/api/apitest"
	"longhaul/models"
)

// server is the API under test: what this file needs of the code is all that
// the recording needs.
type server struct {
	app, files string // origins
	routes     []route
	h          *apitest.Harness
}

// route is a route of one of the two origins.
type route struct {
	files  bool // on the files origin
	method string
	path   string // parameters in braces
}

func start(t *testing.T) *server {
	t.Helper()
	s := &server{}
	// passkeys need a name for a host, not an address
	named := func(c *api.Config, _ *api.Deps) {
		c.BaseURL = &url.URL{Scheme: "http", Host: "localhost:" + c.BaseURL.Port()}
		s.app = c.BaseURL.String()
	}
	s.h = apitest.New(t, named)
	s.files = s.h.FilesURL
	s.h.Inspector.Manifest = models.Manifest{Name: "Inspected", Size: 30, Files: []models.ManifestFile{
		{Index: 0, Path: "Inspected/a.txt", Size: 10}, {Index: 1, Path: "Inspected/b.mp4", Size: 20},
	}}
	s.routes = append(routesOf(t, s.h.Server.App(), false), routesOf(t, s.h.Server.Delivery(), true)...)
	slices.SortFunc(s.routes, func(a, b route) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.method, b.method))
	})
	return s
}

func routesOf(t *testing.T, h http.Handler, files bool) []route {
	t.Helper()
	router, ok := h.(interface{ Routes() gin.RoutesInfo })
	if !ok {
		t.Fatalf("%T does not tell its routes", h)
	}
	var out []route
	for _, r := range router.Routes() {
		out = append(out, route{files: files, method: r.Method, path: braces(r.Path)})
	}
	return out
}

// exec runs a statement on the database, for what only the worker does.
func (s *server) exec(sql string, args ...any) { s.h.Exec(sql, args...) }

// store puts an object into storage.
func (s *server) store(key string, body []byte) { s.h.Storage.Put(key, body) }

// settle returns when everything that answers left to be done is done.
func (s *server) settle() { s.h.Settle() }

// mailed returns the token in the link of the newest mail.
func (s *server) mailed(to, kind string) string { return s.h.Link(to, models.MailKind(kind)) }
