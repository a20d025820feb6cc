package api

import "longhaul/api/kit"

// Route is a route with who may call it, for tests.
type Route struct {
	Method, Path, Operation, Access string
}

// Routes returns every route of the app's router; Operation is empty if the
// route is not an API operation.
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
				byRoute[op.method+" "+path] = Route{op.method, path, op.id, string(kit.AccessOf(op.meta))}
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

// Updating reports whether the test run rewrites its golden files.
func Updating() bool { return *update }
