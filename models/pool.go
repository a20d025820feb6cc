package models

// The acts on pools, for the audit log.
const (
	AuditAgentPool AuditAction = "agent.pool"
	AuditUserPool  AuditAction = "user.pool"
)

// PoolSlots is what the agents of a pool that take work have left.
type PoolSlots struct {
	Agents int
	Free   int // transfers more
}

// PoolWait is a pool in which jobs wait and that no agent that takes work is in.
type PoolWait struct {
	Pool string // empty for the jobs of accounts that have none
	Jobs int64
}

// Slots is what agents have left, by pool. The pool of agents and accounts that
// have none is the empty text.
type Slots map[string]PoolSlots

// Alive returns the pools that have an agent which takes work.
func (s Slots) Alive() []string {
	out := make([]string, 0, len(s))
	for pool := range s {
		out = append(out, pool)
	}
	return out
}

// Free returns the pools that have free slots, and how many each has.
func (s Slots) Free() (pools []string, free []int) {
	pools, free = []string{}, []int{}
	for pool, left := range s {
		if left.Free > 0 {
			pools, free = append(pools, pool), append(free, left.Free)
		}
	}
	return pools, free
}
