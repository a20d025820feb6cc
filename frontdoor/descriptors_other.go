//go:build !unix

package frontdoor

// descriptors returns how many files and connections the process may have open.
func descriptors() int { return 4 * DefaultTotal }
