package stack

import (
	"context"
	"slices"
	"strings"

	"longhaul/devstack/sample"
)

// own returns what the operator's shell sets a variable to.
func (s settings) own(name string) (value string, set bool) {
	for _, setting := range slices.Backward(s.opts.Environ) {
		if value, set = strings.CutPrefix(setting, name+"="); set {
			return value, true
		}
	}
	return "", false
}

// sample offers users the sample of this stack, unless the operator's shell
// names another or none.
func (s settings) sample() map[string]string {
	if _, set := s.own("SAMPLE_URL"); set {
		return nil
	}
	return map[string]string{"SAMPLE_URL": sample.URL(s.opts.Ports.Sample)}
}

// allowed are the private networks that the agent may reach: the operator's and
// the sample's.
func (s settings) allowed() string {
	own, _ := s.own("AGENT_ALLOW_CIDRS")
	return strings.TrimPrefix(own+","+sample.Network, ",")
}

// serveSample serves the sample until the stack stops.
func (s *stack) serveSample(ctx context.Context) error {
	server, err := sample.Start(ctx, s.opts.Ports.Sample)
	if err != nil {
		return err
	}
	s.samples = server
	return nil
}
