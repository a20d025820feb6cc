package jobs_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"

	"longhaul/api/apitest"
	"longhaul/internal/source"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// TestTheLoginOfAnAddressIsShownNowhere submits and inspects an address with a login,
// and looks for it in every answer, in the log and in every table.
func TestTheLoginOfAnAddressIsShownNowhere(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user, admin := h.Account(models.RoleUser), h.Account(models.RoleAdmin)
	unwant := []string{"s3cret", "ann-of", "c2VjcmV0"}
	source := `{"source":"https://ann-of:s3cret@files.example/one%20file.iso?x=1"}`
	run := func(s apitest.Scenario) []byte {
		t.Helper()
		s.Unwant = append(s.Unwant, unwant...)
		return h.Run(t, s)
	}
	var made, again jobBody
	if err := json.Unmarshal(run(apitest.Scenario{
		As: user, Method: "POST", Path: "/api/v1/jobs", Body: source, Status: 202, Header: map[string]string{"Idempotency-Key": "k"}, Want: []string{`"name":"one file.iso"`},
	}), &made); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(run(apitest.Scenario{
		As: user, Method: "POST", Path: "/api/v1/jobs", Body: source, Status: 202, Header: map[string]string{"Idempotency-Key": "k"},
	}), &again); err != nil || again.ID != made.ID {
		t.Errorf("the same request made another job: %v", err)
	}
	h.Inspector.Manifest = models.Manifest{Name: "one file.iso", Size: 7, Files: []models.ManifestFile{{Path: "one file.iso", Size: 7}}}
	run(apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/sources/inspect", Body: `{"url":"https://ann-of:s3cret@files.example/one%20file.iso?x=1"}`, Status: 200})
	if asked := h.Inspector.Asked[0]; asked.Login == nil || asked.Login.Password != "s3cret" || strings.Contains(asked.URI, "@") {
		t.Errorf("the agent is asked for %q with %v", asked.URI, asked.Login)
	}
	for _, path := range []string{"", "/timeline", "/files"} {
		run(apitest.Scenario{As: user, Path: "/api/v1/jobs/" + made.ID + path, Status: 200})
	}
	run(apitest.Scenario{As: admin, Path: "/api/v1/admin/jobs/" + made.ID, Status: 200})
	for _, query := range []string{"", "?q=s3cre", "?q=one"} {
		run(apitest.Scenario{As: user, Path: "/api/v1/jobs" + query, Status: 200})
		run(apitest.Scenario{As: admin, Path: "/api/v1/admin/jobs" + query, Status: 200})
	}
	for _, bad := range []string{"https://ann-of:s3cret@", "https://ann-of:s3cret@h.test:port/", "https://ann-of:s3cret@a b.test/", "ftp://ann-of:s3cret@h.test/"} {
		run(apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/jobs", Body: `{"source":"` + bad + `"}`, Status: 422, Want: []string{"malformed_url"}})
	}
	row := storetest.Must[models.Source](t)(h.Store.Worker().Jobs.Source(t.Context(), uuid.MustParse(made.ID)))
	if l, err := h.Keys.OpenLogin(user.User.ID, row.Sealed); err != nil || l.User != "ann-of" || l.Password != "s3cret" {
		t.Errorf("the sealed login opens as %v, %v", l, err)
	}
	for _, secret := range unwant {
		if strings.Contains(h.Log.String(), secret) {
			t.Errorf("the log has %q", secret)
		}
		n := storetest.Count(t, `select count(*) from information_schema.tables,
			lateral query_to_xml(format('select * from %I', table_name), true, false, '') as rows
			where table_schema = 'public' and table_type = 'BASE TABLE' and rows::text like '%' || $1 || '%'`, secret)
		if n != 0 {
			t.Errorf("%d tables have %q", n, secret)
		}
	}
}

// TestAnAddressThatLeadsToATorrentIsInspected shows the files of the torrent, and the
// job that is submitted then is the torrent's from the start.
func TestAnAddressThatLeadsToATorrentIsInspected(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	src, found, err := source.ParseTorrent(apitest.Torrent(t, "Folder", 3, 4))
	if err != nil {
		t.Fatal(err)
	}
	found.Metainfo = src.Metainfo
	h.Inspector.Manifest = found
	const address = `https://xn--bcher-kva.example/get/100%25%20legal.torrent?key=s3cret`
	inspect := apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/sources/inspect", Body: `{"url":"` + address + `"}`}
	submit := apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/jobs", Body: `{"source":"` + address + `"}`, Header: map[string]string{"Idempotency-Key": "k"}}
	with := func(s apitest.Scenario, status int, want ...string) {
		t.Helper()
		s.Status, s.Want, s.Unwant = status, want, []string{"s3cret"}
		h.Run(t, s)
	}
	with(submit, 202, `"sourceKind":"url"`, `"origin":""`) // nothing is known of it yet
	with(inspect, 200, `"kind":"torrent"`, `"name":"Folder"`, src.InfoHashV1, "file1.bin", `"size":7`)
	with(submit, 202, `"sourceKind":"url"`) // the same key still means the same
	submit.Header = map[string]string{"Idempotency-Key": "l"}
	with(submit, 202, `"sourceKind":"torrent"`, `"origin":"https://bücher.example/get/100% legal.torrent"`, src.InfoHashV1, `"fileCount":2`)
	submit.Header = nil
	with(submit, 409, "duplicate_job")

	off := models.FlagChange{Flag: models.FlagTorrentJobs, FlagTarget: models.FlagTarget{UserID: &user.User.ID}, Enabled: new(false), Reason: "x"}
	storetest.OK(t, h.Store.Flags.SetFlag(t.Context(), models.Actor{Kind: models.ActorConsole}, off))
	with(inspect, 403, "feature_off")
	with(submit, 403, "feature_off")

	link := models.Manifest(found)
	link.Magnet = "magnet:?xt=urn:btih:" + src.InfoHashV1
	h.Inspector.Manifest = link
	inspect.Body = `{"url":"https://files.example/to-magnet"}`
	with(inspect, 200, `"kind":"magnet"`, "file1.bin")
	storetest.Must[models.Block](t)(h.Store.Jobs.Admin().Block(t.Context(), models.Actor{Kind: models.ActorConsole}, src.InfoHashV1, false, "x"))
	with(inspect, 200, `"allowed":false`, "blocked")
}

func TestAddressesAreTakenAsBrowsersTakeThem(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user := h.Account(models.RoleUser)
	for in, want := range map[string]string{
		"http://files.example/100% legal.zip":             `"name":"100% legal.zip"`,
		"http://files.example/group%2Fname/my file.bin":   `"name":"my file.bin"`,
		"http://files.example/f.bin?name=my file.bin&t=1": `"name":"f.bin"`,
		`http://files.example/a\\tb\\r\\n/c.bin`:          `"name":"c.bin"`,
		"http://bücher.example/größe%2Bmaß.pdf":           `"name":"größe+maß.pdf"`,
		`http:\\\\files.example\\x.bin`:                   `"name":"x.bin"`,
	} {
		in = strings.NewReplacer(`\\t`, `\t`, `\\r`, `\r`, `\\n`, `\n`).Replace(in)
		h.Run(t, apitest.Scenario{Name: in, As: user, Method: "POST", Path: "/api/v1/jobs", Body: `{"source":"` + in + `"}`, Status: 202, Want: []string{want}})
	}
	for _, in := range []string{"http://0x7f.1/", "http://2130706433/", "http://0xa9fea9fe/", "http://１２７.0.0.1/"} {
		h.Run(t, apitest.Scenario{Name: in, As: user, Method: "POST", Path: "/api/v1/jobs", Body: `{"source":"` + in + `"}`, Status: 403, Want: []string{"blocked_address"}})
	}
}
