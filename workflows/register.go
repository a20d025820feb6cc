package workflows

import "go.temporal.io/sdk/worker"

// Register registers every workflow.
func Register(r worker.WorkflowRegistry) {
	r.RegisterWorkflow(Download)
	r.RegisterWorkflow(TrackProvider)
	r.RegisterWorkflow(VerifySeedr)
	r.RegisterWorkflow(Purge)
	r.RegisterWorkflow(KeepFiles)
	r.RegisterWorkflow(SendMail)
	r.RegisterWorkflow(DeliverEvent)
	r.RegisterWorkflow(SweepOrphans)
	r.RegisterWorkflow(CheckFiles)
	r.RegisterWorkflow(ReconcileJobs)
	r.RegisterWorkflow(PruneRecords)
	r.RegisterWorkflow(ExpireFiles)
	r.RegisterWorkflow(RollUpUsage)
	r.RegisterWorkflow(ReconcileQuota)
	r.RegisterWorkflow(BulkAct)
	r.RegisterWorkflow(CleanUp)
	r.RegisterWorkflow(CheckContents)
	r.RegisterWorkflow(StartDueCheck)
	r.RegisterWorkflow(SumStorage)
	r.RegisterWorkflow(CounterNotice)
	r.RegisterWorkflow(LearnChecksums)
	r.RegisterWorkflow(ExportAccount)
	r.RegisterWorkflow(SweepExports)
	r.RegisterWorkflow(SweepTrash)
	r.RegisterWorkflow(PlaceFiles)
	r.RegisterWorkflow(SweepThumbnails)
	r.RegisterWorkflow(ProbeMedia)
}
