package contract

func (r *recorder) adminStory(p *cast) {
	ask := func(what, method, path, body string) answer {
		return r.do(admin, call{as: p.admin, what: what, method: method, path: "/api/v1/admin/" + path, body: body})
	}
	r.fleetStory(p, ask)
	r.peopleStory(p, ask)
	r.planStory(p, ask)
	r.providerStory(p, ask)
	r.everybodysStory(p, ask)
	r.bulkStory(p, ask)
	r.blockStory(p, ask)
	r.storageStory(ask)
	r.recordStory(ask)
	r.announcementStory(p, ask)
	ask("", get, "health", "")
	ask("", get, "overview", "")
}

func (r *recorder) announcementStory(p *cast, ask asking) {
	ask("", put, "announcement", `{"text":"Maintenance tonight.","level":"warning","dismissible":true}`)
	ask("an odd level", put, "announcement", `{"text":"x","level":"loud"}`)
	ask("", get, "announcement", "")
	r.do(jobs, call{as: p.other, method: get, path: "/api/v1/announcement"})
	r.do(jobs, call{what: "not signed in", method: get, path: "/api/v1/announcement"})
	ask("", remove, "announcement", "")
}

type asking func(what, method, path, body string) answer

func (r *recorder) fleetStory(p *cast, ask asking) {
	id := "agents/" + p.ids["agent"]
	ask("a bad name", post, "agents/enrol", `{"name":"x\ny"}`)
	ask("no name", post, "agents/enrol", `{"name":""}`)
	ask("a taken name", post, "agents/enrol", `{"name":"cellar"}`)
	ask("a bad address", post, "agents/enrol", `{"name":"attic","url":"http://attic:7300/; rm -r"}`)
	r.beat(p, 2)
	ask("", get, "agents", "")
	ask("", get, id, "")
	ask("", get, id+"/transfers?limit=1", "")
	ask("a bad cursor", get, id+"/transfers?cursor=x", "")
	ask("", get, id+"/hours", "")
	ask("", put, id+"/limit", `{"rateLimit":1048576}`)
	r.beat(p, 2)
	ask("too low", put, id+"/limit", `{"rateLimit":1000}`)
	ask("off", put, id+"/limit", `{"rateLimit":0}`)
	ask("none of it", get, "agents/"+p.ids["other"], "")
	ask("", post, id+"/cordon", "")
	ask("", post, id+"/uncordon", "")
	ask("", post, id+"/drain", "")
	r.beat(p, 2)
	ask("with work", remove, id, "")
	ask("", post, "agents/"+p.ids["second agent"]+"/drain", "")
	ask("", remove, "agents/"+p.ids["second agent"], "")
	ask("gone", remove, "agents/"+p.ids["second agent"], "")
	ask("", post, id+"/uncordon", "")
	r.beat(p, 2)
}

func (r *recorder) peopleStory(p *cast, ask asking) {
	for _, q := range []string{
		"?sort=email", "?q=own&sort=email", "?role=admin", "?role=king", "?state=active&sort=email", "?state=asleep", "?sort=-email&limit=1", "?sort=colour",
		"?cursor=x", "?limit=1000",
	} {
		ask("", get, "users"+q, "")
	}
	id := "users/" + p.ids["other"]
	ask("", post, id+"/disable", "")
	ask("again", post, id+"/disable", "")
	r.do(admin, call{as: p.other, what: "disabled", method: get, path: "/api/v1/me"})
	ask("disabled", post, id+"/reset", "")
	ask("", post, id+"/enable", "")
	ask("", post, id+"/logout", "")
	ask("", get, id, "")
	ask("", get, id+"/mails?limit=1", "")
	ask("without one", post, id+"/reset-factors", `{"reason":"lost"}`)
	ask("no reason", post, id+"/reset-factors", `{}`)
	ask("gone", remove, id+"/sessions/AAAA", "")
	ask("another address", post, id+"/delete", `{"email":"owner@example.com"}`)
	p.other = r.signIn("other", password)
	ask("", put, id+"/role", `{"role":"admin"}`)
	ask("an odd role", put, id+"/role", `{"role":"king"}`)
	ask("back", put, id+"/role", `{"role":"user"}`)
	p.other = r.signIn("other", password)
	me := r.do(admin, call{as: p.admin, method: get, path: "/api/v1/me"}).get("id")
	ask("the last administrator", put, "users/"+me+"/role", `{"role":"user"}`)
	ask("the last administrator", post, "users/"+me+"/disable", "")

	a := ask("", post, "invitations", `{"email":"guest@example.com","role":"admin"}`)
	r.name(a.get("invitation.id"), "invitation id")
	ask("has an account", post, "invitations", `{"email":"owner@example.com"}`)
	ask("not an address", post, "invitations", `{"email":"a b@example.com"}`)
	ask("an odd role", post, "invitations", `{"email":"guest2@example.com","role":"king"}`)
	ask("", get, "invitations", "")
	ask("", remove, "invitations/"+a.get("invitation.id"), "")
	ask("gone", remove, "invitations/"+a.get("invitation.id"), "")
	ask("", put, "registration", `{"mode":"closed"}`)
	r.do(account, call{what: "closed", method: post, path: auth + "register", body: credentials("late@example.com", password)})
	ask("an odd mode", put, "registration", `{"mode":"perhaps"}`)
	ask("", put, "registration", `{"mode":"open"}`)
}

