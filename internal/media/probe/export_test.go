package probe

// Indexed reads the index of a container.
var Indexed = indexed
