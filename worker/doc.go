// Package worker runs Longhaul's workflows and activities, hands the outbox to
// Temporal and admits jobs to free slots. It holds no rules of a job: those are
// in workflows and in the store's transactions.
package worker
