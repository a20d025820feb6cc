package agents_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"longhaul/agent/agentapi"
	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

const crc = "AAAAAA=="

func TestAgentLife(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	admin := h.Account(models.RoleAdmin)
	var enrolment struct{ Token, Command string }
	apitest.Post(t, h, admin, "/api/v1/admin/agents/enrol", map[string]string{"name": "cellar 1"}, 201, &enrolment)
	if !strings.Contains(enrolment.Command, enrolment.Token) || !strings.Contains(enrolment.Command, h.AppURL) {
		t.Errorf("command %q", enrolment.Command)
	}
	apitest.Post(t, h, admin, "/api/v1/admin/agents/enrol", map[string]string{"name": "x\ny"}, 422, nil)
	hello := agentapi.Register{Token: "wrong", URL: "http://10.0.0.5:7300", Capacity: 4, Version: "1"}
	apitest.Post(t, h, apitest.Caller{}, "/agent/v1/register", hello, 403, nil)
	hello.Token = enrolment.Token
	for _, bad := range []string{
		"", "ftp://x", "http://user:pw@x/", "//x", "http:///x", "http://10.0.0.5:7300/?", "http://10.0.0.5:7300/?a=b", "http://10.0.0.5:7300/#", "http://10.0.0.5:7300/#a",
		"http://169.254.169.254/latest/meta-data", "http://[fd00:ec2::254]/", "http://[::ffff:169.254.169.254]/", "http://0xa9fea9fe/", "http://2852039166/",
		"http://metadata.google.internal./", "http://METADATA.google.internal/", "http://[fe80::1]:7300", "http://0.0.0.0:7300", "http://100.100.100.200",
	} {
		b := hello
		b.URL = bad
		apitest.Post(t, h, apitest.Caller{}, "/agent/v1/register", b, 422, nil)
	}
	odd := hello
	odd.Version = "1\x1b[2J"
	apitest.Post(t, h, apitest.Caller{}, "/agent/v1/register", odd, 422, nil)
	var me agentapi.Registered
	apitest.Post(t, h, apitest.Caller{}, "/agent/v1/register", hello, 201, &me)
	apitest.Post(t, h, apitest.Caller{}, "/agent/v1/register", hello, 403, nil) // once only
	if me.Name != "cellar 1" || len(me.Credential) < 40 || len(me.Secret) < 40 || me.Secret == me.Credential {
		t.Errorf("registered as %+v", me)
	}
	agent := apitest.Caller{Bearer: me.Credential}
	var first, second agentapi.Booted
	boot := agentapi.Hello{URL: hello.URL, Capacity: 4, Version: "1"}
	apitest.Post(t, h, agent, "/agent/v1/boot", boot, 200, &first)
	apitest.Post(t, h, agent, "/agent/v1/boot", boot, 200, &second)
	if second.BootEpoch != first.BootEpoch+1 {
		t.Errorf("boot epochs %d, %d", first.BootEpoch, second.BootEpoch)
	}
	beat := agentapi.Heartbeat{BootEpoch: first.BootEpoch, Running: 1, Capacity: 4, DiskFree: 10, DiskTotal: 20}
	body := h.Run(t, apitest.Scenario{As: agent, Method: "POST", Path: "/agent/v1/heartbeat", Body: jsonOf(t, beat), Status: 409})
	if !strings.Contains(string(body), `"code":"superseded"`) {
		t.Errorf("an old boot gets %s", body)
	}
	beat.BootEpoch = second.BootEpoch
	var reply agentapi.HeartbeatReply
	apitest.Post(t, h, agent, "/agent/v1/heartbeat", beat, 200, &reply)
	apitest.Post(t, h, admin, "/api/v1/admin/agents/"+me.AgentID+"/drain", struct{}{}, 204, nil)
	apitest.Post(t, h, agent, "/agent/v1/heartbeat", beat, 200, &reply)
	if reply.State != "draining" {
		t.Errorf("state %q", reply.State)
	}
	// an unknown member is not a fault
	h.Run(t, apitest.Scenario{
		As: agent, Method: "POST", Path: "/agent/v1/heartbeat", Status: 200,
		Body: strings.Replace(jsonOf(t, beat), "{", `{"temperature":40,`, 1),
	})
	beat.DiskFree = -1
	apitest.Post(t, h, agent, "/agent/v1/heartbeat", beat, 422, nil)
	h.Run(t, apitest.Scenario{
		As: admin, Path: "/api/v1/admin/agents", Status: 200,
		Want: []string{`"alive":true`, `"state":"draining"`, `"diskTotal":20`}, Unwant: []string{me.Credential, me.Secret, "credential"},
	})
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestUploads(t *testing.T) {
	t.Parallel()
	h := apitest.New(t)
	user, agent, stranger := h.Account(models.RoleUser), h.EnrolledAgent(), h.EnrolledAgent()
	boot := agentapi.Hello{URL: "http://127.0.0.1:7300", Capacity: 4, Version: "1"}
	apitest.Post(t, h, agent, "/agent/v1/boot", boot, 200, nil)
	const part = models.UsualPartSize
	m := storetest.Manifest(3*part+5, 10, 0, -1)
	m.Size = -1
	job := storetest.Submit(t, h.Store, user.User.ID, &m)
	work := h.Store.Worker()
	if _, err := work.Admission.Admit(t.Context(), 10, 10); err != nil {
		t.Fatal(err)
	}
	placed, err := storetest.Place(t, h.Store, job.ID, models.TransferDownload, []byte("task"))
	if err != nil {
		t.Fatal(err)
	}
	if placed.Agent.ID != agent.Agent.ID {
		t.Fatalf("placed on %s", placed.Agent.ID)
	}
	ask := func(who apitest.Caller, change func(*agentapi.Uploads), status int) []agentapi.PartURL {
		t.Helper()
		in := agentapi.Uploads{JobID: job.ID.String(), Epoch: placed.Epoch}
		change(&in)
		var out agentapi.UploadsReply
		apitest.Post(t, h, who, "/agent/v1/uploads", in, status, &out)
		return out.URLs
	}
	want := func(index, number int, size int64) func(*agentapi.Uploads) {
		return func(u *agentapi.Uploads) {
			u.Want = append(u.Want, agentapi.PartWanted{Index: index, Number: number, Size: size, CRC32C: crc})
		}
	}
	urls := ask(agent, func(u *agentapi.Uploads) { want(0, 1, part)(u); want(0, 4, 5)(u); want(1, 1, 10)(u) }, 200)
	if len(urls) != 3 || urls[1].Number != 4 || !strings.Contains(urls[0].URL, "uploadId=upload-1") ||
		!strings.Contains(urls[1].URL, "uploadId=upload-1") || strings.Contains(urls[2].URL, "uploadId") {
		t.Errorf("addresses %+v", urls)
	}
	for name, c := range map[string]struct {
		who    apitest.Caller
		change func(*agentapi.Uploads)
		status int
	}{
		"too small":      {agent, want(0, 1, part-1), 422},
		"too large":      {agent, want(0, 4, 6), 422},
		"part 0":         {agent, want(0, 0, part), 422},
		"beyond the end": {agent, want(0, 5, 5), 422},
		"empty file":     {agent, want(2, 1, 0), 422},
		"no such file":   {agent, want(9, 1, 1), 422},
		"unknown size":   {agent, want(3, 1, models.UnknownPartSize-1), 422},
		"no checksum":    {agent, func(u *agentapi.Uploads) { want(1, 1, 10)(u); u.Want[0].CRC32C = "zz" }, 422},
		"too many":       {agent, func(u *agentapi.Uploads) { u.Want = make([]agentapi.PartWanted, 65) }, 413},
		"old epoch":      {agent, func(u *agentapi.Uploads) { want(1, 1, 10)(u); u.Epoch-- }, 409},
		"future epoch":   {agent, func(u *agentapi.Uploads) { want(1, 1, 10)(u); u.Epoch++ }, 409},
		"another agent":  {stranger, want(1, 1, 10), 409},
		"no such job":    {agent, func(u *agentapi.Uploads) { want(1, 1, 10)(u); u.JobID = apitest.NewID().String() }, 409},
		"no job id":      {agent, func(u *agentapi.Uploads) { u.JobID = "x" }, 422},
		"done, bad size": {agent, func(u *agentapi.Uploads) { u.Done = []agentapi.PartDone{{Number: 1, Size: 1, CRC32C: crc, ETag: "e"}} }, 422},
		"done, no etag":  {agent, func(u *agentapi.Uploads) { u.Done = []agentapi.PartDone{{Number: 1, Size: part, CRC32C: crc}} }, 422},
		"done, stranger": {stranger, func(u *agentapi.Uploads) {
			u.Done = []agentapi.PartDone{{Number: 1, Size: part, CRC32C: crc, ETag: "e"}}
		}, 409},
		"known size lies": {agent, func(u *agentapi.Uploads) { u.Sizes = []agentapi.FileSize{{Index: 1, Size: 11}} }, 503},
	} {
		t.Run(name, func(t *testing.T) {
			in := agentapi.Uploads{JobID: job.ID.String(), Epoch: placed.Epoch}
			c.change(&in)
			apitest.Post(t, h, c.who, "/agent/v1/uploads", in, c.status, nil)
		})
	}
	done := func(u *agentapi.Uploads) {
		u.Done = []agentapi.PartDone{{Number: 1, Size: part, CRC32C: crc, ETag: "e1"}}
	}
	ask(agent, done, 200)
	ask(agent, done, 200) // twice is harmless
	t.Run("a size that becomes known", func(t *testing.T) {
		ask(agent, want(3, 1, models.UnknownPartSize), 200)
		urls := ask(agent, func(u *agentapi.Uploads) {
			u.Sizes = []agentapi.FileSize{{Index: 3, Size: models.UnknownPartSize + 7}}
			want(3, 2, 7)(u)
		}, 200)
		if len(urls) != 1 || !strings.Contains(urls[0].URL, "partNumber=2") {
			t.Errorf("addresses %+v", urls)
		}
	})
	t.Run("content that changed", func(t *testing.T) {
		changed := func(u *agentapi.Uploads) { want(0, 1, part)(u); u.Want[0].Validator = `"v2"` }
		urls := ask(agent, changed, 200)
		if aborted := fmt.Sprint(h.Storage.Aborted()); aborted != "[upload-1]" {
			t.Errorf("aborted %s", aborted)
		}
		if strings.Contains(urls[0].URL, "upload-1&") {
			t.Errorf("the old upload continues: %s", urls[0].URL)
		}
		ask(agent, changed, 200)
	})
	if err := work.Transfers.EndAttempt(t.Context(), job.ID, placed.Epoch, models.AttemptFailed, models.ProblemStalled.Because()); err != nil {
		t.Fatal(err)
	}
	ask(agent, want(1, 1, 10), 409)
}
