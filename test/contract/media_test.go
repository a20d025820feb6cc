package contract

import (
	"bytes"
	"mime/multipart"
	"net/http"
)

// subtitleForm returns the request body that uploads subtitles.
func (r *recorder) subtitleForm(name, text string) (contentType, body string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.SetBoundary("subtitles"); err != nil {
		r.t.Fatal(err)
	}
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write([]byte(text))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		r.t.Fatal(err)
	}
	return w.FormDataContentType(), b.String()
}

// mediaStory plays the owner's first file, with subtitles that they upload.
func (r *recorder) mediaStory(p *cast) {
	one := "/api/v1/files/" + p.ids["first file"]
	path := one + "/playback"
	r.do(media, call{as: p.owner, what: "nothing known", method: get, path: path})
	r.do(media, call{as: p.owner, method: http.MethodPut, path: path, body: `{"position":123.4,"duration":5400}`})
	r.do(media, call{as: p.owner, what: "without a duration", method: http.MethodPut, path: path, body: `{"position":1}`})
	r.do(media, call{as: p.owner, what: "before the beginning", method: http.MethodPut, path: path, body: `{"position":-1,"duration":1}`})
	r.do(media, call{as: p.other, what: "another's", method: http.MethodPut, path: path, body: `{"position":1,"duration":9}`})
	r.do(media, call{as: p.reader, what: "without the scope", method: get, path: path})
	r.do(media, call{as: p.owner, method: get, path: path})
	r.do(media, call{as: p.other, what: "another's", method: get, path: path})
	marks := jobsPath + "/" + p.ids["Ready"] + "/playback"
	r.do(media, call{as: p.owner, method: get, path: marks})
	r.do(media, call{as: p.other, what: "another's", method: get, path: marks})
	r.do(media, call{as: p.owner, what: "cleared", method: http.MethodPut, path: path, body: `{"position":0,"duration":0,"watched":false}`})

	path = one + "/subtitles"
	contentType, body := r.subtitleForm("film.en.srt", "1\n00:00:01,000 --> 00:00:02,000\nHello\n")
	header := map[string]string{"Content-Type": contentType}
	made := r.must(media, call{as: p.owner, method: post, path: path, body: body, header: header}).get("id")
	r.name(made, "subtitles")
	_, wrong := r.subtitleForm("film.en.srt", "no subtitles")
	r.do(media, call{as: p.owner, what: "no subtitles", method: post, path: path, body: wrong, header: header})
	r.do(media, call{as: p.owner, what: "no form", method: post, path: path, body: `{}`})
	r.do(media, call{as: p.other, what: "another's", method: post, path: path, body: body, header: header})
	r.do(media, call{as: p.owner, method: get, path: path})
	r.do(media, call{as: p.other, what: "another's", method: get, path: path})
	text := path + "/" + made
	r.do(media, call{as: p.owner, method: get, path: text})
	r.do(media, call{as: p.owner, what: "later", method: get, path: text + "?offset=1500"})
	r.do(media, call{as: p.owner, what: "much later", method: get, path: text + "?offset=600001"})
	r.do(media, call{as: p.other, what: "another's", method: get, path: text})
	r.do(media, call{as: p.owner, what: "not beside", method: get, path: path + "/beside:999"})
	r.do(media, call{as: p.owner, what: "beside", method: http.MethodDelete, path: path + "/beside:999"})
	r.do(media, call{as: p.other, what: "another's", method: http.MethodDelete, path: text})
	r.do(media, call{as: p.owner, method: http.MethodDelete, path: text})
	r.do(media, call{as: p.owner, what: "gone", method: http.MethodDelete, path: text})
}
