// Package mail writes Longhaul's mails and hands them to Resend, or to a server
// that speaks its protocol. It decides whether a failed attempt is worth
// another one; when and how often is the business of the workflow that calls
// it. It keeps nothing and knows no accounts.
package mail
