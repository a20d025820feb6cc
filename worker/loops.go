package worker

import (
	"context"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/event"
	"longhaul/internal/wait"
	"longhaul/models"
)

const (
	dispatchers  = 4  // items of different jobs go to Temporal side by side
	dispatchSize = 25 // items that one dispatcher handles in a row
	dispatchBusy = 250 * time.Millisecond
	dispatchIdle = time.Second

	accountSize  = 25 // account requests handled in a row
	accountEvery = 500 * time.Millisecond
	leftJobs     = 100 // of deleted accounts, deleted in a row: slower than the outbox is emptied, for everyone's sake

	admitSize  = 100 // jobs of one round
	admitEvery = time.Second
	admitGap   = 50 * time.Millisecond // minimum distance between rounds triggered by news
	errorPause = time.Second

	// How soon a job knows that an operator terminated its workflow. Temporal's
	// list may lag, and clocks differ, so each look goes back a minute further; the
	// first goes back as far as workers are usually away.
	terminatedEvery = 10 * time.Second
	terminatedBack  = time.Minute
	terminatedFirst = time.Hour
)

// News announces changes in the database. It may miss some, so every loop also
// checks on a timer.
type News interface {
	Subscribe(ctx context.Context) <-chan event.Message
}

// bell wakes one loop. Ringing twice before it wakes is the same as once.
type bell chan struct{}

func newBells(n int) []bell {
	out := make([]bell, n)
	for i := range out {
		out[i] = make(bell, 1)
	}
	return out
}

func ring(bells []bell) {
	for _, b := range bells {
		select {
		case b <- struct{}{}:
		default:
		}
	}
}

// wait returns after the bell or the time, and reports whether ctx holds.
func (b bell) wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-b:
		return ctx.Err() == nil
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// listen wakes the loops that news concern.
func (w *Worker) listen(ctx context.Context, outbox, admission, placing []bell) error {
	news := w.deps.News.Subscribe(ctx)
	for m := range news {
		switch m.Kind {
		case event.KindOutbox:
			ring(outbox)
		case event.KindJob: // a job arrived or gave its slot back
			ring(admission)
		case event.KindPlacement:
			ring(placing)
		case event.KindLost:
			ring(outbox)
			ring(admission)
			ring(placing)
		case event.KindProgress, event.KindAccess, event.KindFeatures, event.KindAnnounced, event.KindChanged, event.KindHealth:
		}
	}
	return nil
}

// dispatch hands the outbox to Temporal.
func (w *Worker) dispatch(ctx context.Context, b bell) error {
	for {
		n, err := w.deps.Records.DueOutbox(ctx, dispatchSize, func(ctx context.Context, item models.OutboxItem) error {
			err := w.deliver(ctx, item)
			w.metrics.item(item.Kind, err)
			return err
		})
		pause := dispatchIdle
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			w.log.WarnContext(ctx, "could not read the outbox", "error", err)
			pause = errorPause
		case n == dispatchSize:
			continue
		case n > 0:
			pause = dispatchBusy
		}
		if !b.wait(ctx, pause) {
			return nil
		}
	}
}

// deliver tells Temporal one thing. It may happen twice, so what is already
// done or superseded counts as delivered.
func (w *Worker) deliver(ctx context.Context, item models.OutboxItem) error {
	switch item.Kind {
	case models.OutboxTrack:
		return w.deps.Flows.Track(ctx, item.Ref)
	case models.OutboxPurge:
		return w.deps.Flows.Purge(ctx, item.Ref)
	case models.OutboxKeep:
		return w.deps.Flows.Keep(ctx, item.Ref)
	case models.OutboxMail:
		return w.deps.Flows.SendMail(ctx, item.Ref)
	case models.OutboxWebhook:
		return w.deps.Flows.DeliverEvent(ctx, item.Ref)
	case models.OutboxBulk:
		return w.deps.Flows.Bulk(ctx, item.Ref)
	case models.OutboxCounter:
		return w.deps.Flows.CounterChanged(ctx, item.Ref)
	case models.OutboxExport:
		return w.deps.Flows.Export(ctx, item.Ref)
	case models.OutboxMedia:
		return w.deps.Flows.ProbeMedia(ctx, item.Ref)
	case models.OutboxCleanup:
		return w.cleanUp(ctx, item.Ref)
	case models.OutboxCheck:
		return w.readContents(ctx, item.Ref)
	default:
		return w.deliverToJob(ctx, item)
	}
}

