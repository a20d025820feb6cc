// Package activities adapts what internal packages do to Temporal: each
// activity decodes its input, calls one of them, and returns through the border
// in errors.go, the only place that decides what Temporal retries. Every
// activity is idempotent, because Temporal may run it more than once. What a
// job does next is decided in workflows.
package activities
