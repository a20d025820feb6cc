package agenttest

import (
	"context"
	"hash/crc32"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/agent/child"
	"longhaul/agent/childapi"
	"longhaul/agent/engine"
	"longhaul/models"
)

// engines adds engines that misbehave to those that ship: a URL such as
// test:crash names what one does.
func engines(c childapi.EngineConfig, src agentapi.Source) (engine.Engine, error) {
	if how, ok := strings.CutPrefix(src.URL, "test:"); ok {
		return badEngine{how}, nil
	}
	return child.Shipped(slog.New(slog.DiscardHandler))(c, src)
}

// badEngine verifies its first MiB of zeros and then does what it is told.
type badEngine struct{ how string }

func (e badEngine) Resolve(ctx context.Context, _ engine.Source, _ engine.Options) (models.Manifest, error) {
	switch e.how {
	case "crash":
		panic("no manners")
	case "hang":
		select {}
	default:
		<-ctx.Done()
		return models.Manifest{}, ctx.Err()
	}
}

func (e badEngine) Download(_ context.Context, job engine.Job, report func(engine.Report)) error {
	report(engine.Report{Phase: models.PhaseDownloading})
	if query, ok := strings.CutPrefix(e.how, "escape?"); ok {
		return escapeOf(query).run(report)
	}
	switch e.how {
	case "crash-often":
		return crashAfterEach(job)
	case "zeros":
		return verifyZeros(job)
	case "talk":
		talk(report)
		return verifyZeros(job)
	}
	if _, err := verifyMiB(job, 0); err != nil {
		return err
	}
	switch e.how {
	case "crash":
		panic("magnet:?xt=passkey")
	case "crash-once":
		if _, err := os.Stat("crashed"); err != nil {
			_ = os.WriteFile("crashed", nil, 0o600)
			panic("once")
		}
		return nil
	case "renew":
		if !startedBefore(5) {
			os.Exit(childapi.ExitRenew)
		}
		return nil
	case "hang-once":
		if _, err := os.Stat("hung"); err != nil {
			_ = os.WriteFile("hung", nil, 0o600)
			select {}
		}
		return nil
	case "oom":
		var hog [][]byte
		for {
			// It answers while it grows: on a busy machine filling the memory
			// takes longer than an engine may be silent.
			report(engine.Report{Phase: models.PhaseDownloading})
			b := make([]byte, 8<<20)
			for i := range b {
				b[i] = 1
			}
			hog = append(hog, b)
			_ = hog
		}
	default: // hang
		select {}
	}
}

// startedBefore reports whether this engine was started n times before in its
// directory.
func startedBefore(n int) bool {
	for i := range n {
		name := "start-" + strconv.Itoa(i)
		if _, err := os.Stat(name); err != nil {
			_ = os.WriteFile(name, nil, 0o600)
			return false
		}
	}
	return true
}

// talk reports for longer than an engine may be silent.
func talk(report func(engine.Report)) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for began := time.Now(); time.Since(began) < timing().Silence*3/2; <-tick.C {
		report(engine.Report{Phase: models.PhaseDownloading})
	}
}

// verifyZeros fetches every file of a job at once: they hold zeros.
// crashAfterEach ends the process after each MiB that it verifies.
func crashAfterEach(job engine.Job) error {
	for off := int64(0); off < job.Files[0].Size; off += MiB {
		fresh, err := verifyMiB(job, off)
		if err != nil {
			return err
		}
		if fresh {
			panic("not again")
		}
	}
	return nil
}

// verifyMiB makes a MiB of the first file zeros unless it is verified already.
func verifyMiB(job engine.Job, off int64) (fresh bool, err error) {
	file := job.Files[0].Index
	if job.Store.Has(file, off, MiB) {
		return false, nil
	}
	zeros := make([]byte, MiB)
	if _, err := job.Store.WriteAt(file, zeros, off); err != nil {
		return false, err
	}
	return true, job.Store.Verified(file, off, MiB, crc32.Checksum(zeros, crc32.MakeTable(crc32.Castagnoli)))
}

func verifyZeros(job engine.Job) error {
	for _, f := range job.Files {
		b := make([]byte, f.Size)
		if _, err := job.Store.WriteAt(f.Index, b, 0); err != nil {
			return err
		}
		if err := job.Store.Verified(f.Index, 0, f.Size, crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))); err != nil {
			return err
		}
	}
	return nil
}
