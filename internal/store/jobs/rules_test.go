package jobs_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// withNotes returns the reasons in the job's timeline.
func withNotes(t *testing.T, b *storetest.World, job models.Job) string {
	t.Helper()
	var out []string
	for _, e := range storetest.Must[[]models.Event](t)(b.Timeline.JobEvents(t.Context(), job.UserID, job.ID, 0, 100)) {
		if e.Kind == models.EventNoted {
			out = append(out, string(e.Reason.Code))
		}
	}
	return fmt.Sprint(out)
}

func TestRulesChooseFilesWhenTheyAreKnown(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	small := &models.FileRules{MinSize: 100}
	for _, known := range []bool{true, false} {
		for want, sizes := range map[string][]int64{"[1] [rules_applied]": {10, 200}, "[] [rules_idle]": {10, 20}, "[] []": {200, 300}} {
			m := storetest.Manifest(sizes...)
			n := models.NewJob{UserID: b.User.ID, Source: storetest.Magnet(), Filter: small}
			if known {
				n.Manifest = &m
			}
			job, _, err := b.Jobs.SubmitJob(ctx, n)
			storetest.OK(t, err)
			if !known {
				storetest.OK(t, b.Worker().Jobs.SaveManifest(ctx, job.ID, m))
			}
			job = b.Job(t, job.ID)
			if got := fmt.Sprint(job.Selection) + " " + withNotes(t, b, job); got != want {
				t.Errorf("known %v, sizes %v: %s, want %s", known, sizes, got, want)
			}
			skipped := storetest.Count(t, "select count(*) from files where state = 'skipped' and job_id = '"+job.ID.String()+"'")
			if job.FileCount+skipped != 2 || job.FileCount == 0 {
				t.Errorf("%d files wanted and %d skipped", job.FileCount, skipped)
			}
		}
	}
}

func TestRulesYieldToChoices(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	m := storetest.Manifest(10, 200)
	job, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{
		UserID: b.User.ID, Source: storetest.Magnet(), Manifest: &m, Filter: &models.FileRules{MinSize: 100}, Selected: []int{0},
	})
	storetest.OK(t, err)
	if fmt.Sprint(job.Selection) != "[0]" || withNotes(t, b, job) != "[]" {
		t.Errorf("chosen %v, notes %s", job.Selection, withNotes(t, b, job))
	}
}

func TestJobsCanStartPaused(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	b.Capacity(t, 4)
	job, _, err := b.Jobs.SubmitJob(ctx, models.NewJob{UserID: b.User.ID, Source: storetest.Magnet(), StartPaused: true})
	storetest.OK(t, err)
	if job.Asked.Act != models.ActionPause || len(b.Admit(t)) != 0 {
		t.Errorf("asked %q; it gets a slot", job.Asked.Act)
	}
}

func TestRulesAreKept(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	if r := storetest.Must[models.Rules](t)(b.Rules.Rules(ctx, b.User.ID)); r.LabelID != nil || !r.Files.Empty() {
		t.Errorf("rules from nowhere: %+v", r)
	}
	label := storetest.Must[models.Label](t)(b.Labels.AddLabel(ctx, b.User.ID, "New", "red")).ID
	theirs := storetest.Must[models.Label](t)(b.Labels.AddLabel(ctx, b.Evil.ID, "New", "red")).ID
	rules := models.Rules{LabelID: &label, Files: models.FileRules{SkipSamples: true, Extensions: []string{"NFO"}}, StartPaused: true, Provider: models.ProviderSeedr}
	storetest.Must[models.Rules](t)(b.Rules.SaveRules(ctx, b.User.ID, models.Rules{}))
	storetest.Must[models.Rules](t)(b.Rules.SaveRules(ctx, b.User.ID, rules))
	got := storetest.Must[models.Rules](t)(b.Rules.Rules(ctx, b.User.ID))
	if *got.LabelID != label || !got.Files.SkipSamples || fmt.Sprint(got.Files.Extensions) != "[nfo]" || !got.StartPaused || got.Provider != models.ProviderSeedr {
		t.Errorf("rules %+v", got)
	}
	for _, bad := range []models.Rules{{LabelID: &theirs}, {LabelID: &uuid.UUID{}}, {Provider: "elsewhere"}, {Files: models.FileRules{MinSize: -1}}} {
		_, err := b.Rules.SaveRules(ctx, b.User.ID, bad)
		storetest.WantCode(t, err, models.CodeInvalid)
	}
	storetest.OK(t, b.Labels.DeleteLabel(ctx, b.User.ID, label))
	if got := storetest.Must[models.Rules](t)(b.Rules.Rules(ctx, b.User.ID)); got.LabelID != nil || !got.StartPaused {
		t.Errorf("after the label went: %+v", got)
	}
}
