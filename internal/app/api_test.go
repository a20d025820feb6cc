package app_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"longhaul/frontdoor/frontdoortest"
	"longhaul/internal/app"
	"longhaul/internal/config"
	"longhaul/internal/store/storetest"
	"longhaul/internal/version"
)

// apiVars configures an API whose workflow engine and storage are away.
func apiVars(dsn string) map[string]string {
	return map[string]string{
		"DATABASE_URL": dsn, "SECRET_KEY": strings.Repeat("ab", 32), "S3_ENDPOINT": "http://127.0.0.1:1", "S3_ACCESS_KEY_ID": "x",
		"S3_SECRET_ACCESS_KEY": "y", "TEMPORAL_ADDRESS": "127.0.0.1:1", "API_LISTEN": "127.0.0.1:0", "FILES_LISTEN": "127.0.0.1:0",
		"WEB_DIR": "", "BASE_URL": "http://localhost:8080",
	}
}

func TestRunAPI(t *testing.T) {
	t.Parallel()
	storetest.New(t)
	cfg, err := config.Parse(config.ProcessAPI, apiVars(storetest.DSN(t)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	logged, logs := io.Pipe()
	var stdout bytes.Buffer
	done := make(chan error, 1)
	go func() {
		done <- app.RunAPI(ctx, cfg, version.Build{Version: "test", Commit: "abc"}, &stdout, logs)
		logs.Close()
	}()
	address := map[string]chan string{"app": make(chan string, 1), "files": make(chan string, 1)}
	started := make(chan string, 1)
	go func() { // the address is only known from the log
		lines := bufio.NewScanner(logged)
		for lines.Scan() {
			var l struct{ Msg, Name, Address, Program, Version, Commit string }
			if json.Unmarshal(lines.Bytes(), &l) != nil {
				continue
			}
			switch l.Msg {
			case "starting":
				started <- l.Program + " " + l.Version + " " + l.Commit
			case "listening":
				address[l.Name] <- l.Address
			}
		}
	}()
	var base string
	select {
	case base = <-address["app"]:
	case err := <-done:
		t.Fatalf("ended at once: %v", err)
	}
	if got := <-started; got != "api test abc" {
		t.Errorf("the log says that %q starts", got)
	}
	link := regexp.MustCompile(`^Create the first administrator within 24 hours: http://localhost:8080/setup\?token=([\w-]{43})\n$`).FindStringSubmatch(stdout.String())
	if link == nil {
		t.Fatalf("printed %q", stdout.String())
	}
	body := `{"token":"` + link[1] + `","email":"a@example.com","password":"walnut ladder over the quiet harbour"}`
	resp := send(t, http.MethodPost, "http://"+base+"/api/v1/auth/setup", body, "")
	cookie := strings.Split(resp.Header.Get("Set-Cookie"), ";")[0]
	if resp.StatusCode != http.StatusCreated || cookie == "" {
		t.Fatalf("status %d", resp.StatusCode)
	}
	resp = send(t, http.MethodPost, "http://"+base+"/api/v1/jobs", `{"source":"https://example.com/a.iso"}`, cookie)
	if resp.StatusCode != http.StatusAccepted {
		t.Errorf("status %d without a workflow engine", resp.StatusCode)
	}
	if resp = send(t, http.MethodGet, "http://"+base+"/readyz", "", ""); resp.StatusCode != http.StatusOK {
		t.Errorf("readiness %d", resp.StatusCode)
	}
	stream := send(t, http.MethodGet, "http://"+base+"/api/v1/events", "", cookie)
	for origin, at := range map[string]string{"/healthz": base, "/f/x/y": <-address["files"]} {
		frontdoortest.CutsOff(t, at, []string{"/api/v1/auth/login", "/api/v1/auth/setup", "/api/v1/jobs", "/f/x/y", "/elsewhere"}, func() {
			if resp := send(t, http.MethodGet, "http://"+at+origin, "", ""); resp.StatusCode >= 500 {
				t.Errorf("%s answers %d", origin, resp.StatusCode)
			}
		})
	}
	stop()
	if _, err := io.ReadAll(stream.Body); err != nil {
		t.Errorf("the stream ended with %v", err)
	}
	if err := <-done; err != nil {
		t.Errorf("ended with %v", err)
	}
}

// Behind a proxy that is not trusted all clients look like one. The start says so.
func TestStartWarnsOfAnUntrustedProxy(t *testing.T) {
	t.Parallel()
	storetest.New(t)
	for networks, want := range map[string]bool{"": true, "10.0.0.0/8": false} {
		vars := apiVars(storetest.DSN(t))
		vars["BASE_URL"], vars["FILES_URL"], vars["TRUSTED_PROXIES"] = "https://longhaul.example.com", "https://files.example.com", networks
		cfg, err := config.Parse(config.ProcessAPI, vars)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		logged, logs := io.Pipe()
		done := make(chan error, 1)
		go func() {
			done <- app.RunAPI(ctx, cfg, version.Build{}, io.Discard, logs)
			logs.Close()
		}()
		warned := false
		for lines := bufio.NewScanner(logged); lines.Scan(); {
			warned = warned || strings.Contains(lines.Text(), "TRUSTED_PROXIES is empty")
			if strings.Contains(lines.Text(), `"listening"`) {
				stop()
			}
		}
		stop()
		if err := <-done; err != nil || warned != want {
			t.Errorf("%q: warned: %t, ended with %v", networks, warned, err)
		}
	}
}

func TestRunAPIRefusesAnOldSchema(t *testing.T) {
	t.Parallel()
	cfg, err := config.Parse(config.ProcessAPI, apiVars(storetest.Empty(t)))
	if err != nil {
		t.Fatal(err)
	}
	err = app.RunAPI(t.Context(), cfg, version.Build{}, io.Discard, io.Discard)
	if err == nil || !strings.HasPrefix(err.Error(), "The database schema is at version 0") {
		t.Errorf("ended with %v", err)
	}
}

func send(t *testing.T, method, url, body, cookie string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if cookie != "" {
		req.Header.Set("Cookie", cookie)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}
