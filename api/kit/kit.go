// Package kit is what every operation of the API stands on: it registers an
// operation with who may call it, finds out who calls, turns faults into
// problem documents, logs, measures and limits requests, and holds the wire
// forms that several audiences show.
//
// It serves no route, and it knows neither an audience nor a rule of one.
package kit
