package api_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"longhaul/agent/agentapi"
	"longhaul/api"
	"longhaul/api/apitest"
	"longhaul/internal/objstore"
	"longhaul/internal/objstore/objstoretest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// The way of the bytes on real storage: an agent asks for addresses, uploads,
// reports; the file is completed and delivered, whole and in ranges.
func TestFromAgentToBrowserOnRealStorage(t *testing.T) {
	t.Parallel()
	s3 := objstoretest.New(t)
	h := apitest.New(t, func(_ *api.Config, d *api.Deps) { d.Objects, d.Uploads = s3, s3 })
	user, agent := h.Account(models.RoleUser), h.EnrolledAgent()
	apitest.Post(t, h, agent, "/agent/v1/boot", agentapi.Hello{URL: "http://127.0.0.1:7300", Capacity: 4, Version: "1"}, 200, nil)
	large, small := apitest.Pattern(models.MinPartSize+1000), apitest.Pattern(10)
	m := storetest.Manifest(int64(len(large)), int64(len(small)))
	job := storetest.Submit(t, h.Store, user.User.ID, &m)
	work := h.Store.Worker()
	if _, err := work.Admission.Admit(t.Context(), 10, 10); err != nil {
		t.Fatal(err)
	}
	placed, err := storetest.Place(t, h.Store, job.ID, models.TransferDownload, []byte("task"))
	if err != nil {
		t.Fatal(err)
	}
	parts := [][]byte{large[:models.MinPartSize], large[models.MinPartSize:], small}
	ask := agentapi.Uploads{JobID: job.ID.String(), Epoch: placed.Epoch, Want: []agentapi.PartWanted{
		{Index: 0, Number: 1}, {Index: 0, Number: 2}, {Index: 1, Number: 1},
	}}
	for i, p := range parts {
		ask.Want[i].Size, ask.Want[i].CRC32C = int64(len(p)), objstore.CRC32C(p)
	}
	var reply agentapi.UploadsReply
	apitest.Post(t, h, agent, "/agent/v1/uploads", ask, 200, &reply)
	report := agentapi.Uploads{JobID: ask.JobID, Epoch: ask.Epoch}
	for i, u := range reply.URLs {
		if status, _ := put(t, u, bytes.Repeat([]byte("x"), len(parts[i]))); status < 400 {
			t.Errorf("other bytes were taken for part %d: status %d", i, status)
		}
		status, etag := put(t, u, parts[i])
		if status != http.StatusOK {
			t.Fatalf("part %d: status %d", i, status)
		}
		report.Done = append(report.Done, agentapi.PartDone{
			Index: u.Index, Number: u.Number, Size: int64(len(parts[i])), CRC32C: ask.Want[i].CRC32C, ETag: etag,
		})
	}
	apitest.Post(t, h, agent, "/agent/v1/uploads", report, 200, nil)
	complete(t, h, s3, job)
	files, err := h.Store.Files.Files(t.Context(), user.User.ID, job.ID)
	if err != nil {
		t.Fatal(err)
	}
	link := apitest.DownloadLink(t, h, user, "/api/v1/files/"+files[0].ID.String()+"/link", "")
	if resp, got := apitest.Fetch(t, h, "GET", link, nil); resp.StatusCode != 200 || !bytes.Equal(got, large) {
		t.Errorf("status %d, %d bytes", resp.StatusCode, len(got))
	}
	for _, r := range [][2]int{{0, 0}, {models.MinPartSize - 5, models.MinPartSize + 5}, {100, 999}} {
		resp, got := apitest.Fetch(t, h, "GET", link, map[string]string{"Range": apitest.Range(r)})
		if resp.StatusCode != http.StatusPartialContent || !bytes.Equal(got, large[r[0]:r[1]+1]) {
			t.Errorf("range %v: status %d, %d bytes", r, resp.StatusCode, len(got))
		}
	}
	archive := apitest.DownloadLink(t, h, user, "/api/v1/jobs/"+job.ID.String()+"/archive", "")
	resp, body := apitest.Fetch(t, h, "GET", archive, nil)
	if resp.ContentLength != int64(len(body)) || !bytes.Contains(body, large) || !bytes.Contains(body, small) {
		t.Errorf("a zip of %d bytes, announced %d", len(body), resp.ContentLength)
	}
}

// complete finishes the uploads as the worker does.
func complete(t *testing.T, h *apitest.Harness, s3 *objstore.Client, job models.Job) {
	t.Helper()
	ctx, work := t.Context(), h.Store.Worker()
	if _, err := work.Jobs.Transition(ctx, job.ID, models.JobChange{To: models.StateStoring, Reason: models.Because(models.ReasonPaused)}); err != nil {
		t.Fatal(err)
	}
	pending, err := work.Files.FilesToFinalize(ctx, job.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range pending {
		etag := f.Parts[0].ETag
		if f.UploadID != nil {
			if etag, err = s3.CompleteMultipart(ctx, f.Key(), *f.UploadID, f.Parts); err != nil {
				t.Fatal(err)
			}
		}
		if err := work.Files.FileStored(ctx, f.ID, f.Size, etag); err != nil {
			t.Fatal(err)
		}
	}
	if err := work.Jobs.FinishJob(ctx, job.ID); err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, u agentapi.PartURL, body []byte) (status int, etag string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, u.URL, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range u.Headers {
		req.Header.Set(k, v)
	}
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, resp.Header.Get("ETag")
}
