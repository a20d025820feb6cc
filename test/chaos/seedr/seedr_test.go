//go:build e2e

// Package seedr lets everything go wrong with a simulated Seedr account while
// jobs run: each fault alone, then faults at random, then kill -9 of the worker
// while a large file is copied. Each job has to end ready with the source's
// bytes, added once, with the account empty.
package seedr

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"longhaul/internal/seedr/seedrtest"
	"longhaul/test/harness"
)

var (
	stack *harness.Stack
	sim   *harness.Seedr
)

func TestMain(m *testing.M) {
	os.Exit(harness.Package{
		Seedr: true,
		Env:   []string{"AGENT_ALLOW_CIDRS=127.0.0.0/8", "AGENT_DHT=false", "MAX_RUNNING_JOBS=50", "STALL_TIMEOUT=2m"},
	}.Run(m, func(s *harness.Stack) { stack, sim = s, s.Seedr }))
}

// submit submits a torrent of the simulator's library by its .torrent file.
func submit(t *testing.T, name string, seed uint64, sizes ...int64) (harness.Job, *harness.Swarm) {
	t.Helper()
	spec := harness.Torrent{Name: name}
	for i, size := range sizes {
		f := harness.TorrentFile{Content: harness.Content{Seed: seed + uint64(i), Size: size}}
		if len(sizes) > 1 {
			f.Path = []string{"part " + strconv.Itoa(i), "file.bin"}
		}
		spec.Files = append(spec.Files, f)
	}
	made := harness.Make(t, spec, "")
	sim.Put(made)
	job, err := stack.Client.SubmitTorrent(t.Context(), made.Metainfo, nil)
	if err != nil {
		t.Fatal(err)
	}
	return job, made
}

func ends(t *testing.T, job harness.Job, made *harness.Swarm) {
	t.Helper()
	stack.Client.WaitState(t, job.ID, "ready", 6*time.Minute)
	stack.CheckFiles(t, job.ID, made)
	if n := sim.Stats().Adds[made.InfoHash]; n != 1 {
		t.Errorf("%s was added %d times", made.Name, n)
	}
}

// clean waits for an empty account and puts the switches back. Verifying makes
// the stack know them.
func clean(t *testing.T) {
	t.Helper()
	sim.Random(0, 0)
	sim.CheckClean(t, 4*time.Minute)
	sim.Set(func(s *seedrtest.Switches) { *s = seedrtest.Default() })
	var check struct{ OK bool }
	err := stack.Administer(t.Context(), http.MethodPost, "/api/v1/admin/providers/verify", map[string]string{"provider": "seedr"}, &check)
	if err != nil || !check.OK {
		t.Errorf("verify the account: %+v, %v", check, err)
	}
}

// TestEachSwitch runs a job under each way in which the account may behave.
func TestEachSwitch(t *testing.T) {
	seed := uint64(1000)
	for name, change := range map[string]func(*seedrtest.Switches){
		"late folder":    func(s *seedrtest.Switches) { s.FolderDelay = 3 * time.Second },
		"late move":      func(s *seedrtest.Switches) { s.MoveDelay = 3 * time.Second },
		"no folder id":   func(s *seedrtest.Switches) { s.HideFolderID = true },
		"forgotten":      func(s *seedrtest.Switches) { s.ForgetDone = true },
		"early folder":   func(s *seedrtest.Switches) { s.EarlyFolder, s.MoveDelay = true, 3*time.Second },
		"single in root": func(s *seedrtest.Switches) { s.SingleInRoot = true },
		"mangled names":  func(s *seedrtest.Switches) { s.MangleNames = true },
		"strings":        func(s *seedrtest.Switches) { s.StringNumbers = true },
		"conflict":       func(s *seedrtest.Switches) { s.Conflict = true },
		"short links":    func(s *seedrtest.Switches) { s.LinkLife = 35 * time.Second },
		"legacy":         func(s *seedrtest.Switches) { s.Generation = seedrtest.Legacy },
	} {
		seed += 10
		t.Run(name, func(t *testing.T) {
			sim.Set(change)
			single, one := submit(t, "[Single] "+name+".bin", seed, 3<<20+1)
			several, many := submit(t, "(Several), "+name, seed+1, 2<<20, 5)
			ends(t, single, one)
			ends(t, several, many)
			clean(t)
		})
	}
}

// TestEachFault injects each fault, alone, into the calls that it fits.
func TestEachFault(t *testing.T) {
	for i, f := range slices.Concat(seedrtest.APIFaults, seedrtest.NodeFaults) {
		t.Run(string(f), func(t *testing.T) {
			if f == seedrtest.FaultLostAnswer {
				sim.Inject(f, "add", 1)
			} else {
				sim.Inject(f, "", 1)
			}
			before := sim.Stats().Faults[f]
			job, made := submit(t, "fault "+string(f), uint64(2000+10*i), 3<<20, 100)
			ends(t, job, made)
			if sim.Stats().Faults[f] == before {
				t.Error("the fault did not happen")
			}
			clean(t)
		})
	}
}

// TestAFullAccount: with one slot, and room for one job at a time, all jobs end
// one after another, and nothing stays on the wishlist.
func TestAFullAccount(t *testing.T) {
	sim.Set(func(s *seedrtest.Switches) { s.Slots, s.SpaceMax = 1, 6<<20 })
	var jobs []harness.Job
	var made []*harness.Swarm
	for i := range 3 {
		job, m := submit(t, fmt.Sprintf("full %d", i), uint64(4000+i*10), 4<<20)
		jobs, made = append(jobs, job), append(made, m)
	}
	for i := range jobs {
		ends(t, jobs[i], made[i])
	}
	clean(t)
}

