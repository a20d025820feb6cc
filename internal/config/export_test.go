package config

import (
	"fmt"
	"strings"
)

// EnvExample returns the text of .env.example: every variable of every program
// with what it is and its default.
func EnvExample() string {
	var b strings.Builder
	b.WriteString("# Every setting of Longhaul with its default. Made from the code: go test ./internal/config -update\n")
	b.WriteString("# A secret can be given as NAME_FILE too, which names a file with the value.\n")
	seen := make(map[string]bool)
	write := func(title string, cfg any) {
		fmt.Fprintf(&b, "\n## %s\n", title)
		for _, v := range variables(cfg) {
			if seen[v.name] {
				continue
			}
			seen[v.name] = true
			fmt.Fprintf(&b, "\n# %s\n%s=%s\n", v.doc, v.name, v.preset)
		}
	}
	write("api and worker", Config{})
	write("agent (LOG_LEVEL, LOG_FORMAT, METRICS_LISTEN and OTEL_… as above)", Agent{})
	write("longhaul storage prepare (the storage as above)", StorageKeys{})
	return b.String()
}

// SecretNames returns the settings that are secrets.
func SecretNames(cfg any) []string {
	var out []string
	for _, v := range variables(cfg) {
		if v.secret {
			out = append(out, v.name)
		}
	}
	return out
}
