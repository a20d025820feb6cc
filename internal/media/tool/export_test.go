package tool

// Shared makes the programs of the runner stay in this process's network.
func (r *Runner) Shared() *Runner {
	other := *r
	other.network = networkShared
	return &other
}

// OfUser makes the programs of the runner be in a network of a user's own.
func (r *Runner) OfUser() *Runner {
	other := *r
	other.network = networkUser
	return &other
}

// Guarded is how arguments are limited to what may be opened.
func Guarded(args []string) []string { return guarded(args) }