// deliverToJob is deliver for what a job's own workflow has to know.
func (w *Worker) deliverToJob(ctx context.Context, item models.OutboxItem) error {
	job, err := w.deps.Records.Job(ctx, item.Ref)
	if err != nil {
		if models.CodeOf(err) == models.CodeNotFound {
			return nil // purged meanwhile
		}
		return err
	}
	switch item.Kind {
	case models.OutboxStart:
		return w.deps.Flows.Start(ctx, job)
	case models.OutboxRetry:
		return w.deps.Flows.Retry(ctx, job)
	case models.OutboxAdmit:
		if job.State != models.StateQueued || job.AdmittedAt == nil {
			return nil // it runs already, or gave the slot back
		}
		return w.deps.Flows.Admit(ctx, job)
	case models.OutboxAsk:
		if job.Asked.None() || job.State.Terminal() || job.DeleteAt != nil {
			return nil // it is done already, or there is no one left to ask
		}
		return w.ask(ctx, job)
	case models.OutboxChosen:
		if job.Selection == nil || job.State.Terminal() || job.DeleteAt != nil || job.Unattended() {
			return nil
		}
		return w.deps.Flows.Chosen(ctx, job)
	case models.OutboxYield:
		if job.AdmittedAt == nil {
			return nil // it gave the slot back already
		}
		return w.deps.Flows.Yield(ctx, job)
	case models.OutboxCancel:
		if job.State.Terminal() {
			return nil
		}
		return w.cancel(ctx, job)
	default:
		return models.Errorf(models.CodeInternal, "Unknown kind of outbox item.")
	}
}

// cleanUp has a cleanup of storage carried on, unless it needs nothing.
func (w *Worker) cleanUp(ctx context.Context, id uuid.UUID) error {
	c, err := w.deps.Records.LoadCleanup(ctx, id)
	if models.IsNotFound(err) || err == nil && !c.State.Working() {
		return nil
	}
	if err != nil {
		return err
	}
	return w.deps.Flows.CleanUp(ctx, c)
}

// readContents has a check of contents carried on, unless it is over.
func (w *Worker) readContents(ctx context.Context, id uuid.UUID) error {
	c, err := w.deps.Records.LoadContentCheck(ctx, id)
	if models.IsNotFound(err) || err == nil && c.State != models.CheckReading {
		return nil
	}
	if err != nil {
		return err
	}
	return w.deps.Flows.ReadContents(ctx, c)
}

// ask tells a job's workflow what the row asks for. One that an operator ended
// starts again and reads it there.
func (w *Worker) ask(ctx context.Context, job models.Job) error {
	err := w.deps.Flows.Ask(ctx, job)
	if models.IsNotFound(err) && job.Unattended() {
		return w.deps.Flows.Restart(ctx, job)
	}
	return err
}

// cancel has a job's workflow end and clean up. One that an operator ended starts
// again for it: a cancel of what has ended goes well, and does nothing.
func (w *Worker) cancel(ctx context.Context, job models.Job) error {
	if job.Unattended() {
		if err := w.deps.Flows.Restart(ctx, job); err != nil {
			return err
		}
	}
	return w.deps.Flows.Cancel(ctx, job.ID)
}

// repairTerminated settles jobs whose workflow was terminated in Temporal.
func (w *Worker) repairTerminated(ctx context.Context) error {
	since := time.Now().Add(-terminatedFirst)
	for wait.For(ctx, wait.Spread(terminatedEvery)) == nil {
		looked := time.Now()
		res, err := w.deps.Sweeps.RepairTerminated(ctx, since)
		if res.Parked+res.Restarted > 0 {
			w.log.InfoContext(ctx, "workflows were terminated", "needs_attention", res.Parked, "restarted", res.Restarted)
		}
		if err != nil {
			if ctx.Err() == nil {
				w.log.WarnContext(ctx, "could not look for terminated workflows", "error", err)
			}
			continue
		}
		since = looked.Add(-terminatedBack)
	}
	return nil
}

// answerAccounts carries out requests made with an e-mail address, and
// continues deleting the jobs of deleted accounts. It runs on its own schedule
// and no news wakes it: what it does for an address with an account must not
// coincide with the response to the request.
func (w *Worker) answerAccounts(ctx context.Context) error {
	for {
		n, err := w.deps.Records.DueAccountRequests(ctx, accountSize)
		if err != nil && ctx.Err() == nil {
			w.log.WarnContext(ctx, "could not read account requests", "error", err)
		}
		if _, err := w.deps.Records.DeleteLeftJobs(ctx, leftJobs); err != nil && ctx.Err() == nil {
			w.log.WarnContext(ctx, "could not delete the jobs of deleted accounts", "error", err)
		}
		if n < accountSize && wait.For(ctx, accountEvery) != nil {
			return nil
		}
	}
}

// admit gives free slots to queued jobs.
func (w *Worker) admit(ctx context.Context, b bell) error {
	for {
		admitted, err := w.deps.Records.Admit(ctx, w.deps.RunningPerUser, admitSize)
		if err != nil && ctx.Err() == nil {
			w.log.WarnContext(ctx, "no admission", "error", err)
		}
		if len(admitted) > 0 {
			w.metrics.admitted.Add(float64(len(admitted)))
			w.log.InfoContext(ctx, "jobs admitted", "jobs", len(admitted))
		}
		if len(admitted) < admitSize && !b.wait(ctx, admitEvery) {
			return nil
		}
		if wait.For(ctx, admitGap) != nil {
			return nil
		}
	}
}
