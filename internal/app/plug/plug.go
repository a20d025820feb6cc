// Package plug gives each consumer of the store only the aggregates it asks for,
// as one value that satisfies the interface it declares. It adds no methods.
package plug
