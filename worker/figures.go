package worker

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"longhaul/models"
)

// figures exports the newest figures of the database. All workers have the same,
// so queries take the largest. Before the first ones it exports nothing.
type figures struct {
	now    func() time.Time
	newest atomic.Pointer[models.Figures]
	gauges map[string]*prometheus.Desc
}

func newFigures(now func() time.Time) *figures {
	f := &figures{now: now, gauges: map[string]*prometheus.Desc{}}
	add := func(name, help string, labels ...string) {
		f.gauges[name] = prometheus.NewDesc("longhaul_"+name, help, labels, nil)
	}
	add("figures_age_seconds", "Age of all figures that are taken of the database.")
	add("jobs", "Jobs that have not ended, by state, stored reason and provider.", "state", "reason", "provider")
	add("jobs_oldest_seconds", "How long the oldest of those jobs is in its state.", "state", "reason", "provider")
	add("outbox_items", "Items of the outbox that wait for Temporal.")
	add("outbox_age_seconds", "Age of the oldest waiting outbox item or account request.")
	add("admission_age_seconds", "Time since any worker last gave slots to queued jobs.")
	add("admission_passed_over_seconds", "How long the oldest job waits whose turn it is while slots are free.")
	add("mails_queued", "Mails that wait to be sent.")
	add("mails_oldest_seconds", "Age of the oldest of those mails.")
	add("agents", "Compute agents: active, resting (cordoned or draining) or lost.", "state")
	add("agents_low_disk", "Agents that respond and have less than a tenth of their disk free.")
	add("agent_pools_empty", "Pools in which jobs wait and no agent takes any; agents and accounts without a pool count as one.")
	add("agent_slots", "Transfers that the active agents run at once.")
	add("agent_slots_free", "Slots of agents that no job holds.")
	add("seedr_failing_seconds", "How long Seedr has given no good answer, by the last problem; 0 while it does.", "problem")
	add("seedr_calls_off", "Whether calls to Seedr are paused: 1 or 0.")
	add("seedr_full", "Whether Seedr refused a transfer for lack of room a moment ago: 1 or 0.")
	add("seedr_space_bytes", "Space of the Seedr account: total or used.", "kind")
	add("storage_deletion_paused", "Whether automatic deletion waits for an administrator: 1 or 0.")
	add("storage_refused_orphans", "Objects that are too many to remove without an administrator.")
	add("storage_refused_lost", "Files that are too many to mark as lost without an administrator.")
	add("storage_lost_files", "Files whose object is gone.")
	add("storage_sweep_age_seconds", "Time since storage was last compared with the database; 0 before the first time.")
	add("storage_check_age_seconds", "Time since the stored files were last looked for in storage; 0 before the first time.")
	return f
}

func (f *figures) set(n models.Figures) { f.newest.Store(&n) }

// Describe implements prometheus.Collector.
func (f *figures) Describe(to chan<- *prometheus.Desc) {
	for _, d := range f.gauges {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (f *figures) Collect(to chan<- prometheus.Metric) {
	n := f.newest.Load()
	if n == nil {
		return
	}
	send := func(name string, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(f.gauges[name], prometheus.GaugeValue, value, labels...)
	}
	send("figures_age_seconds", max(0, f.now().Sub(n.TakenAt).Seconds()))
	for _, j := range n.Jobs {
		labels := []string{string(j.State), j.Reason, string(j.Provider)}
		send("jobs", float64(j.Count), labels...)
		send("jobs_oldest_seconds", j.Oldest.Seconds(), labels...)
	}
	send("outbox_items", float64(n.Outbox.Items))
	send("outbox_age_seconds", n.Outbox.Oldest.Seconds())
	send("admission_age_seconds", n.Admission.SinceRound.Seconds())
	send("admission_passed_over_seconds", n.Admission.PassedOver.Seconds())
	send("mails_queued", float64(n.Mails.Queued))
	send("mails_oldest_seconds", n.Mails.Oldest.Seconds())
	send("agents", float64(n.Agents.Active), "active")
	send("agents", float64(n.Agents.Online-n.Agents.Active), "resting")
	send("agents", float64(n.Agents.Lost), "lost")
	send("agents_low_disk", float64(n.Agents.LowDisk))
	send("agent_pools_empty", float64(n.Agents.EmptyPools))
	send("agent_slots", float64(n.Agents.Slots))
	send("agent_slots_free", float64(n.Agents.FreeSlots))
	if n.Seedr.Configured {
		send("seedr_failing_seconds", n.Seedr.FailingFor.Seconds(), string(n.Seedr.Problem))
		send("seedr_calls_off", flag(n.Seedr.CallsOff))
		send("seedr_full", flag(n.Seedr.Full))
		send("seedr_space_bytes", float64(n.Seedr.SpaceMax), "total")
		send("seedr_space_bytes", float64(n.Seedr.SpaceUsed), "used")
	}
	send("storage_deletion_paused", flag(n.Storage.Paused))
	send("storage_refused_orphans", float64(n.Storage.RefusedOrphans))
	send("storage_refused_lost", float64(n.Storage.RefusedLost))
	send("storage_lost_files", float64(n.Storage.Lost))
	send("storage_sweep_age_seconds", n.Storage.SinceSweep.Seconds())
	send("storage_check_age_seconds", n.Storage.SinceCheck.Seconds())
}

func flag(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
