//go:build e2e

package chaos

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"longhaul/test/harness"
)

// mostFetched is what several faults in a row may cost in fetched bytes, by the
// size of the content: each may cost what was on its way.
const mostFetched = 1.5

// TestEachRoundOfRandomFaults does twenty rounds of several faults of chance,
// while a torrent and a URL download: kills of one part or more, parts that
// hang, pauses and drains. Repeat it with LONGHAUL_SEED.
func TestEachRoundOfRandomFaults(t *testing.T) {
	const rounds = 20
	seed := seedOf(t)
	for round := range rounds {
		chance := rand.New(rand.NewPCG(seed, uint64(round)))
		t.Run(fmt.Sprintf("round %d", round+1), func(t *testing.T) {
			l := startLoad(t, 100_000+10*uint64(round)+seed%1_000_000)
			l.waitFetched(t, int64(1+chance.IntN(25)))
			for range 2 + chance.IntN(3) {
				fault(t, chance, l)
			}
			stack.ActOnAgent(t, "uncordon")
			l.wait(t)
			torrent, direct := l.fetched(t)
			t.Logf("fetched %.3f of the torrent's size and %.3f of the file's", torrent, direct)
			if torrent > mostFetched || direct > mostFetched {
				t.Errorf("fetched %.3f and %.3f", torrent, direct)
			}
		})
	}
	stack.CheckStorage(t)
}

// fault does one thing that the jobs of the load have to survive.
func fault(t *testing.T, chance *rand.Rand, l *load) {
	t.Helper()
	pause := time.Duration(chance.IntN(4000)) * time.Millisecond
	switch what := chance.IntN(6); what {
	case 0, 1, 2:
		parts := slices.Clone(everyPart)
		chance.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		parts = parts[:1+chance.IntN(len(parts))/2]
		t.Logf("kill %s", strings.Join(parts, ", "))
		stack.Kill(t, parts...)
	case 3:
		part := everyPart[chance.IntN(len(everyPart))]
		t.Logf("hang %s for %s", part, pause)
		back := stack.Suspend(t, part)
		<-time.After(pause)
		back()
	case 4:
		t.Log("pause and resume")
		for _, job := range []harness.Job{l.torrent, l.direct} {
			if err := act(t, job.ID, "pause"); err != nil {
				return // it is being stored, or ready
			}
			<-time.After(pause)
			if err := act(t, job.ID, "resume"); err != nil {
				t.Logf("resume: %v", err)
			}
		}
	default:
		t.Log("drain the agent")
		stack.ActOnAgent(t, "drain")
		<-time.After(pause)
		stack.ActOnAgent(t, "uncordon")
	}
}
