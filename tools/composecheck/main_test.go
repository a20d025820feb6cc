package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// good is a file that no rule refuses; each case changes one line of it.
const good = `
x-confined: &c {user: "9:9", healthcheck: {test: [CMD, "true"]}, read_only: true, cap_drop: [ALL], security_opt: ["no-new-privileges:true"], mem_limit: 1g, pids_limit: 9}
services:
  api: {<<: *c, image: "x:1", networks: [agents, temporal, edge], ports: ["127.0.0.1:1:1"], environment: {METRICS_LISTEN: "api.metrics:1", S3_ACCESS_KEY_ID: delivery, S3_UPLOAD_ACCESS_KEY_ID: upload}, secrets: [s3_delivery, s3_upload]}
  worker: {<<: *c, image: "x:1", networks: [temporal], environment: {S3_ACCESS_KEY_ID: worker, S3_SECRET_ACCESS_KEY_FILE: /run/secrets/s3_worker}, secrets: [s3_worker]}
  agent: {<<: *c, image: "x:1", networks: [agents, swarm], secrets: [token]}
  temporal: {<<: *c, image: "x:1", networks: [temporal]}
  temporal-ui: {<<: *c, image: "x:1", networks: [temporal, console]}
  postgres: {<<: *c, image: "x:1", networks: [temporal], command: [sh, -c, 'PWD_OF="$$(cat /run/secrets/token)" exec it']}
secrets:
  s3_delivery: {file: ./a}
  s3_upload: {file: ./b}
  s3_worker: {file: ./c}
  s3_root: {file: ./d}
  token: {file: ./e}
networks:
  agents: {internal: true}
  temporal: {internal: true}
  console: {internal: true}
  edge: {}
  swarm: {}
`

func TestReach(t *testing.T) {
	if faults := checkText(t, good); faults != "" {
		t.Fatal(faults)
	}
	for name, c := range map[string]struct{ from, to, want string }{
		"root":               {`user: "9:9", `, `user: "0:9", `, "as root"},
		"group root":         {`user: "9:9", `, `user: "9:root", `, "as root"},
		"any user":           {`user: "9:9", `, "", "it names no user"},
		"no health":          {`healthcheck: {test: [CMD, "true"]}, `, "", "nothing checks its health"},
		"published to all":   {"127.0.0.1:1:1", "1:1", "published beyond"},
		"metrics everywhere": {"api.metrics:1", "0.0.0.0:1", "its metrics"},
		"metrics anywhere":   {"api.metrics:1", ":1", "its metrics"},
		"agents at Temporal": {"[agents, swarm]", "[agents, swarm, temporal]", "temporal: agents can reach it"},
		"UI among agents":    {"[temporal, console]", "[temporal, console, swarm]", "temporal-ui: agents can reach it"},
		"database":           {"postgres: {<<: *c, image: \"x:1\", networks: [temporal]", "postgres: {<<: *c, image: \"x:1\", networks: [agents]", "postgres: agents can reach it"},
		"UI outside":         {"[temporal, console]", "[temporal, console, edge]", "leads out"},
		"UI published":       {"networks: [temporal, console]", "ports: [\"127.0.0.1:2:2\"], networks: [temporal, console]", "publishes a port"},
		"no network":         {"networks: [temporal, console]", "network_mode: host", "no network of its own"},
		"image changed":      {"read_only: true, ", "", "read_only is missing"},
		"capabilities":       {"cap_drop: [ALL], ", "", "cap_drop lacks ALL"},
		"a capability":       {"cap_drop: [ALL], ", "cap_drop: [ALL], cap_add: [SYS_ADMIN], ", "the capability SYS_ADMIN"},
		"privileges":         {`security_opt: ["no-new-privileges:true"], `, "", "no-new-privileges is missing"},
		"unconfined":         {`["no-new-privileges:true"]`, `["no-new-privileges:true", "seccomp:unconfined"]`, "it is unconfined"},
		"memory":             {"mem_limit: 1g, ", "", "memory is not limited"},
		"processes":          {", pids_limit: 9", "", "processes are not limited"},
		"secret as argument": {`PWD_OF="$$(cat /run/secrets/token)" exec it`, `exec it "$$(cat /run/secrets/token)"`, "a secret is in an argument"},
		"secret as flag":     {`PWD_OF="$$(cat /run/secrets/token)" exec it`, `exec it --admin-password=x`, "a secret is in an argument"},
		"secret in address":  {`PWD_OF="$$(cat /run/secrets/token)" exec it`, `exec it postgres://a:b@c/d`, "a secret is in an argument"},
		"secret in clear":    {"S3_SECRET_ACCESS_KEY_FILE: /run/secrets/s3_worker", "S3_SECRET_ACCESS_KEY: x", "a secret is in the environment"},
		"a login in clear":   {"S3_SECRET_ACCESS_KEY_FILE: /run/secrets/s3_worker", `DATABASE: "postgres://a:b@c/d"`, "a secret is in the environment"},
		"one key for two":    {"secrets: [s3_worker]", "secrets: [s3_worker, s3_upload]", "they share a key"},
		"one account":        {"S3_ACCESS_KEY_ID: worker", "S3_ACCESS_KEY_ID: upload", "is the key of"},
		"no key for uploads": {", S3_UPLOAD_ACCESS_KEY_ID: upload", "", "it has no key of its own"},
		"root key":           {"secrets: [s3_worker]", "secrets: [s3_worker, s3_root]", "root key"},
		"a key for agents":   {"secrets: [token]}", "secrets: [token, s3_upload]}", "s3_upload"},
	} {
		if faults := checkText(t, strings.Replace(good, c.from, c.to, 1)); !strings.Contains(faults, c.want) {
			t.Errorf("%s: the faults are %q", name, faults)
		}
	}
}

func checkText(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "compose.yml")
	if err := os.WriteFile(file, []byte("name: test\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), file); err != nil {
		return err.Error()
	}
	return ""
}
