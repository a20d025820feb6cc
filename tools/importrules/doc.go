// Package importrules has no code: its test breaks every import rule of
// .golangci.yml on purpose, in every folder that the rule covers, and fails
// where the linter does not report it.
package importrules
