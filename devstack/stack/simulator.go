package stack

import (
	"crypto/rand"
	"strings"

	"longhaul/devstack/port"
	"longhaul/devstack/supervisor"
)

// simulatorEmail is the account of the Seedr simulator. Its password changes
// with each start, because it is never typed.
const simulatorEmail = "simulated@longhaul.test"

// simulator is the Seedr simulator that may run next to the application.
type simulator struct{ password string }

func newSimulator(on bool) *simulator {
	if !on {
		return nil
	}
	return &simulator{password: rand.Text()}
}

func (m *simulator) credentials() map[string]string {
	return map[string]string{"SEEDR_EMAIL": simulatorEmail, "SEEDR_PASSWORD": m.password}
}

// seedr gives the control plane the simulator's account if there is one,
// otherwise the operator's.
func (s settings) seedr() map[string]string {
	if s.simulator == nil {
		own := make(map[string]string)
		for _, setting := range s.opts.Environ {
			if name, value, _ := strings.Cut(setting, "="); strings.HasPrefix(name, "SEEDR_") && private(name) {
				own[name] = value
			}
		}
		return own
	}
	env := s.simulator.credentials()
	env["SEEDR_URL"] = "http://" + port.Address(s.opts.Ports.Seedr) + "/rest"
	env["SEEDR_ALLOW_CIDRS"] = "127.0.0.0/8"
	return env
}

func (s *stack) seedrSpec() supervisor.Spec {
	var env []string
	for name, value := range s.simulator.credentials() {
		env = append(env, name+"="+value)
	}
	spec := s.program("seedrsim", s.plain(env...), listening(s.opts.Ports.Seedr))
	spec.Args = []string{"--listen", port.Address(s.opts.Ports.Seedr), "--dir", s.opts.path("seedrsim")}
	spec.Grace = quickGrace
	return spec
}
