// Package models holds Longhaul's entities, states, rules and errors. It does
// no I/O and knows neither the database nor Temporal: queries live in
// internal/store, orchestration in workflows.
package models
