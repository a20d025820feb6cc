package system_test

import (
	"context"
	"testing"

	"longhaul/api"
	"longhaul/api/apitest"
	"longhaul/api/kit"
	"longhaul/models"
)

func TestReadiness(t *testing.T) {
	t.Parallel()
	away := func(name string, critical bool) apitest.Option {
		return func(_ *api.Config, d *api.Deps) {
			d.Probes = kit.Probes{
				{Name: "database", Critical: true, Check: d.Probes[0].Check, Missing: "Nothing works."},
				{Name: name, Critical: critical, Check: func(context.Context) error { return models.Errorf(models.CodeUnavailable, "10.0.0.3 refused") }, Missing: "Jobs wait."},
			}
		}
	}
	h := apitest.New(t, away("temporal", false))
	h.Run(t, apitest.Scenario{Path: "/readyz", Status: 200, Want: []string{`"status":"degraded"`, `{"name":"temporal","status":"away"}`}, Unwant: []string{"10.0.0.3"}})
	h.Run(t, apitest.Scenario{
		As: h.Account(models.RoleAdmin), Path: "/api/v1/admin/health", Status: 200, Unwant: []string{"10.0.0.3", "Nothing works"},
		Want: []string{`"status":"degraded"`, `{"name":"database","status":"ok","missing":""}`, `{"name":"temporal","status":"away","missing":"Jobs wait."}`},
	})
}

func TestStorePagesOfTheExtensionAreTold(t *testing.T) {
	t.Parallel()
	apitest.New(t).Run(t, apitest.Scenario{Path: "/api/v1/config", Status: 200, Want: []string{`"extensionChromeUrl":""`, `"extensionFirefoxUrl":""`}})
	named := apitest.New(t, func(cfg *api.Config, _ *api.Deps) {
		cfg.ChromeStore, cfg.FirefoxStore = "https://chrome.example/longhaul", "https://firefox.example/longhaul"
	})
	named.Run(t, apitest.Scenario{
		Path: "/api/v1/config", Status: 200,
		Want: []string{`"extensionChromeUrl":"https://chrome.example/longhaul"`, `"extensionFirefoxUrl":"https://firefox.example/longhaul"`},
	})
}
