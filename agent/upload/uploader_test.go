package upload

import (
	"testing"

	"longhaul/agent/agentapi"
)

// Parts that were stored before the content changed at its source are not
// reported: the control plane would take them for parts of the new content.
func TestPartsOfOlderContentAreNotReported(t *testing.T) {
	t.Parallel()
	l := NewLedger([]agentapi.FileJob{{Index: 0, Size: 30, PartSize: 10, Validator: "a"}, {Index: 1, Size: 10, PartSize: 10}})
	verify(l, 0, 10)
	old := l.take(1, 100)[0]
	l.SetValidator(0, "b")
	verify(l, 10, 20)
	fresh := l.take(1, 100)[0]
	u := &Uploader{Ledger: l, flying: map[partID]bool{}, done: []putResult{{Part: old, sent: sent{etag: "1"}}, {Part: fresh, sent: sent{etag: "2"}}}}
	req, _ := u.next()
	if len(req.Done) != 1 || req.Done[0].Number != 2 || req.Done[0].ETag != "2" || len(u.done) != 1 {
		t.Errorf("reported %+v", req.Done)
	}
}
