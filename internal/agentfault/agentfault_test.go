package agentfault_test

import (
	"errors"
	"strings"
	"testing"

	"longhaul/agent/agentapi"
	"longhaul/internal/agentfault"
	"longhaul/models"
)

func TestAnAgentsTextIsBounded(t *testing.T) {
	t.Parallel()
	if got := agentfault.Sentence(strings.Repeat("ä", 400)); len(got) > 310 || !strings.HasSuffix(got, "…") || strings.Contains(got, "\uFFFD") {
		t.Errorf("got %d bytes: %q", len(got), got)
	}
	for said, want := range map[string]string{
		"\x1b[2J\x1b[31mfine\x07": "[2J [31mfine", "one\r\ntwo\tthree": "one two three", "a\u202egpj.exe\u200b": "a gpj.exe",
		"\xffbad\x00": "bad", " \n ": "The agent gave no reason.", "schön, 日本語 ✓": "schön, 日本語 ✓",
	} {
		if got := agentfault.Sentence(said); got != want {
			t.Errorf("%q becomes %q, want %q", said, got, want)
		}
	}
	if agentfault.Sentence("") == "" {
		t.Error("an empty reason stays empty")
	}
}

func TestOnlyOurProblemsCount(t *testing.T) {
	t.Parallel()
	if e := agentfault.Reported(&agentapi.Fault{Problem: "no_peers", Message: "No peer has it."}); e.Problem != models.ProblemNoPeers || e.Message != "No peer has it." {
		t.Errorf("a problem of ours was read as %v", e)
	}
	for _, f := range []*agentapi.Fault{nil, {Problem: "made_up", Message: "Trust me."}} {
		if e := agentfault.Reported(f); e.Problem != "" || e.Code != models.CodeInternal {
			t.Errorf("%v was read as %v", f, e)
		}
	}
}

func TestARefusalIsReadAndSilenceIsUnreachable(t *testing.T) {
	t.Parallel()
	refusal := &agentapi.Problem{Status: 507, Code: "disk_full", Detail: "No space."}
	if e := agentfault.Refused(refusal); e.Problem != models.ProblemDiskFull || !errors.Is(e, refusal) {
		t.Errorf("a refusal was read as %v", e)
	}
	for _, err := range []error{errors.New("connection refused"), &agentapi.Problem{Status: 500, Code: "made_up"}} {
		if e := agentfault.Refused(err); e.Problem != models.ProblemAgentUnreachable {
			t.Errorf("%v was read as %v", err, e)
		}
	}
}

// An agent's parameters are stored with the job and shown to people.
func TestAnAgentsParametersAreBounded(t *testing.T) {
	t.Parallel()
	params := map[string]any{"peers": float64(3), "half": 1.5, "bad name": "x", "agent": strings.Repeat("n", 500) + "\n"}
	for i := range 20 {
		params[strings.Repeat("z", i+1)] = "more"
	}
	fault := agentfault.Reported(&agentapi.Fault{Problem: "no_peers", Params: params})
	waiting := agentfault.Waiting(&agentapi.Reason{Code: "waits_for_peers", Params: params})
	for name, got := range map[string]models.Params{"fault": fault.Params, "waiting": waiting.Params} {
		text, _ := got.Text("agent")
		if n, ok := got.Int("peers"); !ok || n != 3 || len(got) > 8 || len(text) > 120 || text == "" {
			t.Errorf("%s: %v", name, got)
		}
	}
	for _, r := range []*agentapi.Reason{nil, {Code: "of_a_newer_agent", Params: params}} {
		if got := agentfault.Waiting(r); !got.None() {
			t.Errorf("%v was read as %v", r, got)
		}
	}
}