func (r *recorder) planStory(p *cast, ask asking) {
	ask("", get, "plans", "")
	ask("", post, "plans", `{"id":"small","name":"Small","maxRunningJobs":1,"storageBytes":1000,"rateLimit":1048576,"public":true,"position":7}`)
	ask("taken", post, "plans", `{"id":"small","name":"Small"}`)
	ask("a bad id", post, "plans", `{"id":"Small Plan","name":"Small"}`)
	ask("a bad limit", post, "plans", `{"id":"tiny","name":"Tiny","maxRunningJobs":0}`)
	ask("", patch, "plans/small", `{"name":"Smaller","storageBytes":null,"retentionDays":3}`)
	ask("unknown", patch, "plans/none", `{"name":"None"}`)
	ask("a bad limit", patch, "plans/small", `{"maxRunningJobs":-1}`)
	id := "users/" + p.ids["other"] + "/plan"
	ask("", get, id, "")
	ask("", put, id, `{"plan":"small"}`)
	ask("unknown", put, id, `{"plan":"none"}`)
	ask("after", get, id, "")
	ask("in use", patch, "plans/small", `{"retired":true}`)
	ask("too slow", patch, "plans/small", `{"rateLimit":65535}`)
	ask("an old version", patch, "plans/small", `{"position":8,"version":1}`)
	ask("", get, "plans/small/effect?storageBytes=10", "")
	override := "users/" + p.ids["other"] + "/override"
	ask("", put, override, `{"limits":[{"limit":"storageBytes","value":2000},{"limit":"maxRunningJobs","value":null}],"reason":"moving"}`)
	ask("no reason", put, override, `{"limits":[{"limit":"storageBytes","value":2000}]}`)
	ask("an odd limit", put, override, `{"limits":[{"limit":"speed","value":1}],"reason":"x"}`)
	ask("with other limits", get, "users/"+p.ids["other"], "")
	r.do(jobs, call{as: p.other, what: "with other limits", method: get, path: "/api/v1/usage?days=1"})
	ask("", remove, override, "")
	ask("", post, "users/plan", `{"plan":"small","filter":{"plan":"small"}}`)
	ask("neither", post, "users/plan", `{"plan":"small"}`)
	r.do(jobs, call{as: p.other, what: "a plan with limits", method: get, path: "/api/v1/usage?days=1"})
}

func (r *recorder) providerStory(p *cast, ask asking) {
	ask("", get, "providers", "")
	ask("", post, "providers/verify", `{"provider":"seedr"}`)
	ask("", post, "providers/verify", `{"provider":"agent"}`)
	ask("unknown", post, "providers/verify", `{"provider":"cloud"}`)
	ask("not confirmed", post, "providers/switch", `{"provider":"seedr","confirm":"yes"}`)
	ask("odd options", post, "providers/switch", `{"provider":"seedr","confirm":"seedr","options":{"colour":"red"}}`)
	ask("", post, "providers/switch", `{"provider":"seedr","confirm":"seedr","options":{"failover":"both","userChoice":true}}`)
	ask("switched", get, "providers", "")
	ask("back", post, "providers/switch", `{"provider":"agent","confirm":"agent","force":true}`)
	ask("", get, "providers/history", "")
	ask("", get, "providers/history?limit=1&before=2", "")
	ask("", get, "providers/history?limit=0", "")
}

func (r *recorder) everybodysStory(p *cast, ask asking) {
	for _, q := range []string{
		"?limit=1&sort=created&state=needs_attention,paused", "?q=ab", "?infoHash=xyz", "?sort=state", "?sizeMin=9&sizeMax=3", "?state=lost", "?cursor=x",
	} {
		ask("", get, "jobs"+q, "")
	}
	ask("", get, "jobs.csv?state=needs_attention", "")
	ask("", get, "jobs.csv?agent=x", "")
	running := "jobs/" + p.ids["Running"]
	ask("", get, running, "")
	ask("", post, running+"/provider", `{"provider":"seedr"}`)
	ask("unknown", post, running+"/provider", `{"provider":"cloud"}`)
	ask("", post, running+"/pause", "")
	ask("", post, running+"/resume", "")
	ask("running", post, running+"/retry", "")
	ask("", post, running+"/cancel", `{"note":"It held up others."}`)
	ask("", post, "jobs/"+p.ids["Parked"]+"/retry", "")
	ask("", post, "jobs/"+p.ids["Parked"]+"/delete", `{"note":"The rights holder asked for it."}`)
	ask("deleted", get, "jobs/"+p.ids["Parked"], "")
}

