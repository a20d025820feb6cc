package contract

import (
	"fmt"
	"net/http"
	"strings"
)

// shareStory shares a download whose files are stored and visits the share.
func (r *recorder) shareStory(p *cast, ready string) {
	const path, visits = "/api/v1/shares", "/api/v1/shared/"
	items := `"items":[{"jobId":"` + ready + `"}]`
	made := r.must(delivery, call{as: p.owner, method: post, path: path, body: `{"name":"Holiday","password":"a long password","maxDownloads":5,` + items + `}`})
	r.name(made.get("id"), "share")
	address := made.get("url")
	secret := address[strings.LastIndex(address, "/")+1:]
	r.name(secret, "share token")
	r.do(delivery, call{as: p.other, what: "of another's job", method: post, path: path, body: `{"name":"x",` + items + `}`})
	r.do(delivery, call{as: p.owner, what: "a short password", method: post, path: path, body: `{"name":"x","password":"x",` + items + `}`})
	r.do(delivery, call{as: p.owner, what: "no such folder", method: post, path: path, body: `{"name":"x","items":[{"jobId":"` + ready + `","folders":["nothing"]}]}`})
	r.do(delivery, call{as: p.owner, method: get, path: path})

	r.do(delivery, call{what: "locked", method: post, path: visits + "open", body: `{"token":"` + secret + `"}`})
	r.do(delivery, call{what: "a wrong password", method: post, path: visits + "open", body: `{"token":"` + secret + `","password":"wrong"}`})
	r.do(delivery, call{what: "unknown", method: post, path: visits + "open", body: `{"token":"made-up"}`})
	opened := r.must(delivery, call{method: post, path: visits + "open", body: `{"token":"` + secret + `","password":"a long password"}`})
	visit := opened.get("visit")
	r.name(visit, "visit")
	r.do(delivery, call{method: post, path: visits + "files", body: `{"visit":"` + visit + `"}`})
	r.do(delivery, call{what: "a made-up visit", method: post, path: visits + "files", body: `{"visit":"made-up"}`})
	link := r.must(delivery, call{method: post, path: visits + "link", body: `{"visit":"` + visit + `","index":0}`}).get("url")
	r.do(delivery, call{what: "no such file", method: post, path: visits + "link", body: `{"visit":"` + visit + `","index":99}`})
	for _, what := range []string{"media", "subtitles", "stream"} {
		r.do(delivery, call{what: "no film", method: post, path: visits + what, body: `{"visit":"` + visit + `","index":0}`})
		r.do(delivery, call{what: "a made-up visit", method: post, path: visits + what, body: `{"visit":"made-up","index":0}`})
	}
	r.do(delivery, call{what: "no film", method: post, path: visits + "subtitle", body: `{"visit":"` + visit + `","index":0,"subtitle":"1"}`})
	archive := r.must(delivery, call{method: post, path: visits + "archive", body: `{"visit":"` + visit + `"}`}).get("url")
	for _, method := range []string{http.MethodHead, get} {
		r.do(delivery, call{method: method, path: link})
		r.do(delivery, call{method: method, path: archive})
		r.do(delivery, call{what: "no photo", method: method, path: opened.get("thumbnails") + "0"})
		r.do(delivery, call{what: "a made-up token", method: method, path: r.files + "/t/made-up/0"})
		r.do(delivery, call{what: "a made-up token", method: method, path: r.files + "/hs/made-up/index.m3u8"})
		r.do(delivery, call{what: "a made-up token", method: method, path: r.files + "/s/made-up/name.txt"})
		r.do(delivery, call{what: "a made-up token", method: method, path: r.files + "/sz/made-up/all.zip"})
	}
	r.do(delivery, call{what: "a part", method: get, path: link, header: map[string]string{"Range": "bytes=0-1"}})

	one := path + "/" + made.get("id")
	r.do(delivery, call{as: p.owner, method: put, path: one, body: `{"name":"Renamed","viewOnly":true,"password":""}`})
	r.do(delivery, call{as: p.other, what: "another's", method: put, path: one, body: `{"name":"x"}`})
	r.do(delivery, call{what: "of a visit that ended", method: get, path: link})
	r.do(delivery, call{as: p.other, what: "another's", method: remove, path: one})
	r.do(delivery, call{as: p.owner, method: remove, path: one})
	r.do(delivery, call{as: p.owner, what: "revoked", method: put, path: one, body: `{"name":"x"}`})
	r.do(delivery, call{what: "revoked", method: post, path: visits + "open", body: `{"token":"` + secret + `"}`})
	r.do(admin, call{as: p.admin, method: get, path: "/api/v1/admin/users/" + fmt.Sprint(p.ids["owner"]) + "/shares"})
	r.do(admin, call{as: p.admin, method: remove, path: "/api/v1/admin/shares/" + made.get("id")})
}
