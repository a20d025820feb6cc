package models

import "time"

// ProviderOverview is what is known of all providers.
type ProviderOverview struct {
	Config  ProviderConfig
	Agents  int // that accept jobs
	Free    int // slots on them
	Slots   int // on them in all
	Seedr   SeedrAccount
	Taken   int              // Seedr slots in use
	Space   int64            // bytes on Seedr that are neither used nor promised
	Rest    *SeedrRest       // nil while calls continue
	Running map[Provider]int // jobs that hold a slot
	Waiting map[Provider]int // jobs in the queue
}

// SeedrRest is why no calls are made to Seedr right now.
type SeedrRest struct {
	Until  time.Time
	Reason string // a kind of failure, in one word
}

// ProviderChange is a switch of the active provider or of its options.
type ProviderChange struct {
	To       Provider
	Options  ProviderOptions
	Verified *ProviderCheck // what the verification before it found; nil if there was none
}

// ProviderEntry is an entry of the history with the name of who made it.
type ProviderEntry struct {
	ProviderConfig
	Email string // empty if that account was deleted
}

// SeedrSeen is what a listing of the Seedr account showed.
type SeedrSeen struct {
	SpaceMax, SpaceUsed int64 // bytes
	Others              int   // transfers that no open job needs
}
