// Package plug gives each consumer of the store the aggregates that it asks, as
// one value of the interface that it declares. It adds no method of its own.
package plug
