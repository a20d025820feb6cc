package quota_test

import (
	"context"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/store/storetest"
	"longhaul/models"
)

// TestQuotaAfterChaos does everything that changes a quota at the same time,
// at random and partly twice, and breaks transactions off. Whatever happened,
// totals, rows and ledger agree all the way, no account is over its limit, and
// in the end used is what the stored files sum up to and nothing is reserved.
// QUOTA_SEED repeats a run.
func TestQuotaAfterChaos(t *testing.T) {
	t.Parallel()
	b := setup(t)
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("QUOTA_SEED"); s != "" {
		var err error
		seed, err = strconv.ParseUint(s, 10, 64)
		storetest.OK(t, err)
	}
	t.Logf("QUOTA_SEED=%d", seed)
	users := []models.User{b.User, b.Evil, storetest.User(t, b.Store)}
	limit := int64(20_000)
	for _, u := range users {
		storetest.Plan(t, b.Store, u.ID, models.Plan{StorageBytes: &limit, MaxJobBytes: new(int64(15_000))})
	}
	var wg sync.WaitGroup
	for n := range 6 {
		c := chaos{t: t, bundle: b, rand: rand.New(rand.NewPCG(seed, uint64(n))), users: users}
		wg.Go(func() {
			for range 200 {
				c.act(t.Context())
			}
		})
	}
	wg.Wait()
	storetest.Balanced(t)
	c := chaos{t: t, bundle: b, rand: rand.New(rand.NewPCG(seed, 99)), users: users}
	c.endAll(t.Context())
	storetest.Balanced(t)
	stored := false
	for _, u := range users {
		room := storetest.Must[models.Room](t)(b.Quota.Room(t.Context(), u.ID))
		if room.Reserved != 0 || room.Used > limit {
			t.Errorf("account ends with %+v", room)
		}
		stored = stored || room.Used > 0
	}
	if !stored {
		t.Error("the run stored nothing, so it shows nothing")
	}
}

// chaos is one of the actors.
type chaos struct {
	bundle
	t     testing.TB
	rand  *rand.Rand
	users []models.User
}

// act does one thing. Refusals are part of the game; faults of ours are not.
func (c *chaos) act(ctx context.Context) {
	u := c.users[c.rand.IntN(len(c.users))]
	if c.rand.IntN(10) == 0 { // a process dies in the middle of it
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(c.rand.IntN(8000))*time.Microsecond)
		defer cancel()
	}
	var err error
	if c.rand.IntN(3) == 0 {
		err = c.submitOne(ctx, u)
	} else {
		page, listErr := c.Jobs.Jobs(ctx, u.ID, models.JobFilter{Limit: 100})
		if err = listErr; err == nil && len(page.Jobs) > 0 {
			err = c.push(ctx, page.Jobs[c.rand.IntN(len(page.Jobs))])
		}
	}
	if room, roomErr := c.Quota.Room(c.t.Context(), u.ID); roomErr != nil || room.Used+room.Reserved > *room.Limit {
		c.t.Errorf("over the limit: %+v, %v", room, roomErr)
	}
	if err != nil && models.CodeOf(err) == models.CodeInternal && ctx.Err() == nil {
		c.t.Errorf("act: %v", err)
	}
}

func (c *chaos) submitOne(ctx context.Context, u models.User) error {
	n := models.NewJob{UserID: u.ID, Source: storetest.Magnet(), RefuseIfFull: c.rand.IntN(2) == 0, ChooseFiles: c.rand.IntN(6) == 0}
	if c.rand.IntN(2) == 0 {
		m := storetest.Manifest(c.sizes()...)
		n.Manifest = &m
	}
	_, _, err := c.Jobs.SubmitJob(ctx, n)
	return err
}

func (c *chaos) sizes() []int64 {
	out := make([]int64, 1+c.rand.IntN(3))
	for i := range out {
		out[i] = int64(c.rand.IntN(5000))
	}
	return out
}

// push moves the job on, or ends it.
func (c *chaos) push(ctx context.Context, job models.Job) error {
	switch c.rand.IntN(16) {
	case 0:
		_, err := c.W.Jobs.Transition(ctx, job.ID, models.JobChange{To: models.StateCancelled, Reason: models.Because(models.ReasonCancelled), ReleaseSlot: true})
		return err
	case 1:
		if err := c.Jobs.RequestDelete(ctx, job.UserID, job.ID); err != nil {
			return err
		}
		return c.W.Jobs.DeleteJobRows(ctx, job.ID)
	case 2:
		_, err := c.Jobs.RequestRetry(ctx, job.UserID, job.ID)
		return err
	case 3:
		_, err := c.W.Admission.Admit(ctx, 100, 1+c.rand.IntN(5))
		return err
	default:
		return c.forward(ctx, job)
	}
}

// forward does what comes next for the job.
func (c *chaos) forward(ctx context.Context, job models.Job) error {
	move := func(to models.State) error {
		_, err := c.W.Jobs.Transition(ctx, job.ID, models.JobChange{To: to, Reason: models.Because(models.ReasonWaitsForSlot), ReleaseSlot: true})
		return err
	}
	switch job.State {
	case models.StateQueued:
		if job.FileCount == 0 {
			return move(models.StateResolving)
		}
		if job.ChooseFiles && job.Selection == nil {
			if err := move(models.StateResolving); err != nil {
				return err
			}
			return move(models.StateAwaitingSelection)
		}
		_, err := storetest.Place(c.t, c.Store, job.ID, models.TransferDownload, []byte("t"))
		return err
	case models.StateResolving:
		return c.W.Jobs.SaveManifest(ctx, job.ID, storetest.Manifest(c.sizes()...))
	case models.StateAwaitingSelection:
		if err := c.W.Jobs.SelectFiles(ctx, job.ID, []int{0}); err != nil {
			return err
		}
		return move(models.StateQueued)
	case models.StateDownloading:
		next := []models.State{models.StatePaused, models.StateFailed, models.StateNeedsAttention}
		if n := c.rand.IntN(8); n < len(next) {
			return move(next[n])
		}
		return move(models.StateStoring)
	case models.StatePaused, models.StateNeedsAttention:
		return move(models.StateQueued)
	case models.StateStoring:
		return c.store(ctx, job.ID)
	case models.StateReady:
		if c.rand.IntN(4) > 0 {
			return nil
		}
		return move(models.StateExpired)
	default:
		return nil
	}
}

// store completes files, at times not all of them.
func (c *chaos) store(ctx context.Context, jobID uuid.UUID) error {
	files, err := c.W.Files.FilesToFinalize(ctx, jobID)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := c.W.Files.FileStored(ctx, f.ID, f.Size, "e"); err != nil {
			return err
		}
		if c.rand.IntN(8) == 0 {
			return nil
		}
	}
	return c.W.Jobs.FinishJob(ctx, jobID)
}

// endAll brings every job to its end, also those that are deleted already.
func (c *chaos) endAll(ctx context.Context) {
	open := storetest.Must[[]models.Job](c.t)(c.W.Jobs.StaleOpenJobs(ctx, c.DB.Now().Add(time.Hour), uuid.Nil, 1000))
	for _, job := range open {
		if job.State == models.StateStoring && c.store(ctx, job.ID) == nil && c.Job(c.t, job.ID).State == models.StateReady {
			continue
		}
		storetest.Must[models.Job](c.t)(c.W.Jobs.Transition(ctx, job.ID, models.JobChange{To: models.StateCancelled, Reason: models.Because(models.ReasonCancelled), ReleaseSlot: true}))
	}
}
