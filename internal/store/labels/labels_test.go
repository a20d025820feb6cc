package labels_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

func TestLabelsHaveBoundsAndOneNameEach(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	first := storetest.Must[models.Label](t)(b.Labels.AddLabel(ctx, b.User.ID, "  Lectures  2005 ", "teal"))
	if first.Name != "Lectures 2005" {
		t.Errorf("the name is %q", first.Name)
	}
	for name, code := range map[string]models.Code{
		"lectures 2005": models.CodeConflict, "": models.CodeInvalid, "\x00": models.CodeInvalid, "\xff": models.CodeInvalid,
		strings.Repeat("ä", 51): models.CodeInvalid, "a\u0007b": models.CodeInvalid,
	} {
		_, err := b.Labels.AddLabel(ctx, b.User.ID, name, "teal")
		storetest.WantCode(t, err, code)
	}
	_, err := b.Labels.AddLabel(ctx, b.User.ID, "Other", "#fff")
	storetest.WantCode(t, err, models.CodeInvalid)
	storetest.Must[models.Label](t)(b.Labels.AddLabel(ctx, b.Evil.ID, "Lectures 2005", "red"))
	for i := range models.MaxLabels - 1 {
		storetest.Must[models.Label](t)(b.Labels.AddLabel(ctx, b.User.ID, fmt.Sprint("Label ", i), "red"))
	}
	_, err = b.Labels.AddLabel(ctx, b.User.ID, "One more", "red")
	storetest.WantCode(t, err, models.CodeConflict)
	_, err = b.Labels.ChangeLabel(ctx, b.Evil.ID, first.ID, "Mine", "red")
	storetest.WantCode(t, err, models.CodeNotFound)
	_, err = b.Labels.ChangeLabel(ctx, b.User.ID, first.ID, "label 7", "red")
	storetest.WantCode(t, err, models.CodeConflict)
	storetest.WantCode(t, b.Labels.DeleteLabel(ctx, b.Evil.ID, first.ID), models.CodeNotFound)
	storetest.OK(t, b.Labels.DeleteLabel(ctx, b.User.ID, first.ID))
	if n := len(storetest.Must[[]models.Label](t)(b.Labels.Labels(ctx, b.User.ID))); n != models.MaxLabels-1 {
		t.Errorf("%d labels are left", n)
	}
}

func TestLabelsOfJobs(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	add := func(owner uuid.UUID, name string) uuid.UUID {
		return storetest.Must[models.Label](t)(b.Labels.AddLabel(ctx, owner, name, "blue")).ID
	}
	one, two, theirs := add(b.User.ID, "one"), add(b.User.ID, "two"), add(b.Evil.ID, "theirs")
	job, other, foreign := b.Submit(t, 10), b.Submit(t, 20), storetest.Submit(t, b.Store, b.Evil.ID, nil)
	labels := func(j models.Job) string {
		return fmt.Sprint(len(storetest.Must[map[uuid.UUID][]uuid.UUID](t)(b.Labels.LabelsOf(ctx, j.UserID, []uuid.UUID{j.ID}))[j.ID]))
	}
	storetest.Must[models.Job](t)(b.Jobs.SetLabels(ctx, b.User.ID, job.ID, []uuid.UUID{one, two, one}))
	_, err := b.Jobs.SetLabels(ctx, b.User.ID, job.ID, []uuid.UUID{one, theirs})
	storetest.WantCode(t, err, models.CodeInvalid)
	_, err = b.Jobs.SetLabels(ctx, b.User.ID, foreign.ID, []uuid.UUID{one})
	storetest.WantCode(t, err, models.CodeNotFound)
	if labels(job) != "2" || labels(foreign) != "0" {
		t.Errorf("labels of mine %s, of another's %s", labels(job), labels(foreign))
	}
	done := storetest.Must[models.LabelledJobs](t)(b.Jobs.LabelNamed(ctx, b.User.ID, []uuid.UUID{job.ID, other.ID, foreign.ID},
		models.LabelChange{Add: []uuid.UUID{two}, Remove: []uuid.UUID{one}}))
	if done != (models.LabelledJobs{Changed: 2}) || labels(job) != "1" || labels(other) != "1" || labels(foreign) != "0" {
		t.Errorf("done %+v; labels %s %s %s", done, labels(job), labels(other), labels(foreign))
	}
	page := storetest.Must[models.JobPage](t)(b.Jobs.Jobs(ctx, b.User.ID, models.JobFilter{Label: two}))
	if page.Total != 2 {
		t.Errorf("%d jobs have the label", page.Total)
	}
	page = storetest.Must[models.JobPage](t)(b.Jobs.Jobs(ctx, b.Evil.ID, models.JobFilter{Label: two}))
	if page.Total != 0 {
		t.Errorf("another user's label finds %d jobs", page.Total)
	}
	storetest.OK(t, b.Labels.DeleteLabel(ctx, b.User.ID, two))
	if labels(job) != "0" {
		t.Error("a deleted label is still on the job")
	}
}

func TestManyJobsGetLabelsUpToTheBound(t *testing.T) {
	t.Parallel()
	b, ctx := storetest.NewWorld(t), t.Context()
	var all []uuid.UUID
	for i := range models.MaxJobLabels + 1 {
		all = append(all, storetest.Must[models.Label](t)(b.Labels.AddLabel(ctx, b.User.ID, fmt.Sprint(i), "pink")).ID)
	}
	full, empty := b.Submit(t, 10), b.Submit(t, 20)
	storetest.Must[models.Job](t)(b.Jobs.SetLabels(ctx, b.User.ID, full.ID, all[:models.MaxJobLabels]))
	_, err := b.Jobs.SetLabels(ctx, b.User.ID, full.ID, all)
	storetest.WantCode(t, err, models.CodeInvalid)
	last := all[models.MaxJobLabels:]
	everything := models.JobFilter{}
	done := storetest.Must[models.LabelledJobs](t)(b.Jobs.LabelMatching(ctx, b.User.ID, everything, models.LabelChange{Add: last}))
	if done != (models.LabelledJobs{Changed: 1, Refused: 1}) {
		t.Errorf("%+v, want one changed and one refused", done)
	}
	done = storetest.Must[models.LabelledJobs](t)(b.Jobs.LabelMatching(ctx, b.User.ID, everything, models.LabelChange{Add: last, Remove: all[:1]}))
	if done != (models.LabelledJobs{Changed: 2}) {
		t.Errorf("%+v, want both changed: each loses one for the one it gets", done)
	}
	of := storetest.Must[map[uuid.UUID][]uuid.UUID](t)(b.Labels.LabelsOf(ctx, b.User.ID, []uuid.UUID{full.ID, empty.ID}))
	if len(of[full.ID]) != models.MaxJobLabels || len(of[empty.ID]) != 1 {
		t.Errorf("%d and %d labels", len(of[full.ID]), len(of[empty.ID]))
	}
	_, err = b.Jobs.LabelMatching(ctx, b.User.ID, everything, models.LabelChange{})
	storetest.WantCode(t, err, models.CodeInvalid)
}
