package jobs

import (
	"context"

	"longhaul/internal/store/timeline"
	"longhaul/models"
)

// filter chooses the files of a job by its owner's rules, unless some are chosen
// already.
func (js *Jobs) filter(job *models.Job, files []models.ManifestFile) {
	if job.FileRules == nil || job.Selection != nil || job.ChooseFiles {
		return
	}
	job.Selection, _ = job.FileRules.Choose(files)
}

// noteFilter writes to the timeline what the rules left out, or that they would
// have left nothing and are not applied.
func (js *Jobs) noteFilter(ctx context.Context, job models.Job, files []models.ManifestFile) error {
	if job.FileRules == nil || job.ChooseFiles {
		return nil
	}
	chosen, idle := job.FileRules.Choose(files)
	switch {
	case idle:
		return js.timeline.Add(ctx, timeline.Of(job, models.EventNoted, models.Because(models.ReasonRulesIdle, "files", len(files))))
	case chosen != nil:
		return js.timeline.Add(ctx, timeline.Of(job, models.EventNoted, models.Because(models.ReasonRulesApplied, "chosen", len(chosen), "files", len(files))))
	default:
		return nil
	}
}
