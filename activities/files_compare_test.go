package activities_test

import (
	"bytes"
	"crypto/sha1"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"longhaul/internal/objstore"
	"longhaul/internal/source"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// torrentOf returns metainfo of files with the contents.
func torrentOf(contents ...[]byte) []byte {
	const length = 1 << 20
	var sums []byte
	for piece := range slices.Chunk(bytes.Join(contents, nil), length) {
		sum := sha1.Sum(piece)
		sums = append(sums, sum[:]...)
	}
	var list string
	for i, c := range contents {
		list += fmt.Sprintf("d6:lengthi%de4:pathl2:f%dee", len(c), i)
	}
	return source.BuildTorrent(fmt.Appendf(nil, "d5:filesl%se4:name1:t12:piece lengthi%de6:pieces%d:%se", list, length, len(sums), sums), nil, nil)
}

// hasTorrent gives the job the metainfo.
func (d *downloaded) hasTorrent(metainfo []byte) {
	d.Helper()
	if _, err := d.store.DB.Exec(d.Context(), "set metainfo", "update job_metainfo set metainfo = ? where job_id = ?", metainfo, d.job.ID); err != nil {
		d.Fatal(err)
	}
}

// An agent's word is not proof: bytes that aren't the torrent's never become
// ready, and the agent that stored them isn't preferred for the next attempt.
func TestFinalizeRefusesWhatIsNotTheTorrents(t *testing.T) {
	t.Parallel()
	d := newDownloaded(t)
	d.hasTorrent(torrentOf(slices.Repeat([]byte{7}, len(d.big)), []byte("hello"), nil))
	_, err := d.finalize()
	ae := failedWith(t, err)
	var details models.FaultDetails
	if ae.Type() != string(models.ProblemWrongContent) || !strings.Contains(ae.Message(), "isn't the torrent's content") || ae.Details(&details) != nil {
		t.Fatalf("failed with %s: %s", ae.Type(), ae.Message())
	}
	last := d.lastAttempt(d.job.ID)
	agent := storetest.Must[models.Agent](t)(d.store.Agents.Agent(t.Context(), *last.AgentID))
	if last.Problem != models.ProblemWrongContent || details.Params["agent"] != agent.Name {
		t.Errorf("the attempt has %q, and the fault names %v", last.Problem, details.Params["agent"])
	}
	pending, err := d.work.Files.FilesToFinalize(t.Context(), d.job.ID)
	if err != nil || len(pending) != 3 || len(pending[0].Parts) != 0 {
		t.Errorf("%d files are to be fetched again, %v", len(pending), err)
	}
	d.nothingLeft()
}

func TestFinalizeComparesWithTheTorrent(t *testing.T) {
	t.Parallel()
	d := newDownloaded(t)
	d.hasTorrent(torrentOf(d.big, []byte("hello"), nil))
	if _, err := d.finalize(); err != nil {
		t.Fatal(err)
	}
	d.whole()
}

// Two addresses of one file can be in use at once, when a job has moved: what
// counts is what the agent reported that has the job.
func TestFinalizeRefusesAnotherAgentsObject(t *testing.T) {
	t.Parallel()
	d := newDownloaded(t)
	agent := *d.lastAttempt(d.job.ID).AgentID
	report := models.Part{FileID: d.files[1].ID, Number: 1, Size: 5, CRC32C: crc([]byte("hello")), ETag: `"of another object"`}
	if err := d.store.Transfers.SaveParts(t.Context(), agent, d.job.ID, d.job.Epoch, []models.PartReport{{Index: 1, Part: report}}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.finalize(); failedWith(t, err).Type() != string(models.ProblemLengthMismatch) {
		t.Errorf("failed with %v", err)
	}
}

// An address that an agent got for a file works for a quarter of an hour, and so
// beyond the moment when the file is ready. What it puts there then is not
// delivered.
func TestReadyFilesCannotBeReplaced(t *testing.T) {
	t.Parallel()
	d := newDownloaded(t)
	if _, err := d.finalize(); err != nil {
		t.Fatal(err)
	}
	files := storetest.Must[[]models.File](t)(d.store.Files.Files(t.Context(), d.user.ID, d.job.ID))
	read := func() error {
		r, err := d.objects.Get(t.Context(), files[1].Key(), files[1].ETag, 0, 5)
		if err == nil {
			err = r.Close()
		}
		return err
	}
	if err := read(); err != nil {
		t.Fatalf("a ready file is not delivered: %v", err)
	}
	evil := []byte("evil!")
	address, headers, err := d.objects.PresignPut(t.Context(), files[1].Key(), 5, objstore.CRC32C(evil), "text/plain", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	putTo(t, address, headers, evil)
	if err := read(); models.ProblemOf(err) != models.ProblemWrongContent {
		t.Errorf("a replaced file is delivered: %v", err)
	}
}
