package contract

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"strings"
	"time"

	"longhaul/internal/source"
)

const jobsPath = "/api/v1/jobs"

// torrent returns a .torrent file with files of the sizes in one folder.
func torrent(name string, sizes ...int64) []byte {
	var files bytes.Buffer
	var total int64
	for i, n := range sizes {
		file := fmt.Sprintf("file%d.txt", i)
		fmt.Fprintf(&files, "d6:lengthi%de4:pathl%d:%see", n, len(file), file)
		total += n
	}
	const piece = 1 << 20
	pieces := (total + piece - 1) / piece
	return source.BuildTorrent(fmt.Appendf(nil, "d5:filesl%se4:name%d:%s12:piece lengthi%de6:pieces%d:%se",
		files.String(), len(name), name, piece, pieces*20, strings.Repeat("x", int(pieces*20))), [][]string{{"http://tracker.example/announce"}}, nil)
}

// form returns the request body that uploads a .torrent file.
func (r *recorder) form(file []byte, fields ...string) (body string, header map[string]string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			r.t.Fatal(err)
		}
	}
	if file != nil {
		part, err := w.CreateFormFile("torrent", "x.torrent")
		if err == nil {
			_, err = part.Write(file)
		}
		if err != nil {
			r.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		r.t.Fatal(err)
	}
	return b.String(), map[string]string{"Content-Type": w.FormDataContentType()}
}

// submit submits a torrent and gives the job a name in the recording.
func (r *recorder) submit(p *cast, name string, sizes []int64, fields ...string) string {
	body, header := r.form(torrent(name, sizes...), fields...)
	a := r.must(jobs, call{as: p.owner, what: name, method: post, path: jobsPath, header: header, body: body})
	p.ids[name] = a.get("id")
	r.name(p.ids[name], name+" job")
	return p.ids[name]
}

// become puts a job into a state as the worker does.
func (r *recorder) become(id, state, more string) {
	r.exec(`update jobs set state = $2, state_since = now(), updated_at = now(),
		finished_at = case when $2 in ('ready', 'failed', 'cancelled', 'expired') then now() end,
		admitted_at = case when $2 in ('resolving', 'downloading', 'storing') then now() end `+more+` where id = $1`, id, state)
}

func (r *recorder) jobStory(p *cast) {
	r.sourceStory(p)
	r.submitStory(p)
	r.actStory(p)
	r.listStory(p)
	r.streamStory(p)
	r.usageStory(p)
}

func (r *recorder) sourceStory(p *cast) {
	const inspect = "/api/v1/sources/inspect"
	body, header := r.form(torrent("Inspected", 3<<20, 0, 5))
	r.do(jobs, call{as: p.owner, what: "a torrent", method: post, path: inspect, header: header, body: body})
	r.do(jobs, call{as: p.owner, what: "a magnet", method: post, path: inspect, body: `{"magnet":"` + magnet(1) + `"}`})
	for _, c := range [][2]string{
		{"two sources", `{"url":"https://example.com/a.iso","source":"https://example.com/a.iso"}`},
		{"none", `{}`},
		{"not a source", `{"source":"ftp://example.com/a"}`},
		{"not known", `{"address":"x"}`},
	} {
		r.do(jobs, call{as: p.owner, what: c[0], method: post, path: inspect, body: c[1]})
	}
	broken, header := r.form([]byte("d4:infod"))
	r.do(jobs, call{as: p.owner, what: "a broken torrent", method: post, path: inspect, header: header, body: broken})
	r.do(jobs, call{as: p.reader, what: "without the scope", method: post, path: inspect, body: `{}`})
}

func magnet(n int) string { return fmt.Sprintf("magnet:?xt=urn:btih:%040x&dn=Sample+%d", n, n) }

