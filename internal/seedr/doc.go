// Package seedr is the client of the Seedr.cc REST API (version 1, HTTP Basic
// authentication): what an account holds and may hold, transfers, folders, and
// the bytes of files from the nodes that Seedr redirects to.
//
// Seedr documents no answers and has changed them once, so both generations
// are understood: the older one, which refuses with HTTP 200 and a word in
// "result", and the newer one, which refuses with a 4xx status and
// "reason_phrase". Every failure is an *Error with a Kind; each Kind has its
// problem for users.
//
// All clients of one account share a budget of calls and a circuit breaker
// through State. The package never retries: the caller decides what to try
// again. It knows nothing of jobs, the database or object storage.
package seedr
