package jobs_test

import (
	"testing"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// TestNotesStandInTheTimeline writes what is not used or not certain of a source
// when it is submitted, and when its files become known.
func TestNotesStandInTheTimeline(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	trackers := models.Because(models.ReasonTrackersUnused, "what", "wss://", "left", 0)
	names := models.Because(models.ReasonNamesGuessed, "encoding", "gbk")
	src := storetest.Magnet()
	src.Notes = []models.Reason{trackers}
	job, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.User.ID, Source: src})
	storetest.OK(t, err)
	m := storetest.Manifest(1, 2)
	m.Notes = []models.Reason{names}
	for range 2 {
		storetest.OK(t, b.W.Jobs.SaveManifest(ctx, job.ID, m))
	}
	var got []models.Reason
	for _, e := range storetest.Must[[]models.Event](t)(b.Timeline.JobEvents(ctx, b.User.ID, job.ID, 0, 10)) {
		if e.Kind == models.EventNoted {
			got = append(got, e.Reason)
		}
	}
	if len(got) != 2 || !got[0].Equal(trackers) || !got[1].Equal(names) {
		t.Errorf("the timeline has %v", got)
	}
	both, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.User.ID, Source: models.Source{
		Kind: models.SourceURL, URI: "https://example.com/a", Notes: []models.Reason{trackers},
	}, Manifest: &m})
	storetest.OK(t, err)
	if n := b.CountEvents(t, both.ID, models.EventNoted); n != 2 {
		t.Errorf("%d notes", n)
	}
}
