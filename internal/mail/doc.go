// Package mail writes Longhaul's mails and hands them to Resend, or to a server
// that speaks its protocol. It decides whether to retry a failed attempt; the
// workflow that calls it decides when and how often. It stores nothing and
// knows no accounts.
package mail
