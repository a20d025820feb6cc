// Package activities does what workflows decide: it places transfers on agents,
// follows them, completes objects in storage and writes the rows of jobs. Each
// activity is idempotent, because Temporal may run it more than once, and
// returns through the border in errors.go, which alone decides what is tried
// again. It does not decide what a job does next; workflows does.
package activities
