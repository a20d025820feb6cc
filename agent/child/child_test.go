package child_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/agent/child"
	"longhaul/agent/childapi"
	"longhaul/agent/engine"
	"longhaul/models"
)

// patient is an engine that never finds anything.
type patient struct {
	engine.Engine
	began chan struct{}
}

func (p patient) Resolve(ctx context.Context, _ engine.Source, _ engine.Options) (models.Manifest, error) {
	close(p.began)
	<-ctx.Done()
	return models.Manifest{}, ctx.Err()
}

// run runs a child whose orders come from the returned writer.
func run(t *testing.T, eng engine.Engine) (orders *io.PipeWriter, ended <-chan error) {
	t.Helper()
	in, orders := io.Pipe()
	done := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	go func() {
		done <- child.Run(ctx, in, io.Discard, func(childapi.EngineConfig, agentapi.Source) (engine.Engine, error) { return eng, nil })
	}()
	if err := json.NewEncoder(orders).Encode(childapi.Order{Do: childapi.OrderRun, Run: &childapi.Run{Kind: agentapi.KindResolve}}); err != nil {
		t.Fatal(err)
	}
	return orders, done
}

// A child ends when its supervisor says so, and when its supervisor is gone,
// because nothing would upload what it fetches.
func TestAChildEndsWithItsSupervisor(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*io.PipeWriter) error{
		"told to stop": func(w *io.PipeWriter) error { return json.NewEncoder(w).Encode(childapi.Order{Do: childapi.OrderStop}) },
		"left alone":   func(w *io.PipeWriter) error { return w.Close() },
		"spoken to in nonsense": func(w *io.PipeWriter) error {
			_, err := io.WriteString(w, "nonsense\n")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := patient{began: make(chan struct{})}
			orders, ended := run(t, p)
			<-p.began
			if err := end(orders); err != nil {
				t.Fatal(err)
			}
			select {
			case err := <-ended:
				if err != nil {
					t.Errorf("ended with %v", err)
				}
			case <-time.After(time.Minute):
				t.Fatal("it keeps running")
			}
		})
	}
}

// faulty is an engine whose source has a fault with a name.
type faulty struct{ engine.Engine }

func (faulty) Resolve(context.Context, engine.Source, engine.Options) (models.Manifest, error) {
	return models.Manifest{}, models.Fault(models.ProblemNoPeers, "No peer has it.").With("seconds", time.Minute)
}

// A fault with a name is reported with its details, and the process exits
// normally; it isn't a crash.
func TestAChildTellsItsFault(t *testing.T) {
	t.Parallel()
	order, err := json.Marshal(childapi.Order{Do: childapi.OrderRun, Run: &childapi.Run{Kind: agentapi.KindResolve}})
	if err != nil {
		t.Fatal(err)
	}
	in, _ := io.Pipe() // its supervisor lives on
	var out bytes.Buffer
	err = child.Run(t.Context(), io.MultiReader(bytes.NewReader(order), in), &out, func(childapi.EngineConfig, agentapi.Source) (engine.Engine, error) {
		return faulty{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var news childapi.News
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &news); err != nil {
		t.Fatal(err)
	}
	if f := news.Fault; news.Say != childapi.NewsFault || f == nil || f.Problem != "no_peers" || f.Params["seconds"] != float64(60) {
		t.Errorf("told %s", out.String())
	}
}

// When the machine's name servers can't be read any more, the child asks to be
// started again; where they never could, it runs on.
func TestAChildLearnsOtherNameServers(t *testing.T) {
	t.Parallel()
	answers := []bool{true, false}
	renewed := 0
	child.WatchNames(t.Context(), func() bool {
		a := answers[0]
		answers = answers[1:]
		return a
	}, func() { renewed++ })
	child.WatchNames(t.Context(), func() bool { return false }, func() { renewed++ })
	if renewed != 1 {
		t.Errorf("renewed %d times", renewed)
	}
}
