package contract

import (
	"fmt"
	"net/http"
)

// libraryStory looks through the library after the owner's files were stored, and
// puts them in order.
func (r *recorder) libraryStory(p *cast) {
	const path = "/api/v1/library"
	r.do(library, call{as: p.owner, what: "before files have a place", method: get, path: path})
	r.exec(`insert into folders (id, user_id, name, sort_key, words, made, created_at)
		select id, id, '', '', '', true, now() from users on conflict do nothing`)
	r.exec(`update files set folder_id = user_id, name = path, sort_key = path, kind = 'document' where id = $1`, p.ids["first file"])
	one := path + "/files/" + p.ids["first file"]
	made := r.must(library, call{as: p.owner, method: post, path: path + "/folders", body: `{"name":"Films"}`}).get("id")
	r.name(made, "folder")
	r.do(library, call{as: p.owner, what: "again", method: post, path: path + "/folders", body: `{"name":"Films"}`})
	r.do(library, call{as: p.owner, what: "with a slash", method: post, path: path + "/folders", body: `{"name":"a/b"}`})
	r.do(library, call{as: p.reader, what: "without the scope", method: post, path: path + "/folders", body: `{"name":"x"}`})
	r.do(library, call{as: p.owner, method: patch, path: one, body: `{"name":"hello.txt"}`})
	r.do(library, call{as: p.other, what: "another's", method: patch, path: one, body: `{"name":"x"}`})
	r.do(library, call{as: p.owner, method: get, path: one})
	r.do(library, call{as: p.other, what: "another's", method: get, path: one})
	r.do(library, call{as: p.owner, method: get, path: path + "?sort=size&order=desc"})
	r.do(library, call{as: p.reader, what: "without the scope", method: get, path: path})
	r.do(library, call{as: p.owner, what: "a type", method: get, path: path + "?flat=true&type=document"})
	r.do(library, call{as: p.owner, what: "an odd type", method: get, path: path + "?type=odd"})
	r.do(library, call{as: p.owner, method: post, path: path + "/move", body: fmt.Sprintf(`{"files":[%q],"to":%q}`, p.ids["first file"], made)})
	r.do(library, call{as: p.owner, what: "nothing", method: post, path: path + "/move", body: `{}`})
	r.do(library, call{as: p.other, what: "another's", method: post, path: path + "/move", body: fmt.Sprintf(`{"folders":[%q]}`, made)})
	r.do(library, call{as: p.owner, what: "nothing", method: post, path: path + "/delete", body: `{}`})
	r.do(library, call{as: p.other, what: "another's", method: post, path: path + "/delete", body: fmt.Sprintf(`{"folders":[%q]}`, made)})
	r.do(library, call{as: p.owner, what: "of the library, and nothing", method: post, path: "/api/v1/shares", body: `{"name":"x","picked":{}}`})
	r.do(library, call{as: p.other, what: "another's folder", method: post, path: "/api/v1/shares", body: fmt.Sprintf(`{"name":"x","picked":{"folders":[%q]}}`, made)})
	r.do(library, call{as: p.owner, method: get, path: path + "?folder=" + made})
	zip := r.must(library, call{as: p.owner, method: post, path: path + "/zip", body: fmt.Sprintf(`{"folders":[%q]}`, made)}).get("url")
	r.do(library, call{as: p.owner, what: "nothing", method: post, path: path + "/zip", body: `{}`})
	r.do(library, call{as: p.other, what: "another's", method: post, path: path + "/zip", body: fmt.Sprintf(`{"folders":[%q]}`, made)})
	r.do(library, call{what: "a zip of files", method: http.MethodHead, path: zip})
	r.name(r.do(library, call{as: p.owner, method: get, path: "/api/v1/links"}).get("links.0.id"), "zip link")
	r.do(library, call{as: p.owner, method: http.MethodDelete, path: "/api/v1/links"})
	r.do(library, call{what: "a zip that was revoked", method: get, path: zip})
	r.do(library, call{as: p.other, what: "another's", method: get, path: path + "?folder=" + made})
	r.do(library, call{as: p.owner, method: patch, path: path + "/folders/" + made, body: `{"name":"Cinema"}`})
	r.do(library, call{as: p.other, what: "another's", method: patch, path: path + "/folders/" + made, body: `{"name":"x"}`})
	r.do(library, call{as: p.owner, what: "not empty", method: http.MethodDelete, path: path + "/folders/" + made})
	r.do(library, call{as: p.owner, method: post, path: path + "/move", body: fmt.Sprintf(`{"files":[%q]}`, p.ids["first file"])})
	r.do(library, call{as: p.owner, method: http.MethodDelete, path: path + "/folders/" + made})
	r.do(library, call{as: p.owner, what: "gone", method: http.MethodDelete, path: path + "/folders/" + made})
}
