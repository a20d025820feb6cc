package httpengine

import (
	"net/http"
	"testing"

	"longhaul/agent/engine"
	"longhaul/agent/engine/enginetest"
	"longhaul/models"
)

func TestConformance(t *testing.T) {
	enginetest.Run(t, enginetest.Setup{
		New: func(testing.TB) engine.Engine { return testEngine() },
		Serve: func(t testing.TB, files []enginetest.File) enginetest.Origin {
			s := serve(t, ranged(files[0].Data, etag))
			return enginetest.Origin{
				Source: engine.Source{URL: s.URL + "/content.bin"}, Files: files, Served: s.sent.Load,
			}
		},
		Wrong: func(t testing.TB, files []enginetest.File) enginetest.Origin {
			s := serve(t, short(files[0].Data))
			return enginetest.Origin{Source: engine.Source{URL: s.URL + "/content.bin"}, Files: files, Served: s.sent.Load}
		},
		Nobody: func(t testing.TB) engine.Source {
			return engine.Source{URL: serve(t, http.NotFound).URL + "/content.bin"}
		},
		WrongProblems:  []models.Problem{models.ProblemLengthMismatch},
		NobodyProblems: []models.Problem{models.ProblemNotFoundAtSource},
		Validator:      true,
		// A block is under way on each connection, and what the sockets hold
		// of a range that was asked for.
		Slack: 4 * blocksPerChunk * block,
		// A resolve asks for everything; the sockets hold what it does not read.
		Probed: 16 << 20,
	})
}