func (r *recorder) submitStory(p *cast) {
	one := `{"source":"` + magnet(1) + `"}`
	keyed := map[string]string{"Idempotency-Key": "key 1"}
	a := r.must(jobs, call{as: p.owner, what: "a magnet", method: post, path: jobsPath, body: one, header: keyed})
	r.name(a.get("id"), "magnet job")
	p.ids["magnet"] = a.get("id")
	r.do(jobs, call{as: p.owner, what: "the same again", method: post, path: jobsPath, body: one, header: keyed})
	r.do(jobs, call{as: p.owner, what: "another by the same key", method: post, path: jobsPath, body: `{"source":"` + magnet(2) + `"}`, header: keyed})
	r.do(jobs, call{as: p.owner, what: "open already", method: post, path: jobsPath, body: one})
	u := r.must(jobs, call{as: p.owner, what: "an address", method: post, path: jobsPath, body: `{"source":"https://example.com/disk.iso"}`})
	r.name(u.get("id"), "url job")
	p.ids["url"] = u.get("id")
	r.do(jobs, call{as: p.owner, what: "a page of a magnet", method: post, path: jobsPath, body: `{"source":"` + magnet(9) + `","keepPage":true}`})
	for _, c := range [][2]string{
		{"no source", `{"source":""}`},
		{"not a source", `{"source":"file:///etc/passwd"}`},
		{"an odd member", `{"source":"` + magnet(3) + `","owner":"me"}`},
		{"a negative file", `{"source":"` + magnet(3) + `","select":[-1]}`},
		{"whenFull", `{"source":"` + magnet(3) + `","whenFull":"never"}`},
		{"a provider", `{"source":"` + magnet(3) + `","provider":"seedr"}`},
		{"an unknown provider", `{"source":"` + magnet(3) + `","provider":"cloud"}`},
		{"two values", `{"source":"` + magnet(3) + `"} {}`},
		{"a bad magnet", `{"source":"magnet:?xt=urn:btih:12"}`},
	} {
		r.do(jobs, call{as: p.owner, what: c[0], method: post, path: jobsPath, body: c[1]})
	}
	file := torrent("Refused", 10)
	for _, c := range [][2]string{{"select", "7"}, {"select", "x"}, {"chooseFiles", "perhaps"}, {"owner", "me"}, {"whenFull", "never"}} {
		body, header := r.form(file, c[0], c[1])
		r.do(jobs, call{as: p.owner, what: c[0] + " " + c[1], method: post, path: jobsPath, header: header, body: body})
	}
	body, header := r.form(nil)
	r.do(jobs, call{as: p.owner, what: "no file", method: post, path: jobsPath, header: header, body: body})
	body, header = r.form(bytes.Repeat([]byte("x"), 10<<20+1))
	r.do(jobs, call{as: p.owner, what: "too large a file", method: post, path: jobsPath, header: header, body: body})
	r.do(jobs, call{as: p.owner, what: "plain text", method: post, path: jobsPath, body: "x", header: map[string]string{"Content-Type": "text/plain"}})
	r.do(jobs, call{as: p.reader, what: "without the scope", method: post, path: jobsPath, body: one})
	r.submit(p, "Queued", []int64{3 << 20, 0, 5}, "select", "0,2")
	r.submit(p, "Choosing", []int64{10, 20}, "chooseFiles", "true")
	r.submit(p, "Ready", []int64{11, 6})
	r.submit(p, "Running", []int64{40 << 20, 7})
	r.submit(p, "Parked", []int64{5})
	r.submit(p, "Paused", []int64{6})
	r.submit(p, "Failed", []int64{7})
	r.submit(p, "Expired", []int64{8})
	r.become(p.ids["Choosing"], "awaiting_selection", `, deadline = now() + interval '24 hours'`)
	r.become(p.ids["Ready"], "ready", ``)
	r.become(p.ids["Running"], "downloading", `, epoch = 1`)
	r.become(p.ids["Parked"], "needs_attention", `, problem = 'no_peers', deadline = now() + interval '72 hours'`)
	r.become(p.ids["Paused"], "paused", ``)
	r.become(p.ids["Failed"], "failed", `, problem = 'bad_torrent'`)
	r.become(p.ids["Expired"], "expired", ``)
	r.exec(`insert into job_progress (job_id, phase, bytes_total, bytes_done, bytes_stored, down_rate, up_rate, peers, seeders, eta_seconds, updated_at)
		values ($1, 'downloading', 41943047, 2097152, 1048576, 500, 20, 4, 2, 80, now())`, p.ids["Running"])
}

// actStory does everything to every job.
func (r *recorder) actStory(p *cast) {
	all := []string{"Queued", "Choosing", "Ready", "Running", "Parked", "Paused", "Failed", "Expired", "magnet", "url"}
	for _, name := range all {
		path := jobsPath + "/" + p.ids[name]
		for _, sub := range []string{"", "/files", "/timeline"} {
			r.do(jobs, call{as: p.owner, method: get, path: path + sub})
		}
		r.do(jobs, call{as: p.owner, method: post, path: path + "/pause"})
		r.do(jobs, call{as: p.owner, method: post, path: path + "/resume"})
		r.do(jobs, call{as: p.owner, method: post, path: path + "/select", body: `{"indexes":[0]}`})
	}
	r.do(jobs, call{as: p.owner, what: "nothing", method: post, path: jobsPath + "/" + p.ids["Choosing"] + "/select", body: `{"indexes":[]}`})
	for _, name := range []string{"Parked", "Failed", "Ready", "Queued"} {
		r.do(jobs, call{as: p.owner, method: post, path: jobsPath + "/" + p.ids[name] + "/retry"})
	}
	for _, name := range []string{"url", "Ready", "Paused"} {
		r.do(jobs, call{as: p.owner, method: post, path: jobsPath + "/" + p.ids[name] + "/cancel"})
		r.do(jobs, call{as: p.owner, method: get, path: jobsPath + "/" + p.ids[name] + "/timeline"})
	}
	for _, name := range []string{"Failed", "Expired"} {
		r.do(jobs, call{as: p.owner, method: remove, path: jobsPath + "/" + p.ids[name]})
		r.do(jobs, call{as: p.owner, what: "deleted", method: get, path: jobsPath + "/" + p.ids[name]})
	}
	r.do(jobs, call{as: p.owner, what: "a user", method: get, path: jobsPath + "/" + p.ids["Queued"] + "/workflow"})
	r.do(jobs, call{as: p.reader, method: get, path: jobsPath + "/" + p.ids["Queued"]})
	r.do(jobs, call{as: p.reader, what: "without the scope", method: post, path: jobsPath + "/" + p.ids["Queued"] + "/cancel"})
}

