//go:build e2e

package scale

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"longhaul/agent/agentapi"
	"longhaul/agent/agentapi/agentapitest"
	"longhaul/internal/source"
	"longhaul/test/harness"
)

// Each simulated download has fileSize bytes and advances with the clock: so many
// bytes a millisecond since the start. So the number that an owner sees says
// when it was true.
const (
	fileSize     = 4 << 30
	pieceLength  = 16 << 20
	bytesPerMS   = 1000
	beatInterval = 10 * time.Second
)

// simulation is an agent that reports progress and fetches nothing.
type simulation struct {
	*agentapitest.Agent
	id       string
	started  atomic.Int64 // downloads
	torrents sync.Map     // numbers by info hash, for the answers to resolves
}

// epoch is when the downloads of all simulations started.
var epoch = time.Now()

// startSimulation enrols the agent, keeps it alive, and moves its transfers once
// a second until the benchmark ends.
func startSimulation(b *testing.B, capacity int) *simulation {
	sim := &simulation{Agent: agentapitest.NewAgent(b)}
	sim.OnStart = sim.begin
	r, err := stack.Ready()
	if err != nil {
		b.Fatal(err)
	}
	var enrolled struct {
		Token string `json:"token"`
	}
	if err := stack.Administer(b.Context(), http.MethodPost, "/api/v1/admin/agents/enrol", map[string]string{"name": "simulation"}, &enrolled); err != nil {
		b.Fatal(err)
	}
	hello := agentapi.Hello{URL: sim.URL, Capacity: capacity, Version: "simulation"}
	client := &http.Client{}
	registered, err := agentapi.NewControlClient(r.App, "", client).Register(b.Context(), agentapi.Register{
		Token: enrolled.Token, URL: hello.URL, Capacity: capacity, Version: hello.Version,
	})
	if err != nil {
		b.Fatal(err)
	}
	control := agentapi.NewControlClient(r.App, registered.Credential, client)
	booted, err := control.Boot(b.Context(), hello)
	if err != nil {
		b.Fatal(err)
	}
	sim.id = registered.AgentID
	ctx, cancel := context.WithCancel(b.Context())
	var running sync.WaitGroup
	running.Go(func() { sim.beat(ctx, b, control, booted.BootEpoch, capacity) })
	running.Go(func() { sim.move(ctx) })
	b.Cleanup(func() {
		cancel()
		running.Wait()
	})
	return sim
}

func (s *simulation) beat(ctx context.Context, b *testing.B, control *agentapi.ControlClient, boot int64, capacity int) {
	tick := time.NewTicker(beatInterval)
	defer tick.Stop()
	for ; ctx.Err() == nil; <-tick.C {
		_, err := control.Heartbeat(ctx, agentapi.Heartbeat{
			BootEpoch: boot, Capacity: capacity, Running: s.downloads(), DiskFree: 1 << 50, DiskTotal: 1 << 50,
		})
		if err != nil && ctx.Err() == nil {
			b.Error("heartbeat:", err)
		}
	}
}

func (s *simulation) move(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			done := time.Since(epoch).Milliseconds() * bytesPerMS
			s.SetAll(func(st *agentapi.Status) {
				if st.Kind == agentapi.KindDownload && !st.Phase.Ended() {
					st.Phase, st.BytesDone, st.DownRate, st.Peers = agentapi.PhaseDownloading, done, 1000*bytesPerMS, 5
				}
			})
		}
	}
}

// begin answers a resolve at once, and counts downloads.
func (s *simulation) begin(jobID string, spec agentapi.StartTransfer) {
	if spec.Kind == agentapi.KindDownload {
		s.started.Add(1)
		return
	}
	src, err := source.ParseMagnet(spec.Source.Magnet)
	value, _ := s.torrents.Load(src.InfoHashV1)
	n, known := value.(int)
	if err != nil || !known {
		panic(fmt.Sprintf("resolve of %q, which was not submitted: %v", spec.Source.Magnet, err))
	}
	s.Resolve(jobID, agentapi.Manifest{
		Name: nameOf(n), Size: fileSize, Files: []agentapi.ManifestFile{{Index: 0, Path: nameOf(n), Size: fileSize}},
		Metainfo: source.BuildTorrent(infoOf(n), nil, nil),
	})
}

func (s *simulation) downloads() int { return int(s.started.Load()) }

func (s *simulation) cordon(b *testing.B) {
	if err := stack.Administer(b.Context(), http.MethodPost, "/api/v1/admin/agents/"+s.id+"/cordon", nil, nil); err != nil {
		b.Fatal(err)
	}
}

func nameOf(n int) string { return fmt.Sprintf("Simulated-%d", n) }

// infoOf returns the info dictionary of a torrent without content.
func infoOf(n int) []byte {
	pieces := make([]byte, fileSize/pieceLength*sha1.Size)
	name := nameOf(n)
	return fmt.Appendf(nil, "d6:lengthi%de4:name%d:%s12:piece lengthi%de6:pieces%d:%se", fileSize, len(name), name, pieceLength, len(pieces), pieces)
}

// magnet returns the link to a torrent that the simulation then knows.
func (s *simulation) magnet(n int) string {
	hash := fmt.Sprintf("%x", sha1.Sum(infoOf(n)))
	s.torrents.Store(hash, n)
	return "magnet:?xt=urn:btih:" + hash + "&dn=" + nameOf(n)
}

// watch opens a stream of each owner, and returns what ends them and says how old
// each piece of progress was when it came.
func watch(b *testing.B, owners []*harness.Client) (stop func() []time.Duration) {
	ctx, cancel := context.WithCancel(b.Context())
	var running sync.WaitGroup
	var ages collected
	for _, owner := range owners {
		running.Go(func() { listen(ctx, b, owner, &ages) })
	}
	return func() []time.Duration {
		cancel()
		running.Wait()
		return ages.list
	}
}

func listen(ctx context.Context, b *testing.B, owner *harness.Client, ages *collected) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, owner.Base+"/api/v1/events", nil)
	if err != nil {
		b.Error(err)
		return
	}
	req.Header.Set("Cookie", "__Host-sid="+owner.Cookie)
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		b.Error(err)
		return
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: [")
		if !ok {
			continue
		}
		now := time.Now()
		var list []struct {
			BytesDone int64 `json:"bytesDone"`
			DownRate  int64 `json:"downRate"`
		}
		if json.Unmarshal([]byte("["+data), &list) != nil {
			continue
		}
		for _, p := range list {
			if p.DownRate == 1000*bytesPerMS { // of the simulation
				ages.add(now.Sub(epoch.Add(time.Duration(p.BytesDone/bytesPerMS) * time.Millisecond)))
			}
		}
	}
	if ctx.Err() == nil {
		b.Error("a stream ended:", lines.Err())
	}
}