func (r *recorder) bulkStory(p *cast, ask asking) {
	ask("nobody", post, "bulk-acts", `{"act":"retry"}`)
	ask("two ways", post, "bulk-acts", `{"act":"retry","jobs":["`+p.ids["Running"]+`"],"filter":{}}`)
	ask("unknown", post, "bulk-acts", `{"act":"select","filter":{}}`)
	ask("nowhere", post, "bulk-acts", `{"act":"move","filter":{}}`)
	ask("too fast", post, "bulk-acts", `{"act":"retry","filter":{},"rate":101}`)
	ask("an odd state", post, "bulk-acts", `{"act":"retry","filter":{"state":["lost"]}}`)
	a := ask("", post, "bulk-acts", `{"act":"retry","jobs":["`+p.ids["Running"]+`"],"note":"Once more.","rate":5}`)
	named := "bulk-acts/" + a.get("id")
	r.name(a.get("id"), "bulk act id")
	a = ask("", post, "bulk-acts", `{"act":"move","provider":"seedr","filter":{"state":["queued"],"problem":["stalled"]}}`)
	found := "bulk-acts/" + a.get("id")
	r.name(a.get("id"), "second bulk act id")
	ask("", get, named+"/jobs", "")
	ask("an odd state", get, named+"/jobs?state=lost", "")
	ask("", post, named+"/stop", "")
	ask("again", post, named+"/stop", "")
	ask("", get, found, "")
	ask("unknown", get, "bulk-acts/"+p.ids["Running"], "")
	ask("", get, "bulk-acts", "")
}

func (r *recorder) blockStory(p *cast, ask asking) {
	ask("nothing", post, "blocks", `{"reason":"x"}`)
	ask("no reason", post, "blocks", `{"values":["example.com"]}`)
	a := ask("", post, "blocks", `{"values":["example.org/films","not a host"],"files":["`+p.ids["Running"]+`"],"reason":"Notice 7"}`)
	r.name(a.get("blocks.0.id"), "block id")
	ask("", get, "blocks?kind=url&q=films", "")
	ask("an odd kind", get, "blocks?kind=name", "")
	ask("", post, "blocks/"+a.get("blocks.0.id")+"/lift", "")
	ask("again", post, "blocks/"+a.get("blocks.0.id")+"/lift", "")
	ask("unknown", post, "blocks/"+p.ids["Running"]+"/lift", "")
}

func (r *recorder) storageStory(ask asking) {
	ask("", get, "storage", "")
	ask("nothing to accept", post, "storage/accept", `{"confirm":"accept"}`)
	ask("not confirmed", post, "storage/accept", `{"confirm":"yes"}`)
	for _, list := range []string{"users", "expiries", "jobs", "orphans", "lost"} {
		ask("", get, "storage/"+list+"?limit=1", "")
		ask("", get, "storage/"+list+"?cursor=x", "")
	}
	ask("odd kinds", post, "storage/cleanup", `{"kinds":["file"]}`)
	ask("too long a grace", post, "storage/cleanup", `{"graceHours":9000}`)
	a := ask("", post, "storage/cleanup", `{"kinds":["object"],"graceHours":2}`)
	one := "storage/cleanup/" + a.get("id")
	r.name(a.get("id"), "cleanup id")
	ask("another one", post, "storage/cleanup", `{}`)
	ask("", get, one, "")
	ask("", get, one+"/items", "")
	ask("an odd state", get, one+"/items?state=lost", "")
	ask("not confirmed", post, one+"/confirm", `{"confirm":"yes"}`)
	ask("nothing to confirm", post, one+"/confirm", `{"confirm":"remove"}`)
	ask("", post, one+"/stop", "")
	ask("", get, "storage/cleanup", "")
	ask("too much", post, "storage/checks", `{"percent":101}`)
	a = ask("", post, "storage/checks", `{"percent":10,"rate":2000000}`)
	check := "storage/checks/" + a.get("id")
	r.name(a.get("id"), "check id")
	ask("another one", post, "storage/checks", `{"percent":10}`)
	ask("", get, check, "")
	ask("", post, check+"/stop", "")
	ask("", get, "storage/checks", "")
	ask("", put, "storage/checks/plan", `{"days":30,"percent":10}`)
	ask("too rare", put, "storage/checks/plan", `{"days":400,"percent":10}`)
	ask("off", put, "storage/checks/plan", `{"days":0,"percent":5}`)
	ask("", get, "storage/damaged?limit=1", "")
	ask("", get, "storage/damaged?cursor=x", "")
}

func (r *recorder) recordStory(ask asking) {
	for _, q := range []string{
		"?action=agent", "?action=plan&limit=2", "?actor=admin@example.com&action=provider", "?actor=console", "?targetKind=user&target=other@example.com",
		"?from=2999-01-01T00:00:00Z", "?to=2000-01-01T00:00:00Z", "?cursor=x", "?limit=500", "?from=yesterday",
	} {
		ask("", get, "audit"+q, "")
	}
	ask("", get, "audit/verify", "")
	for _, q := range []string{"?kind=second_factor_failed", "?user=owner@example.com&kind=login_failed", "?ip=192.0.2.77", "?cursor=x", "?limit=500"} {
		ask("", get, "security-events"+q, "")
	}
	ask("", get, "security-events/verify", "")
	ask("", get, "mails?limit=2", "")
	ask("", get, "mails?state=failed", "")
	ask("", get, "mails?state=lost", "")
	ask("", get, "mails?limit=500", "")
}
