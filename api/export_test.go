package api

import (
	"github.com/google/uuid"

	"longhaul/models"
)

// Route is a route with who may call it, for tests.
type Route struct {
	Method, Path, Operation, Access string
}

// Routes returns every route of the app's router; Operation is empty for one
// that is no operation of the API.
func (s *Server) Routes() []Route {
	byRoute := map[string]Route{}
	for path, item := range s.api.OpenAPI().Paths {
		for _, op := range []struct {
			method string
			id     string
			meta   map[string]any
		}{
			{"GET", idOf(item.Get), metaOf(item.Get)},
			{"POST", idOf(item.Post), metaOf(item.Post)},
			{"PUT", idOf(item.Put), metaOf(item.Put)},
			{"PATCH", idOf(item.Patch), metaOf(item.Patch)},
			{"DELETE", idOf(item.Delete), metaOf(item.Delete)},
		} {
			if op.id != "" {
				who, _ := op.meta[metaAccess].(access)
				byRoute[op.method+" "+path] = Route{op.method, path, op.id, string(who)}
			}
		}
	}
	var out []Route
	for _, r := range s.app.Routes() {
		path := braces(r.Path)
		route, ok := byRoute[r.Method+" "+path]
		if !ok {
			route = Route{Method: r.Method, Path: path}
		}
		delete(byRoute, r.Method+" "+path)
		out = append(out, route)
	}
	for _, r := range byRoute {
		r.Access = "documented but not routed"
		out = append(out, r)
	}
	return out
}

// StatusOf is the border table, for tests.
func StatusOf(c models.Code) (int, bool) {
	b, ok := borders()[c]
	return b.status, ok
}

// ZipEntry is a file and its name in a zip, for tests.
type ZipEntry struct {
	Name string
	File models.File
}

// ZipEntries returns the names that files get in a zip.
func ZipEntries(files []models.File) []ZipEntry {
	var out []ZipEntry
	for _, e := range zipEntries(files) {
		out = append(out, ZipEntry{e.name, e.file})
	}
	return out
}

// ZipSize returns the computed length of a zip of the files.
func ZipSize(files []models.File) int64 { return zipSize(zipEntries(files)) }

// ZipHeader is used by tests that write the same zip.
var ZipHeader = func(e ZipEntry) any { return zipHeader(zipEntry{e.Name, e.File}) }

// NormalEmail is for tests.
var NormalEmail = normalEmail

// BytesInWords is for tests.
var BytesInWords = bytesInWords

// Updating reports whether the test run rewrites its golden files.
func Updating() bool { return *update }

// Delivered counts bytes that were sent to a user, for tests.
func Delivered(m *Meter, user uuid.UUID, n int) { m.add(user, n) }
