package contract

import (
	"fmt"
	"net/http"
	"strings"
)

func (r *recorder) deliveryStory(p *cast) {
	ready := p.ids["Ready"]
	list := r.do(delivery, call{as: p.owner, what: "before they are stored", method: get, path: jobsPath + "/" + ready + "/files"})
	first, second := list.get("files.0.id"), list.get("files.1.id")
	p.ids["first file"] = first
	r.name(first, "first file")
	r.name(second, "second file")
	link := "/api/v1/files/" + first + "/link"
	r.do(delivery, call{as: p.owner, what: "not stored", method: post, path: link})
	r.do(delivery, call{as: p.owner, what: "not stored", method: post, path: "/api/v1/files/" + first + "/stream"})
	for id, text := range map[string]string{first: "hello world", second: "second"} {
		r.exec(`update files set state = 'stored', stored_at = now(), etag = '' where id = $1`, id)
		r.store("jobs/"+ready+"/"+id, []byte(text))
	}
	attachment := r.must(delivery, call{as: p.owner, method: post, path: link}).get("url")
	inline := r.must(delivery, call{as: p.owner, what: "inline", method: post, path: link, body: `{"disposition":"inline"}`}).get("url")
	r.do(delivery, call{as: p.owner, what: "an odd disposition", method: post, path: link, body: `{"disposition":"sideways"}`})
	r.do(delivery, call{as: p.other, what: "another's", method: post, path: link})
	r.do(delivery, call{as: p.owner, what: "no film", method: post, path: "/api/v1/files/" + first + "/stream"})
	r.do(delivery, call{as: p.other, what: "another's", method: post, path: "/api/v1/files/" + first + "/stream"})
	r.do(delivery, call{as: p.admin, what: "another's", method: post, path: link})
	r.do(delivery, call{as: p.reader, what: "without the scope", method: post, path: link})
	r.fetch(attachment, inline)
	r.archives(p, ready)
	r.shareStory(p, ready)
	for _, path := range []string{"/", "/f/x", "/nothing", "/api/v1/jobs", "/healthz"} {
		r.do(delivery, call{what: "no page", method: get, path: r.files + path})
	}
	r.exec(`update users set disabled_at = now() where email = 'owner@example.com'`)
	r.do(delivery, call{what: "of a disabled account", method: get, path: attachment})
	r.exec(`update users set disabled_at = null`)
	r.links(p, attachment)
}

func (r *recorder) links(p *cast, attachment string) {
	const path = "/api/v1/links"
	list := r.do(delivery, call{as: p.owner, method: get, path: path})
	for i, name := range []string{"archive link", "inline link", "link"} {
		r.name(list.get(fmt.Sprintf("links.%d.id", i)), name)
	}
	one := path + "/" + list.get("links.2.id")
	r.do(delivery, call{as: p.other, what: "another's", method: http.MethodDelete, path: one})
	r.do(delivery, call{as: p.owner, method: http.MethodDelete, path: one})
	r.do(delivery, call{as: p.owner, what: "gone", method: http.MethodDelete, path: one})
	r.do(delivery, call{what: "of a revoked link", method: get, path: attachment})
	r.do(delivery, call{as: p.owner, method: http.MethodDelete, path: path})
}

func (r *recorder) fetch(attachment, inline string) {
	tag := r.must(delivery, call{method: get, path: attachment}).header.Get("ETag")
	for _, method := range []string{get, http.MethodHead} {
		r.do(delivery, call{what: "inline", method: method, path: inline})
		r.do(delivery, call{what: "a made-up token", method: method, path: r.files + "/h/made-up/index.m3u8"})
		for _, h := range [][2]string{
			{"Range", "bytes=0-4"},
			{"Range", "bytes=6-"},
			{"Range", "bytes=-5"},
			{"Range", "bytes=100-"},
			{"Range", "bytes=0-1,3-4"},
			{"Range", "lines=1"},
			{"If-None-Match", tag},
			{"Origin", r.app},
			{"Origin", "https://evil.example"},
		} {
			r.do(delivery, call{method: method, path: attachment, header: map[string]string{h[0]: h[1]}})
		}
	}
	r.do(delivery, call{what: "wrong method", method: post, path: attachment})
	r.do(delivery, call{what: "preflight", method: http.MethodOptions, path: attachment, header: map[string]string{"Origin": r.app}})
	dir, name := attachment[:strings.LastIndex(attachment, "/")], attachment[strings.LastIndex(attachment, "/"):]
	r.do(delivery, call{what: "another name", method: get, path: dir + "/other.txt"})
	r.do(delivery, call{what: "a broken token", method: get, path: dir + "x" + name})
	r.do(delivery, call{what: "a made-up token", method: get, path: r.files + "/f/made-up/name.txt"})
	r.do(delivery, call{what: "a file's token for a zip", method: get, path: strings.Replace(attachment, "/f/", "/z/", 1)})
}

func (r *recorder) archives(p *cast, ready string) {
	path := jobsPath + "/" + ready + "/archive"
	address := r.must(delivery, call{as: p.owner, method: post, path: path}).get("url")
	r.do(delivery, call{as: p.owner, method: get, path: path + ".zip"})
	r.do(delivery, call{as: p.owner, what: "not ready", method: post, path: jobsPath + "/" + p.ids["Queued"] + "/archive"})
	r.do(delivery, call{as: p.owner, what: "not ready", method: get, path: jobsPath + "/" + p.ids["Queued"] + "/archive.zip"})
	for _, method := range []string{get, http.MethodHead} {
		r.do(delivery, call{method: method, path: address})
		r.do(delivery, call{what: "a made-up token", method: method, path: r.files + "/z/made-up/all.zip"})
	}
	r.do(delivery, call{method: get, path: address, header: map[string]string{"Range": "bytes=0-3"}})
}
