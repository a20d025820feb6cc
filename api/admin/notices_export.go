package admin

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"longhaul/api/kit"
	"longhaul/models"
)

const typeJSONLines = "application/jsonl"

func noticesResponse() map[string]*huma.Response {
	text := &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	return map[string]*huma.Response{"200": {
		Description: "One line per notice; CSV has a line of names above them.",
		Content:     map[string]*huma.MediaType{typeCSV: text, typeJSONLines: text},
	}}
}

type noticesExport struct {
	From   time.Time `query:"from" doc:"Received at or after this; from the first if it is missing"`
	To     time.Time `query:"to" doc:"Received before this; up to now if it is missing"`
	Format string    `query:"format" enum:"csv,jsonl" default:"csv"`
}

// NoticeLine is a notice as it is published.
type NoticeLine struct {
	ID         string `json:"id"`
	Channel    string `json:"channel"`
	State      string `json:"state"`
	ReceivedAt string `json:"receivedAt"`
	DecidedAt  string `json:"decidedAt"`
	EndedAt    string `json:"endedAt"`
	Items      int64  `json:"items"`
	Hashes     int64  `json:"hashes"`
	Addresses  int64  `json:"addresses"`
	Files      int64  `json:"files"`
	Jobs       int64  `json:"jobs"`
	Strikes    int64  `json:"strikes"`
	Countered  bool   `json:"countered"`
}

func lineOf(n models.NoticeLine) NoticeLine {
	at := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	return NoticeLine{
		ID: n.ID.String(), Channel: string(n.Channel), State: string(n.State), ReceivedAt: at(&n.ReceivedAt), DecidedAt: at(n.DecidedAt),
		EndedAt: at(n.EndedAt), Items: n.Items, Hashes: n.Hashes, Addresses: n.Addresses, Files: n.Files, Jobs: n.Jobs, Strikes: n.Strikes, Countered: n.Countered,
	}
}

func (l NoticeLine) cells() []string {
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	return []string{
		l.ID, l.Channel, l.State, l.ReceivedAt, l.DecidedAt, l.EndedAt, n(l.Items), n(l.Hashes), n(l.Addresses), n(l.Files), n(l.Jobs), n(l.Strikes),
		strconv.FormatBool(l.Countered),
	}
}

func noticeColumns() []string {
	return []string{
		"id", "channel", "state", "received_at", "decided_at", "ended_at", "items", "hashes", "addresses", "files", "jobs", "strikes", "countered",
	}
}

func (h *noticeHandlers) export(ctx context.Context, in *noticesExport) (*huma.StreamResponse, error) {
	from, to := in.From, in.To
	if to.IsZero() {
		to = h.now()
	}
	if !from.Before(to) {
		return nil, models.Errorf(models.CodeInvalid, "The period ends before it begins.").In("from")
	}
	by := kit.ActorOf(ctx)
	return &huma.StreamResponse{Body: func(hc huma.Context) { //nolint:contextcheck // gin carries the same one
		h.stream(kit.GinOf(hc), by, from, to, in.Format == "jsonl")
	}}, nil
}

// stream answers with the notices of the period.
func (h *noticeHandlers) stream(c *gin.Context, by models.Actor, from, to time.Time, asJSON bool) {
	each := func(do func([]models.NoticeLine) error) error {
		return h.store.EachNotice(c.Request.Context(), by, from, to, do)
	}
	if !asJSON {
		streamCSV(c, "notices.csv", noticeColumns(), func(write func([][]string) error) error {
			return each(linesOf(func(n models.NoticeLine) []string { return lineOf(n).cells() }, write))
		})
		return
	}
	enc := json.NewEncoder(c.Writer)
	stream(c, typeJSONLines, "notices.jsonl", func(write func(portion func() error) error) error {
		return each(func(lines []models.NoticeLine) error {
			return write(func() error {
				for _, n := range lines {
					if err := enc.Encode(lineOf(n)); err != nil {
						return err
					}
				}
				return nil
			})
		})
	})
}
