package anacrolix_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"longhaul/agent/engine"
	"longhaul/agent/engine/anacrolix"
	"longhaul/agent/engine/disk"
	"longhaul/agent/engine/enginetest"
	"longhaul/internal/fetch"
	"longhaul/models"
)

const benchSize = 1 << 30

// warmUp fills and frees the page cache: a virtual machine is several times
// slower when it touches memory for the first time.
func warmUp(b *testing.B) {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "scratch"))
	if err != nil {
		b.Fatal(err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	buf := make([]byte, 1<<20)
	for range 3 * benchSize / len(buf) {
		if _, err := f.Write(buf); err != nil {
			b.Fatal(err)
		}
	}
}

func benchTorrent(b *testing.B, dir string) enginetest.Torrent {
	b.Helper()
	data := make([]byte, benchSize)
	_, _ = rand.NewChaCha8(sha256.Sum256([]byte("bench"))).Read(data)
	if err := os.WriteFile(filepath.Join(dir, "bench.bin"), data, 0o600); err != nil {
		b.Fatal(err)
	}
	return enginetest.NewTorrent(enginetest.TorrentSpec{
		Name: "bench.bin", Files: []enginetest.File{{Path: "bench.bin", Data: data}}, PieceLength: 1 << 20,
	})
}

func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkDownload fetches 1 GiB from a qbittorrent-nox on loopback into a
// disk.Store. The seeder takes part of the same cores.
func BenchmarkDownload(b *testing.B) {
	src := b.TempDir()
	made := benchTorrent(b, src)
	seeder := enginetest.NewQBittorrent(b)
	seeder.Add(b, made.Metainfo, src, true)
	seeder.AwaitComplete(b)
	tracker := enginetest.NewTracker(b, seeder.Peer)
	hash := made.InfoHashV1
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as in the agent's child process
	warmUp(b)
	b.SetBytes(benchSize)
	seederCPU := seeder.CPU(b)
	var used time.Duration
	for b.Loop() {
		b.StopTimer()
		store, err := disk.Open(b.TempDir(), []disk.FileSpec{{Size: benchSize, PartSize: models.PartSize(benchSize, benchSize)}}, disk.Options{})
		if err != nil {
			b.Fatal(err)
		}
		e := anacrolix.New(anacrolix.Config{
			Network: fetch.NewDialer(fetch.DialerOptions{Guard: fetch.NewGuard(netip.MustParsePrefix("127.0.0.0/8"))}),
			BindIP:  netip.MustParseAddr("127.0.0.1"),
		})
		job := engine.Job{
			Source: engine.Source{Magnet: "magnet:?xt=urn:btih:" + hash + "&tr=" + tracker.URL},
			Files:  []engine.File{{Size: benchSize}}, Store: store,
			Options: engine.Options{ResolveTimeout: time.Minute, StallTimeout: time.Minute},
		}
		runtime.GC()
		before := cpu()
		b.StartTimer()
		if err := e.Download(context.Background(), job, func(engine.Report) {}); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		used += cpu() - before
		if !store.Has(0, 0, benchSize) {
			b.Fatal("incomplete")
		}
		if err := store.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(used.Seconds()/float64(b.N), "cpu-s/op")
	b.ReportMetric((seeder.CPU(b)-seederCPU).Seconds()/float64(b.N), "seeder-cpu-s/op")
}

// BenchmarkQBittorrent is the same by another qbittorrent-nox, to compare with.
func BenchmarkQBittorrent(b *testing.B) {
	src := b.TempDir()
	made := benchTorrent(b, src)
	seeder := enginetest.NewQBittorrent(b)
	seeder.Add(b, made.Metainfo, src, true)
	seeder.AwaitComplete(b)
	warmUp(b)
	b.SetBytes(benchSize)
	var used time.Duration
	for b.Loop() {
		b.StopTimer()
		leecher := enginetest.NewQBittorrent(b)
		before := leecher.CPU(b)
		b.StartTimer()
		leecher.Add(b, made.Metainfo, b.TempDir(), false)
		leecher.AddPeer(b, made.InfoHashV1, seeder.Peer)
		leecher.AwaitComplete(b)
		used += leecher.CPU(b) - before
	}
	b.ReportMetric(used.Seconds()/float64(b.N), "cpu-s/op")
}

// BenchmarkFormats fetches a small torrent of each format by its magnet link
// from a qbittorrent-nox: both programs must read what enginetest makes.
func BenchmarkFormats(b *testing.B) {
	for name, format := range map[string]enginetest.Format{"v1": enginetest.V1, "hybrid": enginetest.Hybrid, "v2": enginetest.V2} {
		b.Run(name, func(b *testing.B) {
			dir := b.TempDir()
			made := enginetest.NewTorrent(enginetest.TorrentSpec{Format: format, Name: "folder", Files: nested, PieceLength: 64 << 10})
			var specs []disk.FileSpec
			var files []engine.File
			for i, f := range made.Files {
				path := filepath.Join(dir, "folder", f.Path)
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					b.Fatal(err)
				}
				if err := os.WriteFile(path, f.Data, 0o600); err != nil {
					b.Fatal(err)
				}
				specs = append(specs, disk.FileSpec{Index: i, Size: int64(len(f.Data)), PartSize: models.UsualPartSize})
				files = append(files, engine.File{Index: i, Size: int64(len(f.Data))})
			}
			seeder := enginetest.NewQBittorrent(b)
			seeder.Add(b, made.Metainfo, dir, false)
			seeder.AwaitComplete(b)
			tracker := enginetest.NewTracker(b, seeder.Peer)
			for b.Loop() {
				store, err := disk.Open(b.TempDir(), specs, disk.Options{})
				if err != nil {
					b.Fatal(err)
				}
				job := engine.Job{
					Source: engine.Source{Magnet: made.Magnet(tracker.URL)}, Files: files, Store: store,
					Options: engine.Options{ResolveTimeout: time.Minute, StallTimeout: time.Minute},
				}
				if err := newEngine(b).Download(context.Background(), job, func(engine.Report) {}); err != nil {
					b.Fatal(err)
				}
				for i, f := range made.Files {
					got := make([]byte, len(f.Data))
					if _, err := store.ReadAt(i, got, 0); err != nil || !bytes.Equal(got, f.Data) {
						b.Fatalf("file %d is wrong: %v", i, err)
					}
				}
				if err := store.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
