package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"

	"github.com/cenkalti/backoff/v5"
	"github.com/google/uuid"

	"longhaul/models"
)

// maxBatchTorrents bounds the .torrent files of one call, in bytes.
const maxBatchTorrents = 20 << 20

// batchSource is one source of a call that submits many.
type batchSource struct {
	Source      string `json:"source,omitempty"`
	Torrent     *int   `json:"torrent,omitempty"`
	ChooseFiles bool   `json:"chooseFiles,omitempty"`
	KeepPage    bool   `json:"keepPage,omitempty"`
	Again       bool   `json:"again,omitempty"`

	given   string // as it was typed
	torrent []byte
}

type verdict struct {
	Source  string         `json:"source"`
	Verdict models.Verdict `json:"verdict"`
	JobID   *string        `json:"jobId"`
	Name    string         `json:"name"`
	Code    string         `json:"code"`
	Detail  string         `json:"detail"`
}

// many submits several sources, as many per call as the server takes, and prints
// the id of each new download. What is refused is said and keeps none of the
// others from being accepted.
func (c *submitCmd) many(ctx context.Context, p *program, chosen []int) error {
	if c.Watch || chosen != nil {
		return usagef("Watch or select the files of one download at a time.")
	}
	list := make([]batchSource, 0, len(c.Sources))
	for _, given := range c.Sources {
		torrent, isFile, err := readTorrent(p, given)
		if err != nil {
			return err
		}
		one := batchSource{given: given, ChooseFiles: c.Choose, KeepPage: c.Page, Again: c.Again}
		if isFile {
			one.torrent = torrent
		} else {
			one.Source = given
		}
		list = append(list, one)
	}
	api, err := p.newClient()
	if err != nil {
		return err
	}
	var all []verdict
	for len(list) > 0 {
		n := fitting(list)
		verdicts, err := submitBatch(ctx, p, api, list[:n])
		if err != nil {
			return err
		}
		all = append(all, verdicts...)
		list = list[n:]
	}
	return p.printVerdicts(all)
}

// fitting returns how many of the sources one call takes.
func fitting(list []batchSource) int {
	size := 0
	for i, s := range list {
		size += len(s.torrent) + len(s.Source)
		if i == models.MaxBatch || i > 0 && size > maxBatchTorrents {
			return i
		}
	}
	return len(list)
}

func submitBatch(ctx context.Context, p *program, api *client, list []batchSource) ([]verdict, error) {
	in, err := batchBody(list)
	if err != nil {
		return nil, err
	}
	key := uuid.NewString()
	var out struct{ Verdicts []verdict }
	_, err = backoff.Retry(ctx, func() (struct{}, error) {
		_, err := api.do(ctx, http.MethodPost, "/jobs/batch", in, &out, "Idempotency-Key", key)
		return struct{}{}, permanentUnlessAway(err)
	}, backoff.WithBackOff(p.pauses()), backoff.WithMaxTries(submitTries))
	if err != nil {
		return nil, err
	}
	for i := range min(len(list), len(out.Verdicts)) {
		out.Verdicts[i].Source = list[i].given
	}
	return out.Verdicts, nil
}

// batchBody makes the request: the list, and the .torrent files it points to.
func batchBody(list []batchSource) (*body, error) {
	var torrents [][]byte
	for i, s := range list {
		if s.torrent != nil {
			at := len(torrents)
			list[i].Torrent = &at
			torrents = append(torrents, s.torrent)
		}
	}
	sources := map[string]any{"sources": list}
	if len(torrents) == 0 {
		return jsonBody(sources)
	}
	data, err := json.Marshal(sources)
	if err != nil {
		return nil, fmt.Errorf("write the form: %w", err)
	}
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	_ = form.WriteField("batch", string(data)) // a buffer takes everything
	for _, torrent := range torrents {
		part, err := form.CreateFormFile("torrent", "upload.torrent")
		if err != nil {
			return nil, fmt.Errorf("write the form: %w", err)
		}
		_, _ = part.Write(torrent)
	}
	if err := form.Close(); err != nil {
		return nil, fmt.Errorf("write the form: %w", err)
	}
	return &body{mediaType: form.FormDataContentType(), data: b.Bytes()}, nil
}

// printVerdicts prints the ids of the new downloads, and says what was refused.
func (p *program) printVerdicts(all []verdict) error {
	refused := 0
	for _, v := range all {
		switch {
		case v.Verdict != models.VerdictCreated:
			refused++
			fmt.Fprintf(p.Err, "%s: %s (%s)\n", printable(v.Source), printable(v.Detail), v.Code)
		case !p.json && v.JobID != nil:
			fmt.Fprintln(p.Out, *v.JobID)
		}
	}
	if p.json {
		if err := p.printJSON(all); err != nil {
			return err
		}
	}
	if refused > 0 {
		return fmt.Errorf("%d of %d sources were not accepted", refused, len(all))
	}
	return nil
}
