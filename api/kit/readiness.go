package kit

import (
	"context"
	"sync"
	"time"
)

// Probe asks one dependency whether it is there.
type Probe struct {
	Name     string
	Critical bool   // without it nothing can be answered; else the service is only degraded
	Off      bool   // the operator configured none, so it is missing on purpose and Check is not asked
	Missing  string // what does not work without it, one sentence for administrators
	Check    func(context.Context) error
}

// Probes are all dependencies that are asked.
type Probes []Probe

// probeBudget is how long a dependency may take to show that it is there.
const probeBudget = 2 * time.Second

// The results of readiness.
const (
	CheckOK      = "ok"
	CheckAway    = "away"
	checkOff     = "off"
	ReadyFull    = "ready"
	ReadyPartly  = "degraded"
	ReadyNothing = "unavailable"
)

// Readiness says which dependencies are there.
type Readiness struct {
	Status string           `json:"status" enum:"ready,degraded,unavailable"`
	Checks []ReadinessCheck `json:"checks" nullable:"false"`
}

// ReadinessCheck is the state of one dependency.
type ReadinessCheck struct {
	Name   string `json:"name"`
	Status string `json:"status" enum:"ok,away,off" doc:"off: the operator did not configure it"`
}

// Ask asks all dependencies at once; the checks are in the order of the probes.
func (ps Probes) Ask(ctx context.Context) Readiness {
	limited, cancel := context.WithTimeout(ctx, probeBudget)
	defer cancel()
	out := Readiness{Status: ReadyFull, Checks: make([]ReadinessCheck, len(ps))}
	var wg sync.WaitGroup
	for i, p := range ps {
		wg.Go(func() {
			out.Checks[i] = ReadinessCheck{Name: p.Name, Status: p.ask(limited)}
		})
	}
	wg.Wait()
	for i, p := range ps {
		if out.Checks[i].Status != CheckAway {
			continue
		}
		if p.Critical {
			out.Status = ReadyNothing
			break
		}
		out.Status = ReadyPartly
	}
	return out
}

func (p Probe) ask(ctx context.Context) string {
	if p.Off {
		return checkOff
	}
	if err := p.Check(ctx); err != nil {
		return CheckAway
	}
	return CheckOK
}
