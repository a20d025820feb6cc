package hls_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/internal/media/hls"
)

// BenchmarkFiveViewers measures how long each of five viewers who seek at the same
// time waits for picture and sound of a place that no one has asked for.
func BenchmarkFiveViewers(b *testing.B) {
	const viewers = 5
	path := makeFilm(b, "a.mkv", "25", "120", "-c:v libx264 -preset ultrafast -b:v 8M -minrate 8M -maxrate 8M -bufsize 8M -s 1280x720 -bf 3 -g 100", "-c:a ac3 -ac 6")
	film := known(b, path)
	segments := len(listed(b, hls.VideoList(film)))
	track := film.Info.Audio[0].Index
	for name, place := range map[string]func() int{"start": func() int { return 0 }, "seek": func() int { return 1 + rand.IntN(segments-2) }} {
		b.Run(name, func(b *testing.B) {
			s := service(path, keep)
			var mu sync.Mutex
			var took []time.Duration
			for b.Loop() {
				var wg sync.WaitGroup
				for range viewers {
					mine := film
					mine.File.ID, mine.File.UserID = uuid.New(), uuid.New() // nothing is kept of it
					wg.Go(func() {
						began := time.Now()
						n := place()
						var both sync.WaitGroup
						both.Go(func() {
							p, err := s.Video(b.Context(), mine, n)
							read(b, p, err)
						})
						both.Go(func() {
							p, err := s.Audio(b.Context(), mine, track, n)
							read(b, p, err)
						})
						both.Wait()
						mu.Lock()
						defer mu.Unlock()
						took = append(took, time.Since(began))
					})
				}
				wg.Wait()
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "p50-ms")
			b.ReportMetric(float64(took[len(took)*95/100].Milliseconds()), "p95-ms")
		})
	}
}
