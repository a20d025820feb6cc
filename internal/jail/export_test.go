package jail

// EnterWithoutLandlock is Enter on a kernel without Landlock.
func EnterWithoutLandlock() error { return enter(func(string) error { return nil }) }

// MayChangeUser reports whether engines run as another user than this process.
func MayChangeUser() bool { return mayChangeUser() }

// GapsOf returns what a kernel can't keep an engine from.
func GapsOf(abi int, filter, ownUser bool) []string { return gaps(abi, filter, ownUser) }