func (r *recorder) listStory(p *cast) {
	r.do(jobs, call{as: p.other, what: "none", method: get, path: jobsPath})
	for _, q := range []string{
		"", "?state=queued", "?state=queued,downloading&sort=name", "?q=read", "?q=nothing", "?sort=-size&limit=3", "?sort=state&limit=200", "?sort=colour",
		"?limit=0", "?limit=1000", "?cursor=made-up", "?state=perhaps", "?page=2",
	} {
		r.do(jobs, call{as: p.owner, method: get, path: jobsPath + q})
	}
	a := r.do(jobs, call{as: p.owner, method: get, path: jobsPath + "?sort=name&limit=2"})
	cursor := a.get("nextCursor")
	r.name(cursor, "cursor")
	r.do(jobs, call{as: p.owner, method: get, path: jobsPath + "?sort=name&limit=2&cursor=" + cursor})
	r.do(jobs, call{as: p.owner, what: "of another list", method: get, path: jobsPath + "?sort=size&limit=2&cursor=" + cursor})
	r.do(jobs, call{as: p.owner, method: get, path: jobsPath + "/" + p.ids["Queued"] + "/timeline?after=1000000"})
	r.do(jobs, call{as: p.owner, method: get, path: jobsPath + "/" + p.ids["Queued"] + "/timeline?after=x"})
	// an administrator's own job is the only one that shows its workflow
	own := r.must(jobs, call{as: p.admin, what: "an administrator's", method: post, path: jobsPath, body: `{"source":"` + magnet(9) + `"}`})
	r.name(own.get("id"), "admin's job")
	r.do(jobs, call{as: p.admin, method: get, path: jobsPath + "/" + own.get("id") + "/workflow"})
	r.do(jobs, call{as: p.admin, what: "a user's", method: get, path: jobsPath + "/" + p.ids["Queued"] + "/workflow"})
}

// streamStory follows the event stream: what was missed, then what happens.
func (r *recorder) streamStory(p *cast) {
	r.follow(call{as: p.owner, what: "from the start", method: get, path: "/api/v1/events", header: map[string]string{"Last-Event-ID": "0"}}, nil, "")
	r.follow(call{as: p.owner, what: "from the future", method: get, path: "/api/v1/events", header: map[string]string{"Last-Event-ID": "1000000"}}, nil, "reset")
	gone := r.submit(p, "Gone", []int64{9})
	r.follow(call{as: p.owner, what: "live", method: get, path: "/api/v1/events"}, func() {
		r.do(jobs, call{as: p.owner, method: remove, path: jobsPath + "/" + gone})
	}, "removed")
	r.do(jobs, call{as: p.owner, what: "not an id", method: get, path: "/api/v1/events", header: map[string]string{"Last-Event-ID": "x"}})
}

// follow reads a stream until the client is up to date, or after an act until
// an event of the kind.
func (r *recorder) follow(c call, act func(), until string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
	defer cancel()
	req := r.request(c).WithContext(ctx)
	resp, err := r.client.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	var text strings.Builder
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	var kind string
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch {
		case field == "event":
			kind = value
		case field == "data" && (until == "" || kind == until):
			var data any
			if err := json.Unmarshal([]byte(value), &data); err != nil {
				r.t.Fatal(err)
			}
			b, err := json.MarshalIndent(r.value("", data), "", "  ")
			if err != nil {
				r.t.Fatal(err)
			}
			fmt.Fprintf(&text, "event %s\n%s\n", kind, b)
		case field == "id" && kind == "" && act != nil:
			act()
			act = nil
		case field == "": // the end of a message
			if (kind == "" && text.Len() > 0) || (kind != "" && kind == until) {
				r.record(jobs, c, req, answer{status: resp.StatusCode, header: resp.Header})
				r.chapters[jobs].text.WriteString(text.String() + "\n")
				return
			}
			kind = ""
		}
	}
	r.t.Fatalf("the stream ended before %q: %v: %s", until, lines.Err(), text.String())
}

func (r *recorder) usageStory(p *cast) {
	r.do(jobs, call{as: p.owner, method: get, path: "/api/v1/usage"})
	r.do(jobs, call{as: p.reader, method: get, path: "/api/v1/usage?days=7"})
	r.do(jobs, call{as: p.owner, method: get, path: "/api/v1/usage?days=0"})
	r.do(jobs, call{as: p.owner, method: get, path: "/api/v1/usage/ledger?limit=3"})
	r.do(jobs, call{as: p.owner, method: get, path: "/api/v1/usage/ledger?job=" + p.ids["Ready"]})
	r.do(jobs, call{as: p.owner, what: "another's", method: get, path: "/api/v1/usage/ledger?job=" + p.ids["other"]})
	r.do(jobs, call{as: p.owner, method: get, path: "/api/v1/usage/ledger?cursor=x"})
}
