package contract

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

func (r *recorder) systemStory(p *cast) {
	for _, who := range []*caller{nil, p.owner, p.admin, p.reader} {
		r.do(system, call{as: who, method: get, path: "/api/v1/config"})
	}
	r.do(system, call{method: get, path: "/healthz"})
	r.do(system, call{method: get, path: "/readyz"})
	r.do(system, call{method: get, path: "/api/v1/plans"})
	for _, path := range []string{"/openapi.json", "/docs", "/docs.css"} {
		r.do(system, call{method: get, path: path, brief: true})
	}
	for _, path := range []string{
		"/", "/login", "/api", "/api/", "/api/v2/jobs", "/api/v1/jobs/", "/API/v1/jobs", "/api/v1/nothing", "/agent/v1/nothing", "/assets/old.js", "//api/v1/jobs",
	} {
		r.do(system, call{as: p.owner, what: "no page", method: get, path: path})
	}
	r.do(system, call{what: "no page", method: post, path: "/login", body: "{}"})
	r.do(system, call{method: http.MethodHead, path: "/healthz"})
	r.do(system, call{method: http.MethodOptions, path: "/api/v1/jobs"})
	r.do(system, call{what: "a named request", method: get, path: "/healthz", header: map[string]string{"X-Request-Id": "mine"}})
}

// everyRoute asks every route of the app's origin what every route has to
// refuse.
func (r *recorder) everyRoute(p *cast) {
	bodies := r.bodies()
	for _, c := range r.routes {
		if c.files {
			continue
		}
		in, right, wrong := p.audience(c.path)
		path, unknown := p.fill(c.path), fillWith(c.path, "00000000-0000-4000-8000-000000000000")
		r.do(in, call{what: "wrong method", as: right, method: r.unrouted(c.path), path: path})
		if strings.HasPrefix(c.path, "/api/") || strings.HasPrefix(c.path, "/agent/") {
			r.do(in, call{what: "of " + c.path, method: c.method, path: path})
		}
		for _, who := range wrong {
			r.do(in, call{what: "no right to it", as: who, method: c.method, path: path})
		}
		if strings.Contains(c.path, "{id}") {
			r.do(in, call{what: "not an id", as: right, method: c.method, path: fillWith(c.path, "not-an-id")})
			r.do(in, call{what: "an unknown id", as: right, method: c.method, path: unknown})
		}
		if c.method == get {
			page := c.path == "/docs" || c.path == "/docs.css" || c.path == "/openapi.json"
			r.do(in, call{what: "an odd query", as: right, method: get, path: path + "?odd=1", brief: page})
			continue
		}
		if right != p.agent {
			header := map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
			r.do(in, call{what: "from another site", as: right, method: c.method, path: path, header: header})
		}
		if bodies[c.method+" "+c.path] {
			r.do(in, call{what: "broken JSON", as: right, method: c.method, path: unknown, body: "{"})
			r.do(in, call{what: "an odd member", as: right, method: c.method, path: unknown, body: `{"odd":true}`})
			r.do(in, call{what: "plain text", as: right, method: c.method, path: unknown, body: "x", header: map[string]string{"Content-Type": "text/plain"}})
		}
	}
}

// audience returns the chapter of a route, who may call it and who may not.
func (p *cast) audience(path string) (chapter string, right *caller, wrong []*caller) {
	switch {
	case path == "/agent/v1/register":
		return agents, nil, nil
	case strings.HasPrefix(path, "/agent/"):
		return agents, p.agent, []*caller{p.owner, p.reader}
	case strings.HasPrefix(path, "/api/v1/admin/"):
		return admin, p.admin, []*caller{p.owner, p.reader, p.agent}
	case strings.HasPrefix(path, "/api/v1/files/"), strings.Contains(path, "/archive"):
		return delivery, p.owner, []*caller{p.other, p.admin, p.agent}
	case strings.HasPrefix(path, "/api/v1/library"):
		return library, p.owner, []*caller{p.other, p.admin, p.agent}
	case strings.HasPrefix(path, jobsPath+"/"):
		return jobs, p.owner, []*caller{p.other, p.admin, p.agent}
	case path == jobsPath, path == "/api/v1/events", strings.HasPrefix(path, "/api/v1/usage"), strings.HasPrefix(path, "/api/v1/sources"):
		return jobs, p.owner, []*caller{p.agent}
	case strings.HasPrefix(path, "/api/v1/me"), strings.HasPrefix(path, auth):
		if public(path) {
			return account, nil, nil
		}
		if path == auth+"logout" { // any token may, and would be gone
			return account, p.owner, []*caller{p.agent}
		}
		return account, p.owner, []*caller{p.agent, p.reader}
	default:
		return system, p.owner, nil
	}
}

// public reports whether a path below auth is for those who have not signed in.
func public(path string) bool {
	for _, p := range []string{"login", "register", "reset", "verify", "setup", "invitation", "email/confirm"} {
		if path == auth+p || strings.HasPrefix(path, auth+p+"/") {
			return true
		}
	}
	return false
}

// fill puts ids of the cast into a route's path.
func (p *cast) fill(path string) string {
	id := "00000000-0000-4000-8000-000000000000"
	switch {
	case strings.HasPrefix(path, "/api/v1/files/"):
		id = p.ids["first file"]
	case strings.HasPrefix(path, jobsPath+"/"):
		id = p.ids["Queued"]
		if strings.Contains(path, "/archive") {
			id = p.ids["Ready"]
		}
	case strings.HasPrefix(path, "/api/v1/admin/jobs/"):
		id = p.ids["Running"]
	case strings.HasPrefix(path, "/api/v1/admin/users/"):
		id = p.ids["other"]
	case strings.HasPrefix(path, "/api/v1/admin/agents/"):
		id = p.ids["agent"]
	}
	return fillWith(path, id)
}

func fillWith(path, id string) string {
	return strings.NewReplacer("{id}", id, "{plan}", "small").Replace(path)
}

// unrouted returns a method that a path does not answer.
func (r *recorder) unrouted(path string) string {
	for _, method := range []string{patch, remove, put} {
		if !slices.Contains(r.routes, route{method: method, path: path}) {
			return method
		}
	}
	return http.MethodTrace
}

// bodies returns the operations that take a body, as the API documents itself.
func (r *recorder) bodies() map[string]bool {
	var doc struct {
		Paths map[string]map[string]struct{ RequestBody any }
	}
	a := r.do(system, call{what: "again", method: get, path: "/openapi.json", brief: true})
	if err := json.Unmarshal(a.body, &doc); err != nil {
		r.t.Fatal(err)
	}
	out := map[string]bool{}
	for path, item := range doc.Paths {
		for method, op := range item {
			out[strings.ToUpper(method)+" "+path] = op.RequestBody != nil
		}
	}
	return out
}