// TestRandomFaults runs 30 jobs while one call in twelve fails, and one agent
// job alongside, which must not be affected.
func TestRandomFaults(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("LONGHAUL_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Logf("seed %d (LONGHAUL_SEED repeats it)", seed)
	faults := slices.DeleteFunc(slices.Concat(seedrtest.APIFaults, seedrtest.NodeFaults), func(f seedrtest.Fault) bool {
		// Each costs a minute of silence, and more the more often it comes.
		return f == seedrtest.FaultLimitHTML || f == seedrtest.FaultHang
	})
	sim.Random(seed, 1.0/12, faults...)
	swarm := harness.Seed(t, harness.Torrent{Name: "beside", Files: []harness.TorrentFile{{Content: harness.Content{Seed: 9, Size: 20 << 20}}}})
	beside, err := stack.Client.SubmitTorrent(t.Context(), swarm.Metainfo, map[string]string{"provider": "agent"})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	var jobs []harness.Job
	var made []*harness.Swarm
	for i := range 30 {
		job, m := submit(t, fmt.Sprintf("random %d", i), uint64(5000+i*10), int64(i+1)<<18, 1000)
		jobs, made = append(jobs, job), append(made, m)
	}
	stack.Client.WaitState(t, beside.ID, "ready", time.Minute)
	t.Logf("the agent's job was ready after %s", time.Since(began).Round(time.Millisecond))
	for i := range jobs {
		ends(t, jobs[i], made[i])
	}
	t.Logf("30 jobs in %s, faults %v", time.Since(began).Round(time.Second), sim.Stats().Faults)
	clean(t)
}

// TestBreaker: when every call fails, calls stop; when Seedr is back, so are
// they, and the job ends.
func TestBreaker(t *testing.T) {
	job, made := submit(t, "breaker", 7000, 1<<20)
	sim.Random(1, 1, seedrtest.FaultHTML500)
	rests := func() (n int) {
		err := stack.DB.QueryRow(t.Context(), `select count(*) from seedr_account where shared->>'reason' <> ''`).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	harness.Eventually(t, 2*time.Minute, "the breaker opens", func() error {
		if rests() == 0 {
			return fmt.Errorf("%d faults", sim.Stats().Faults[seedrtest.FaultHTML500])
		}
		return nil
	})
	sim.Random(0, 0)
	ends(t, job, made)
	if rests() != 0 {
		t.Error("the breaker is still open")
	}
	clean(t)
}

// inFlight is how many parts a kill may lose: the eight that a worker has memory
// for, and what is in the buffers of its connections.
const inFlight = 10

// TestKilledWorker kills the worker while a file is copied. What is in storage
// is not read again.
func TestKilledWorker(t *testing.T) { killWorker(t, 8000, 384<<20, 3) }

// TestEachKill is TestKilledWorker with ten kills and a large file.
func TestEachKill(t *testing.T) { killWorker(t, 8100, 2<<30, 10) }

func killWorker(t *testing.T, seed uint64, size int64, kills int) {
	t.Helper()
	sim.Set(func(s *seedrtest.Switches) { s.BytesPerSecond = 24 << 20 })
	before, began := sim.Stats().ServedTotal, time.Now()
	read := func() int64 { return sim.Stats().ServedTotal - before }
	job, made := submit(t, fmt.Sprintf("large %d", seed), seed, size)
	var lost, most int64 // bytes that were read and not stored when the worker died
	for kill := range kills {
		mark := read()
		harness.Eventually(t, 3*time.Minute, "bytes are copied", func() error {
			if n := read() - mark; n < size/int64(kills+2) {
				return fmt.Errorf("%d bytes since kill %d", n, kill)
			}
			return nil
		})
		stack.Kill(t, "worker")
		now := read() - storedBytes(t, job.ID)
		lost, most = now, max(most, now-lost)
	}
	sim.Set(func(s *seedrtest.Switches) { s.BytesPerSecond = 0 })
	ends(t, job, made)
	part := partSize(t, job.ID)
	t.Logf("%d kills in %s: %d MiB read for %d MiB (%.3f), %d MiB of them lost, at most %d by one kill",
		kills, time.Since(began).Round(time.Second), read()>>20, size>>20, float64(read())/float64(size), lost>>20, most>>20)
	if allowed := size*105/100 + lost; read() > allowed {
		t.Errorf("%d bytes were read, at most %d are allowed: what is in storage was read again", read(), allowed)
	}
	if allowed := inFlight * part; most > allowed {
		t.Errorf("%d bytes were lost by one kill, at most %d are allowed", most, allowed)
	}
	clean(t)
}

// storedBytes returns how much of the job is in storage for good.
func storedBytes(t *testing.T, jobID string) (n int64) {
	t.Helper()
	err := stack.DB.QueryRow(t.Context(), `
		select coalesce(sum(p.size), 0) from file_parts p join files f on f.id = p.file_id where f.job_id = $1`, jobID).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func partSize(t *testing.T, jobID string) (n int64) {
	t.Helper()
	if err := stack.DB.QueryRow(t.Context(), `select max(part_size) from files where job_id = $1`, jobID).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestZCanary runs last: the account's password is nowhere.
func TestZCanary(t *testing.T) {
	stack.CheckNoSecret(t, harness.SeedrPassword)
}
