package contract

import (
	"encoding/json"
	"fmt"
	"strings"
)

func (r *recorder) agentStory(p *cast) {
	const hello = `{"token":%q,"url":"http://10.0.0.5:7300","capacity":%d,"version":"1"}`
	enrol := func(name string) string {
		return r.must(admin, call{as: p.admin, what: name, method: post, path: "/api/v1/admin/agents/enrol", body: fmt.Sprintf(`{"name":%q}`, name)}).get("token")
	}
	token := enrol("cellar")
	r.do(agents, call{what: "unknown token", method: post, path: "/agent/v1/register", body: fmt.Sprintf(hello, "made up", 4)})
	r.do(agents, call{what: "no capacity", method: post, path: "/agent/v1/register", body: fmt.Sprintf(hello, token, 0)})
	r.do(agents, call{what: "a bad address", method: post, path: "/agent/v1/register", body: strings.Replace(fmt.Sprintf(hello, token, 4), "http:", "ftp:", 1)})
	a := r.must(agents, call{method: post, path: "/agent/v1/register", body: fmt.Sprintf(hello, token, 4)})
	r.do(agents, call{what: "used", method: post, path: "/agent/v1/register", body: fmt.Sprintf(hello, token, 4)})
	p.agent = &caller{name: "agent", bearer: a.get("credential")}
	p.ids["agent"] = a.get("agentId")
	r.name(p.ids["agent"], "agent id")
	b := r.must(agents, call{what: "a second", method: post, path: "/agent/v1/register", body: fmt.Sprintf(hello, enrol("attic"), 4)})
	stranger := &caller{name: "second agent", bearer: b.get("credential")}
	p.ids["second agent"] = b.get("agentId")
	r.name(p.ids["second agent"], "second agent id")

	boot := call{as: p.agent, method: post, path: "/agent/v1/boot", body: `{"url":"http://10.0.0.5:7300","capacity":4,"version":"2"}`}
	r.do(agents, boot)
	r.do(agents, boot)
	bad := boot
	bad.what, bad.body = "a bad address", strings.Replace(boot.body, "http:", "ftp:", 1)
	r.do(agents, bad)
	r.beat(p, 1)
	r.beat(p, 2)
	r.do(agents, call{as: p.agent, what: "a member of a newer version", method: post, path: "/agent/v1/heartbeat", body: strings.Replace(heartbeat(2), "{", `{"temperature":40,`, 1)})
	r.do(agents, call{as: p.agent, what: "an impossible figure", method: post, path: "/agent/v1/heartbeat", body: strings.Replace(heartbeat(2), `"diskFree":10`, `"diskFree":-1`, 1)})
	r.uploadStory(p, stranger)
}

func heartbeat(epoch int) string {
	return fmt.Sprintf(`{"bootEpoch":%d,"running":1,"capacity":4,"diskFree":10,"diskTotal":20,"downRate":5}`, epoch)
}

func (r *recorder) beat(p *cast, epoch int) {
	r.do(agents, call{as: p.agent, what: fmt.Sprint("boot ", epoch), method: post, path: "/agent/v1/heartbeat", body: heartbeat(epoch)})
}

// uploadStory has the agent fetch the running job.
func (r *recorder) uploadStory(p *cast, stranger *caller) {
	job := p.ids["Running"]
	r.exec(`insert into job_attempts (job_id, epoch, agent_id, kind, task_token, state, wanted_at, started_at, beat_at)
		values ($1, 1, $2, 'download', 'task', 'open', now(), now(), now())`, job, p.ids["agent"])
	r.exec(`update files set part_size = $2 where job_id = $1`, job, 8<<20)
	const crc = "AAAAAA=="
	type part map[string]any
	ask := func(as *caller, what string, change func(m map[string]any)) {
		m := map[string]any{"jobId": job, "epoch": 1}
		change(m)
		body, err := json.Marshal(m)
		if err != nil {
			r.t.Fatal(err)
		}
		r.do(agents, call{as: as, what: what, method: post, path: "/agent/v1/uploads", body: string(body)})
	}
	want := func(index, number, size int) func(map[string]any) {
		return func(m map[string]any) {
			m["want"] = []part{{"index": index, "number": number, "size": size, "crc32c": crc}}
		}
	}
	ask(p.agent, "nothing", func(map[string]any) {})
	ask(p.agent, "a part of many", want(0, 1, 8<<20))
	ask(p.agent, "the only part", want(1, 1, 7))
	ask(p.agent, "a wrong size", want(0, 1, 5))
	ask(p.agent, "no such part", want(0, 6, 8<<20))
	ask(p.agent, "no such file", want(9, 1, 7))
	ask(p.agent, "a done part", func(m map[string]any) {
		m["done"] = []part{{"index": 0, "number": 1, "size": 8 << 20, "crc32c": crc, "etag": "e"}}
	})
	ask(p.agent, "a done part without its tag", func(m map[string]any) {
		m["done"] = []part{{"index": 0, "number": 2, "size": 8 << 20, "crc32c": crc, "etag": ""}}
	})
	ask(p.agent, "a size", func(m map[string]any) { m["sizes"] = []map[string]int{{"index": 1, "size": 7}} })
	ask(p.agent, "a negative size", func(m map[string]any) { m["sizes"] = []map[string]int{{"index": 1, "size": -7}} })
	ask(p.agent, "an older attempt", func(m map[string]any) { m["epoch"] = 0 })
	ask(p.agent, "not a job", func(m map[string]any) { m["jobId"] = "x" })
	ask(p.agent, "another job", func(m map[string]any) { m["jobId"] = p.ids["Queued"] })
	ask(stranger, "another's job", want(0, 1, 8<<20))
	ask(p.agent, "too many", func(m map[string]any) {
		var many []part
		for i := range 65 {
			many = append(many, part{"index": 0, "number": i + 1, "size": 1, "crc32c": crc})
		}
		m["want"] = many
	})
}
